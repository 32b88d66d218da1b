"""First checks for trouble that no entry explains, from knowledge/first_aid.yaml."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from bot.base.languages import Text
from bot.knowledge.files import as_items, load_all

# Phrases that likeness to the whole post counts as, by how likely what it is like is meant: what is told in so many
# words goes before it, unless it is plain, and more than a word or two that another fault is told in as well.
_ALIKE = ((0.95, 2.1), (0.65, 1.1), (0.0, 0.9))


class FirstAid(msgspec.Struct, frozen=True):
    """What to check first in one kind of trouble; it fits where any of its signs stands, without signs anywhere."""

    id: str
    topic: Literal["failure", "quality"]
    signs: tuple[str, ...]
    title: Text
    steps: tuple[Text, ...]


class _File(msgspec.Struct, frozen=True):
    items: tuple[FirstAid, ...]


def load_first_aid(root: Path) -> tuple[FirstAid, ...]:
    """All first checks under `root`, in the order in which they are tried; raises DataError with all faults."""
    return load_all(root, "first_aid.yaml", "first_aid", _File, as_items)[0].items


def first_aid_for(
    topic: str, signs: Mapping[str, int], known: Sequence[FirstAid], alike: str | None = None, likely: float = 0.0
) -> FirstAid | None:
    """The one of whose signs most phrases stand in a post, `signs` being their numbers, that which the whole post is
    most `alike` counting for one or two more, by how `likely` it is meant; else the one without signs.
    """
    worth = next(phrases for least, phrases in _ALIKE if likely >= least)

    def weight(aid: FirstAid) -> float:
        told = sum(signs.get(sign, 0) for sign in aid.signs) + worth * (aid.id == alike)
        return told or -len(aid.signs)

    return max((each for each in known if each.topic == topic), key=weight, default=None)
