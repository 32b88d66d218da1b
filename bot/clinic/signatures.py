"""The normalised signature of an error that no entry knows: equal for the same error on another machine."""

import re

from bot.base.late import late
from bot.intake.shapes import shape

_ERROR = late(
    r"error|exception|fail|fatal|panic|abort|cannot|can't|could not|unable|denied|invalid|not found|no such|refused"
    r"|timed? ?out|segmentation|unsupported|missing|错误|失败|无法|异常|找不到|拒绝",
    re.IGNORECASE,
)
_FINAL = late(r"^\w+(\.\w+)*(Error|Exception|Interrupt)\b")  # the last line of a Python traceback
LENGTH = 300
SHORTEST = 8


def signature(text: str) -> str | None:
    """The line that most likely names the error, with paths, numbers and addresses replaced; None without one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # The first error is the root cause more often than the last, but a traceback says it at its end.
    final = next(filter(_FINAL.match, reversed(lines)), None)
    chosen = normalised(final or next(filter(_ERROR.search, lines), ""))
    return chosen if len(chosen) >= SHORTEST else None


def normalised(line: str) -> str:
    """A line with paths, numbers and addresses replaced: the same on every machine."""
    return " ".join(shape(line).split())[:LENGTH]


def names_an_error(line: str) -> bool:
    """Whether a line speaks of something that went wrong."""
    return _ERROR.search(line) is not None
