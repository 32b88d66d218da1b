"""Faults of single versions of programs, from knowledge/known_faults.yaml: what broke, when, and the way around."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from bot.base.languages import Text
from bot.knowledge.failures import FixStep, Reference, Spell
from bot.knowledge.files import Fault, load_all
from bot.knowledge.word_lists import Lists, filled

KNOWN_FAULTS = "known_faults.yaml"


class KnownFault(msgspec.Struct, frozen=True):
    """A fault of some versions. It is the reader's where each of `says` stands in what was read and the reader's
    version lies between; where no version is told, only what is `sure` by its words.
    """

    program: str
    says: tuple[str, ...]  # patterns of small letters; all of them are found
    what: Text  # what goes wrong in these versions
    example: str  # as somebody with this fault writes or pastes it
    sources: tuple[Reference, ...]
    broken_in: str = ""  # the first version with the fault
    fixed_in: str = ""  # the first version without it again
    last_seen: str = ""  # the last version in which somebody saw it, where none is known without it
    sure: bool = False  # its words tell it, even where no version does
    instead: FixStep | None = None  # what helps without another version

    @property
    def spell(self) -> Spell:
        """Its versions."""
        return Spell(self.program, self.broken_in, self.fixed_in)


class KnownFaultFile(msgspec.Struct, frozen=True):
    """The whole file."""

    faults: tuple[KnownFault, ...]
    lists: Lists = {}  # empty once the rows are filled


def load_known_faults(root: Path) -> tuple[KnownFault, ...]:
    """All under `root`, in the order in which they are tried; raises DataError with all mistakes."""
    if not (root / KNOWN_FAULTS).exists():
        return ()
    return load_all(root, KNOWN_FAULTS, "known_faults", KnownFaultFile, _prepared, _mistakes)[0].faults


def _prepared(content: Any) -> Any:
    """The words of lists in place of their names, in `says` alone: texts have braces of their own."""
    if not isinstance(content, Mapping) or "faults" not in content:
        return content
    says = {str(number): row.get("says", []) for number, row in enumerate(content["faults"])}
    named = filled({"lists": content["lists"], **says}) if content.get("lists") else says
    return {"faults": [{**row, "says": named[str(number)]} for number, row in enumerate(content["faults"])]}


def _mistakes(file: KnownFaultFile) -> Iterator[Fault]:
    for number, row in enumerate(file.faults):
        where = f"faults[{number}]"
        if not (row.broken_in or row.fixed_in or (row.sure and row.instead)):
            yield Fault(KNOWN_FAULTS, where, "needs broken_in or fixed_in, or to be sure and have something instead")
        for pattern in row.says:
            try:
                found = re.search(pattern, row.example.lower())
            except re.error as error:
                yield Fault(KNOWN_FAULTS, f"{where}.says", f"not a regular expression: {error}")
                continue
            if found is None:
                yield Fault(KNOWN_FAULTS, f"{where}.example", f"does not hold {pattern!r}")
