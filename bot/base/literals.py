"""Many literal texts looked for at once: one pass over a text, however many they are (Aho, Corasick, 1975)."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.base.late import late

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

_PIECE = 65_536  # characters
_HALF = late("[\ud800-\udfff]")


class Literals:
    """The texts, each once; what searches for them is made on first use and is no part of a copy."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Empty texts are left out."""
        self.texts = tuple(sorted({text for text in texts if text}))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.texts,)

    def __contains__(self, text: str) -> bool:
        return text in self._known

    def places_in(self, text: str) -> list[tuple[int, int]]:
        """(number of a text in `texts`, where it begins) for every occurrence, overlapping ones too."""
        if not self.texts:
            return []
        try:
            found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # halves of a character, which the automaton cannot take
            found = self._automaton.find_matches_as_indexes(_HALF.sub("?", text), overlapping=True)
        return [each[:2] for each in found]

    def found_in(self, text: str) -> frozenset[str]:
        """Those that stand somewhere in a text. Read piece by piece: every place that is found takes memory."""
        numbers: set[int] = set()
        for at in range(0, len(text), _PIECE):
            numbers.update(number for number, _ in self.places_in(text[at : at + _PIECE + self._longest]))
        return frozenset(map(self.texts.__getitem__, numbers))

    def standing_in(self, text: str) -> dict[str, list[int]]:
        """Those that stand somewhere in a text, each with all places where it begins, ascending."""
        places: dict[int, list[int]] = {}
        for start in range(0, len(text), _PIECE):
            for number, at in self.places_in(text[start : start + _PIECE + self._longest - 1]):
                if at < _PIECE:  # else the next piece holds it too
                    places.setdefault(number, []).append(start + at)
        return {self.texts[number]: sorted(found) for number, found in places.items()}

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.texts)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.texts), default=0)

    @cached_property
    def _automaton(self) -> "AhoCorasick":
        from ahocorasick_rs import AhoCorasick  # imported only for long texts

        return AhoCorasick(self.texts)
