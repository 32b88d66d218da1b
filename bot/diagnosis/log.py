"""A log while it is diagnosed: its lines, their words, and what conditions ask of the whole."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeVar, cast

from rapidfuzz import fuzz

from bot.base.late import late
from bot.base.literals import Literals
from bot.diagnosis.complaint import Complaints, is_prose
from bot.diagnosis.index import Index, Reading
from bot.diagnosis.words import fold, same_digits, words
from bot.intake.lines import Line
from bot.intake.tracebacks import tracebacks

_LAST, _EARLIER, _ERROR, _PLAIN, _WARNING, _INFORMATION = 1.0, 0.97, 0.97, 0.94, 0.7, 0.55
_WARNS = late(r"\b\w*[Ww]arning: |^\s*(?:\[?WARN|npm warn|warning\b)", re.IGNORECASE)
_FAILS = late(r"\s*(?:error|fatal|panic|exception|failed|错误|致命错误|异常)\b", re.IGNORECASE)
_FEW = 400  # lines up to which a condition is also looked for with errors
_WRAPPED = 40  # characters of a line that may have been wrapped
_ANEW = late(r"\s|[\[({*#>$]|[\w.]+[:=]\s|\d")  # how a line begins that goes on with nothing
_AROUND = 40  # lines at the beginning and at the end where people write themselves
_LONG = 8  # characters a condition must have for that
_NEAR = 2  # lines before and after a line that belong to it
_ALIKE = 86  # per cent
_NAME = 4  # letters of a name
_ITEM = late(r"\s*(?:[-*•]|\d{1,2}[.)])\s+\w")
_LISTED = 12  # lines of a list that are read

T = TypeVar("T")


def _standing(line: Line, folded: str) -> float:
    if line.level in ("info", "debug"):
        return _INFORMATION
    if line.level == "warning" or ("warn" in folded and _WARNS.search(line.text)):
        return _WARNING
    return _ERROR if line.level == "error" or _FAILS.match(line.text) else _PLAIN


def is_long(lines: Sequence[Line]) -> bool:
    """Whether a log is so long that what is asked of it is better looked for at once."""
    return len(lines) > _FEW


class Log:
    """Cleaned lines with the known words of each; answers conditions on the whole."""

    def __init__(
        self, lines: Sequence[Line], index: Index, complaints: Complaints, asked: Literals | None = None
    ) -> None:
        """`asked`: of a long log (`is_long`) the folded texts that conditions ask for: all are looked for at once."""
        self.lines = lines
        self._asked = asked
        self.complaints = complaints
        self.folded = fold("\n".join(line.text for line in lines)).split("\n") if lines else []
        self._index = index
        self._answers: dict[str, bool] = {}
        self._said: dict[str, bool] = {}
        self._printed: dict[int, bool] = {}
        self._standing: dict[int, float] = {}
        self._kept: dict[object, object] = {}
        self._readings: dict[int, Reading] = {}
        self._plain: dict[int, frozenset[str]] = {}
        self._words: dict[int, frozenset[str]] = {}
        self._prose: dict[int, bool] = {}

    @property
    def is_long(self) -> bool:
        """As the function."""
        return len(self.lines) > _FEW

    def words(self, number: int) -> frozenset[str]:
        """The words of a line, known or not."""
        found = self._words.get(number)
        if found is None:
            found = self._words[number] = frozenset(words(self.folded[number]))
        return found

    def reading(self, number: int) -> Reading:
        """The known words of a line, damaged ones as they were meant."""
        known = self._readings.get(number)
        if known is None:
            known = self._readings[number] = self._index.read(self.words(number))
        return known

    def plain_words(self, number: int) -> frozenset[str]:
        """The known words of a line as they stand there: of the many lines of a long log."""
        known = self._plain.get(number)
        if known is None:
            known = self._plain[number] = self._index.known(self.words(number))
        return known

    def names_in(self, number: int, folded: str) -> frozenset[str]:
        """The words of a part of a line, folded, that no wording holds and that are long enough to be names."""
        strangers = frozenset(words(folded)) - self.plain_words(number)
        return frozenset(word for word in strangers if len(word) >= _NAME and word[0].isalpha())

    def introduction(self, number: int) -> str:
        """The line that introduces the list in which a line is an item; empty for any other line."""
        if not _ITEM.match(self.lines[number].text):
            return ""
        above = (self.lines[at].text for at in range(number - 1, max(number - _LISTED, 0) - 1, -1))
        return next((text for text in above if not _ITEM.match(text)), "")

    def kept(self, asker: object, found: "Callable[[Log], T]") -> T:
        """What somebody finds in this log, found once."""
        known = self._kept.get(asker, self)  # a log is no finding
        if known is self:
            known = self._kept[asker] = found(self)
        return cast("T", known)

    def goes_on(self, number: int) -> bool:
        """Whether a line may have been wrapped into the next by a chat or an editor; only asked of short logs."""
        if number + 1 >= len(self.lines) or len(self.lines) > _FEW:
            return False
        text, following = self.lines[number].text, self.lines[number + 1].text
        return len(text) >= _WRAPPED and (text[-1].isalnum() or text[-1] in ",'\"-(/") and not _ANEW.match(following)

    def may_join(self, number: int) -> bool:
        """Whether a line and the next may be one: no command, and nothing that a logger begins anew."""
        if not 0 <= number < len(self.lines) - 1:
            return False
        following = self.lines[number + 1]
        return not (self.lines[number].typed or following.typed or following.level)

    def has_words(self, number: int, words: frozenset[str]) -> bool:
        """Whether there is such a line and it holds one of these words."""
        if not 0 <= number < len(self.lines):
            return False
        known = self.reading(number).known if len(self.lines) <= _FEW else self.plain_words(number)
        return not words.isdisjoint(known)

    def joined(self, number: int) -> tuple[str, str]:
        """Line `number` and the next as one, and the same folded."""
        text = f"{self.lines[number].text.rstrip()} {self.lines[number + 1].text.lstrip()}"
        return text, fold(text)

    def contains(self, text: str) -> bool:
        """Whether a text stands somewhere in the log, in any case; in a short log also with a few wrong characters."""
        answer = self._answers.get(text)
        if answer is None:
            answer = self._answers[text] = self._contains(fold(text))
        return answer

    def near(self, number: int) -> str:
        """The folded lines around a line, itself included."""
        return "\n".join(self.folded[max(0, number - _NEAR) : number + _NEAR + 1])

    def says(self, text: str) -> bool:
        """Whether a text stands in the log letter by letter, in any case."""
        said = self._said.get(text)
        if said is None:
            said = self._said[text] = self._stands(fold(text))
        return said

    def _stands(self, folded: str) -> bool:
        if self._asked and folded in self._asked:
            return folded in self._found
        return folded in self.whole or folded in self.speakers

    @cached_property
    def _found(self) -> frozenset[str]:
        """What stands there of all that conditions ask for."""
        return self._asked.found_in(self.told_by_whom) if self._asked else frozenset()

    def standing(self, number: int) -> float:
        """How much a line counts as a cause of death, 1 at most: the exceptions of the last traceback most, then
        other errors, then plain output, then warnings, then what a logger calls information.
        """
        known = self._standing.get(number)
        if known is None:
            own = _standing(self.lines[number], self.folded[number])
            known = self._standing[number] = max(self._exceptions.get(number, 0.0), own)
        return known

    def is_printed(self, number: int) -> bool:
        """Whether a line is a program's output or a command, not somebody's own words."""
        known = self._printed.get(number)
        if known is None:
            line = self.lines[number]
            known = self._printed[number] = line.logged or bool(line.level) or line.typed or not self.is_prose(number)
        return known

    def is_prose(self, number: int) -> bool:
        """Whether a line is somebody's sentence by its looks."""
        known = self._prose.get(number)
        if known is None:
            known = self._prose[number] = is_prose(self.lines[number].text)
        return known

    def is_at_an_end(self, number: int) -> bool:
        """Whether a line stands where people write themselves: near the beginning or the end."""
        return number < _AROUND or number >= len(self.lines) - _AROUND

    @cached_property
    def is_solved(self) -> bool:
        """Whether somebody says in the log's surroundings that all is well again."""
        around = self.lines if len(self.lines) <= 2 * _AROUND else [*self.lines[:_AROUND], *self.lines[-_AROUND:]]
        if not self.complaints.may_be_solved("\n".join(line.text for line in around)):
            return False
        return any(self.complaints.is_solved(line.text) and is_prose(line.text) for line in around)

    @cached_property
    def _exceptions(self) -> dict[int, float]:
        """The standing of every line that names an exception."""
        if 'flle "' not in self.whole:  # folded; no traceback is without its frames
            return {}
        chains = tracebacks(self.lines)
        return {index: _LAST if chain is chains[-1] else _EARLIER for chain in chains for index in chain.exceptions}

    @cached_property
    def whole(self) -> str:
        """All lines, folded."""
        return "\n".join(self.folded)

    @cached_property
    def speakers(self) -> str:
        """The containers, services and folders that prefixes and prompts name, folded."""
        return fold("\n".join(dict.fromkeys(line.source for line in self.lines if line.source)))

    @cached_property
    def told_by_whom(self) -> str:
        """All lines and below them the speakers, folded."""
        return f"{self.whole}\n{self.speakers}" if self.speakers else self.whole

    def _contains(self, folded: str) -> bool:
        if self._stands(folded):
            return True
        if len(self.lines) > _FEW or len(folded) < _LONG or len(set(folded)) < _LONG // 2:
            return False
        alike = fuzz.partial_ratio_alignment(folded, self.whole, score_cutoff=_ALIKE)
        return alike is not None and same_digits(self.whole[alike.dest_start : alike.dest_end], folded)
