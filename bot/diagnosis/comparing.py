"""Which signatures each line of a log is compared with: most lines of most logs with none."""

from collections.abc import Sequence, Set
from functools import cached_property
from itertools import islice
from typing import TypeAlias

from bot.diagnosis.field import Field
from bot.diagnosis.index import NEAR, SHARE, Index, Reading
from bot.diagnosis.log import Log
from bot.diagnosis.trouble import Trouble

_CLOSE = 16  # candidates of a line that are compared closely
_POST = 12  # lines up to which a text is a post of which every line may tell of one
_TROUBLED = ("warning", "error")  # levels of such lines
_LONG = 1_500  # lines of different shapes from which on not every one is compared closely
_FIRST, _LAST = 200, 400  # of those that tell of a failure, how many are: causes and ends
_HEAD, _END = 50, 150  # lines at the beginning and at the end that are, whatever they tell

Words: TypeAlias = Reading | frozenset[str]
Candidate: TypeAlias = tuple[int, float]  # number of a signature, share of its weight that stands in the line


class Comparing:
    """For the lines of one log."""

    def __init__(self, log: Log, index: Index, field: Field, trouble: Trouble) -> None:
        self._log = log
        self._index = index
        self._trouble = trouble
        self._alarms = field.alarms
        self._alarming = field.alarming(log)
        self._is_long = len(log.lines) > _LONG

    def words(self, number: int) -> Words:
        """What decides with what a line is compared."""
        if self._is_long and number not in self._closely:
            return self._log.plain_words(number)
        return self._log.reading(number)

    def candidates(self, number: int, words: Words) -> Sequence[Candidate]:
        """The signatures of which a line nearly holds its words, and where it may tell of a failure also those that are
        damaged or broken there.
        """
        if not isinstance(words, Reading):
            return self._whole(number, words)
        log, known = self._log, words.known
        may_tell = self._may_tell(number)
        found = self._index.candidates(known, SHARE if may_tell else NEAR)[:_CLOSE]
        if log.goes_on(number) and (may_tell or self._may_tell(number + 1)):
            return [*found, *self._broken(number)]
        return found

    def _whole(self, number: int, known: frozenset[str]) -> Sequence[Candidate]:
        """The signatures that seem to stand in a line letter by letter."""
        folded, patterns = self._log.folded[number], self._index.patterns
        whole = self._index.whole(known)
        return [(each, 1.0) for each in islice(whole, _CLOSE) if patterns[each].may_stand_in(folded)]

    @cached_property
    def _closely(self) -> Set[int]:
        """Of a long log the lines that are compared closely."""
        lines = self._log.lines
        telling = [number for number, line in enumerate(lines) if number in self._alarming or line.level in _TROUBLED]
        ends = (*range(_HEAD), *range(len(lines) - _END, len(lines)))
        return {*telling[:_FIRST], *telling[-_LAST:], *ends}

    def _may_tell(self, number: int) -> bool:
        """Whether a line may tell of a failure, in whatever damaged words, or somebody in words of their own."""
        log = self._log
        return (
            number in self._alarming
            or log.lines[number].level in _TROUBLED
            or any(map(self._alarms, log.reading(number).known))  # a damaged word is read as it was meant
            or (log.is_at_an_end(number) and self._may_be_told(number))
        )

    def _may_be_told(self, number: int) -> bool:
        log = self._log
        return len(log.lines) <= _POST or not log.folded[number].isascii() or self._trouble.is_told(log, number)

    def _broken(self, number: int) -> list[Candidate]:
        """Signatures that neither this line nor the next holds enough of, but both together do."""
        first, second = (self._log.reading(each).known for each in (number, number + 1))
        found = self._index.broken(first, second)
        return [(each, 0.0) for each, _ in found[:_CLOSE]]
