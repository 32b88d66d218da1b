"""What people call the programs and systems: nicknames, misspellings and traces in logs, to one canonical name each."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import structs
from rapidfuzz import fuzz, process

from bot.base.late import late
from bot.base.literals import Literals
from bot.base.sieve import Sieve
from bot.knowledge.failures import Packaging
from bot.knowledge.files import DataError, Fault, load_all
from bot.knowledge.reference import load_loaders, sound_loaders
from bot.knowledge.schema_faults import nearest
from bot.knowledge.word_lists import Lists, filled

ProgramKind = Literal["loader", "frontend", "library"]
SystemFamily = Literal["windows", "linux", "macos", "wsl", "android", "ios"]

_FILE = "vocabulary.yaml"
_LATIN = late(r"[a-z0-9]")
_FUZZY_WORD = late(r"(?<![\w./\\-])[A-Za-z][A-Za-z.-]{5,20}(?![\w/\\])")
_FUZZY_LENGTH = 6  # shorter words have too many neighbours
_FUZZY_SCORE = 87.0


class Program(msgspec.Struct, frozen=True):
    """A loader, front end or library and everything it is called."""

    name: str  # the one name that every answer and every fact uses
    kind: ProgramKind
    words: tuple[str, ...]  # nicknames and common misspellings, any case
    traces: tuple[str, ...]  # literal pieces of logs, paths and commands, case matters
    weak: tuple[str, ...] = ()  # words that count only when no other program of the kind is named
    contains: tuple[str, ...] = ()  # programs that run inside this one and are not the loader when this one is named
    rank: int = 1  # 1 runs the model, higher numbers stand behind


class System(msgspec.Struct, frozen=True):
    """An operating system; `patterns` are regular expressions with the version in the group `v`."""

    name: str
    patterns: tuple[str, ...]  # regular expressions, case ignored; the version in the group v
    family: SystemFamily
    traces: tuple[str, ...] = ()
    title: str | None = None  # shown in place of the name
    glued: bool = False  # the version follows the name without a blank (WSL2)

    def titled(self, version: str | None) -> str:
        """The name shown, e.g. "Windows 11", "WSL2"."""
        name = self.title or self.name
        if not version:
            return name
        return f"{name}{version}" if self.glued else f"{name} {version.upper() if version.isalpha() else version}"


class Way(msgspec.Struct, frozen=True):
    """A way in which programs come onto a machine, and the literal pieces of a log that show it."""

    name: Packaging
    traces: tuple[str, ...]  # literal pieces of logs and paths, case matters


class Vocabulary(msgspec.Struct, frozen=True):
    """The whole file."""

    programs: tuple[Program, ...]
    systems: tuple[System, ...]
    containers: tuple[str, ...]
    packaging: tuple[Way, ...] = ()
    tools: tuple[str, ...] = ()  # who else prints messages of failures: only named there
    areas: tuple[str, ...] = ()  # the folders of failures
    lists: Lists = {}  # empty once the rows are filled


@dataclass(frozen=True, slots=True)
class ProgramMention:
    """Where a text names a program. A weak mention may mean something else ("ST", "webui")."""

    program: Program
    start: int
    end: int
    weak: bool = False
    fuzzy: bool = False


@dataclass(frozen=True, slots=True)
class SystemMention:
    """Where a text names a system; `title` with its version, e.g. "Ubuntu 24.04"."""

    system: System
    title: str
    start: int
    end: int


@dataclass(frozen=True)
class Names:
    """The vocabulary made ready for searching. Build it once, share it freely."""

    vocabulary: Vocabulary
    by_name: Mapping[str, Program] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {program.name: program for program in self.vocabulary.programs})

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """What runs inside each program."""
        return {program.name: program.contains for program in self.vocabulary.programs}

    @property
    def loaders(self) -> frozenset[str]:
        """The names of the programs that run models."""
        return frozenset(program.name for program in self.vocabulary.programs if program.kind == "loader")

    @cached_property
    def _words(self) -> dict[str, tuple[Program, bool]]:
        words: dict[str, tuple[Program, bool]] = {}
        for program in self.vocabulary.programs:
            for word in (program.name, *program.words):
                words.setdefault(word.lower(), (program, False))
            for word in program.weak:
                words.setdefault(word.lower(), (program, True))
        return words

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _any_of(self._words)

    @cached_property
    def _fuzzy_words(self) -> list[str]:
        return [word for word in self._words if len(word) >= _FUZZY_LENGTH and word.isascii() and " " not in word]

    @cached_property
    def _system_patterns(self) -> Sieve:
        # ASCII: a Chinese character directly after a Latin word ends that word
        patterns = (pattern for system in self.vocabulary.systems for pattern in system.patterns)
        return Sieve(patterns, re.IGNORECASE | re.ASCII)

    @cached_property
    def _systems(self) -> list[System]:
        """For each pattern the system that it names."""
        return [system for system in self.vocabulary.systems for _ in system.patterns]

    def program(self, word: str) -> Program | None:
        """The program that `word` alone stands for: "狗头人" is koboldcpp, None when it is no program's name."""
        found = self._words.get(word.strip().lower())
        return found[0] if found else None

    def programs_in(self, text: str) -> tuple[ProgramMention, ...]:
        """Every program named in free text, in order; slips of the pen in long names included."""
        exact = self.programs_written_in(text)
        return tuple(sorted([*exact, *self._misspelt(text, exact)], key=lambda mention: mention.start))

    def programs_written_in(self, text: str) -> tuple[ProgramMention, ...]:
        """Every program named letter by letter, in order."""
        return tuple(
            ProgramMention(program, found.start(), found.end(), weak)
            for found in self._written_in(text)
            for program, weak in (self._words[" ".join(found.group().lower().split())],)
        )

    def _written_in(self, text: str) -> Iterator[re.Match[str]]:
        """Every name, looked for only where the first word of one stands."""
        lowered = text.lower()
        places = sorted({at for _, at in self._beginnings.places_in(lowered)})
        if len(lowered) != len(text):  # the places are not those of the text
            yield from self._pattern.finditer(text) if places else ()
            return
        end = 0
        for at in places:
            found = self._pattern.match(text, at) if at >= end else None
            if found:
                end = found.end()
                yield found

    def places_of_programs(self, text: str) -> Iterable[int] | None:
        """Where names of programs may begin in a text; None where that cannot be told."""
        lowered = text.lower()
        return {at for _, at in self._beginnings.places_in(lowered)} if len(lowered) == len(text) else None

    @cached_property
    def _beginnings(self) -> Literals:
        """The first word of each name."""
        return Literals(word.split()[0] for word in self._words)

    def _misspelt(self, text: str, known: Iterable[ProgramMention]) -> Iterator[ProgramMention]:
        taken = [(mention.start, mention.end) for mention in known]
        for found in _FUZZY_WORD.finditer(text):
            if any(start < found.end() and found.start() < end for start, end in taken):
                continue
            best = process.extractOne(
                found.group().lower(), self._fuzzy_words, scorer=fuzz.ratio, score_cutoff=_FUZZY_SCORE
            )
            if best and best[0][0] == found.group()[0].lower():
                yield ProgramMention(self._words[best[0]][0], found.start(), found.end(), fuzzy=True)

    def systems_in(self, text: str) -> tuple[SystemMention, ...]:
        """Every system named in free text, the narrowest name of each place, best first."""
        mentions: list[SystemMention] = []
        for number in self._system_patterns.possible(text):
            system = self._systems[number]
            for found in self._system_patterns.pattern(number).finditer(text):
                if any(found.start() < known.end and known.start < found.end() for known in mentions):
                    continue
                version = found.groupdict().get("v")
                mentions.append(SystemMention(system, system.titled(version), found.start(), found.end()))
        return tuple(mentions)

    def places_of_systems(self, text: str) -> Iterable[int] | None:
        """Where words stand without which no line of a text names a system; None where that cannot be told."""
        return self._system_patterns.places(text)

    @cached_property
    def _container_pattern(self) -> re.Pattern[str]:
        return _any_of(self.vocabulary.containers)

    def names_container(self, text: str) -> bool:
        """Whether docker or the like is spoken of."""
        return self._container_pattern.search(text) is not None


def leading_program(programs: Iterable[Program]) -> Program | None:
    """The one that runs the model among those named: not a part of another one, lowest rank, named first."""
    named = list(programs)
    inside = {part for program in named for part in program.contains}
    outer = [program for program in named if program.name not in inside] or named
    return min(outer, key=lambda program: program.rank, default=None)


def load_vocabulary(root: Path) -> Vocabulary:
    """The vocabulary under `root`; raises DataError with all its faults."""
    vocabulary = load_all(root, _FILE, "vocabulary", Vocabulary, filled)[0]
    known = {program.name for program in vocabulary.programs}
    whole = structs.replace(vocabulary, programs=(*vocabulary.programs, *_of_loaders(root, known)))
    if faults := tuple(_faults(whole, known)):
        raise DataError(map(_FileOf(root), faults))
    return whole


class _FileOf:
    """Puts the faults of a loader's names into the loader's own file."""

    def __init__(self, root: Path) -> None:
        self._files = {loader.name: file for file, loader in (sound_loaders(root) if _has_loaders(root) else ())}

    def __call__(self, fault: Fault) -> Fault:
        return fault if fault.file == _FILE else replace(fault, file=self._files[fault.file])


def _of_loaders(root: Path, known: Set[str]) -> Iterator[Program]:
    """The programs that only their own file in loaders/ names."""
    for loader in load_loaders(root) if _has_loaders(root) else ():
        if loader.called is not None and loader.name not in known:
            called = structs.asdict(loader.called)
            yield Program(loader.name, loader.role, **called)


def _has_loaders(root: Path) -> bool:
    return any(root.glob("loaders/*.yaml"))


def _faults(vocabulary: Vocabulary, own: Set[str]) -> Iterator[Fault]:
    """`own`: the programs of the vocabulary's file; a fault of another has its name in place of a file."""
    known = {program.name for program in vocabulary.programs}
    owners: dict[str, str] = {}
    for number, program in enumerate(vocabulary.programs):
        file, key = (_FILE, f"programs[{number}]") if program.name in own else (program.name, "called")
        for word in (*program.words, *program.weak):
            owner = owners.setdefault(word.lower(), program.name)
            if owner != program.name:
                yield Fault(file, f"{key}.words", f"{word!r} already belongs to {owner}; keep it in one place")
        for part in program.contains:
            if part not in known:
                yield Fault(file, f"{key}.contains", f"{part!r} is no program{nearest(part, known)}")
    yield from _pattern_faults(vocabulary)


def _pattern_faults(vocabulary: Vocabulary) -> Iterator[Fault]:
    for number, system in enumerate(vocabulary.systems):
        for place, pattern in enumerate(system.patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                yield Fault(_FILE, f"systems[{number}].patterns[{place}]", f"is no regular expression: {error.msg}")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Each word as a whole word where it is Latin; a digit may follow ("kbd1.88", "vllm0.6"), a letter may not."""
    ordered = [re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True)]
    latin = "|".join(word for word in ordered if _LATIN.match(word.lower()))
    other = [word for word in ordered if not _LATIN.match(word.lower())]
    return late("|".join((rf"(?<![a-z0-9_])(?:{latin})(?![a-z_])", *other)), re.IGNORECASE)
