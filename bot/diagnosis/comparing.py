"""Which signatures each line of a log is compared with: most lines of most logs with none."""

from collections import Counter
from collections.abc import Sequence, Set
from functools import cached_property
from itertools import islice
from typing import TypeAlias

from bot.diagnosis.field import Field
from bot.diagnosis.index import NEAR, SHARE, Index, Reading
from bot.diagnosis.log import Log
from bot.diagnosis.signature import Pattern
from bot.diagnosis.trouble import Trouble

_CLOSE = 16  # candidates of a line that are compared closely
_POST = 12  # lines up to which a text is a post of which every line may tell of one
_TROUBLED = ("warning", "error")  # levels of such lines
_LONG = 1_500  # lines of different shapes from which on not every one is compared closely
_FIRST, _LAST = 150, 250  # of those that tell of a failure, how many are: causes and ends
_HEAD, _END = 50, 150  # lines at the beginning and at the end that are, whatever they tell
_ENOUGH = 3  # lines made of the same words that are compared
_OFTEN = 12  # hits of one wording after which another in no better place tells nothing new

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
        self._tried: Counter[Words] = Counter()
        self._met: Counter[int] = Counter()  # by signatures how often each was found
        self._best: dict[int, float] = {}  # and how much the best of those lines counts
        self._telling: dict[int, bool] = {}  # lines, each asked about beside the one before it too

    def candidates(self, number: int) -> Sequence[Candidate]:
        """The signatures that a line is compared with: of lines made of the same words only the first few are, for a
        log repeats itself, and what did not match once does not match later.
        """
        if not self._is_skimmed(number):
            known = self._log.reading(number)
            return () if self._tried[known] >= _ENOUGH else self._counted(known, self._held(number, known.known))
        found = self._whole(number)
        if not found:
            return ()
        words = self._log.plain_words(number)
        return () if self._tried[words] >= _ENOUGH else self._counted(words, found)

    def failed(self, number: int) -> None:
        """Nothing was found in a line: nor is it in others of the same words."""
        words = self._log.plain_words(number) if self._is_skimmed(number) else self._log.reading(number)
        self._tried[words] = _ENOUGH

    def met(self, pattern: Pattern, number: int) -> None:
        """A signature was found in a line, and meant there."""
        if self._is_long and not (pattern.kinds or pattern.points_above):
            self._met[pattern.number] += 1
            self._best[pattern.number] = max(self._best.get(pattern.number, 0.0), self._log.standing(number))

    def _counted(self, words: Words, found: Sequence[Candidate]) -> Sequence[Candidate]:
        if found:
            self._tried[words] += 1
        return found

    def _is_skimmed(self, number: int) -> bool:
        """Whether only printed signatures that stand in a line letter by letter are looked for: so far within a log
        nobody tells of anything.
        """
        return self._is_long and number not in self._closely

    def _held(self, number: int, known: frozenset[str]) -> Sequence[Candidate]:
        """The signatures of which a line nearly holds its words, and where it may tell of a failure also those that are
        damaged or broken there.
        """
        log = self._log
        may_tell = self._may_tell(number)
        found = self._index.candidates(known, SHARE if may_tell else NEAR)[:_CLOSE]
        if log.goes_on(number) and (may_tell or self._may_tell(number + 1)):
            return [*found, *self._broken(number)]
        return found

    def _whole(self, number: int) -> Sequence[Candidate]:
        """The signatures that seem to stand in a line letter by letter; none where all have been met often enough."""
        folded, patterns = self._log.folded[number], self._index.patterns
        whole = islice(self._index.whole(self._log.words(number)), _CLOSE)
        found = [each for each in whole if patterns[each].may_stand_in(folded)]
        if all(self._met[each] >= _OFTEN for each in found) and all(
            self._log.standing(number) <= self._best[each] for each in found
        ):
            return ()
        return [(each, 1.0) for each in found]

    @cached_property
    def _closely(self) -> Set[int]:
        """Of a long log the lines that are compared closely."""
        lines = self._log.lines
        telling = [number for number, line in enumerate(lines) if number in self._alarming or line.level in _TROUBLED]
        ends = (*range(_HEAD), *range(len(lines) - _END, len(lines)))
        return {*telling[:_FIRST], *telling[-_LAST:], *ends}

    def _may_tell(self, number: int) -> bool:
        """Whether a line may tell of a failure, in whatever damaged words, or somebody in words of their own."""
        known = self._telling.get(number)
        if known is None:
            known = self._telling[number] = self._tells(number)
        return known

    def _tells(self, number: int) -> bool:
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
