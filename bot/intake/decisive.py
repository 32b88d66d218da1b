"""The line of a log that says most, and how it is looked up elsewhere: without paths, names, addresses and numbers."""

import re
from collections.abc import Sequence
from urllib.parse import quote_plus

_SAYS_ERROR = re.compile(
    r"error|exception|fail|fatal|panic|abort|assert|cannot|can't|could not|unable|not found|denied|refused|invalid"
    r"|unsupported|unknown|missing|traceback|错误|失败|无法|异常",
    re.IGNORECASE,
)
_NAMED_ERROR = re.compile(r"^\W*+\.?(?:[\w.]+(?:Error|Exception|Fault|Panic)\b|error\b|fatal\b|panic)", re.IGNORECASE)
_ONLY_AFTERMATH = re.compile(r"^\W*(?:traceback|during handling|the above exception|press any key|exit)", re.IGNORECASE)
_PRIVATE = (
    re.compile(r"https?://\S+"),
    re.compile(r"(?:[A-Za-z]:)?(?:[\\/][^\s\\/:'\"()]+){2,}[\\/]?"),  # a path
    re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"),
    re.compile(r"\b0x[0-9a-fA-F]{6,}\b"),
    re.compile(r"\b\d{4}[-/.]\d\d[-/.]\d\d[ T]?(?:\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?)?\b|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b"),
    re.compile(r"(?<!\S)[^\s@]+@\S+"),
    re.compile(r"\b[0-9a-f]{16,}\b"),
    re.compile(r"(?<!\d)\d{1,15}(?:\.\d{1,9})? ?(?:[KMGT]i?B|MB|bytes)\b"),
    re.compile(r"\[[A-Z]+\]|\b(?:INFO|WARN(?:ING)?|ERROR|DEBUG)\b:?"),
)
_MARKS = re.compile(r"[\"'`“”*<>|{}\[\]…]+")
_SEARCHED = 90  # characters of a line that a search engine is given


def decisive_line(lines: Sequence[str]) -> str | None:
    """The line of printed text that decides: the last named error, else the last that tells of one, else the last."""
    printed = [line.strip() for line in lines if line.strip() and not _ONLY_AFTERMATH.match(line)]
    named = [line for line in printed if _NAMED_ERROR.match(line)]
    telling = [line for line in printed if _SAYS_ERROR.search(line)]
    return next((group[-1] for group in (named, telling, printed) if group), None)


def without_details(line: str) -> str:
    """What is left of a line for a search: nothing that names a person, a machine or a moment."""
    for pattern in _PRIVATE:
        line = pattern.sub(" ", line)
    words = _MARKS.sub(" ", line).split()
    kept: list[str] = []
    for word in words:
        if sum(map(len, kept)) + len(kept) + len(word) > _SEARCHED:
            break
        kept.append(word)
    return " ".join(kept)


def web_search(line: str, program: str | None) -> str:
    """Address of a web search for a line of a program."""
    return "https://www.google.com/search?q=" + quote_plus(" ".join(filter(None, (program, without_details(line)))))


def tracker_search(line: str, repository: str) -> str:
    """Address of a search in a program's issues. `repository`: "https://github.com/owner/name"."""
    return f"{repository}/issues?q=" + quote_plus(without_details(line))
