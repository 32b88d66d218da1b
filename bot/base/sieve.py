"""Many patterns, each tried only in texts that hold a word without which it finds nothing.

The words are taken from the patterns as Python's own parser reads them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, TypeAlias

from bot.base.literals import Literals

_SHORTEST = 2  # bytes of a word that tells something
_LINE = 1_000  # characters of a text that is remembered
_MOST = 60  # words of one pattern; what needs one of more is tried everywhere
_FEW = 6  # characters of a set that are spelt out
_GROUPS = {kinds.SUBPATTERN: 3, kinds.ATOMIC_GROUP: None}

Words: TypeAlias = frozenset[str]
_NOTHING: Words = frozenset({""})
_NONE: Mapping[str, Words] = {}


def needed(pattern: str, flags: int = 0) -> Words:
    """Words in small letters, one of which stands in whatever a pattern finds; none where that cannot be told."""
    return _needed(parser.parse(pattern, flags))


class Sieve:
    """Patterns in their order, each compiled when it is first tried."""

    def __init__(self, patterns: Iterable[str], flags: int = 0, known: Mapping[str, Words] = _NONE) -> None:
        """`known`: by pattern what `needed` says with these flags, where that was kept: reading one takes time."""
        self._sources = tuple(patterns)
        self._flags = int(flags)
        self._known = known
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._last: tuple[str | None, bool] = (None, False)  # a text is often asked about several times in a row

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._sources, self._flags)

    def __len__(self) -> int:
        return len(self._sources)

    def possible(self, text: str) -> Iterator[int]:
        """Numbers of the patterns that may find something in a text, ascending."""
        found = {number for number, _ in self._literals.places_in(text.lower())}
        if not found:
            return iter(self._always)
        return iter(sorted({*self._always, *(user for number in found for user in self._users[number])}))

    def may_find(self, text: str) -> bool:
        """Whether any of the patterns is to be tried in a text or a part of it; False is sure."""
        return bool(self._always or self._literals.places_in(text.lower()))

    def places(self, text: str) -> Iterable[int] | None:
        """Where words stand without which nothing is found in a line of a text; None where that cannot be told."""
        lowered = text.lower()
        if self._always or len(lowered) != len(text):
            return None
        return {at for _, at in self._literals.places_in(lowered)}

    def pattern(self, number: int) -> re.Pattern[str]:
        compiled = self._compiled.get(number)
        if compiled is None:
            compiled = self._compiled[number] = re.compile(self._sources[number], self._flags)
        return compiled

    def found_in(self, text: str) -> bool:
        """Whether any of the patterns is in a text."""
        last, found = self._last
        if last != text:
            found = any(self.pattern(number).search(text) for number in self.possible(text))
            if len(text) <= _LINE:
                self._last = text, found
        return found

    def first(self, text: str) -> re.Match[str] | None:
        """What the first pattern finds that finds anything."""
        found = (self.pattern(number).search(text) for number in self.possible(text))
        return next(filter(None, found), None)

    def earliest(self, text: str) -> re.Match[str] | None:
        """What stands first in a text of all that the patterns find; of two that begin there the first pattern's."""
        found = (self.pattern(number).search(text) for number in self.possible(text))
        return min(filter(None, found), key=re.Match.start, default=None)

    @cached_property
    def _needs(self) -> Sequence[Words]:
        known = self._known
        return [known[each] if each in known else needed(each, self._flags) for each in self._sources]

    @cached_property
    def _always(self) -> Sequence[int]:
        return [number for number, words in enumerate(self._needs) if not words]

    @cached_property
    def _literals(self) -> Literals:
        return Literals(word for words in self._needs for word in words)

    @cached_property
    def _users(self) -> Sequence[Sequence[int]]:
        """For each literal the patterns that need it."""
        return [[at for at, words in enumerate(self._needs) if text in words] for text in self._literals.texts]


def _needed(parts: Iterable[Any]) -> Words:
    """Of all that a sequence cannot do without the words that tell most."""
    found: list[Words] = []
    spelt = _NOTHING
    for part in parts:
        texts = _spelt(part)
        longer = frozenset(before + text for before in spelt for text in texts) if texts else frozenset()
        if longer and len(longer) <= _MOST:
            spelt = longer
            continue
        found += [spelt, texts or _inside(part)]
        spelt = _NOTHING
    return max((*found, spelt), key=_telling) if any(map(_telling, (*found, spelt))) else frozenset()


def _telling(words: Words) -> int:
    """How much it tells that one of these words must be there: nothing where any is too short."""
    shortest = min((len(word.encode()) for word in words), default=0)  # one Chinese character tells enough
    return shortest if shortest >= _SHORTEST and len(words) <= _MOST else 0


def _spelt(part: Any) -> Words:
    """All texts that a part of a pattern stands for, in small letters; none where they are not few."""
    kind, content = part
    if kind is kinds.LITERAL:
        return frozenset({chr(content).lower()})
    if kind is kinds.AT or kind in (kinds.ASSERT, kinds.ASSERT_NOT):
        return _NOTHING
    if kind is kinds.IN and len(content) <= _FEW and all(each[0] is kinds.LITERAL for each in content):
        return frozenset(chr(code).lower() for _, code in content)
    if kind is kinds.BRANCH:
        return _union([_sequence(branch) for branch in content[1]])
    if kind in _GROUPS:
        return _sequence(_within(part))
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT) and content[:2] == (0, 1):
        texts = _sequence(content[2])
        return texts | _NOTHING if texts else frozenset()
    return frozenset()


def _sequence(parts: Iterable[Any]) -> Words:
    spelt = _NOTHING
    for part in parts:
        spelt = frozenset(before + text for before in spelt for text in _spelt(part))
        if not 0 < len(spelt) <= _MOST:
            return frozenset()
    return spelt


def _inside(part: Any) -> Words:
    """What a part that is not spelt out cannot do without."""
    kind, content = part
    if kind is kinds.BRANCH:
        return _union([_needed(branch) for branch in content[1]])
    if kind in _GROUPS:
        return _needed(_within(part))
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT) and content[0] >= 1:
        return _needed(content[2])
    return frozenset()


def _union(branches: Sequence[Words]) -> Words:
    """Any of several: none where one of them tells nothing."""
    return frozenset().union(*branches) if all(branches) else frozenset()


def _within(part: Any) -> Iterable[Any]:
    kind, content = part
    place = _GROUPS[kind]
    inside: Iterable[Any] = content if place is None else content[place]
    return inside
