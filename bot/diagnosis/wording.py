"""An exact wording looked for by hand: as the regular expression of the same meaning finds it, which takes a
millisecond to compile and is looked for once or twice in a log.

A wording is pieces in small letters, blanks and quotes between them, and gaps of any text. What follows a gap is looked
for where it stands next, and nowhere else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.base.late import late

QUOTES = "'\"`"
_WIDEST = 200  # characters of a gap
_PARTS = late(rf"[\s{QUOTES}]+|[^\s{QUOTES}]+")
_PLAIN = late(rf"[ {QUOTES}!-~\u3400-\u9fff]*")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_WORD_LIKE = _LETTERS | frozenset("0123456789")
# Letters that a regular expression takes for an ASCII one, whatever the case, and a small letter is not.
_ALSO_ASCII = late("[\u0130\u0131\u017f]")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Literal:
    """What stands between two gaps. `needs[i]`: whether a blank or quote must stand before piece i, `needs[-1]`: after
    the last one; None: nothing may.
    """

    pieces: tuple[str, ...]
    needs: tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a wording stands, and where each of its gaps."""

    start: int
    end: int
    gaps: tuple[Span, ...] = ()


class Wording:
    """Literals with gaps of text between them."""

    def __init__(self, literals: Sequence[str]) -> None:
        """`literals`: of which `is_plain` is true."""
        self._literals = [_literal(text) for text in literals if text]
        self._begins_open, self._ends_open = not literals[0], len(literals) > 1 and not literals[-1]
        self._first, self._last = literals[0][:1].lower(), literals[-1][-1:].lower()

    def find(self, text: str, lowered: str, at: int = 0) -> Found | None:
        """The first place from `at` on. `lowered`: the text in small letters (see `is_cased_alike`)."""
        for start, end in self._begins(text, lowered, at):
            opening = ((max(at, start - _WIDEST), start),) if self._begins_open else ()
            gaps = self._gaps(end, text, lowered)
            if gaps is not None:
                return Found(opening[0][0] if opening else start, gaps[1], (*opening, *gaps[0]))
            at = start + 1
        return None

    def _begins(self, text: str, lowered: str, at: int) -> Iterator[Span]:
        """Every place of the first literal."""
        literal = self._literals[0]
        alone = len(self._literals) == 1 and not self._ends_open
        for start, first, end in _places(literal, text, lowered, at):
            if not self._begins_open and self._first in _WORD_LIKE and lowered[first - 1 : first] in _WORD_LIKE:
                continue
            if not alone or self._may_end(lowered[end : end + 1]):
                yield start, end

    def _gaps(self, end: int, text: str, lowered: str) -> tuple[list[Span], int] | None:
        """The gaps behind the first literal, which ends at `end`, and where the wording ends."""
        gaps = []
        for literal in self._literals[1:]:
            closes = literal is self._literals[-1] and not self._ends_open
            place = self._next(literal, text, lowered, end, closes)
            if place is None:
                return None
            gaps.append((end, place[0]))
            end = place[1]
        if self._ends_open:
            gaps.append((end, min(len(text), end + _WIDEST)))
            end = gaps[-1][1]
        return gaps, end

    def _next(self, literal: Literal, text: str, lowered: str, at: int, closes: bool) -> Span | None:
        """The first place of a literal behind a gap that begins at `at`; `closes`: it ends the wording."""
        for start, _, end in _places(literal, text, lowered, at):
            if start - at > _WIDEST:
                return None
            if not closes or self._may_end(lowered[end : end + 1]):
                return start, end
        return None

    def _may_end(self, after: str) -> bool:
        """Whether this may follow the last character: no part of the same word or number."""
        return not (after in _LETTERS if self._last in _LETTERS else self._last.isdigit() and after.isdecimal())


def is_cased_alike(text: str) -> bool:
    """Whether the small letters of a text tell all that a regular expression would find in it in any case."""
    return text.isascii() or _ALSO_ASCII.search(text) is None


def is_plain(literals: Sequence[str]) -> bool:
    """Whether a wording can be looked for by hand: each of its literals is ASCII and Chinese and holds more than blanks
    and quotes, but that the first and the last may be empty.
    """
    ends = {0, len(literals) - 1} if len(literals) > 1 else set()
    return any(literals) and all(_is_plain(text, number in ends) for number, text in enumerate(literals))


def _is_plain(text: str, may_be_empty: bool) -> bool:
    if not text:
        return may_be_empty
    return _PLAIN.fullmatch(text) is not None and bool(text.strip(" " + QUOTES))


def _literal(text: str) -> Literal:
    pieces: list[str] = []
    needs: list[bool | None] = [None]
    for part in _PARTS.findall(text.lower()):
        if part[0] in QUOTES or part[0].isspace():
            needs[-1] = part.isspace() or (not pieces and part[0].isspace())
        else:
            pieces.append(part)
            needs.append(None)
    return Literal(tuple(pieces), tuple(needs))


def _places(literal: Literal, text: str, lowered: str, at: int) -> Iterator[tuple[int, int, int]]:
    """(start, where its first piece begins, end) of a literal from `at` on, blanks and quotes included."""
    first = literal.pieces[0]
    place = lowered.find(first, at)
    while place >= 0:
        start = _start(literal.needs[0], text, place, at)
        if start is not None:
            end = _end(literal, text, lowered, place)
            if end is not None:
                yield start, place, end
        place = lowered.find(first, place + 1)


def _start(needs: bool | None, text: str, place: int, at: int) -> int | None:
    """Where a literal begins whose first piece stands in a place; None where what must stand before it does not."""
    if needs is None:
        return place
    start = place
    while start > 0 and _is_blank(text[start - 1]):
        start -= 1
    if start >= at and (start < place or not needs):
        return start
    if not needs:
        return place
    return place if place - start >= 2 else None


def _end(literal: Literal, text: str, lowered: str, place: int) -> int | None:
    """Where a literal ends whose first piece stands in a place; None where the others do not follow."""
    end = place + len(literal.pieces[0])
    for piece, needs in zip(literal.pieces[1:], literal.needs[1:-1], strict=True):
        after = _after_blanks(text, end)
        if (needs and after == end) or not lowered.startswith(piece, after):
            return None
        end = after + len(piece)
    needs = literal.needs[-1]
    if needs is None:
        return end
    after = _after_blanks(text, end)
    return None if needs and after == end else after


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and _is_blank(text[at]):
        at += 1
    return at


def _is_blank(character: str) -> bool:
    return character in QUOTES or character.isspace()
