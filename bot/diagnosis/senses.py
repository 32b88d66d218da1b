"""What words mean, roughly: vectors of the pieces that words are made of, in which "folder" lies near "directory".

Naive Bayes and shared words know only what was said in the same letters; these vectors were learnt from much text, and
tell that another word says the same. The table (senses.bin) is read where it lies: processes share its pages. Made by
bot/workshop/senses.py, which names the source; its licence stands in senses-license.txt.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import dist, log, sqrt
from operator import mul
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from bot.base.late import late
from bot.base.mapped import opened
from bot.diagnosis.kept_words import place_of
from bot.diagnosis.lanes import lanes_of, numbers_in, packed, widened

MARK = b"senses01"  # what a table begins with; then the numbers of pieces and of dimensions, as C type I
BLANK = "\u2581"  # what stands in a piece for the blank before a word
TABLE = Path(__file__).with_name("senses.bin")

_HEADER = len(MARK) + 8
_LONGEST = 16  # characters of a piece
_REMEMBERED = 10_000  # words whose pieces are kept at hand
_WORD = late(r"[a-z0-9_]+|[\u3040-\u9fff\uac00-\ud7af]")
_RISE = 128  # what is added to the numbers of a row, so that none is below zero
_RAISED = bytes((number + _RISE) % 256 for number in range(256))
# Sums are taken of whole multiples of 1 / _FINE: so many at once, and the same on every machine.
_FINE = 1 << 26
_CALM = 1.0  # how strongly weights are held small; between 0.3 and 3 nothing changes

Vector = list[float]


class Senses:
    """The table: piece i, known by the CRC-32 of its letters (ascending), has a row of small numbers and their unit."""

    def __init__(self, path: Path) -> None:
        """Maps the file. Raises OSError when it cannot be read, ValueError when it is no such table."""
        content = opened(path)
        if bytes(content[: len(MARK)]) != MARK:
            raise ValueError(f"{path}: no table of senses")
        count, self.dimensions = content[len(MARK) : _HEADER].cast("I")
        keys, units = _HEADER + 4 * count, _HEADER + 8 * count
        self._keys: memoryview[Any] = content[_HEADER:keys].cast("I")
        self._units: memoryview[Any] = content[keys:units].cast("f")
        self._rows: memoryview[Any] = content[units:].cast("b")
        self._pieces: dict[str, tuple[int, ...]] = {}  # of words seen before; only ever a memory

    def vector(self, lines: Iterable[str]) -> Vector:
        """Where lines (see features.plain) lie, at distance 1 from nothing; empty when no word is known."""
        counted = Counter(piece for line in lines for word in words_of(line) for piece in self._pieces_of(word))
        lanes = whole = 0
        for at, count in counted.items():
            times = round(_FINE * self._units[at] * (1 + log(count)))
            row = self._rows[at * self.dimensions : (at + 1) * self.dimensions]
            lanes += times * widened(row.tobytes().translate(_RAISED))
            whole += times
        total = [float(number - _RISE * whole) for number in numbers_in(lanes, self.dimensions)]
        length = sqrt(sum(map(mul, total, total)))
        return [value / length for value in total] if length else []

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        known = self._pieces.get(word)
        if known is None:
            if len(self._pieces) >= _REMEMBERED:
                self._pieces.clear()
            known = self._pieces[word] = tuple(pieces_of(word, self._place))
        return known

    def _place(self, piece: str) -> int:
        return place_of(crc32(piece.encode()), self._keys)


def words_of(line: str) -> list[str]:
    """The words of a line as features.plain gives it; of scripts without blanks the signs."""
    return _WORD.findall(line)


def pieces_of(word: str, place: Callable[[str], int]) -> Iterator[int]:
    """The places of the longest pieces from the left; letters that are in none are left out. `place`: a piece's place,
    below 0 when there is no such piece.
    """
    marked, first = BLANK + word[: 4 * _LONGEST], 0
    while first < len(marked):
        ends = range(min(len(marked), first + _LONGEST), first, -1)
        found = ((end, at) for end in ends if (at := place(marked[first:end])) >= 0)
        first, at = next(found, (first + 1, -1))
        if at >= 0:
            yield at


def shipped_senses() -> Senses | None:
    """The table that lies beside this module; None where a build left it out: one reads by letters alone then."""
    return Senses(TABLE) if TABLE.exists() else None


class Leanings(msgspec.Struct, frozen=True):
    """For each class the direction in which its sentences lie: `columns[d]` as lanes, for dimension d a number a class
    in multiples of 1 / `_FINE`.
    """

    classes: tuple[str, ...]
    columns: tuple[bytes, ...]


class Likeness:
    """Rates where a text lies by what was learnt."""

    def __init__(self, leanings: Leanings) -> None:
        self.classes = leanings.classes
        self._columns = tuple(map(lanes_of, leanings.columns))

    def scores(self, vector: Sequence[float]) -> list[float]:
        """For each class how far a text lies in its direction; only differences mean something."""
        if not self.classes:
            return []
        lanes = sum(round(_FINE * value) * column for value, column in zip(vector, self._columns, strict=True))
        return [number / _FINE**2 for number in numbers_in(lanes, len(self.classes))]


@dataclass(frozen=True, slots=True)
class Placed:
    """A text of a class, where it lies, and how much it counts."""

    name: str
    vector: Vector
    weight: float


def leanings_of(placed: Sequence[Placed]) -> Leanings:
    """The directions that tell classes apart: a ridge regression (least squares with small weights) of whether a text
    is of a class on where it lies.
    """
    if not placed:
        return Leanings((), ())
    whole = sum(each.weight for each in placed)
    shares: dict[str, float] = {}
    sums: dict[str, Vector] = {}
    everything = [0.0] * len(placed[0].vector)
    for each in placed:
        shares[each.name] = shares.get(each.name, 0.0) + each.weight / whole
        sums[each.name] = _moved(sums.get(each.name, [0.0] * len(each.vector)), each.vector, each.weight)
        everything = _moved(everything, each.vector, each.weight)
    root = _root(_spread(placed))
    classes = tuple(sorted(sums))
    rows = (_solved(root, _moved(sums[name], everything, -shares[name])) for name in classes)
    columns = zip(*([round(_FINE * value) for value in row] for row in rows), strict=True)
    return Leanings(classes, tuple(map(packed, columns)))


def _moved(vector: Vector, by: Sequence[float], times: float) -> Vector:
    return [value + times * step for value, step in zip(vector, by, strict=True)]


def _spread(placed: Sequence[Placed]) -> list[Vector]:
    """The lower half of what dimensions have in common, with `_CALM` added to each one's own."""
    heavy = list(zip(*([sqrt(each.weight) * value for value in each.vector] for each in placed), strict=True))
    nothing = (0.0,) * len(placed)
    own = [dist(column, nothing) ** 2 for column in heavy]
    # The product of two columns by how far apart they are, which is summed up five times as fast.
    rows = [
        [(own[at] + own[before] - dist(column, heavy[before]) ** 2) / 2 for before in range(at)]
        for at, column in enumerate(heavy)
    ]
    return [[*row, square + _CALM] for row, square in zip(rows, own, strict=True)]


def _root(rows: Sequence[Vector]) -> list[Vector]:
    """The lower triangle whose product with its mirror image is the matrix of which these rows are the lower half
    (Cholesky's).
    """
    root: list[Vector] = []
    for row in rows:
        made: Vector = []
        for at, value in enumerate(row):
            rest = value - sum(map(mul, made, root[at] if at < len(root) else made))
            made.append(rest / root[at][at] if at < len(root) else sqrt(rest))
        root.append(made)
    return root


def _solved(root: Sequence[Vector], wanted: Sequence[float]) -> Vector:
    """What the matrix with this root turns into what is wanted: forward, then back."""
    half: Vector = []
    for row, value in zip(root, wanted, strict=True):
        half.append((value - sum(map(mul, row, half))) / row[len(half)])
    for at in range(len(root) - 1, -1, -1):
        half[at] /= root[at][at]
        for before in range(at):
            half[before] -= root[at][before] * half[at]
    return half
