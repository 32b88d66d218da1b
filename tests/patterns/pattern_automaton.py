"""A regular expression as the automaton that a backtracking matcher walks: which position may follow which.

The construction is Glushkov's (one state a character position), with what neighbours must be (`\\b`, `^`, one-character
looks around, possessive repeats) kept on the edges. Lookaheads are walked as dead ends. What cannot be expressed is
left out, so that the automaton can only ever do more than the matcher, never less.
"""

import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any

_parser: Any = importlib.import_module("re._parser")
_sre: Any = importlib.import_module("re._constants")

INFINITE = float("inf")
_EXACT = 4  # repeats up to which copies are made instead of a loop
_MOST_COPIED = 60  # positions
_SAMPLES = "\t\n\r\x1c\x85\xa0 \u3000éßЖ中，：。０Ａ한" + "".join(map(chr, range(0x21, 0x7F)))

_IGNORECASE, _DOTALL, _ASCII, _MULTILINE = map(int, (re.IGNORECASE, re.DOTALL, re.ASCII, re.MULTILINE))

Relation = tuple[int, ...] | None  # for each class of the character before, the classes after; None allows all


@dataclass(slots=True)
class Position:
    """A place that reads one character."""

    classes: int  # bits of the classes it reads
    loops: list[int] = field(default_factory=list)  # the loops around it, the innermost first
    atoms: frozenset[int] = frozenset()  # the atomic groups around it
    after: list[tuple[int, Relation]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loop:
    """A repeat: how often at most, and whether it prefers to stop."""

    most: float
    is_lazy: bool


@dataclass(slots=True)
class Piece:
    """A part of a pattern: how it may be empty, where it may begin and end."""

    empty: list[Relation]
    first: list[tuple[int, Relation]]
    last: list[tuple[int, Relation]]


class Automaton:
    """Positions 0 (before the text) and 1 (any text before the match) are there in every unanchored one."""

    def __init__(self, pattern: str, flags: int = 0, usage: str = "search") -> None:
        """`usage`: "search", "match" or "fullmatch"."""
        tree = _parser.parse(pattern, flags)
        self.flags = tree.state.flags
        self.usage = usage
        self._sets: list[Callable[[str], bool]] = []
        self.samples = self._classes_of(tree)
        self.classes = len(self.samples)
        self.everything = (1 << self.classes) - 1
        self.positions: list[Position] = []
        self.loops: list[Loop] = []
        self._open: list[int] = []
        self._atoms: list[int] = []
        self._atomic = 0
        self._groups: dict[int | None, list[int]] = {}
        self._relations: dict[tuple[str, int], Relation] = {}
        self.start = self._position(self.everything)
        whole = self._sequence(tree, self.flags)
        for position, relation in whole.first:
            self.positions[self.start].after.append((position, relation))
        self.positions[self.start].after.append((self.start, None))
        self.first = whole.first
        self.ends: dict[int, list[Relation]] = {}
        for position, relation in whole.last:
            self.ends.setdefault(position, []).append(relation)

    # ---- classes of characters

    def _classes_of(self, tree: Any) -> list[str]:
        """One character for each class that the pattern tells apart."""
        characters = dict.fromkeys(_SAMPLES)
        self._leaves: list[tuple[Any, int]] = []
        self._collect(tree, tree.state.flags)
        for (operation, argument), flags in self._leaves:
            for character in _named(operation, argument):
                characters.setdefault(character)
                if flags & re.IGNORECASE:
                    characters.setdefault(character.swapcase()[:1])
        different: dict[Callable[[str], bool], None] = dict.fromkeys(
            _test(operation, argument, flags) for (operation, argument), flags in self._leaves
        )
        tests: list[Callable[[str], bool]] = [*different, _is_word, _is_line_end]
        classes: dict[tuple[bool, ...], str] = {}
        for character in characters:
            key = tuple(test(character) for test in tests)
            if key not in classes or (not classes[key].isalnum() and character.isalnum()):
                classes[key] = character
        return list(classes.values())

    def _collect(self, tree: Any, flags: int) -> None:
        for operation, argument in tree:
            if operation in _CHARACTERS:
                self._leaves.append(((operation, argument), flags))
            for part, added in _parts(operation, argument, flags):
                self._collect(part, added)

    def _bits(self, test: Callable[[str], bool]) -> int:
        return sum(1 << number for number, sample in enumerate(self.samples) if test(sample))

    def _position(self, classes: int) -> int:
        self.positions.append(Position(classes, list(reversed(self._open)), frozenset(self._atoms)))
        return len(self.positions) - 1

    # ---- relations between neighbours; class number `classes` stands for the text's beginning (before) or end (after)

    def relation(self, allows: Callable[[str, str], bool]) -> Relation:
        """From a test on (character before or "", character after or "")."""
        after = [*self.samples, ""]
        return tuple(sum(1 << number for number, right in enumerate(after) if allows(left, right)) for left in after)

    def _relation_at(self, kind: Any, flags: int) -> Relation:
        """What a position such as `\\b` allows, worked out once."""
        key = str(kind), flags & (_ASCII | _MULTILINE)
        if key not in self._relations:
            self._relations[key] = self.relation(_at(kind, flags))
        return self._relations[key]

    # ---- pieces

    def _sequence(self, tree: Any, flags: int) -> Piece:
        return reduce(self._joined, (self._piece(each, flags) for each in tree), Piece([None], [], []))

    def _joined(self, left: Piece, right: Piece) -> Piece:
        for position, before in left.last:
            for following, relation in right.first:
                self._link(position, following, both(before, relation))
        return Piece(
            _few([both(one, other) for one in left.empty for other in right.empty]),
            left.first + [(p, both(empty, r)) for empty in left.empty for p, r in right.first],
            right.last + [(p, both(r, empty)) for empty in right.empty for p, r in left.last],
        )

    def _link(self, position: int, following: int, relation: Relation) -> None:
        if relation is None or any(relation):
            self.positions[position].after.append((following, relation))

    def _piece(self, each: tuple[Any, Any], flags: int) -> Piece:
        operation, argument = each
        if operation in _CHARACTERS:
            position = self._position(self._bits(_test(operation, argument, flags)))
            return Piece([], [(position, None)], [(position, None)])
        if operation is _sre.BRANCH:
            return self._either([self._sequence(branch, flags) for branch in argument[1]])
        if operation is _sre.SUBPATTERN:
            first = len(self.positions)
            inside = self._sequence(argument[3], (flags | argument[1]) & ~argument[2])
            self._groups[argument[0]] = [position.classes for position in self.positions[first:]]
            return inside
        if operation is _sre.ATOMIC_GROUP or operation in _REPEATS:
            return self._grouped(operation, argument, flags)
        if operation is _sre.AT:
            return Piece([self._relation_at(argument, flags)], [], [])
        if operation in (_sre.ASSERT, _sre.ASSERT_NOT):
            return self._look(operation is _sre.ASSERT, argument[0], argument[1], flags)
        if operation is _sre.GROUPREF_EXISTS:
            return self._either([self._sequence(part or (), flags) for part in argument[1:]])
        if operation is _sre.GROUPREF:  # what the group read can be read in one way only: one place stands for it
            position = self._position(reduce(int.__or__, self._groups[argument], 0))
            return Piece([], [(position, None)], [(position, None)])
        raise NotImplementedError(str(operation))

    def _grouped(self, operation: Any, argument: Any, flags: int) -> Piece:
        """A repeat or an atomic group: what is atomic is never read in another way after it was read in one."""
        is_atomic = operation in (_sre.ATOMIC_GROUP, _sre.POSSESSIVE_REPEAT)
        if is_atomic:
            self._atomic += 1
            self._atoms.append(self._atomic)
        is_repeat = operation in _REPEATS
        piece = self._repeated(operation, argument, flags) if is_repeat else self._sequence(argument, flags)
        if is_atomic:
            self._atoms.pop()
        return piece

    def _either(self, pieces: Sequence[Piece]) -> Piece:
        return Piece(
            _few([empty for piece in pieces for empty in piece.empty]),
            [each for piece in pieces for each in piece.first],
            [each for piece in pieces for each in piece.last],
        )

    def _repeated(self, operation: Any, argument: Any, flags: int) -> Piece:
        least, most, tree = argument
        most = INFINITE if most is _sre.MAXREPEAT else int(most)
        if most <= _EXACT and most * _size(tree) <= _MOST_COPIED:
            copies = [self._sequence(tree, flags) for _ in range(int(most))]
            whole = Piece([None], [], [])
            for number in range(int(most) - 1, -1, -1):
                whole = self._joined(copies[number], whole)
                if number >= least:
                    whole = self._either([whole, Piece([None], [], [])])
            return whole
        self.loops.append(Loop(most, operation is _sre.MIN_REPEAT))
        self._open.append(len(self.loops) - 1)
        piece = self._sequence(tree, flags)
        self._open.pop()
        for position, before in piece.last:
            for following, relation in piece.first:
                self._link(position, following, both(before, relation))
        last = piece.last
        if operation is _sre.POSSESSIVE_REPEAT and most == INFINITE and piece.first == piece.last and len(last) == 1:
            inside = self.positions[piece.first[0][0]].classes  # it never stops before the last one it can take
            stops = self._outside(inside)
            last = [(position, both(relation, stops)) for position, relation in last]
        return Piece(_few([*piece.empty, *([None] if least == 0 else [])]), piece.first, last)

    def _outside(self, classes: int) -> Relation:
        return tuple([(self.everything | 1 << self.classes) & ~classes] * (self.classes + 1))

    def _look(self, wanted: bool, direction: int, tree: Any, flags: int) -> Piece:
        if direction > 0:
            ahead = self._ahead(wanted, tree, flags)
            return Piece([ahead], self._sequence(tree, flags).first, [])
        return Piece([self._behind(wanted, tree, flags)], [], [])

    def _ahead(self, wanted: bool, tree: Any, flags: int) -> Relation:
        """What a look ahead tells of the next character."""
        allowed = 0
        end = 1 << self.classes
        for branch in _branches(tree):
            if not len(branch):
                return None
            operation, argument = branch[0]
            is_whole = len(branch) == 1
            if operation in _CHARACTERS and (wanted or is_whole):
                allowed |= self._bits(_test(operation, argument, flags))
            elif operation is _sre.AT and argument is _sre.AT_END and is_whole:
                allowed |= end
                allowed |= self._bits(_is_line_end) if flags & re.MULTILINE and wanted else 0
            elif wanted:
                return None
        return tuple([allowed if wanted else (self.everything | end) & ~allowed] * (self.classes + 1))

    def _behind(self, wanted: bool, tree: Any, flags: int) -> Relation:
        """What a look behind tells of the character before."""
        allowed = 0
        begin = 1 << self.classes
        for branch in _branches(tree):
            operation, argument = branch[-1] if len(branch) else (None, None)
            is_whole = len(branch) == 1
            if operation in _CHARACTERS and (wanted or is_whole):
                allowed |= self._bits(_test(operation, argument, flags))
            elif operation is _sre.AT and argument is _sre.AT_BEGINNING and is_whole:
                allowed |= begin
                allowed |= self._bits(_is_line_end) if flags & re.MULTILINE else 0
            elif wanted:
                return None
        chosen = allowed if wanted else (self.everything | begin) & ~allowed
        everything = self.everything | begin
        return tuple(everything if chosen >> number & 1 else 0 for number in range(self.classes + 1))


def repeats(pattern: str, flags: int = 0) -> bool:
    """Whether anything in a pattern may stand there more often than a few times."""
    return any(_repeats(operation, argument) for operation, argument in _parser.parse(pattern, flags))


def _repeats(operation: Any, argument: Any) -> bool:
    if operation in _REPEATS and (argument[1] is _sre.MAXREPEAT or argument[1] > _EXACT):
        return True
    return any(_repeats(*each) for part, _ in _parts(operation, argument, 0) for each in part)


def both(one: Relation, other: Relation) -> Relation:
    """What two relations allow together."""
    if one is None or other is None:
        return one or other
    return tuple(left & right for left, right in zip(one, other, strict=True))


def _few(relations: list[Relation]) -> list[Relation]:
    """At most two of each: more ways to be empty tell nothing new."""
    kept: list[Relation] = []
    for relation in relations:
        if kept.count(relation) < 2 and (relation is None or any(relation)):
            kept.append(relation)
    return kept


def _branches(tree: Any) -> list[Any]:
    items = list(tree)
    if len(items) == 1 and items[0][0] is _sre.BRANCH:
        return [inner for branch in items[0][1][1] for inner in _branches(branch)]
    if len(items) == 1 and items[0][0] is _sre.SUBPATTERN:
        return _branches(items[0][1][3])
    return [items]


def _size(tree: Any) -> int:
    size = 0
    for operation, argument in tree:
        inner = sum(_size(part) for part, _ in _parts(operation, argument, 0))
        most = argument[1] if operation in _REPEATS and argument[1] is not _sre.MAXREPEAT else 1
        size += (operation in _CHARACTERS) + inner * min(int(most), _EXACT)
    return size


def _parts(operation: Any, argument: Any, flags: int) -> Iterator[tuple[Any, int]]:
    """The patterns inside a part of a pattern, with their flags."""
    if operation is _sre.BRANCH:
        yield from ((branch, flags) for branch in argument[1])
    elif operation is _sre.SUBPATTERN:
        yield argument[3], (flags | argument[1]) & ~argument[2]
    elif operation is _sre.ATOMIC_GROUP:
        yield argument, flags
    elif operation in _REPEATS:
        yield argument[2], flags
    elif operation in (_sre.ASSERT, _sre.ASSERT_NOT):
        yield argument[1], flags
    elif operation is _sre.GROUPREF_EXISTS:
        yield from ((part, flags) for part in argument[1:] if part)


_CHARACTERS = (_sre.LITERAL, _sre.NOT_LITERAL, _sre.ANY, _sre.IN)
_REPEATS = (_sre.MAX_REPEAT, _sre.MIN_REPEAT, _sre.POSSESSIVE_REPEAT)


def _named(operation: Any, argument: Any) -> Iterator[str]:
    """Characters at which a set may begin or end."""
    if operation in (_sre.LITERAL, _sre.NOT_LITERAL):
        yield chr(argument)
    elif operation is _sre.IN:
        for kind, value in argument:
            if kind is _sre.LITERAL:
                yield chr(value)
            elif kind is _sre.RANGE:
                low, high = value
                yield from (chr(code) for code in (low, (low + high) // 2, high, max(low - 1, 0), high + 1))


def _test(operation: Any, argument: Any, flags: int) -> Callable[[str], bool]:
    """Whether a character is read by a part of a pattern."""
    items = tuple(argument) if operation is _sre.IN else ((_sre.LITERAL, argument),)
    wanted = tuple(item for item in items if item[0] is not _sre.NEGATE)
    negated = operation is _sre.NOT_LITERAL or len(wanted) < len(items)
    return _made_test(operation is _sre.ANY, wanted, negated, int(flags))


@cache
def _made_test(is_any: bool, wanted: tuple[Any, ...], negated: bool, flags: int) -> Callable[[str], bool]:
    if is_any:
        return lambda character: bool(flags & _DOTALL) or character != "\n"

    @cache
    def test(character: str) -> bool:
        cases = {character, character.lower(), character.upper()} if flags & _IGNORECASE else {character}
        return any(_holds(item, form, flags) for form in cases if len(form) == 1 for item in wanted) != negated

    return test


def _holds(item: tuple[Any, Any], character: str, flags: int) -> bool:
    kind, value = item
    if kind is _sre.LITERAL:
        return ord(character) == value if len(character) == 1 else False
    if kind is _sre.RANGE:
        return len(character) == 1 and value[0] <= ord(character) <= value[1]
    letter = {"SPACE": "s", "DIGIT": "d", "WORD": "w"}[str(value).rpartition("_")[2]]
    found = re.fullmatch("\\" + letter, character, flags & re.ASCII) is not None
    return found != ("NOT" in str(value))


@cache
def _is_word(character: str) -> bool:
    return re.fullmatch(r"\w", character) is not None


@cache
def _is_ascii_word(character: str) -> bool:
    return re.fullmatch(r"\w", character, re.ASCII) is not None


def _is_line_end(character: str) -> bool:
    return character == "\n"


def _at(kind: Any, flags: int) -> Callable[[str, str], bool]:
    """A position such as `^` or `\\b` as a test on its neighbours ("" beyond the text)."""

    word = _is_ascii_word if flags & _ASCII else _is_word
    if kind is _sre.AT_BOUNDARY:
        return lambda left, right: word(left) != word(right)
    if kind is _sre.AT_NON_BOUNDARY:
        return lambda left, right: word(left) == word(right)
    if kind is _sre.AT_BEGINNING and flags & re.MULTILINE:
        return lambda left, right: left in ("", "\n")
    if kind in (_sre.AT_BEGINNING, _sre.AT_BEGINNING_STRING):
        return lambda left, right: left == ""
    if kind is _sre.AT_END:
        return lambda left, right: right in ("", "\n")
    return lambda left, right: right == ""
