"""What a step does to a computer, from knowledge/effects.yaml: how long it takes, what it leaves alone, what is to be
started again.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from bot.base.languages import Text
from bot.base.phrases import Phrases, folded, phrase_fault
from bot.knowledge.failures import Reference
from bot.knowledge.files import Fault, as_items, load_all

_FILE = "effects.yaml"


class Effect(msgspec.Struct, frozen=True, dict=True):
    """A kind of step; see the file. `example`: the English text of a step of this kind, or its command;
    `slight`: where no step is named, one of another kind is meant; `asked`: a question may name it by itself.
    """

    id: str
    found: tuple[str, ...]
    example: str
    lasts: Text
    safe: Text
    restart: Text
    stays: Text
    slight: bool = False
    asked: bool = False
    sources: tuple[Reference, ...] = ()

    @cached_property
    def _phrases(self) -> Phrases:
        return Phrases(self.found)

    def is_of(self, step: str) -> bool:
        """Whether a step, its English text and its commands, is of this kind."""
        return self._phrases.found_in(folded(step))


class _File(msgspec.Struct, frozen=True):
    items: tuple[Effect, ...]


def load_effects(root: Path) -> tuple[Effect, ...]:
    """All kinds of steps under `root`, in the order in which they are tried; none without the file. Raises DataError
    with all faults.
    """
    if not (root / _FILE).exists():
        return ()
    return load_all(root, _FILE, "effects", _File, as_items, _faults)[0].items


def effect_of(step: str, effects: Sequence[Effect]) -> Effect | None:
    """What a step does: the first kind that it is of."""
    return next((effect for effect in effects if effect.is_of(step)), None)


def _faults(file: _File) -> Iterator[Fault]:
    for number, effect in enumerate(file.items):
        for at, phrase in enumerate(effect.found):
            if problem := phrase_fault(phrase):
                yield Fault(_FILE, f"[{number}].found[{at}]", problem)
        found = effect_of(effect.example, file.items)
        if found is not effect:
            yield Fault(_FILE, f"[{number}].example", f"is read as {found.id if found else 'nothing'}")
