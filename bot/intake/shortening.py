"""A text beyond the limit loses what tells least: its head, its tail and what stands around errors are kept.

Lines that are left out become empty ones, so that the numbers of all others stay true.
"""

from collections.abc import Iterator
from itertools import pairwise

_SIGNS = (
    "error", "fail", "exception", "traceback", "fatal", "panic", "abort", "killed", "out of memory", "denied",
    "refused", "cannot", "could not", "unable to", "assert", "segmentation", "core dumped", "错误", "失败",
    "异常", "无法",
)  # fmt: skip
_BEFORE, _AFTER = 300, 900  # characters around a sign that are kept with it
_EACH = 16  # places in which one sign is looked at, from either end
_MOST_LINE_ENDS = 2_000_000


def shortened(text: str, size: int) -> tuple[str, int]:
    """At most about `size` characters of a text, and how many were left out.

    A quarter is the head, half is the tail: errors stand at the end. A quarter is for what stands around the first and
    the last lines between that look like errors.
    """
    if len(text) <= size:
        return text, 0
    head_end = text.rfind("\n", 0, size // 4) + 1 or size // 4
    tail_start = text.find("\n", len(text) - size // 2) + 1 or len(text) - size // 2
    kept = [(0, head_end), *_around_errors(text, head_end, tail_start, size // 4), (tail_start, len(text))]
    pieces = [text[:head_end]]
    for (_, before), (start, end) in pairwise(kept):
        pieces += (_line_ends(text, before, start), text[start:end])
    return "".join(pieces), len(text) - sum(end - start for start, end in kept)


def signs_in(text: str) -> int:
    """How many kinds of signs of an error stand in a text."""
    lowered = text.lower()
    return sum(sign in lowered for sign in _SIGNS)


def _around_errors(text: str, start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Whole lines around signs of an error between two places, apart from each other, `size` characters at the most."""
    kept: list[tuple[int, int]] = []
    left = size
    for first, last in _windows(text, start, end):
        known = kept[-1][1] if kept else start
        first = max(first, known)
        if first < last and last - first <= left:
            left -= last - first
            if kept and first == known:
                kept[-1] = (kept[-1][0], last)
            else:
                kept.append((first, last))
    return kept


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Whole lines around each sign, in order."""
    lowered = text[start:end].lower()
    offset = start if len(lowered) == end - start else None  # some letters grow when they are lowered
    lowered = lowered if offset is not None else text[start:end]
    for at in sorted(_places(lowered)):
        first = text.rfind("\n", start, max(start, start + at - _BEFORE)) + 1 or start
        last = text.find("\n", start + at + _AFTER, end) + 1 or end
        yield first, last


def _places(lowered: str) -> set[int]:
    """Where signs stand: of each the first few and the last few."""
    return {at for sign in _SIGNS for at in (*_first(lowered, sign), *_last(lowered, sign))}


def _first(text: str, sign: str) -> Iterator[int]:
    at = text.find(sign)
    for _ in range(_EACH):
        if at < 0:
            return
        yield at
        at = text.find(sign, at + _AFTER)


def _last(text: str, sign: str) -> Iterator[int]:
    at = text.rfind(sign)
    for _ in range(_EACH):
        if at < 0:
            return
        yield at
        at = text.rfind(sign, 0, max(0, at - _AFTER))


def _line_ends(text: str, start: int, end: int) -> str:
    """As many line ends as stand between two places; of millions they are not worth the memory."""
    count = text.count("\n", start, end)
    return "\n" * count if count < _MOST_LINE_ENDS else ""
