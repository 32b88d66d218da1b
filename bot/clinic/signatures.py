"""The normalised signature of an error that no entry knows: equal for the same error on another machine."""

import re

_ERROR = re.compile(
    r"error|exception|fail|fatal|panic|abort|cannot|can't|could not|unable|denied|invalid|not found|no such|refused"
    r"|timed? ?out|segmentation|unsupported|missing|错误|失败|无法|异常|找不到|拒绝",
    re.IGNORECASE,
)
_FINAL = re.compile(r"^\w+(\.\w+)*(Error|Exception|Interrupt)\b")  # the last line of a Python traceback
_REPLACED = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"https?://\S+"), "<url>"),
    (re.compile(r"^[\[(]?\d{4}-\d\d-\d\d[T ][\d:.,]+Z?[\])]?\s*|^\[?\d\d:\d\d:\d\d[.,\d]*\]?\s*"), ""),
    (re.compile(r"\b[A-Za-z]:[\\/][^\s'\"]*|(?<![\w<])~?/[\w.@+-]++/[^\s'\":]*"), "<path>"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b|\b[0-9a-fA-F]{12,}\b"), "<hex>"),
    (re.compile(r"\d+(?:[.,]\d+)*+"), "<n>"),
    (re.compile(r"\s+"), " "),
)
LENGTH = 300
SHORTEST = 8


def signature(text: str) -> str | None:
    """The line that most likely names the error, with paths, numbers and addresses replaced; None without one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    finals = [line for line in lines if _FINAL.match(line)]
    errors = [line for line in lines if _ERROR.search(line)]
    # The first error is the root cause more often than the last, but a traceback says it at its end.
    chosen = finals[-1] if finals else errors[0] if errors else None
    if chosen is None:
        return None
    chosen = normalised(chosen)
    return chosen if len(chosen) >= SHORTEST else None


def normalised(line: str) -> str:
    """A line with paths, numbers and addresses replaced: the same on every machine."""
    for pattern, replacement in _REPLACED:
        line = pattern.sub(replacement, line)
    return line.strip()[:LENGTH]


def names_an_error(line: str) -> bool:
    """Whether a line speaks of something that went wrong."""
    return _ERROR.search(line) is not None
