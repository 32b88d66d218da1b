"""Whether a log belongs to this field at all, or to a program that the knowledge is not about."""

import re
from collections.abc import Container, Iterable
from functools import cached_property

from bot.base.literals import Literals
from bot.diagnosis.log import Log
from bot.diagnosis.words import fold
from bot.knowledge.failures import Failure, FieldWords

# Frames of a stack trace in somebody's own files, not in installed packages; folded text.
_INSTALLED = r"(?:slte-packages|dlst-packages|llb[\\/]python|[\\/]llb[\\/]|conda|node_modules|pylnstaller)"
_SERVER = r"(?:[\\/]server(?:-maln)?\.[cm]?js|/home/node/app/)"  # SillyTavern's own, whatever its folder is called
_FRAME = re.compile(
    rf'^[^\S\n]*flle "(?![^"\n]{{0,300}}(?:{_INSTALLED}|<))[^"\n]+(?<!pyx)", llne '
    rf"|^[^\S\n]*at (?![^\n]*(?:node:|{_INSTALLED}|{_SERVER}))\S.*\.[cm]?[jt]s:[lo2-9]+"
    r"|^[^\S\n]*at [\w.$]+\([\w.]+\.java:",
    re.MULTILINE,
)


_LONG_WORD = 5  # characters from which on a word is found inside others too


class Field:
    """Knows the words of this field and those of others."""

    def __init__(self, words: FieldWords | None = None) -> None:
        """Without words every log belongs to this field."""
        self._words = words or FieldWords()

    @property
    def packages(self) -> frozenset[str]:
        """Python modules whose versions must fit each other."""
        return self._words.packages

    def names(self, folded: str) -> bool:
        """Whether a folded text holds a word of this field."""
        return bool(self._words.ours) and self._ours.search(folded) is not None

    def names_program(self, folded: str) -> bool:
        """Whether a folded text names a program of this field; a card is none."""
        return self.names(self._devices.sub(" ", folded))

    def names_tool(self, folded: str) -> bool:
        """Whether a folded text names a tool that this field's programs come with."""
        return self._tools.search(folded) is not None

    def is_voice(self, text: str) -> bool:
        """Whether a line, not folded, holds a word that people say and programs seldom print."""
        return self._voices.search(text) is not None

    def is_near(self, folded: str, told: str) -> bool:
        """Whether a folded log is of this field by what it prints, or by what is told of it."""
        if self.names_program(folded):
            return True
        if self._others.search(folded) or _FRAME.search(folded):
            return False
        return self._installers.search(folded) is not None or self.names(told) or self.names_tool(told)

    def is_foreign(self, folded: str) -> bool:
        """Whether a folded log belongs elsewhere: no word of this field, but one of others, or a foreign stack."""
        if not self._words.ours or self.names(folded):
            return False
        return self._others.search(folded) is not None or _FRAME.search(folded) is not None

    def is_generic(self, entry: Failure) -> bool:
        """Whether any program may print the wordings of an entry that no program is named for."""
        return _lists(self._words.generic, entry)

    def is_shared(self, entry: Failure) -> bool:
        """The same of an entry whose wordings a tool of this field's programs may print too."""
        return _lists(self._words.shared, entry)

    def is_harmless(self, folded: str) -> bool:
        """Whether a folded line is known to mean nothing."""
        return bool(self._harmless.places_in(folded))

    def is_healthy(self, folded: str) -> bool:
        """Whether a folded line says that all went well."""
        return bool(self._healthy.places_in(folded))

    def alarms(self, folded: str) -> bool:
        """Whether a folded line speaks of a failure, or somebody of trouble."""
        return self._alarms.are_in(folded)

    def fails(self, folded: str) -> bool:
        """Whether a folded line that a program printed speaks of a failure."""
        return self._failures.are_in(folded)

    @cached_property
    def _alarms(self) -> "_Alarms":
        return _Alarms(self._words.alarms)

    @cached_property
    def _failures(self) -> "_Alarms":
        return _Alarms(word for word in self._words.alarms if word not in self._words.complaints)

    @cached_property
    def _ours(self) -> re.Pattern[str]:
        return _beginning_with(self._words.ours)

    @cached_property
    def _others(self) -> re.Pattern[str]:
        return _beginning_with(self._words.others, r"(?![a-z])")

    @cached_property
    def _devices(self) -> re.Pattern[str]:
        return _beginning_with(self._words.devices)

    @cached_property
    def _tools(self) -> re.Pattern[str]:
        return _beginning_with(self._words.tools, r"(?![a-z])")

    @cached_property
    def _installers(self) -> re.Pattern[str]:
        """The tools that show something by themselves."""
        return _beginning_with((word for word in self._words.tools if word not in self._words.faint), r"(?![a-z])")

    @cached_property
    def _voices(self) -> re.Pattern[str]:
        words = "|".join(map(re.escape, self._words.voices)) or "(?!)"
        return re.compile(rf"(?<![\w./:=-])(?:{words})(?![\w./:=-])", re.IGNORECASE)

    @cached_property
    def _harmless(self) -> Literals:
        return Literals(map(fold, self._words.harmless))

    @cached_property
    def _healthy(self) -> Literals:
        return Literals(map(fold, self._words.healthy))


def _lists(names: Container[str], entry: Failure) -> bool:
    return entry.id in names or (not entry.components and f"class:{entry.failure_class}" in names)


class Origin:
    """Whether wordings found in one log were printed by a program of this field; the log is read once."""

    def __init__(self, field: Field, log: Log, loader: str | None) -> None:
        """`loader`: the one that the log or its sender names."""
        self._field, self._log, self._loader = field, log, loader

    def allows(self, entry: Failure, wording: str) -> bool:
        """Whether a signature's wording, found in this log, may be claimed for an entry."""
        if self._loader is not None:
            return True
        if self._field.is_generic(entry):
            return self._names_program or self._field.names_program(fold(wording))
        if self._field.is_shared(entry):
            return self._names_program or self._names_tool or self._field.names_program(fold(wording))
        return not self.is_foreign or self._field.names(fold(wording))

    def is_near(self, told: str) -> bool:
        """Whether the log, or what is told of it (folded), is about this field."""
        return self._loader is not None or self._field.is_near(self._log.whole, told)

    @cached_property
    def _names_program(self) -> bool:
        return self._field.names_program(self._log.whole)

    @cached_property
    def _names_tool(self) -> bool:
        return self._field.names_tool(self._log.whole)

    @cached_property
    def is_foreign(self) -> bool:
        """Whether the log is another program's."""
        return self._loader is None and self._field.is_foreign(self._log.whole)


def _beginning_with(words: Iterable[str], end: str = "") -> re.Pattern[str]:
    """Words as one pattern; without words it finds nothing."""
    return re.compile("(?:" + ("|".join(map(_begun, words)) or r"(?!)") + ")" + end)


def _begun(word: str) -> str:
    """A word as a pattern; a letter does not begin within another word (a folded digit may be one)."""
    return (r"(?<![a-z])" if word[0].isalpha() else "") + re.escape(fold(word))


class _Alarms:
    """Words that count inside others too ("RuntimeError"), and short ones, which do not."""

    def __init__(self, words: Iterable[str]) -> None:
        words = tuple(words)
        self._long = frozenset(fold(word) for word in words if len(word) >= _LONG_WORD or not word.isascii())
        self._short = _beginning_with(word for word in words if len(word) < _LONG_WORD and word.isascii())
        self._literals = Literals(map(fold, words))

    def are_in(self, folded: str) -> bool:
        found = {number for number, _ in self._literals.places_in(folded)}
        if not found:
            return False
        texts = self._literals.texts
        return any(texts[number] in self._long for number in found) or self._short.search(folded) is not None
