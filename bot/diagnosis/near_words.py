"""Known words that another one may be a damaged spelling of, found at once, however many words are known.

Two words are one insertion, deletion, substitution or swap of neighbours apart only where both have a form in common:
themselves, or what is left of them without one letter (Garbe's symmetric delete; Bocek, Hunt, Stiller, "Fast similarity
search in large dictionaries", 2007).
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from zlib import crc32

import msgspec

from bot.diagnosis.kept_words import Words, bits_of, view

SHORTEST, LONGEST = 4, 24  # characters of a word that is mended


class KeptForms(msgspec.Struct, frozen=True):
    """The forms of words as arrays of the C type I: `keys`, the CRC-32 of each form, ascending, and `numbers`, whose it
    is. `bits`: see KeptWords.
    """

    keys: memoryview
    numbers: memoryview
    bits: memoryview

    @staticmethod
    def of(words: Sequence[str]) -> "KeptForms":
        """Of those of `words` that may be mended; they are numbered as they stand there."""
        pairs = sorted((key, number) for number, word in enumerate(words) if may_be_near(word) for key in _forms(word))
        keys = array("I", [key for key, _ in pairs])
        return KeptForms(view(keys), view(array("I", [number for _, number in pairs])), bits_of(keys))


class NearWords:
    """Finds them."""

    def __init__(self, kept: KeptForms, words: Words) -> None:
        self._keys = kept.keys.cast("I")
        self._numbers = kept.numbers.cast("I")
        self._bits = kept.bits
        self._mask = 8 * len(kept.bits) - 1
        self._words = words

    def to(self, word: str) -> list[str]:
        """All known words that are one step away from a word, and hardly any others."""
        bits, mask = self._bits, self._mask
        found: set[int] = set()
        for key in _forms(word):
            bit = key & mask
            if bits[bit >> 3] >> (bit & 7) & 1:
                found.update(self._with(key))
        return [self._words.word(number) for number in found]

    def _with(self, key: int) -> list[int]:
        """Whose form has this key."""
        at = first = bisect_left(self._keys, key)
        while at < len(self._keys) and self._keys[at] == key:
            at += 1
        return list(self._numbers[first:at])


def may_be_near(word: str) -> bool:
    """Whether another word may be this one with a letter wrong."""
    return len(word) <= LONGEST and is_mendable(word)


def is_mendable(word: str) -> bool:
    """Whether a folded word is of Latin letters, and of enough of them that it says something with a letter wrong."""
    return len(word) >= SHORTEST and word.isascii() and word.lstrip("_")[:1].isalpha()


def _forms(word: str) -> set[int]:
    """The keys of a word and of what is left of it without one letter."""
    spelt = word.encode()
    return {crc32(spelt), *[crc32(spelt[:at] + spelt[at + 1 :]) for at in range(len(spelt))]}
