"""A complement naive Bayes classifier of texts: which class's texts are the least like all the other classes' texts.

Rennie, Shih, Teevan, Karger, "Tackling the poor assumptions of naive Bayes text classifiers" (2003), sections 3 and 4:
weights come from the complement of a class, features are tf-idf of length 1. Fitted in a second or two on the
knowledge's own words; nothing but the standard library is needed.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log
from zlib import crc32

import msgspec

from bot.diagnosis.features import Vector, counts, weighted
from bot.diagnosis.kept_words import place_of, view

_ALPHA = 1.0  # smoothing
_SPREAD = 0.4  # share of the classes from which on a feature tells too little to be kept
_REMEMBERED = 20_000  # features whose places are kept at hand
_FEW = 10  # classes up to which all features are kept


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a class, in lines as features.plain gives them; `weight`: how much it counts."""

    name: str
    lines: tuple[str, ...]
    weight: float = 1.0


class Learnt(msgspec.Struct, frozen=True):
    """What was learnt, in a form that loads at once. Feature i, known by `keys[i]` (the CRC-32 of its name, ascending),
    is as rare as `rarity[i]` and speaks by `gains[j]` for class `owners[j]`, for j from `starts[i]` to `starts[i + 1]`;
    `bias[c]` is what every feature says of class c. Arrays of C types I, f, I, H, f, read where they are kept.
    """

    classes: tuple[str, ...]
    keys: memoryview
    rarity: memoryview
    starts: memoryview
    owners: memoryview
    gains: memoryview
    bias: tuple[float, ...]


class Bayes:
    """Scores texts with what was learnt."""

    def __init__(self, learnt: Learnt) -> None:
        self.classes = learnt.classes
        self._bias = learnt.bias
        self._keys = learnt.keys.cast("I")
        self._rarities = learnt.rarity.cast("f")
        self._starts = learnt.starts.cast("I")
        self._owners = learnt.owners.cast("H")
        self._gains = learnt.gains.cast("f")
        self._places: dict[str, int] = {}  # of features seen before; only ever a memory

    def scores(self, lines: Iterable[tuple[float, str]]) -> list[float]:
        """For each class how well weighted lines (see features.plain) fit it; only differences mean something."""
        found = [0.0] * len(self.classes)
        total = 0.0
        owners, gains, starts = self._owners, self._gains, self._starts
        for at, weight in chain.from_iterable(weighted(self._known(block)) for block in counts(lines)):
            total += weight
            first, last = starts[at], starts[at + 1]
            for owner, gain in zip(owners[first:last].tolist(), gains[first:last].tolist(), strict=True):
                found[owner] += weight * gain
        return [score + total * bias for score, bias in zip(found, self._bias, strict=True)]

    def _known(self, block: Vector) -> Iterator[tuple[int, float, float]]:
        """(number, count, rarity) of the features that are known."""
        places, rarities = self._places, self._rarities
        if len(places) >= _REMEMBERED:
            places.clear()
        for name, count in block.items():
            at = places.get(name)
            if at is None:
                at = places[name] = place_of(crc32(name.encode()), self._keys)
            if at >= 0:
                yield at, count, rarities[at]


def learnt_from(texts: Sequence[Text]) -> Learnt:
    """What tells the classes of these texts apart."""
    (learnt,) = each_learnt_from(texts)
    return learnt


def each_learnt_from(*groups: Sequence[Text]) -> list[Learnt]:
    """What tells the classes of the texts of each group apart. A text of several groups is counted once."""
    counted = {lines: counts((1.0, line) for line in lines) for lines in {text.lines for text in chain(*groups)}}
    return [_learnt_from(texts, [counted[text.lines] for text in texts]) for texts in groups]


def _learnt_from(texts: Sequence[Text], blocks: Sequence[tuple[Vector, Vector]]) -> Learnt:
    rarity = _rarity(blocks)
    sums: dict[str, dict[str, float]] = defaultdict(dict)
    for text, pair in zip(texts, blocks, strict=True):
        for name, weight in chain.from_iterable(weighted(_rated(block, rarity)) for block in pair):
            own = sums[name]
            own[text.name] = own.get(text.name, 0.0) + text.weight * weight
    return _learnt({crc32(name.encode()): (rarity[name], own) for name, own in sums.items()})


def _rated(block: Vector, rarity: Mapping[str, float]) -> Iterator[tuple[str, float, float]]:
    return ((name, count, rarity[name]) for name, count in block.items())


def _rarity(blocks: Sequence[tuple[Vector, Vector]]) -> dict[str, float]:
    """Inverse document frequency of every feature, smoothed."""
    spread = Counter(chain.from_iterable(chain.from_iterable(blocks)))
    return {name: 1 + log((1 + len(blocks)) / (1 + count)) for name, count in spread.items()}


def _learnt(features: Mapping[int, tuple[float, Mapping[str, float]]]) -> Learnt:
    """`features`: for each key its rarity and its weight in each class."""
    classes = tuple(sorted({name for _, own in features.values() for name in own}))
    place = {name: at for at, name in enumerate(classes)}
    most = len(classes) if len(classes) <= _FEW else _SPREAD * len(classes)
    keys, rarities, starts, owners, gains = array("I"), array("f"), array("I", [0]), array("H"), array("f")
    totals = [0.0] * len(classes)
    for key, (rarity, own) in sorted(features.items()):
        everywhere = sum(own.values())
        keys.append(key)
        rarities.append(rarity)
        for name, weight in own.items():
            totals[place[name]] += weight
            if len(own) <= most:
                owners.append(place[name])
                gains.append(log(everywhere + _ALPHA) - log(everywhere - weight + _ALPHA))
        starts.append(len(owners))
    whole = sum(totals) + _ALPHA * len(features)
    bias = tuple(log(whole - total) for total in totals)
    return Learnt(classes, view(keys), view(rarities), view(starts), view(owners), view(gains), bias)
