"""Small trees that are added up, each learnt from what those before it got wrong (gradient boosting, logistic loss).

A sum of weights says the same of a trait whatever the others are; a tree may ask for one only where another is low.
Every trait may be told to speak for or against only: then no split may say the opposite (Friedman, "Greedy function
approximation", 2001; the bounds of monotone trees as in XGBoost). The same rows always teach the same trees.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log
from zlib import crc32

import msgspec

DEPTH = 3  # questions asked of a row by one tree
_SPLITS = (1 << DEPTH) - 1
_TREES, _RATE = 110, 0.1
_BINS = 40  # values of a trait that are told apart
_LEAST = 8.0  # weight of the rows on each side of a split (in the second derivative of the loss)
_CALM = 3.0  # how strongly leaves are held small
_GAIN = 0.2  # what a split must bring
_NEVER = 1e9  # no value is above it


class Tree(msgspec.Struct, frozen=True, array_like=True):
    """A whole tree: node i leads to 2i + 1, or to 2i + 2 where the trait is above the limit; then come the leaves."""

    traits: tuple[int, ...]
    limits: tuple[float, ...]  # one that is never passed where there is no split
    leaves: tuple[float, ...]


class Trees(msgspec.Struct, frozen=True):
    """What was learnt: log odds are `start` and a leaf of each tree."""

    start: float
    trees: tuple[Tree, ...]

    def odds(self, row: Sequence[float]) -> float:
        """The logarithm of the odds that a row is one of those that are right."""
        total = self.start
        for tree in self.trees:
            traits, limits, at = tree.traits, tree.limits, 0
            for _ in range(DEPTH):
                at += at + (2 if row[traits[at]] > limits[at] else 1)
            total += tree.leaves[at - _SPLITS]
        return total


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one case, whether it is right, and how much it counts."""

    values: Sequence[float]
    is_right: bool
    weight: float = 1.0


@dataclass(slots=True)
class _Node:
    """Some of the rows, and between which values their leaves may lie."""

    rows: list[int]
    low: float = -_NEVER
    high: float = _NEVER


@dataclass(frozen=True, slots=True)
class _Split:
    gain: float
    trait: int
    bin: int
    middle: float  # of the two sides' values


class _Learner:
    """Learns from binned rows. `signs`: 1 for a trait that only speaks for, -1 against, 0 either."""

    def __init__(self, rows: Sequence[Row], signs: Sequence[int]) -> None:
        self._signs = signs
        columns = list(zip(*(row.values for row in rows), strict=True))
        self._limits = [_limits_of(column) for column in columns]
        self._binned = [
            bytes(bisect_left(limits, value) for value in column)
            for limits, column in zip(self._limits, columns, strict=True)
        ]
        self._right = [float(row.is_right) for row in rows]
        self._weights = [row.weight for row in rows]
        right = sum(weight for row, weight in zip(rows, self._weights, strict=True) if row.is_right)
        self.start = log((right + 1) / (sum(self._weights) - right + 1))
        self._odds = [self.start] * len(rows)
        self._slopes = [0.0] * len(rows)
        self._bends = [0.0] * len(rows)

    def tree(self, number: int) -> Tree:
        """The next one, learnt from half of the rows."""
        for at, odds in enumerate(self._odds):
            share = 1 / (1 + exp(-odds))
            self._slopes[at] = self._weights[at] * (share - self._right[at])
            self._bends[at] = self._weights[at] * max(share * (1 - share), 1e-6)
        everything = range(len(self._odds))
        nodes = [_Node([at for at in everything if _is_drawn(number, at)])]
        traits: list[int] = []
        limits: list[float] = []
        bins: list[int] = []
        for _ in range(_SPLITS):
            node = nodes[len(traits)]
            split = self._best_split(node)
            traits.append(split.trait if split else 0)
            bins.append(split.bin if split else _BINS)
            limits.append(self._limits[split.trait][split.bin] if split else _NEVER)
            nodes += self._halves(node, split)
        leaves = [self._value(node) * _RATE for node in nodes[_SPLITS:]]
        self._add(leaves, traits, bins)
        return Tree(tuple(traits), tuple(limits), tuple(round(leaf, 5) for leaf in leaves))

    def _add(self, leaves: Sequence[float], traits: Sequence[int], bins: Sequence[int]) -> None:
        """Adds to the odds of each row the leaf that it comes to."""
        for at in range(len(self._odds)):
            place = 0
            for _ in range(DEPTH):
                place += place + (2 if self._binned[traits[place]][at] > bins[place] else 1)
            self._odds[at] += leaves[place - _SPLITS]

    def _value(self, node: _Node) -> float:
        slope = sum([self._slopes[at] for at in node.rows])
        return _within(_step(slope, sum([self._bends[at] for at in node.rows])), node)

    def _best_split(self, node: _Node) -> _Split | None:
        found = (self._split_by(trait, node) for trait in range(len(self._signs)))
        return max((split for split in found if split), key=lambda split: split.gain, default=None)

    def _split_by(self, trait: int, node: _Node) -> _Split | None:
        """The best split of a node by one trait."""
        most = len(self._limits[trait])
        slopes, bends = [0.0] * (most + 1), [0.0] * (most + 1)
        column, all_slopes, all_bends = self._binned[trait], self._slopes, self._bends
        for at in node.rows:
            place = column[at]
            slopes[place] += all_slopes[at]
            bends[place] += all_bends[at]
        whole, weight = sum(slopes), sum(bends)
        before, best, sign = _worth(whole, weight, _within(_step(whole, weight), node)), None, self._signs[trait]
        slope = bend = 0.0
        for place in range(most):
            slope += slopes[place]
            bend += bends[place]
            if bend < _LEAST or weight - bend < _LEAST:
                continue
            left = _within(_step(slope, bend), node)
            right = _within(_step(whole - slope, weight - bend), node)
            if sign * (right - left) < 0:
                continue
            gain = _worth(slope, bend, left) + _worth(whole - slope, weight - bend, right) - before
            if gain > _GAIN and (best is None or gain > best.gain):
                best = _Split(gain, trait, place, (left + right) / 2)
        return best

    def _halves(self, node: _Node, split: _Split | None) -> tuple[_Node, _Node]:
        """What lies on each side of a split; all on the first where there is none."""
        if split is None:
            return node, _Node([], node.low, node.high)
        column = self._binned[split.trait]
        below = _Node([at for at in node.rows if column[at] <= split.bin], node.low, node.high)
        above = _Node([at for at in node.rows if column[at] > split.bin], node.low, node.high)
        sign = self._signs[split.trait]
        lower, upper = (below, above) if sign > 0 else (above, below)
        if sign:
            lower.high = upper.low = split.middle
        return below, above


def boosted(rows: Iterable[Row], signs: Sequence[int], most: int = _TREES) -> Trees:
    """The trees that the rows teach. `signs`: for each trait 1 if it only speaks for, -1 against, 0 for either."""
    learner = _Learner(tuple(rows), signs)
    trees = tuple(learner.tree(number) for number in range(most))
    return Trees(round(learner.start, 5), trees)


def _limits_of(column: Sequence[float]) -> list[float]:
    """Values between which a trait is told apart, ascending: as many rows between each two, none above the last."""
    ordered = sorted(column)
    places = sorted({round(ordered[at * (len(ordered) - 1) // _BINS], 5) for at in range(1, _BINS)})
    return places[: bisect_right(places, ordered[-1])]


def _is_drawn(tree: int, row: int) -> bool:
    """Whether a tree learns from a row: for half of them, another half each time."""
    return (crc32(f"{tree} {row}".encode()) * 0x9E3779B1 >> 24) & 1 == 1


def _step(slope: float, bend: float) -> float:
    return -slope / (bend + _CALM)


def _within(value: float, node: _Node) -> float:
    return min(max(value, node.low), node.high)


def _worth(slope: float, bend: float, value: float) -> float:
    """By how much the loss falls where a leaf has this value, twice."""
    return -(2 * slope * value + (bend + _CALM) * value * value)
