"""Whether a sentence tells that it works now, or that the advice did not help: learnt from knowledge/sayings.yaml.

There are more ways to say so than rows of phrases can hold. This is a softmax regression on words, pairs of words and
pieces of words (features.py), fitted by gradient descent in one fixed order, so that the same sentences always teach
the same. Of 122 successes and 70 failures that nothing had been written after, rows of phrases alone knew 39 and 32;
with this beside them 104 and 63 were known, and 6 of 110 other sentences were taken for one of the two.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import exp, sqrt
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from bot.diagnosis.features import counts, plain
from bot.diagnosis.kept_words import place_of
from bot.knowledge.cache import cached_of
from bot.knowledge.files import files_matching
from bot.knowledge.sayings import SAYINGS_FILE, Sayings, load_sayings

CLASSES = ("solved", "failed", "neither")
_ROUNDS = 30  # times that all sentences are gone through
_PACE, _SLOWING = 0.6, 0.15  # how far one sentence moves the weights, and how much less with every round
_CALM = 1e-4  # how strongly weights are held small
_LEAST_ERROR = 1e-3  # below which a sentence teaches nothing more
_PIECE = 0.6  # what a piece of a word counts beside a word
_BIAS = 0.1  # what the bias moves beside a weight
_KEPT = 256  # sentences that are remembered

Row = list[float]
_Learning = dict[int, Row]  # weights of the classes by feature (CRC-32 of its name)


class Learnt(msgspec.Struct, frozen=True):
    """The weights: feature i, known by `keys[i]` (C type I, ascending), has one for each class in `rows` (f)."""

    keys: bytes
    rows: bytes
    bias: tuple[float, ...]


class Outcomes:
    """Rates sentences by what was learnt."""

    def __init__(self, learnt: Learnt) -> None:
        self._keys = _array("I", learnt.keys)
        self._rows = _array("f", learnt.rows)
        self._bias = learnt.bias
        self.shares = lru_cache(maxsize=_KEPT)(self._shares_of)  # success and failure are asked of the same sentence

    def _shares_of(self, text: str) -> Mapping[str, float]:
        """How likely a sentence is of each class; together 1."""
        total = list(self._bias)
        width = len(CLASSES)
        for key, value in _features(text).items():
            if (at := place_of(key, self._keys)) >= 0:
                _add(total, self._rows[at * width : (at + 1) * width], value)
        return dict(zip(CLASSES, _shares(total), strict=True))


def kept_outcomes(root: Path) -> Outcomes:
    """What the sentences under `root` teach, kept between runs until they change."""
    code = (Path(__file__), Path(__file__).with_name("features.py"))
    files = [*files_matching(root, SAYINGS_FILE), *code]
    return Outcomes(cached_of(root, "sayings", files, Learnt, lambda: learnt_of(load_sayings(root))))


def learnt_of(sayings: Sayings) -> Learnt:
    """The weights that tell these sentences apart."""
    texts = [(at, text) for at, name in enumerate(CLASSES) for text in getattr(sayings, name)]
    learning: _Learning = {}
    bias = [0.0] * len(CLASSES)
    seen = [(at, _features(text)) for at, text in sorted(texts, key=lambda each: crc32(each[1].encode()))]
    for number in range(_ROUNDS):
        pace = _PACE / (1 + _SLOWING * number)
        for at, features in seen:
            _learn(learning, bias, at, features, pace)
    keys = sorted(learning)
    rows = array("f", (weight for key in keys for weight in learning[key]))
    return Learnt(array("I", keys).tobytes(), rows.tobytes(), tuple(bias))


def _learn(learning: _Learning, bias: Row, right: int, features: Mapping[int, float], pace: float) -> None:
    """Moves the weights so that one sentence is rated better."""
    rows = {key: learning.setdefault(key, [0.0] * len(CLASSES)) for key in features}
    total = list(bias)
    for key, value in features.items():
        _add(total, rows[key], value)
    for at, share in enumerate(_shares(total)):
        error = share - (at == right)
        if abs(error) >= _LEAST_ERROR:
            bias[at] -= _BIAS * pace * error
            for key, value in features.items():
                rows[key][at] -= pace * (error * value + _CALM * rows[key][at])


def _features(text: str) -> dict[int, float]:
    """What a sentence holds, of length 1 together."""
    words, pieces = counts([(1.0, plain(text))])
    found = {crc32(name.encode()): _PIECE for name in pieces} | {crc32(name.encode()): 1.0 for name in words}
    length = sqrt(sum(value * value for value in found.values())) or 1.0
    return {key: value / length for key, value in found.items()}


def _add(total: Row, row: Sequence[float], times: float) -> None:
    for at, weight in enumerate(row):
        total[at] += times * weight


def _shares(total: Iterable[float]) -> Row:
    """Softmax."""
    raised = [exp(value) for value in total]
    whole = sum(raised)
    return [value / whole for value in raised]


def _array(code: str, content: bytes) -> "array[Any]":
    values = array(code)
    values.frombytes(content)
    return values
