"""Whether a log belongs to this field at all, or to a program that the knowledge is not about."""

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from bot.base.late import late
from bot.base.literals import Literals
from bot.diagnosis.elsewhere import Elsewhere
from bot.diagnosis.log import Log
from bot.diagnosis.words import fold
from bot.knowledge.failures import Failure, FieldWords

# Frames of a stack trace in somebody's own files, not in installed packages; folded text.
_INSTALLED = r"(?:slte-packages|dlst-packages|llb[\\/]python|[\\/]llb[\\/]|conda|node_modules|pylnstaller)"
_SERVER = r"(?:[\\/]server(?:-maln)?\.[cm]?js|/home/node/app/)"  # SillyTavern's own, whatever its folder is called
_FRAME = late(
    rf'^[^\S\n]*flle "(?!<)(?![^"\n]{{0,300}}{_INSTALLED})[^"\n]+(?<!pyx)", llne '
    rf"|^[^\S\n]*at (?![^\n]*(?:node:|{_INSTALLED}|{_SERVER}))\S.*\.[cm]?[jt]s:[lo2-9]+"
    r"|^[^\S\n]*at [\w.$]+\([\w.]+\.java:",
    re.MULTILINE,
)


_SLOT = late(r"\{[^{}]*\}")
_SHORT_WORD = 3  # letters up to which a word of this field is none's beginning: folded, "limit" begins with "LLM"
_LONG_WORD = 5  # characters from which on a word is found inside others too
_WORDS = 20_000  # of which it is remembered whether they speak of a failure
_PIECE = 4_096  # characters that are looked through at once
_BARE = 3  # lines up to which a text is a mere line or two
_DECIMAL = late(r"[lo2-9][.,]\Z")
_FRACTION = 2  # characters before the digits behind a point
_SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")


class Field:
    """Knows the words of this field and those of others."""

    def __init__(self, words: FieldWords | None = None) -> None:
        """Without words every log belongs to this field."""
        self._words = words or FieldWords()
        self._anyones: dict[str, bool] = {}

    @property
    def packages(self) -> frozenset[str]:
        """Python modules whose versions must fit each other."""
        return self._words.packages

    def is_offer(self, folded: str) -> bool:
        """Whether somebody gives a log or settings away in a folded line."""
        return self._offers.are_in(folded)

    def names(self, folded: str) -> bool:
        """Whether a folded text holds a word of this field."""
        return self._ours.are_in(folded)

    def names_program(self, folded: str) -> bool:
        """Whether a folded text names a program of this field; a card is none."""
        return self._programs.are_in(folded)

    def names_own(self, folded: str) -> bool:
        """Whether a folded text names a program of this field by a word that rivals never use."""
        return self._own.are_in(folded)

    def names_rival(self, folded: str) -> bool:
        """Whether a folded text names such another program."""
        return self._rivals.are_in(folded)

    def speaks(self, folded: str) -> bool:
        """Whether a folded text holds any word of this field: a program, a device, a tool, jargon."""
        return self.names(folded) or self.names_tool(folded) or self._jargon.are_in(folded)

    def names_tool(self, folded: str) -> bool:
        """Whether a folded text names a tool that this field's programs come with."""
        return self._tools.are_in(folded)

    def names_installer(self, folded: str) -> bool:
        """The same of those tools that show something by themselves."""
        return self._installers.are_in(folded)

    def is_voice(self, text: str) -> bool:
        """Whether a line, not folded, holds a word that people say and programs seldom print."""
        return self._voices.search(text) is not None

    def is_near(self, folded: str, told: str) -> bool:
        """Whether a folded log is of this field by what it prints, or by what is told of it."""
        if self.names_program(folded):
            return True
        if self._others.are_in(folded) or _FRAME.search(folded):
            return False
        return self._installers.are_in(folded) or self.names(told) or self.names_tool(told)

    def is_foreign(self, folded: str) -> bool:
        """Whether a folded log belongs elsewhere: no program of this field, but one of others, or a foreign stack."""
        if not self._words.ours or self.names_program(folded):
            return False
        return self._others.are_in(folded) or (_FRAME.search(folded) is not None and not self.names(folded))

    def is_elsewhere(self, log: Log) -> bool:
        """Whether a log in which no program of this field is named tells by name what has the trouble instead."""
        if not self._words.ours or not self._words.elsewhere:
            return False
        has_tool = self._installers.are_in(log.whole)
        return any(not self.names(fold(name)) for name in self._elsewhere.names_in(log.lines, has_tool))

    def is_generic(self, entry: Failure) -> bool:
        """Whether any program may print the wordings of an entry that no program is named for."""
        return _lists(self._words.generic, entry)

    def is_shared(self, entry: Failure) -> bool:
        """The same of an entry whose wordings a tool of this field's programs may print too."""
        return _lists(self._words.shared, entry)

    def is_environment(self, entry: Failure) -> bool:
        """Whether an entry is of what lies below the programs: there a rival's failure is cured like one of ours."""
        if _lists(self._words.environment, entry):
            return True
        return f"class:{entry.failure_class}" in self._words.environment and self._is_of_tools(entry)

    def _is_of_tools(self, entry: Failure) -> bool:
        """Whether installers and the like print what an entry is about, whatever they install."""
        return bool(entry.components) and all(each.lower() in self._words.tools for each in entry.components)

    def is_anyones(self, entry: Failure, wording: str) -> bool:
        """Whether an entry that no program is named for is proven by a wording without a word of this field."""
        if not self._words.jargon or entry.components or entry.kind == "symptom":
            return False
        known = self._anyones.get(wording)
        if known is None:
            known = self._anyones[wording] = not self.speaks(fold(_SLOT.sub(" ", wording)))
        return known

    def harmless(self, log: Log) -> frozenset[int]:
        """The lines of a log that are known to mean nothing, by number."""
        return log.kept(self._harmless, self._harmless.rows_in)

    def healthy(self, log: Log) -> frozenset[int]:
        """Those that say that all went well."""
        return log.kept(self._healthy, self._healthy.rows_in)

    def alarming(self, log: Log) -> frozenset[int]:
        """Those that speak of a failure, or in which somebody speaks of trouble."""
        return log.kept(self._alarms, self._alarms.rows_in)

    def failing(self, log: Log) -> frozenset[int]:
        """Those that speak of a failure, were they printed by a program."""
        return log.kept(self._failures, self._failures.rows_in)

    @cached_property
    def alarms(self) -> Callable[[str], bool]:
        """Whether a folded word speaks of a failure or of trouble. Asked of the words of signatures, which are few."""
        return lru_cache(maxsize=_WORDS)(lambda word: bool(self._alarms.rows_of([word], word)))

    @cached_property
    def _alarms(self) -> "_Marks":
        return _Marks(self._words.alarms, quiet=self._words.quiet)

    @cached_property
    def _failures(self) -> "_Marks":
        return _Marks(
            (word for word in self._words.alarms if word not in self._words.complaints), quiet=self._words.quiet
        )

    @cached_property
    def _offers(self) -> "_Begun":
        return _Begun(self._words.offers)

    @cached_property
    def _ours(self) -> "_Begun":
        return _Begun(self._words.ours, short=_SHORT_WORD)

    @cached_property
    def _others(self) -> "_Begun":
        return _Begun(self._words.others, whole=True)

    @cached_property
    def _elsewhere(self) -> Elsewhere:
        return Elsewhere(self._words.elsewhere)

    @cached_property
    def _programs(self) -> "_Begun":
        """Those of this field's words that name no device."""
        devices = frozenset(map(fold, self._words.devices))
        return _Begun((word for word in self._words.ours if fold(word) not in devices), short=_SHORT_WORD)

    @cached_property
    def _own(self) -> "_Begun":
        return _Begun((word for word in self._words.ours if word not in self._words.common), short=_SHORT_WORD)

    @cached_property
    def _rivals(self) -> "_Begun":
        return _Begun(self._words.rivals, whole=True)

    @cached_property
    def _jargon(self) -> "_Begun":
        return _Begun(self._words.jargon, short=_SHORT_WORD)

    @cached_property
    def _tools(self) -> "_Begun":
        return _Begun(self._words.tools, whole=True)

    @cached_property
    def _installers(self) -> "_Begun":
        """The tools that show something by themselves."""
        return _Begun((word for word in self._words.tools if word not in self._words.faint), whole=True)

    @cached_property
    def _voices(self) -> re.Pattern[str]:
        words = "|".join(map(re.escape, self._words.voices)) or "(?!)"
        return re.compile(rf"(?<![\w./:=-])(?:{words})(?![\w./:=-])", re.IGNORECASE)

    @cached_property
    def _harmless(self) -> "_Marks":
        return _Marks(self._words.harmless, shortest=0)

    @cached_property
    def _healthy(self) -> "_Marks":
        return _Marks(self._words.healthy, shortest=0)


def _lists(names: Container[str], entry: Failure) -> bool:
    return entry.id in names or (not entry.components and f"class:{entry.failure_class}" in names)


class Place(NamedTuple):
    """Where a wording stands: in the line of that number, from `start` to `end`."""

    number: int
    start: int
    end: int

    def others(self, number: int, folded: str) -> str:
        """What stands beside the wording in a line."""
        return f"{folded[: self.start]} {folded[self.end :]}" if number == self.number else folded


class Origin:
    """Whether wordings found in one log were printed by a program of this field; the log is read once."""

    def __init__(self, field: Field, log: Log, loader: str | None) -> None:
        """`loader`: the one that the log or its sender names."""
        self._field, self._log, self._loader = field, log, loader

    def allows(self, entry: Failure, wording: str, place: "Place | None" = None) -> bool:
        """Whether a signature's wording, found in this log, may be claimed for an entry; `place`: where it stands."""
        if self._loader is not None:
            return True
        folded = fold(wording)
        if self._field.is_generic(entry):
            return self._names_program or self._field.names_program(folded)
        if self._field.is_shared(entry):
            named = self._names_program or self._field.names_program(folded)
            return named or (self._names_tool and not self.is_foreign)
        if self.is_foreign:
            return self._allows_foreign(entry, folded)
        return not self._field.is_anyones(entry, wording) or self._has_company or self._is_bare(place)

    def _allows_foreign(self, entry: Failure, wording: str) -> bool:
        """The same in another program's log: the wording says that it belongs here, or what lies below both fails."""
        if not self._is_rivals:
            return self._field.names_program(wording)
        return (
            self._field.is_environment(entry)
            or self._field.names_own(wording)
            or self._field.names_rival(wording)  # it speaks of them itself
        )

    def is_named(self, entry: Failure, wording: str) -> bool:
        """Whether a program of this field is named: by the sender, the entry, its wording or the log."""
        if self._loader is not None or entry.components:
            return True
        return self._field.names_program(fold(wording)) or self._names_program

    def is_at_home(self, entry: Failure) -> bool:
        """Whether the log names a program of this field, or a tool by which one is installed or run."""
        return self.is_named(entry, "") or self._field.names_installer(self._log.told_by_whom)

    def is_near(self, told: str) -> bool:
        """Whether the log, or what is told of it (folded), is about this field."""
        return self._loader is not None or self._field.is_near(self._log.told_by_whom, told)

    @cached_property
    def _names_program(self) -> bool:
        return self._field.names_program(self._log.told_by_whom)

    @cached_property
    def _names_tool(self) -> bool:
        return self._field.names_tool(self._log.told_by_whom)

    @cached_property
    def _has_company(self) -> bool:
        """Whether any word of this field stands in the log."""
        return self._field.speaks(self._log.told_by_whom)

    def _is_bare(self, place: "Place | None") -> bool:
        """Whether all that is shown is a line or two, without a name beside the wording: nothing speaks for another
        program either.
        """
        lines = self._log.lines
        if len(lines) > _BARE or place is None:
            return False
        return not any(
            self._log.names_in(number, place.others(line.number, self._log.folded[number]))
            for number, line in enumerate(lines)
            if not self._field.is_voice(line.text)
        )

    @cached_property
    def _is_rivals(self) -> bool:
        whole = self._log.told_by_whom
        return self._field.names_rival(whole) and not self._field.names_own(whole)

    @cached_property
    def is_foreign(self) -> bool:
        """Whether the log is another program's."""
        if self._loader is not None:
            return False
        if self._is_rivals:
            return True
        if self._names_program:
            return False
        return self._field.is_foreign(self._log.told_by_whom) or self._field.is_elsewhere(self._log)


class _Begun:
    """Words that begin where no other word goes on, all looked for in one pass."""

    def __init__(self, words: Iterable[str], *, whole: bool = False, short: int = 0) -> None:
        """`whole`: nor may they go on into another one; those of up to `short` letters never may."""
        words = tuple(words)
        # A letter does not begin within another word (a folded digit may be one).
        self._bordered = frozenset(fold(word) for word in words if word[0].isalpha())
        self._free = frozenset(fold(word) for word in words if not word[0].isalpha())
        self._ending = frozenset(
            fold(word) for word in words if whole or (len(word) <= short and word.isascii() and word.isalpha())
        )
        self._literals = Literals([*self._bordered, *self._free])
        self._longest = max(map(len, self._literals.texts), default=0)

    def are_in(self, folded: str) -> bool:
        """Whether any of them stands in a folded text. Read piece by piece: most logs name one in their first lines."""
        return any(
            self._stands(folded, start + at, self._literals.texts[number])
            for start in range(0, len(folded), _PIECE)
            for number, at in self._literals.places_in(folded[start : start + _PIECE + self._longest])
        )

    def _stands(self, folded: str, at: int, word: str) -> bool:
        if word in self._ending and folded[at + len(word) : at + len(word) + 1] in _SMALL:
            return False
        if len(word) <= _SHORT_WORD and _DECIMAL.search(folded, max(0, at - _FRACTION), at):
            return False  # "8122.11M" folds to a word's letters
        return word in self._free or at == 0 or folded[at - 1] not in _SMALL


class _Marks:
    """Words that mark lines: inside others too ("RuntimeError"), but for short ones."""

    def __init__(self, words: Iterable[str], shortest: int = _LONG_WORD, quiet: Iterable[str] = ()) -> None:
        """`shortest`: characters from which on a word counts inside others; `quiet`: where no word counts."""
        words = tuple(words)
        short = [word for word in words if len(word) < shortest and word.isascii()]
        self._long = frozenset(map(fold, words)) - frozenset(map(fold, short))
        self._short = _Begun(short)
        self._literals = Literals(map(fold, words))
        self._quiet = Literals(map(fold, quiet))

    def rows_in(self, log: Log) -> frozenset[int]:
        """The lines of a log that hold one, by number."""
        return self.rows_of(log.folded, log.whole)

    def rows_of(self, rows: Sequence[str], whole: str) -> frozenset[int]:
        """The same of folded `rows`; `whole`: all of them, one a line."""
        places = self._literals.places_in(whole)
        if not places:
            return frozenset()
        ends = list(accumulate(len(row) + 1 for row in rows))
        hushed = self._hushed(whole)
        found: dict[int, bool] = {}
        for number, at in places:
            if at in hushed:
                continue
            row = bisect_right(ends, at)
            found[row] = found.get(row, False) or self._literals.texts[number] in self._long
        return frozenset(row for row, is_long in found.items() if is_long or self._short.are_in(rows[row]))

    def _hushed(self, whole: str) -> frozenset[int]:
        """The places at which no word counts."""
        return frozenset(
            place
            for number, at in self._quiet.places_in(whole)
            for place in range(at, at + len(self._quiet.texts[number]))
        )
