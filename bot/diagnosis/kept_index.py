"""The index kept between runs, in a form that loads at once, however much is known: flat arrays that are read where
they lie, and wordings that are unpacked when a line comes near them.

A log comes near a few hundred of many thousand wordings. The others stay packed, which saves their objects' memory
in every worker as well.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import msgspec

from bot.diagnosis import index, kept_words, signature, wording, words
from bot.diagnosis.index import Index, Measured, Posted
from bot.diagnosis.kept_words import KeptLists, KeptMapping, KeptWords, Numbers, Words, by_key, starts_of, view
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


class _KeptPosted(msgspec.Struct, frozen=True, array_like=True):
    """As in an index."""

    alone: KeptLists
    paired: KeptLists


class KeptIndex(msgspec.Struct, frozen=True):
    """All that an index measures once. Arrays of C types as bytes: d `weights` of `words`, d `totals` and I `starts` of
    patterns, the places where each begins in `packed`; lists of patterns under each word (`filed`, `headed`,
    `posted`), of words in each pattern (`held`) and under each half of a word (`halved`).
    """

    words: KeptWords
    weights: memoryview
    totals: memoryview
    filed: KeptLists
    headed: KeptLists
    posted: tuple[_KeptPosted, ...]
    held: KeptLists
    halves: KeptWords
    halved: KeptLists
    starts: memoryview
    packed: memoryview


def kept_index(root: Path, entries: Sequence[Failure]) -> Index:
    """The index of the failures under `root`, kept between runs until they change."""
    kept = cached_of(root, "index", index_files(root), KeptIndex, lambda: packed(Index(patterns_of(entries)), entries))
    return unpacked(kept, entries)


def index_files(root: Path) -> list[Path]:
    """The files that decide what `kept_index` keeps, code included."""
    code = (Path(str(module.__file__)) for module in (index, kept_words, signature, words, wording, cleaning))
    return [*failure_files(root), Path(__file__), *code]


def packed(index: Index, entries: Sequence[Failure]) -> KeptIndex:
    """An index of the signatures of `entries`, packed."""
    places = {entry.id: place for place, entry in enumerate(entries)}
    signatures = [tuple(entry.signatures) for entry in entries]  # each unpacked once
    patterns = [msgspec.msgpack.encode(_packed(pattern, signatures, places)) for pattern in index.patterns]
    measured = index.measured
    words, halves = sorted(measured.weights, key=by_key), sorted(measured.halves, key=by_key)
    known = {word: place for place, word in enumerate(words)}

    def under_words(filed: Mapping[str, Sequence[int]]) -> KeptLists:
        return KeptLists.of([filed.get(word, ()) for word in words])

    def of_words(lists: Iterable[Iterable[str]]) -> KeptLists:
        return KeptLists.of([sorted(map(known.__getitem__, each)) for each in lists])

    return KeptIndex(
        words=KeptWords.of(words),
        weights=view(array("d", map(measured.weights.__getitem__, words))),
        totals=view(array("d", index.totals)),
        filed=under_words(measured.filed),
        headed=under_words(measured.headed),
        posted=tuple(_KeptPosted(*map(under_words, each)) for each in measured.posted),
        held=of_words(pattern.words for pattern in index.patterns),
        halves=KeptWords.of(halves),
        halved=of_words(map(measured.halves.__getitem__, halves)),
        starts=starts_of(patterns),
        packed=memoryview(b"".join(patterns)),
    )


def unpacked(kept: KeptIndex, entries: Sequence[Failure]) -> Index:
    """The index as it was; `entries` must be those that it was packed with."""
    words = Words(kept.words)
    held = _Held(words, kept.held)
    posted = [
        Posted(KeptMapping(words, Numbers(each.alone)), KeptMapping(words, Numbers(each.paired)))
        for each in kept.posted
    ]
    measured = Measured(
        KeptMapping(words, kept.weights.cast("d")),
        kept.totals.cast("d"),
        held,
        KeptMapping(words, Numbers(kept.filed)),
        KeptMapping(words, Numbers(kept.headed)),
        posted,
        KeptMapping(Words(kept.halves), _Spelt(words, kept.halved)),
    )
    return Index(_Patterns(kept, entries, held), measured)


class _Spelt(Sequence[Sequence[str]]):
    """Kept lists of words."""

    def __init__(self, words: Words, lists: KeptLists) -> None:
        self._words = words
        self._numbers = Numbers(lists)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: Any) -> Any:
        return [self._words.word(number) for number in self._numbers[at]]


class _Held(dict[int, frozenset[str]]):
    """The words of each pattern, by its number, each set made when it is asked for."""

    def __init__(self, words: Words, lists: KeptLists) -> None:
        super().__init__()
        self._words = words
        self._numbers = Numbers(lists)
        self._spelt: dict[int, str] = {}

    def __missing__(self, number: int) -> frozenset[str]:
        self[number] = words = frozenset(map(self._word, self._numbers[number]))
        return words

    def _word(self, number: int) -> str:
        word = self._spelt.get(number)
        if word is None:
            word = self._spelt[number] = self._words.word(number)
        return word


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
