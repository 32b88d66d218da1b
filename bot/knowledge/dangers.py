"""Steps that delete, lower protection, open a port or run foreign code: each says what is lost and what is safer."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from bot.base.languages import Text
from bot.knowledge.failures import Command, Failure, FixStep
from bot.knowledge.files import DataError, Fault, as_items, load_sound

DANGERS = "dangers.yaml"


class Danger(msgspec.Struct, frozen=True, dict=True):
    """A kind of danger; see the file."""

    id: str
    pattern: str
    says: str
    risk: Text

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _says(self) -> re.Pattern[str]:
        return re.compile(self.says)

    def is_unsaid(self, code: str, said: str) -> bool:
        """Whether commands hold it and the English text beside them does not say so."""
        return self._pattern.search(code) is not None and self._says.search(said) is None


class _File(msgspec.Struct, frozen=True):
    items: tuple[Danger, ...]


def read_dangers(root: Path) -> tuple[Danger, ...]:
    """The dangers under `root`; none where there is no file. Raises DataError."""
    if not (root / DANGERS).exists():
        return ()
    loaded = load_sound(root, DANGERS, "dangers", _File, prepare=as_items)
    dangers = tuple(danger for _, file in loaded.items for danger in file.items)
    if faults := [*loaded.faults, *_faults(dangers)]:
        raise DataError(faults)
    return dangers


def with_risks(items: Sequence[tuple[str, Failure]], dangers: Sequence[Danger]) -> tuple[tuple[str, Failure], ...]:
    """Entries (with their files) whose dangerous steps say their risk."""
    return tuple((file, _warned(entry, dangers)) for file, entry in items)


def _warned(entry: Failure, dangers: Sequence[Danger]) -> Failure:
    steps = tuple(_with_risk(step, dangers) for step in entry.steps)
    return entry if steps == entry.steps else msgspec.structs.replace(entry, steps=steps)


def _with_risk(step: FixStep, dangers: Iterable[Danger]) -> FixStep:
    if step.risk is not None:
        return step
    dangers = tuple(dangers)
    commands = tuple(_marked(command, step.text.en, dangers) for command in step.commands)
    return step if commands == step.commands else msgspec.structs.replace(step, commands=commands)


def _marked(command: Command, said: str, dangers: Iterable[Danger]) -> Command:
    """A command with its risk: who gets a harmless twin for another system needs no warning."""
    found = next((danger for danger in dangers if danger.is_unsaid(command.code, said)), None)
    return command if found is None or command.risk else msgspec.structs.replace(command, risk=found.risk)


def _faults(dangers: Iterable[Danger]) -> Iterator[Fault]:
    for number, danger in enumerate(dangers):
        for key, pattern in (("pattern", danger.pattern), ("says", danger.says)):
            try:
                re.compile(pattern)
            except re.error as error:
                yield Fault(DANGERS, f"[{number}].{key}", f"not a regular expression: {error}")
