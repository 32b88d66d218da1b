"""The index kept between runs, in a form that loads at once, however much is known: flat arrays that are read where
they lie, and wordings that are unpacked when a line comes near them.

A log comes near a few hundred of many thousand wordings. The others stay packed, which saves their objects' memory
in every worker as well.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import overload

import msgspec

from bot.diagnosis import index, kept_words, near_words, signature, wording, words
from bot.diagnosis.index import Index, Measured
from bot.diagnosis.kept_words import Spelt, Words, starts_of
from bot.diagnosis.signature import Pattern, Use, patterns_of
from bot.intake import cleaning
from bot.knowledge.cache import cached_of
from bot.knowledge.failures import Failure, Signature
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
    """All that an index measures once, and all patterns one after the other: pattern i is `packed[starts[i]:starts[i +
    1]]`, `starts` being an array of the C type I.
    """

    measured: Measured
    starts: memoryview
    packed: memoryview


def kept_index(root: Path, entries: Sequence[Failure]) -> Index:
    """The index of the failures under `root`, kept between runs until they change."""
    kept = cached_of(root, "index", index_files(root), KeptIndex, lambda: packed(Index(patterns_of(entries)), entries))
    return unpacked(kept, entries)


def index_files(root: Path) -> list[Path]:
    """The files that decide what `kept_index` keeps, code included."""
    modules = (index, kept_words, near_words, signature, words, wording, cleaning)
    return [*failure_files(root), Path(__file__), *(Path(str(module.__file__)) for module in modules)]


def packed(index: Index, entries: Sequence[Failure]) -> KeptIndex:
    """An index of the signatures of `entries`, packed."""
    places = {entry.id: place for place, entry in enumerate(entries)}
    signatures = [tuple(entry.signatures) for entry in entries]  # each unpacked once
    patterns = [msgspec.msgpack.encode(_packed(pattern, signatures, places)) for pattern in index.patterns]
    return KeptIndex(index.measured, starts_of(patterns), memoryview(b"".join(patterns)))


def unpacked(kept: KeptIndex, entries: Sequence[Failure]) -> Index:
    """The index as it was; `entries` must be those that it was packed with."""
    spelt = Spelt(Words(kept.measured.words), kept.measured.held)
    return Index(_Patterns(kept, entries, spelt), kept.measured, spelt)


class _Patterns(Sequence[Pattern]):
    """All patterns, each unpacked when it is asked for and kept from then on."""

    def __init__(self, kept: KeptIndex, entries: Sequence[Failure], words: Mapping[int, frozenset[str]]) -> None:
        self._entries = entries
        self._words = words
        self._packed = kept.packed
        self._starts = kept.starts.cast("I")
        self._known: dict[int, Pattern] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, number: int) -> Pattern: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Pattern]: ...
    def __getitem__(self, number: int | slice) -> Pattern | Sequence[Pattern]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._unpacked(range(len(self))[number])
        return known

    def _unpacked(self, number: int) -> Pattern:
        found = self._decoder.decode(self._packed[self._starts[number] : self._starts[number + 1]])
        uses = tuple(self._use(use) for use in found.uses)
        return Pattern(found.literals, found.kinds, self._words[number], number, uses)

    def _use(self, use: _PackedUse) -> Use:
        entry = self._entries[use.entry]
        return Use(entry, entry.signatures[use.signature], use.variables)

    @cached_property
    def _decoder(self) -> msgspec.msgpack.Decoder[_PackedPattern]:
        return msgspec.msgpack.Decoder(_PackedPattern)


def _packed(pattern: Pattern, signatures: Sequence[Sequence[Signature]], places: Mapping[str, int]) -> _PackedPattern:
    uses = tuple(_packed_use(use, signatures, places) for use in pattern.uses)
    return _PackedPattern(pattern.literals, pattern.kinds, uses)


def _packed_use(use: Use, signatures: Sequence[Sequence[Signature]], places: Mapping[str, int]) -> _PackedUse:
    place = places[use.entry.id]
    return _PackedUse(place, signatures[place].index(use.signature), use.variables)
