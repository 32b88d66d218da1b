"""How near wordings are by what their words mean, whatever the words."""

from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import mul

_KEPT = 20_000  # wordings whose place is at hand: all that are known, a few hundred bytes each
_STEPS, _MOST = 400, 127  # of a number between 0 and 1 in one signed byte; hardly any is above a third


class Nearness:
    """Compares wordings by where they lie."""

    def __init__(self, place: Callable[[str], Sequence[float]]) -> None:
        """`place`: where a text lies, at distance 1 from nothing; empty where no word of it is known."""
        self._place = place
        self._kept = lru_cache(maxsize=_KEPT)(self._in_bytes)

    def of(self, text: str) -> Callable[[str], float] | None:
        """How near to a text (0 to 1) another one is; None where nothing can be said of it."""
        own = [value / _STEPS for value in self._place(text)]
        return (lambda other: min(1.0, max(0.0, sum(map(mul, own, self._kept(other)))))) if own else None

    def _in_bytes(self, text: str) -> "array[int]":
        return array("b", (max(-_MOST, min(_MOST, round(_STEPS * value))) for value in self._place(text)))
