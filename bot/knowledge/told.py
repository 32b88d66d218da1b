"""How people tell of failures of which they show no log: sentences by class, the whole of told.yaml."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import msgspec

from bot.knowledge.files import Fault, load_all
from bot.knowledge.first_aid import load_first_aid
from bot.knowledge.load import load_classes

TOLD_FILE = "told.yaml"
NOTHING = "nothing"  # what is told by who only says that something is wrong; no class is called so
TEXT = "text:"  # before the id of first checks: a fault of a text that is no class
LEFT = "left"  # what is said by who needs no help; no class is called so


class Told(msgspec.Struct, frozen=True):
    """Sentences by which the second reader learns how each class of failure is told in words."""

    sentences: dict[str, tuple[str, ...]]  # by class; whole sentences, in any language
    nothing: tuple[str, ...] = ()  # pleas that tell of no failure in particular
    texts: dict[str, tuple[str, ...]] = {}  # faults of a text that are no class, by the id of their first checks
    left: tuple[str, ...] = ()  # what is said by who needs no help: thanks, advice, news, figures, jokes, other fields
    entries: dict[str, dict[str, tuple[str, ...]]] = {}  # of one entry among its class's, by class and id; taught alike


def load_told(root: Path) -> Mapping[str, tuple[str, ...]]:
    """The sentences by class, those of its entries too; faults of texts under `TEXT` and the id of their first checks,
    pleas without a failure under `NOTHING`, what needs no help under `LEFT`. None without the file. Raises DataError
    with all faults.
    """
    if not (root / TOLD_FILE).exists():
        return {}
    told = _told(root)
    classes = dict(told.sentences)
    for name, entries in told.entries.items():
        classes[name] = (*classes.get(name, ()), *chain.from_iterable(entries.values()))
    texts = {TEXT + name: own for name, own in told.texts.items()}
    return {**classes, **texts, NOTHING: told.nothing, LEFT: told.left}


def load_told_of_entries(root: Path) -> Mapping[str, tuple[str, ...]]:
    """What is told of one entry among its class's, by its id. None without the file. Raises DataError."""
    if not (root / TOLD_FILE).exists():
        return {}
    return {id_: own for entries in _told(root).entries.values() for id_, own in entries.items()}


def _told(root: Path) -> Told:
    def faults(told: Told) -> Iterator[Fault]:
        known = {each.name for each in load_classes(root)}
        for part, names in (("sentences", told.sentences), ("entries", told.entries)):
            for name in names:
                if name not in known:
                    yield Fault(TOLD_FILE, f"{part}.{name}", "is not in classes.yaml")
        aids = {aid.id for aid in load_first_aid(root) if aid.topic == "quality"}
        for name in told.texts:
            if name not in aids:
                yield Fault(TOLD_FILE, f"texts.{name}", "is no first aid for a text")

    looked_at = (root / "classes.yaml", root / "first_aid.yaml")
    (told,) = load_all(root, TOLD_FILE, "told", Told, check=faults, beside=looked_at)
    return told
