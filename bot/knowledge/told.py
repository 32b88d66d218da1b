"""How people tell of failures of which they show no log: sentences by class, the whole of told.yaml."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bot.knowledge.files import Fault, load_all
from bot.knowledge.load import load_classes

TOLD_FILE = "told.yaml"
NOTHING = "nothing"  # what is told by who only says that something is wrong; no class is called so


class Told(msgspec.Struct, frozen=True):
    """Sentences by which the second reader learns how each class of failure is told in words."""

    sentences: dict[str, tuple[str, ...]]  # by class; whole sentences, in any language
    nothing: tuple[str, ...] = ()  # pleas that tell of no failure in particular


def load_told(root: Path) -> Mapping[str, tuple[str, ...]]:
    """The sentences by class, pleas without a failure under `NOTHING`; none without the file. Raises DataError with all
    faults.
    """
    if not (root / TOLD_FILE).exists():
        return {}

    def faults(told: Told) -> Iterator[Fault]:
        known = {each.name for each in load_classes(root)}
        for name in told.sentences:
            if name not in known:
                yield Fault(TOLD_FILE, f"sentences.{name}", "is not in classes.yaml")

    (told,) = load_all(root, TOLD_FILE, "told", Told, check=faults)
    return {**told.sentences, NOTHING: told.nothing}
