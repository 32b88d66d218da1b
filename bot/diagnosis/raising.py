"""What kind of refusal an exception is, told by the place in the program's source that raised it and by its words.

No list of a program's messages is ever complete. Its checks, though, stand in few places: the file that reads the
options, the one that checks requests, the folder of the architectures. A traceback names that place. Where one place
refuses for several reasons, wordings tell them apart: what "is not installed" is another failure than what "must be".
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.base.late import late
from bot.diagnosis.conclusion import Conclusion
from bot.intake.lines import Line

_FRAME = late(r'(?:File )?"([^"\n]+)", line \d+(?:, in (\w+))?')
_RAISED = late(
    r"(?:^|[\s.])(?P<name>[A-Z]\w*(?:Error|Exception|Exit|Parameter|Config|Spec|Guess)|Exception): (?P<said>.*)"
)
# How programs refuse something; others (KeyError, AttributeError ...) are faults of the program itself, as a rule.
_REFUSED = frozenset(
    "ValueError TypeError NotImplementedError AssertionError RuntimeError ImportError HFValidationError CLIError "
    "VLLMValidationError APHRODITEValidationError BadParameter ClickException CorruptedCacheException Exception "
    "ArgumentTypeError ArgumentError GenerationError StructuredDecisionError DS32EncodingError "
    "TokenizerNotSupportedError ResponseToolChoiceError".split()
)
_WORD = late(r"[A-Za-z]{3}")
# What breaks rather than is refused: the card, memory that ran out, calls that do not fit, processes that died.
_NO_REFUSAL = late(
    r"\b(?:(?:CUDA|HIP)(?: \w+)? (?:error|failure|out of)|(?:CUDA|HIP) (?:driver|kernel|initiali[sz]ation)|NCCL|"
    r"(?:out of|free|enough|insufficient|available|illegal|allocated?|access)(?: \w+)? memory|"
    r"memory (?:access|usage|leak|alloc\w*|error)|engine core|"
    r"workers? (?:died|failed|process|proc|pid|exited|has|is)|object is not (?:iterable|subscriptable|callable))\b",
    re.IGNORECASE,
)
_CALL = late(r"\b(?:positional|keyword) arguments?\b")
# A RuntimeError and an assertion are refusals when they say so; else something broke.
_BROKEN = frozenset(("RuntimeError", "Exception", "AssertionError"))
_BREAKING = _BROKEN | {"ValueError"}  # where they speak of shapes
_REFUSING = late(
    r"\b(?:must|not|no|require[sd]?|only|invalid|cannot|can't|unknown|unsupported|expect(?:s|ed)|should|needs?|missing|"
    r"too|exceed\w*|mismatch|please|ensure|exclusive|between|at least|greater|positive)\b",
    re.IGNORECASE,
)
# What no check raises: the program met what its authors did not think of.
_FAULT = late(
    r"(?:^|\s)(?P<name>(?:Key|Index|Attribute|Type|Assertion|UnboundLocal|Name|ZeroDivision|Runtime|Value)Error)"
    r"(?:: (?P<said>.*))?$"
)
# What follows from another failure.
_FOLLOWS = frozenset(
    "EngineDeadError AsyncEngineDeadError CancelledError BrokenPipeError EOFError ConnectionResetError "
    "CalledProcessError ProcessExitedException ProcessRaisedException ChildFailedError ClientError".split()
)
_POINTS = late(
    r"\b(?:root cause|stack ?trace|above|logs? for|died|terminated|failed to (?:load|start|create|init)|"
    r"initiali[sz]ation failed)\b",
    re.IGNORECASE,
)
_VAGUE = frozenset(("RuntimeError", "ValueError"))
_OF_SHAPES = late(r"\b(?:shapes?|sizes? of|dimensions?|broadcast|mat1|unpack|torch\.Size)\b", re.IGNORECASE)
_FAULT_STRENGTH = 0.74
_CALL_STRENGTH = 0.9  # a call that does not fit is nobody's option
_LOOKED_BACK = 6  # lines from the exception to the frame that raised it
_STRENGTH = 0.78  # the place tells the kind, not the cause


@dataclass(frozen=True)
class Refusal:
    """A place (part of a path, as "vllm/config/"), the words that must be said there ("": any), and their key."""

    place: str
    wording: str
    key: str

    @cached_property
    def words(self) -> re.Pattern[str] | None:
        """The same as a pattern; made when the place is met, since there are thousands."""
        if not self.wording:
            return None
        parts = [re.escape(part.strip()) for part in self.wording.strip("* ").split("*")]
        border = r"\b" if self.wording[0].isalnum() else ""
        return re.compile(border + ".{0,160}?".join(parts), re.IGNORECASE)

    def fits(self, said: str) -> bool:
        """Whether something that was said in its place is this."""
        return self.words is None or self.words.search(said) is not None

    @property
    def precision(self) -> tuple[bool, int, int]:
        """The greater the more it tells: words before none, then the longer place."""
        return bool(self.wording), len(self.place), len(self.key)


# By place: places are few and refusals many, and most places are elsewhere.
Refusals = Mapping[str, Sequence[Refusal]]


def refusals_of(keys: Iterable[str]) -> Refusals:
    """The refusals that keys like "vllm/config/" and "vllm/config/|must be * or" stand for."""
    found: dict[str, list[Refusal]] = {}
    for key in keys:
        refusal = _refusal(key)
        found.setdefault(refusal.place, []).append(refusal)
    return found


def _refusal(key: str) -> Refusal:
    place, _, wording = key.partition("|")
    return Refusal(place, wording, key)


def raised_in(lines: Sequence[Line], refusals: Refusals) -> Conclusion | None:
    """The last exception in cleaned lines that one of the refusals fits; the first that fits is what the conclusion is
    about, by its key. `said` captures the exception's own words.
    """
    for number in range(len(lines) - 1, -1, -1):
        raised = _RAISED.search(lines[number].text) if ": " in lines[number].text else None
        if raised and _WORD.search(raised.group("said")) and (key := _key(lines, number, raised, refusals)):
            said = {"said": raised.group("said").strip()}
            return Conclusion("raised-in", lines[number], said, about=key, strength=_STRENGTH)
    return None


def fault_in(lines: Sequence[Line], places: Collection[str]) -> Conclusion | None:
    """The last exception in cleaned lines when it is a fault of the program's own: one that no check raises, in a
    source file of one of the places (parts of paths, or "in FUNCTION"; functions before paths). `said` captures it.
    """
    for number in range(len(lines) - 1, -1, -1):
        fault = _FAULT.search(lines[number].text)
        if fault is None:
            continue
        said = fault.group("said") or ""
        if _POINTS.search(said):
            continue
        if _NO_REFUSAL.search(said) or (fault.group("name") in _VAGUE and not _OF_SHAPES.search(said)):
            return None
        if place := _faulty_place(lines, number, places):
            captured = {"said": fault.group(0).strip()}
            strength = _CALL_STRENGTH if _CALL.search(said) else _FAULT_STRENGTH
            return Conclusion("fault-in", lines[number], captured, place, strength)
        return None
    return None


def raises_in(lines: Sequence[Line], besides: Collection[int] = ()) -> bool:
    """Whether an exception that may be a cause stands in cleaned lines, `besides` those of these numbers."""
    return any(line.number not in besides and _raises(line.text) for line in lines)


def _raises(text: str) -> bool:
    if "rror" not in text and "xception" not in text:
        return False
    raised = _FAULT.search(text) or _RAISED.search(text)
    return (
        raised is not None and raised.group("name") not in _FOLLOWS and not _POINTS.search(raised.group("said") or "")
    )


def _faulty_place(lines: Sequence[Line], number: int, places: Collection[str]) -> str:
    """The place that the nearest frame above an exception is in, empty when it is in none."""
    frame = _frame(lines, number)
    if frame is None:
        return ""
    function = f"in {frame.group(2)}"
    path = "/" + frame.group(1).replace("\\", "/")
    return function if function in places else next((place for place in places if f"/{place}" in path), "")


def _key(lines: Sequence[Line], number: int, raised: re.Match[str], refusals: Refusals) -> str:
    """The key of the refusal that fits an exception and the nearest frame above it; empty when none does."""
    path, said = _path(lines, number), raised.group("said")
    refuses = _refuses(raised.group("name"), said)
    there = [each for place, own in refusals.items() if f"/{place}" in path for each in own]
    precise = sorted(there, key=lambda refusal: refusal.precision, reverse=True)
    return next((each.key for each in precise if (refuses or each.words) and each.fits(said)), "")


def _refuses(name: str, said: str) -> bool:
    """Whether an exception refuses something, rather than tells that something broke."""
    breaks = _NO_REFUSAL.search(said) or _CALL.search(said) or (name in _BREAKING and _OF_SHAPES.search(said))
    return name in _REFUSED and not breaks and (name not in _BROKEN or bool(_REFUSING.search(said)))


def _path(lines: Sequence[Line], number: int) -> str:
    """The source file of the nearest frame above a line."""
    frame = _frame(lines, number)
    return frame.group(1).replace("\\", "/") if frame else ""


def _frame(lines: Sequence[Line], number: int) -> re.Match[str] | None:
    """The nearest frame above a line."""
    for at in range(number - 1, max(-1, number - 1 - _LOOKED_BACK), -1):
        if frame := _FRAME.search(lines[at].text):
            return frame
    return None
