"""What kind of refusal an exception is, told by the place in the program's source that raised it.

No list of a program's messages is ever complete. Its checks, though, stand in few places: the file that reads the
options, the one that checks requests, the folder of the architectures. A traceback names that place.
"""

import re
from collections.abc import Collection, Sequence

from bot.diagnosis.conclusion import Conclusion
from bot.intake.lines import Line

_FRAME = re.compile(r'File "([^"]+)", line \d+')
# How programs refuse something; other exceptions (KeyError, AttributeError ...) are faults of the program itself.
_REFUSED = re.compile(
    r"(?:^|[\s.])(?:ValueError|TypeError|NotImplementedError|AssertionError|RuntimeError|ImportError|HFValidationError"
    r"|CLIError|VLLMValidationError|BadParameter|ClickException|CorruptedCacheException): (?P<said>.*)"
)
_WORD = re.compile(r"[A-Za-z]{3}")
_NO_REFUSAL = re.compile(r"\b(?:CUDA|HIP|NCCL|memory|positional|keyword|engine core|worker)\b", re.IGNORECASE)
_LOOKED_BACK = 6  # lines from the exception to the frame that raised it
_STRENGTH = 0.78  # the place tells the kind, not the cause


def raised_in(lines: Sequence[Line], places: Collection[str]) -> Conclusion | None:
    """The last refusal in cleaned lines that was raised in one of the places (parts of paths, as "vllm/config/"); the
    longest one that fits is what the conclusion is about. `said` captures the refusal's own words.
    """
    for number in range(len(lines) - 1, -1, -1):
        refused = _REFUSED.search(lines[number].text) if ": " in lines[number].text else None
        if refused and _tells(refused.group("said")) and (place := _place(lines, number, places)):
            said = {"said": refused.group("said").strip()}
            return Conclusion("raised-in", lines[number], said, about=place, strength=_STRENGTH)
    return None


def _tells(said: str) -> bool:
    return _WORD.search(said) is not None and not _NO_REFUSAL.search(said)


def _place(lines: Sequence[Line], number: int, places: Collection[str]) -> str:
    """The place that the nearest frame above an exception names, empty when it is none of them."""
    for at in range(number - 1, max(-1, number - 1 - _LOOKED_BACK), -1):
        if frame := _FRAME.search(lines[at].text):
            path = frame.group(1).replace("\\", "/")
            return max((place for place in places if f"/{place}" in path), key=len, default="")
    return ""
