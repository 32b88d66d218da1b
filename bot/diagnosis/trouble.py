"""Whether a log speaks of a failure at all: a program printed one, or somebody complains.

Likeness alone does not tell: the log of a healthy program resembles that of a failed one in all but a line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.base.late import late
from bot.diagnosis.complaint import is_source
from bot.diagnosis.field import Field
from bot.diagnosis.log import Log
from bot.intake.line_kinds import LineKinds

_DOUBTFUL = 0.75  # standing below which a line is a warning or information
_AROUND = 40  # lines at the beginning and at the end of a log where people write
_CODE = late(r"\s*+(?://|/\*|#(?:define|include|if)\b|[+-]\s\s|diff --git|@@ |return\b)")
_CODE_ENDS = ("{", ";", "\\", "(")
_PRINTF = late(r"%[dsuz]\b")
_POST = 12  # lines up to which a text is a post in which every sentence is somebody's
_SHOWN = 4  # lines of output that a complaint may show
_SENTENCE, _FEW_WORDS = 6, 3  # words of a sentence, and of one that is all that was sent: "koboldcpp not using gpu"
_WORDS = late(r"(?<![\w/.=-])[A-Za-z][a-z]*+(?:'[a-z]++)?+(?![\w/=-])")
_TALK = late(r"(?:[㐀-鿿぀-ヿ가-힯][，。、！？\s]*){4}|\?\s*$")


@dataclass(frozen=True, slots=True)
class Told:
    """A line that is read: its number, how much it counts, whether a word in it speaks of a failure."""

    number: int
    weight: float
    alarms: bool


class Trouble:
    """Tells what a program printed from somebody's words, and finds among both what speaks of a failure."""

    def __init__(self, field: Field, kinds: LineKinds | None = None) -> None:
        """Without `kinds` only what looks like a log counts as printed."""
        self._field = field
        self._kinds = kinds

    def is_told(self, log: Log, number: int) -> bool:
        """Whether somebody says a line in words of their own."""
        text = log.lines[number].text
        if log.is_printed(number) or _looks_like_code(text):
            return False
        if self._is_known(text):
            return False
        return self._field.is_voice(text) or _TALK.search(text) is not None

    def speaks(self, log: Log, number: int) -> bool:
        """Whether a line is or may be somebody's sentence: in a short post also one without a word of theirs."""
        if self.is_told(log, number):
            return True
        text = log.lines[number].text
        if len(log.lines) > _POST or log.is_printed(number) or _looks_like_code(text) or self._is_known(text):
            return False
        return len(_WORDS.findall(text)) >= (_FEW_WORDS if len(log.lines) == 1 else _SENTENCE)

    def is_said(self, log: Log, number: int) -> bool:
        """Whether a line is told, or reads like somebody's sentence in a short post."""
        return self.is_told(log, number) or (self.speaks(log, number) and log.is_prose(number))

    def is_asked(self, log: Log, number: int) -> bool:
        """Whether somebody only asks about what a line says."""
        return self.speaks(log, number) and log.complaints.only_asks(log.lines[number].text)

    def words(self, log: Log) -> str:
        """All that somebody says around a log, folded."""
        numbers = _ends(len(log.lines))
        return "\n".join(log.folded[number] for number in numbers if self.is_told(log, number))

    def is_offered(self, log: Log) -> bool:
        """Whether somebody gives away what they show, and complains of nothing."""
        if not self._field.is_offer(log.whole):
            return False
        numbers = [number for number in _ends(len(log.lines)) if self._field.is_offer(log.folded[number])]
        alarming = self._field.alarming(log)
        return bool(numbers) and not any(number in alarming for number in numbers)

    def tells_of_a_change(self, log: Log) -> bool:
        """Whether a short text without a program's output tells of a change or wishes for one, and nobody complains."""
        if len(log.lines) > _POST or any(map(log.is_printed, range(len(log.lines)))):
            return False
        texts = [line.text for line in log.lines if not line.text.lstrip().startswith("|")]  # rows of a table
        others = [text for text in texts if not log.complaints.is_wish_or_news(text)]
        return len(others) < len(texts) and not any(map(log.complaints.is_troubled, others))

    def _is_known(self, text: str) -> bool:
        """Whether a line is known to be printed, or to be code."""
        return self._kinds is not None and (self._kinds.is_printed(text) or self._kinds.is_code(text))

    def is_in(self, log: Log, lines: Sequence[Told]) -> bool:
        """Whether something went wrong after the last sign of health, or somebody complains who neither wishes for a
        feature nor says that it is solved; beside a longer log without a failure a mere question is no complaint.
        `lines`: those that tell most.
        """
        told = [line for line in lines if self.speaks(log, line.number)]
        if any(self._is_wish_or_news(log, line) for line in lines):
            return False
        healthy = self._last_health(log)
        if any(line.number > healthy and self.is_failure(log, line) for line in lines if line not in told):
            return True
        told = self._beside_a_log(log, told) if len(lines) - len(told) > _SHOWN else told
        return not log.is_solved and any(line.alarms or healthy < 0 for line in told)

    def _beside_a_log(self, log: Log, told: Iterable[Told]) -> list[Told]:
        """Of what is said beside a log that shows no failure: what complains, and does not only ask."""
        complaints = log.complaints
        texts = ((line, log.lines[line.number].text) for line in told)
        return [
            line
            for line, text in texts
            if (line.alarms or complaints.is_troubled(text)) and not complaints.only_asks(text)
        ]

    def _last_health(self, log: Log) -> int:
        """The line of the last sign that all goes well; -1 without any."""
        return max(self._field.healthy(log), default=-1)

    def _is_wish_or_news(self, log: Log, line: Told) -> bool:
        """Whether a line wishes for a feature or tells news, and is no cry of alarm."""
        if line.alarms and self.is_told(log, line.number):
            return False
        return log.complaints.is_wish_or_news(log.lines[line.number].text)

    def is_told_of(self, log: Log, lines: Sequence[Told], plainly: bool) -> bool:
        """Whether most of a text is somebody's own words, and they neither only ask nor speak of a message; `plainly`:
        what is told need not sound like a complaint.
        """
        spoken = [log.lines[line.number].text for line in lines if self.speaks(log, line.number)]
        if not spoken or len(lines) - len(spoken) > _SHOWN or self._is_well(log):
            return False
        if not (plainly or _sounds_troubled(log, lines, spoken)):
            return False
        return not any(log.complaints.only_asks(text) or log.complaints.is_mention(text, 0, 0) for text in spoken)

    def _is_well(self, log: Log) -> bool:
        """Whether a program or somebody says that all goes well."""
        return bool(self._field.healthy(log)) or log.is_solved

    def is_failure(self, log: Log, line: Told) -> bool:
        """Whether a line that nobody tells says that something failed: no warning, and no source code that might."""
        if line.number not in self._field.failing(log) or log.standing(line.number) < _DOUBTFUL:
            return False
        text = log.lines[line.number].text
        before = log.lines[line.number - 1].text if line.number else ""
        return not (is_source(text, len(text), before) or _is_code(text, before))


def _sounds_troubled(log: Log, lines: Iterable[Told], spoken: Iterable[str]) -> bool:
    """Whether a word in these lines speaks of a failure, or somebody complains."""
    return any(line.alarms for line in lines) or any(map(log.complaints.is_troubled, spoken))


def _is_code(text: str, before: str) -> bool:
    """Whether a line is source code; a traceback shows some below its frames."""
    return _looks_like_code(text) and not before.lstrip().startswith('File "')


def _looks_like_code(text: str) -> bool:
    end = text.rstrip().rstrip(",")
    if _CODE.match(text) or end.endswith(_CODE_ENDS):
        return True
    return end.endswith(('"', "'")) and _PRINTF.search(text) is not None


def _ends(count: int) -> Iterable[int]:
    return range(count) if count <= 2 * _AROUND else [*range(_AROUND), *range(count - _AROUND, count)]
