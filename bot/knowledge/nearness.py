"""How near wordings are by what their words mean, whatever the words."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from heapq import nlargest, nsmallest
from operator import mul

_KEPT = 20_000  # wordings whose place is at hand: all that are known, a few hundred bytes each
_STEPS, _MOST = 400, 127  # of a number between 0 and 1 in one signed byte; hardly any is above a third
# The sides on which two texts lie in each direction tell roughly how near they are, for a hundredth of the work: of so
# many times the wordings that are wanted it is counted exactly.
_LOOKED_AT = 3
_SIDE_OF = bytes(ord("1") if 0 < byte <= _MOST else ord("0") for byte in range(256))  # of a signed byte


class Near:
    """How near (0 to 1) other texts are to one."""

    def __init__(self, own: Sequence[float], placed: Callable[[str], tuple["array[int]", int]]) -> None:
        """`own`: where the one lies; `placed`: where another lies, and its sides."""
        self._own, self._placed = [value / _STEPS for value in own], placed
        self._sides = _sides(_small(own))

    def to(self, other: str) -> float:
        """How near another text is."""
        return self._to(self._placed(other)[0])

    def nearest(self, others: Iterable[str], most: int) -> list[float]:
        """How near the nearest of other texts are, at most so many, nearest first."""
        placed = [self._placed(other) for other in others]
        if len(placed) > _LOOKED_AT * most:
            placed = nsmallest(_LOOKED_AT * most, placed, key=self._apart)
        return nlargest(most, [self._to(place) for place, _ in placed])

    def _apart(self, placed: tuple["array[int]", int]) -> int:
        return (self._sides ^ placed[1]).bit_count()

    def _to(self, place: Iterable[int]) -> float:
        near: float = sum(map(mul, self._own, place))
        return min(1.0, max(0.0, near))


class Nearness:
    """Compares wordings by where they lie."""

    def __init__(self, place: Callable[[str], Sequence[float]]) -> None:
        """`place`: where a text lies, at distance 1 from nothing; empty where no word of it is known."""
        self._place = place
        self._kept = lru_cache(maxsize=_KEPT)(self._in_bytes)

    def of(self, text: str) -> Near | None:
        """How near other texts are to one; None where nothing can be said of it."""
        own = self._place(text)
        return Near(own, self._kept) if own else None

    def _in_bytes(self, text: str) -> tuple["array[int]", int]:
        place = _small(self._place(text))
        return place, _sides(place)


def _small(place: Sequence[float]) -> "array[int]":
    steps = [round(_STEPS * value) for value in place]
    is_within = not steps or (min(steps) >= -_MOST and max(steps) <= _MOST)
    return array("b", steps if is_within else (max(-_MOST, min(_MOST, step)) for step in steps))


def _sides(place: "array[int]") -> int:
    """On which side of nothing a place lies in each direction, a bit each."""
    return int(place.tobytes().translate(_SIDE_OF) or b"0", 2)
