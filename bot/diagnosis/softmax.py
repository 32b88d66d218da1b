"""A softmax regression on what sentences hold: how likely a sentence is of each of a few classes.

Fitted by gradient descent in one fixed order, so that the same sentences always teach the same; nothing but the
standard library is needed. What a sentence holds is up to those who ask: features by their CRC-32, with a weight each.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import exp, sqrt
from operator import itemgetter
from zlib import crc32

import msgspec

from bot.diagnosis.kept_words import place_of, view

_PACE, _SLOWING = 0.6, 0.15  # how far one sentence moves the weights, and how much less with every round
_CALM = 1e-4  # how strongly weights are held small
_LEAST_ERROR = 1e-3  # below which a sentence teaches nothing more
_BIAS = 0.1  # what the bias moves beside a weight

Row = list[float]
Features = Mapping[int, float]
# For each class the weights of all features side by side (C type d): lists of numbers lie all over the memory.
_Learning = list["array[float]"]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a class: what it holds."""

    name: str
    text: str
    features: Features


@dataclass(frozen=True, slots=True)
class _Held:
    """A sentence to learn from: the number of its class, and what it holds by how much it holds of it: so many features
    of one weight after the other.
    """

    right: int
    places: tuple[int, ...]
    weights_in: Callable[["array[float]"], tuple[float, ...]]  # of these places, and of two more that count nothing
    parts: tuple[tuple[float, int, int], ...]  # (how much, of the features from here, to here)

    @staticmethod
    def of(right: int, features: Iterable[tuple[int, float]], nowhere: int) -> "_Held":
        """`nowhere`: the place of no feature."""
        ordered = sorted(features, key=lambda feature: (feature[1], feature[0]))
        places = tuple(place for place, _ in ordered)
        starts = [at for at in range(len(ordered)) if at == 0 or ordered[at][1] != ordered[at - 1][1]]
        ends = (*starts[1:], len(ordered))
        parts = tuple((ordered[start][1], start, end) for start, end in zip(starts, ends, strict=True) if ordered)
        return _Held(right, places, itemgetter(*places, nowhere, nowhere), parts)


class Learnt(msgspec.Struct, frozen=True):
    """The weights: feature i, known by `keys[i]` (C type I, ascending), has one for each class in `rows` (f)."""

    classes: tuple[str, ...]
    keys: memoryview
    rows: memoryview
    bias: tuple[float, ...]


class Softmax:
    """Rates sentences by what was learnt."""

    def __init__(self, learnt: Learnt) -> None:
        self._classes = learnt.classes
        self._keys = learnt.keys.cast("I")
        self._rows = learnt.rows.cast("f")
        self._bias = learnt.bias

    def shares(self, features: Features) -> Mapping[str, float]:
        """How likely a sentence that holds this is of each class; together 1."""
        total = list(self._bias)
        width = len(self._classes)
        for key, value in features.items():
            if (at := place_of(key, self._keys)) >= 0:
                _add(total, self._rows[at * width : (at + 1) * width].tolist(), value)
        return dict(zip(self._classes, shares_in(total), strict=True))


def holding(named: Mapping[str, float]) -> Features:
    """Features by the CRC-32 of their names, of length 1 together."""
    length = sqrt(sum(value * value for value in named.values())) or 1.0
    return keyed({name: value / length for name, value in named.items()})


def keyed(named: Mapping[str, float]) -> Features:
    """Features by the CRC-32 of their names, as long as they are."""
    return {crc32(name.encode()): value for name, value in named.items()}


def learnt_of(examples: Iterable[Example], classes: Sequence[str], rounds: int) -> Learnt:
    """The weights that tell the classes apart after going through all examples so often."""
    ordered = sorted(examples, key=lambda each: crc32(each.text.encode()))
    keys = sorted({key for each in ordered for key in each.features})
    place = {key: at for at, key in enumerate(keys)}
    held = [
        _Held.of(
            classes.index(each.name), [(place[key], value) for key, value in each.features.items()], nowhere=len(keys)
        )
        for each in ordered
    ]
    weights: _Learning = [array("d", [0.0]) * (len(keys) + 1) for _ in classes]
    bias = [0.0] * len(classes)
    for number in range(rounds):
        pace = _PACE / (1 + _SLOWING * number)
        for each in held:
            _learn(weights, bias, each, pace)
    rows = array("f", chain.from_iterable(zip(*(row[:-1] for row in weights), strict=True)))
    return Learnt(tuple(classes), view(array("I", keys)), view(rows), tuple(bias))


def _learn(weights: _Learning, bias: Row, held: _Held, pace: float) -> None:
    """Moves the weights so that one sentence is rated better."""
    own = [held.weights_in(row) for row in weights]
    total = list(bias)
    for value, start, end in held.parts:
        for at, known in enumerate(own):
            total[at] += value * sum(known[start:end])
    for at, share in enumerate(shares_in(total)):
        error = share - (at == held.right)
        if abs(error) >= _LEAST_ERROR:
            bias[at] -= _BIAS * pace * error
            _move(weights[at], own[at], held, pace * error, 1 - pace * _CALM)


def _move(row: "array[float]", known: Sequence[float], held: _Held, step: float, kept: float) -> None:
    """Moves the weights of one class by what a sentence holds. `known`: what they are; `kept`: the share that stays."""
    places = held.places
    for value, start, end in held.parts:
        by = step * value
        for place, weight in zip(places[start:end], known[start:end], strict=True):
            row[place] = kept * weight - by


def _add(total: Row, row: Sequence[float], times: float) -> None:
    for at, weight in enumerate(row):
        total[at] += times * weight


def shares_in(total: Iterable[float]) -> Row:
    """Shares of log odds; together 1."""
    raised = [exp(value) for value in total]
    whole = sum(raised)
    return [value / whole for value in raised]
