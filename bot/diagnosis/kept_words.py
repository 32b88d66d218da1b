"""Words kept between runs so that they are there at once, however many: nothing is built of them on loading.

A word is found by the CRC-32 of its letters in a sorted array; what is no word is mostly told by one bit.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar
from zlib import crc32

import msgspec

T = TypeVar("T")

_ROOM = 16  # bits of the filter for a word at the least: of what is no word it lets one in sixteen pass


class KeptWords(msgspec.Struct, frozen=True):
    """Words by numbers, in the order of `keys` (array of C type I: the CRC-32 of each). `letters`: all of them, one a
    line, word i from `starts[i]` (I) on; `bits`: one is set for the last bits of each key.
    """

    keys: memoryview
    letters: memoryview
    starts: memoryview
    bits: memoryview

    @staticmethod
    def of(words: Sequence[str]) -> "KeptWords":
        """`words`: in the order of `by_key`."""
        spelt = [word.encode() for word in words]
        keys = array("I", map(crc32, spelt))
        return KeptWords(
            view(keys), memoryview(b"\n".join(spelt)), starts_of([each + b"\n" for each in spelt]), bits_of(keys)
        )


class KeptLists(msgspec.Struct, frozen=True):
    """Lists of numbers one after the other as arrays of the C type I: list i is `numbers[starts[i]:starts[i + 1]]`."""

    starts: memoryview
    numbers: memoryview

    @staticmethod
    def of(lists: Sequence[Sequence[int]]) -> "KeptLists":
        return KeptLists(starts_of(lists), view(array("I", chain.from_iterable(lists))))


class Words:
    """Finds kept words."""

    def __init__(self, kept: KeptWords) -> None:
        self._keys = kept.keys.cast("I")
        self._starts = kept.starts.cast("I")
        self._letters = kept.letters
        self._bits = kept.bits
        self._mask = 8 * len(kept.bits) - 1

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(str(self._letters, "utf-8").split("\n") if self._keys else ())

    def number(self, word: str) -> int:
        """The number of a word, -1 where there is none."""
        spelt = word.encode("utf-8", "surrogatepass")
        key = crc32(spelt)
        bit = key & self._mask
        if not self._bits[bit >> 3] >> (bit & 7) & 1:
            return -1
        at = place_of(key, self._keys)
        while 0 <= at < len(self._keys) and self._keys[at] == key:  # two words may have one key
            if self._letters[self._starts[at] : self._starts[at + 1] - 1] == spelt:
                return at
            at += 1
        return -1

    def word(self, number: int) -> str:
        """The word of a number."""
        return str(self._letters[self._starts[number] : self._starts[number + 1] - 1], "utf-8")


class KeptMapping(Mapping[str, T]):
    """What is kept for each of some words, by their numbers."""

    def __init__(self, words: Words, values: Sequence[T]) -> None:
        self._words = words
        self._values = values

    def __getitem__(self, word: str) -> T:
        at = self._words.number(word)
        if at < 0:
            raise KeyError(word)
        return self._values[at]

    def get(self, word: str, default: Any = None) -> Any:
        """As of any mapping; most words that are asked for are none."""
        at = self._words.number(word)
        return self._values[at] if at >= 0 else default

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._words.number(word) >= 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


class Numbers(Sequence[Sequence[int]]):
    """Kept lists of numbers: list i is `numbers[starts[i]:starts[i + 1]]`."""

    def __init__(self, kept: KeptLists) -> None:
        self.starts = kept.starts.cast("I")
        self.numbers = kept.numbers.cast("I")

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: Any) -> Any:
        return self.numbers[self.starts[at] : self.starts[at + 1]]


class Spelt(dict[int, frozenset[str]]):
    """The words of each of several lists, by its number, each set made when it is asked for."""

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


def bits_of(keys: "array[int]") -> memoryview:
    """A filter for keys: one bit is set for the last bits of each."""
    bits = bytearray(1 << max(3, (len(keys) * _ROOM // 8).bit_length()))
    for key in keys:
        bit = key & (8 * len(bits) - 1)
        bits[bit >> 3] |= 1 << (bit & 7)
    return memoryview(bytes(bits))


def place_of(key: int, keys: Sequence[int]) -> int:
    """The first place of a key among ascending ones, -1 where it is none of them."""
    at = bisect_left(keys, key)
    return at if at < len(keys) and keys[at] == key else -1


def by_key(word: str) -> tuple[int, str]:
    """By what words are ordered to be kept."""
    return crc32(word.encode()), word


def starts_of(parts: Sequence[Sequence[Any]]) -> memoryview:
    """Where each of several sequences begins when they stand one after the other, and where the last ends."""
    starts = array("I", [0])
    for part in parts:
        starts.append(starts[-1] + len(part))
    return view(starts)


def view(values: "array[Any]") -> memoryview:
    """The bytes of an array."""
    return memoryview(values.tobytes())
