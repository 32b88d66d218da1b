"""The failures kept between runs, their signatures packed: of twenty thousand a log comes near a few hundred.

The others stay as they were read, in an eighth of the memory that their objects would take; a start does not wait for
them.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, overload

import msgspec
from msgspec.structs import astuple, force_setattr, replace

from bot.knowledge.failures import Failure, Signature


class _Packed(Signature, frozen=True, array_like=True):
    """A signature without the names of what it holds."""


class KeptFailures(msgspec.Struct, frozen=True):
    """The entries without their signatures, of which each has `counts`. `packed`: all signatures; the place where each
    begins there, and where the last ends: `starts` (array of the C type I).
    """

    entries: tuple[Failure, ...]
    counts: tuple[int, ...]
    starts: memoryview
    packed: memoryview


class Signatures(Sequence[Signature]):
    """Those of one entry, each unpacked whenever it is asked for."""

    __slots__ = ("_count", "_first", "_packed", "_starts")

    def __init__(self, packed: memoryview, starts: memoryview, first: int, count: int) -> None:
        self._packed = packed
        self._starts = starts
        self._first = first
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Signature]:
        return map(self._unpacked, range(self._first, self._first + self._count))

    @overload
    def __getitem__(self, at: int) -> Signature: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Signature, ...]: ...
    def __getitem__(self, at: int | slice) -> Signature | tuple[Signature, ...]:
        places = range(self._first, self._first + self._count)[at]
        return self._unpacked(places) if isinstance(places, int) else tuple(map(self._unpacked, places))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Signatures | tuple) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment] # entries have none either

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (tuple(self),)

    def _unpacked(self, number: int) -> Signature:
        found = _DECODER.decode(self._packed[self._starts[number] : self._starts[number + 1]])
        return Signature(*astuple(found))


_DECODER = msgspec.msgpack.Decoder(_Packed)


def packed(entries: Sequence[Failure]) -> KeptFailures:
    """Entries as they are kept."""
    signatures = [
        msgspec.msgpack.encode(_Packed(*astuple(signature))) for entry in entries for signature in entry.signatures
    ]
    starts = array("I", [0])
    for each in signatures:
        starts.append(starts[-1] + len(each))
    return KeptFailures(
        tuple(replace(entry, signatures=()) for entry in entries),
        tuple(len(entry.signatures) for entry in entries),
        memoryview(starts.tobytes()),
        memoryview(b"".join(signatures)),
    )


def unpacked(kept: KeptFailures) -> tuple[Failure, ...]:
    """The entries as they were."""
    starts, first = kept.starts.cast("I"), 0
    for entry, count in zip(kept.entries, kept.counts, strict=True):
        force_setattr(entry, "signatures", Signatures(kept.packed, starts, first, count))
        first += count
    return kept.entries
