"""How near somebody's words lie in meaning to the told sentences of a class that are nearest to them.

A direction (senses.py) tells what all sentences of a class have in common; of a class that is told in many ways the few
that are put alike say more. All sentences of a class are measured at once: numbers side by side in one long whole one,
as in lanes.py, but in half as much room, for there are thousands.
"""

from array import array
from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import groupby
from operator import attrgetter, mul

import msgspec

from bot.diagnosis.senses import Placed, Vector

_FEW = 3  # sentences whose nearness is told, on average
_FAR = -0.2  # how far away a sentence is taken to lie that a class does not have
_FINE = 256  # a component of a place is told in multiples of 1 / _FINE
_RISE = 128  # what is added to it, so that none is below zero
_WIDTH = 4  # bytes of a lane


class Near(msgspec.Struct, frozen=True):
    """Where the sentences of each class lie: `rows` holds a byte a dimension, sentence by sentence, class by class."""

    classes: tuple[str, ...]
    counts: tuple[int, ...]
    rows: memoryview


NOWHERE = Near((), (), memoryview(b""))


def near_of(placed: Iterable[Placed]) -> Near:
    """Where sentences lie, by class."""
    by_class = [(name, list(own)) for name, own in groupby(sorted(placed, key=_NAME), _NAME)]
    rows = b"".join(_bytes(each.vector) for _, own in by_class for each in own)
    return Near(tuple(name for name, _ in by_class), tuple(len(own) for _, own in by_class), memoryview(rows))


class Nearest:
    """Measures how near a place lies to the sentences of a class."""

    def __init__(self, near: Near) -> None:
        self._dimensions = len(near.rows) // (sum(near.counts) or 1)
        self._rows: dict[str, memoryview] = {}
        self._columns: dict[str, tuple[list[int], list[int]]] = {}  # of classes that were looked at
        at = 0
        for name, count in zip(near.classes, near.counts, strict=True):
            self._rows[name] = near.rows[at : at + count * self._dimensions]
            at += count * self._dimensions

    def nearness(self, name: str, vector: Sequence[float]) -> float:
        """The mean cosine between what lies at `vector` and the nearest sentences of a class, from -1 to 1."""
        if name not in self._rows or not vector:
            return _FAR
        found = nlargest(_FEW, self._products(name, _bytes(vector)))
        return (sum(found) / _FINE**2 + _FAR * (_FEW - len(found))) / _FEW

    def _products(self, name: str, place: bytes) -> Iterable[int]:
        columns, sums = self._columns_of(name)
        total = sum(map(mul, columns, place))
        raised = array("I", total.to_bytes(_WIDTH * len(sums), "little"))
        rest = _RISE * sum(place) - _RISE * _RISE * len(place)
        return [number - _RISE * own - rest for number, own in zip(raised, sums, strict=True)]

    def _columns_of(self, name: str) -> tuple[list[int], list[int]]:
        """For each dimension the sentences' numbers as lanes, and for each sentence the sum of its numbers."""
        if name not in self._columns:
            rows, width = self._rows[name], self._dimensions
            columns = [_lanes(rows[at::width].tobytes()) for at in range(width)]
            self._columns[name] = columns, [sum(rows[at : at + width]) for at in range(0, len(rows), width)]
        return self._columns[name]


_NAME = attrgetter("name")


def _bytes(vector: Vector | Sequence[float]) -> bytes:
    return bytes(min(max(round(_FINE * value) + _RISE, 0), 255) for value in vector)


def _lanes(small: bytes) -> int:
    content = bytearray(_WIDTH * len(small))
    content[::_WIDTH] = small
    return int.from_bytes(content, "little")
