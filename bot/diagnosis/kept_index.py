"""The index kept between runs, in a form that loads at once: flat arrays, and wordings that are unpacked when a line
comes near them.

A log comes near a few hundred of many thousand wordings. The others stay packed, which saves their objects' memory
in every worker as well.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, overload

import msgspec

from bot.diagnosis import index, signature, words
from bot.diagnosis.index import Index, Measured
from bot.diagnosis.signature import Pattern, Use, patterns_of
from bot.intake import cleaning
from bot.knowledge.cache import cached_of
from bot.knowledge.failures import Failure
from bot.knowledge.load import failure_files


class _PackedUse(msgspec.Struct, frozen=True, array_like=True):
    """A use by the places of its entry and of the signature there."""

    entry: int
    signature: int
    variables: tuple[str, ...]


class _PackedPattern(msgspec.Struct, frozen=True, array_like=True):
    literals: tuple[str, ...]
    kinds: tuple[str, ...]
    uses: tuple[_PackedUse, ...]


class KeptIndex(msgspec.Struct, frozen=True):
    """All that an index measures once. Arrays of C types as bytes: d `weights` of `words` (one a line), d `totals` and
    I `starts` of patterns, the places where each begins in `packed`, B `least` of patterns; lists of patterns under
    each word (`filed`, `near`, `closely`) and of words in each pattern (`held`).
    """

    words: str
    weights: bytes
    totals: bytes
    least: bytes
    filed: "KeptLists"
    near: "KeptLists"
    closely: "KeptLists"
    held: "KeptLists"
    starts: bytes
    packed: bytes


class KeptLists(msgspec.Struct, frozen=True):
    """Lists of numbers one after the other as arrays of the C type I: list i is `numbers[starts[i]:starts[i + 1]]`."""

    starts: bytes
    numbers: bytes

    @staticmethod
    def of(lists: Sequence[Sequence[int]]) -> "KeptLists":
        return KeptLists(_starts(lists).tobytes(), array("I", chain.from_iterable(lists)).tobytes())


def kept_index(root: Path, entries: Sequence[Failure]) -> Index:
    """The index of the failures under `root`, kept between runs until they change."""
    kept = cached_of(root, "index", index_files(root), KeptIndex, lambda: packed(Index(patterns_of(entries)), entries))
    return unpacked(kept, entries)


def index_files(root: Path) -> list[Path]:
    """The files that decide what `kept_index` keeps, code included."""
    code = (Path(str(module.__file__)) for module in (index, signature, words, cleaning))
    return [*failure_files(root), Path(__file__), *code]


def packed(index: Index, entries: Sequence[Failure]) -> KeptIndex:
    """An index of the signatures of `entries`, packed."""
    places = {entry.id: place for place, entry in enumerate(entries)}
    patterns = [msgspec.msgpack.encode(_packed(pattern, entries, places)) for pattern in index.patterns]
    known = {word: place for place, word in enumerate(index.weights)}
    measured = index.measured
    return KeptIndex(
        words="\n".join(known),
        weights=array("d", index.weights.values()).tobytes(),
        totals=array("d", index.totals).tobytes(),
        least=bytes(measured.least),
        filed=KeptLists.of([measured.filed.get(word, ()) for word in known]),
        near=KeptLists.of([measured.near.get(word, ()) for word in known]),
        closely=KeptLists.of([measured.closely.get(word, ()) for word in known]),
        held=KeptLists.of([sorted(map(known.__getitem__, pattern.words)) for pattern in index.patterns]),
        starts=_starts(patterns).tobytes(),
        packed=b"".join(patterns),
    )


def unpacked(kept: KeptIndex, entries: Sequence[Failure]) -> Index:
    """The index as it was; `entries` must be those that it was packed with."""
    known = kept.words.split("\n") if kept.words else []
    weights = dict(zip(known, _array("d", kept.weights), strict=True))
    held = _Held(known, kept.held)
    measured = Measured(
        weights,
        _array("d", kept.totals),
        held,
        _Filed(known, kept.filed),
        _Filed(known, kept.near),
        _Filed(known, kept.closely),
        kept.least,
    )
    return Index(_Patterns(kept, entries, held), measured)


class _Filed(Mapping[str, Sequence[int]]):
    """The patterns that are filed under each word."""

    def __init__(self, known: Sequence[str], lists: KeptLists) -> None:
        self._starts = starts = _array("I", lists.starts)
        self._numbers = _array("I", lists.numbers)
        self._places = {word: place for place, word in enumerate(known) if starts[place] < starts[place + 1]}

    def __getitem__(self, word: str) -> Sequence[int]:
        place = self._places[word]
        return self._numbers[self._starts[place] : self._starts[place + 1]]

    def __contains__(self, word: object) -> bool:
        return word in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class _Held(dict[int, frozenset[str]]):
    """The words of each pattern, by its number, each set made when it is asked for."""

    def __init__(self, known: Sequence[str], lists: KeptLists) -> None:
        super().__init__()
        self._known = known
        self._starts = _array("I", lists.starts)
        self._places = _array("I", lists.numbers)

    def __missing__(self, number: int) -> frozenset[str]:
        places = self._places[self._starts[number] : self._starts[number + 1]]
        self[number] = words = frozenset(map(self._known.__getitem__, places))
        return words


class _Patterns(Sequence[Pattern]):
    """All patterns, each unpacked when it is asked for and kept from then on."""

    def __init__(self, kept: KeptIndex, entries: Sequence[Failure], words: Mapping[int, frozenset[str]]) -> None:
        self._entries = entries
        self._words = words
        self._packed = kept.packed
        self._starts = _array("I", kept.starts)
        self._known: list[Pattern | None] = [None] * (len(self._starts) - 1)

    def __len__(self) -> int:
        return len(self._known)

    @overload
    def __getitem__(self, number: int) -> Pattern: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Pattern]: ...
    def __getitem__(self, number: int | slice) -> Pattern | Sequence[Pattern]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        known = self._known[number]
        if known is None:
            known = self._known[number] = self._unpacked(range(len(self))[number])
        return known

    def _unpacked(self, number: int) -> Pattern:
        found = self._decoder.decode(memoryview(self._packed)[self._starts[number] : self._starts[number + 1]])
        uses = tuple(self._use(use) for use in found.uses)
        return Pattern(found.literals, found.kinds, self._words[number], number, uses)

    def _use(self, use: _PackedUse) -> Use:
        entry = self._entries[use.entry]
        return Use(entry, entry.signatures[use.signature], use.variables)

    @cached_property
    def _decoder(self) -> msgspec.msgpack.Decoder[_PackedPattern]:
        return msgspec.msgpack.Decoder(_PackedPattern)


def _packed(pattern: Pattern, entries: Sequence[Failure], places: Mapping[str, int]) -> _PackedPattern:
    uses = tuple(_packed_use(use, entries, places) for use in pattern.uses)
    return _PackedPattern(pattern.literals, pattern.kinds, uses)


def _packed_use(use: Use, entries: Sequence[Failure], places: Mapping[str, int]) -> _PackedUse:
    place = places[use.entry.id]
    number = next(n for n, each in enumerate(entries[place].signatures) if each is use.signature)
    return _PackedUse(place, number, use.variables)


def _starts(parts: Sequence[Sequence[Any]]) -> "array[int]":
    """Where each of several sequences begins when they stand one after the other, and where the last ends."""
    starts = array("I", [0])
    for part in parts:
        starts.append(starts[-1] + len(part))
    return starts


def _array(code: str, content: bytes) -> "array[Any]":
    values = array(code)
    values.frombytes(content)
    return values
