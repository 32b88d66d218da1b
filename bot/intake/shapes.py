"""The shape of a line: what stays of it when numbers, times, paths and addresses are taken out.

A log says the same again and again. Of a long one only the first and the last lines of each shape are read, with what
stands around the rare ones; errors that no entry knows are the same error where their lines have the same shape.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress

from bot.base.late import late

FIRST, LAST = 12, 8  # lines of one shape that are read; a machine may have eight cards
_MOST = FIRST + LAST
_LONG = 600  # lines of a log from which on it is thinned
_AROUND = 2  # lines around a rare one that are read with it
_REPLACED = (
    (late(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (late(r"https?://\S+"), "<url>"),
    (
        late(r"^[\[(]?\d{4}-\d\d-\d\d[T ][\d:.,]+Z?[\])]?[^\S\n]*|^\[?\d\d:\d\d:\d\d[.,\d]*\]?[^\S\n]*", re.MULTILINE),
        "",
    ),
    (late(r"\b[A-Za-z]:[\\/][^\s'\"]*|(?<![\w<])~?/[\w.@+-]++/[^\s'\":]*"), "<path>"),
    (
        late(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b0x[0-9a-fA-F]+\b|\b[0-9a-fA-F]{12,}\b"),
        "<hex>",
    ),
    (late(r"\d+(?:[.,]\d+)*+"), "<n>"),
)
_REPLACEABLE = b"0123456789/\\\x1b"  # one of these stands in nearly all that is replaced
_OTHER = bytes(byte for byte in range(256) if byte not in _REPLACEABLE + b"\n")
_BLANKS = late(r"[^\S\n]+")
_THE_OTHERS = bytes((1, 0, *range(2, 256)))  # 0 and 1 change places
# What may be taken out of whole texts at no cost: in bytes, where the lines stay apart.
_VARYING = b"0123456789 .,:+-\t\r"

Telling = Callable[[str], Iterable[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Thinned:
    """A text whose rows keep their numbers: those left out are empty. `beside`: indices of rows that are only there so
    that secrets are seen which begin or end in them; they are not to be read. `left_out`: how many rows are not read.
    """

    text: str
    beside: tuple[int, ...] = ()
    left_out: int = 0


def shape(text: str) -> str:
    """One or several lines with paths, numbers, times and addresses replaced: the same on every machine."""
    return _BLANKS.sub(" ", _replaced(text))


def _replaced(text: str) -> str:
    for pattern, replacement in _REPLACED:
        text = pattern.sub(replacement, text)
    return text


def thinned(text: str, telling: Telling | None = None) -> Thinned:
    """A long text without the middle of what it says again and again. `telling`: (number, place) of what may tell two
    lines of one shape apart after all, such as the code 137 among exit codes.
    """
    if text.count("\n") < _LONG:
        return Thinned(text)
    rows = text.split("\n")
    read = _read(_told_apart(_shapes(rows), rows, telling) if telling else _shapes(rows))
    left_out = sum(map(bool, compress(rows, read.translate(_THE_OTHERS))))
    if not left_out:
        return Thinned(text)
    beside = _beside(rows, read)
    for at in beside:
        read[at] = 1
    kept = "\n".join([row if is_read else "" for row, is_read in zip(rows, read, strict=True)])
    return Thinned(kept, beside, left_out)


def _beside(rows: Sequence[str], read: Sequence[int]) -> tuple[int, ...]:
    """The lines next to one that is read, which are not read themselves."""
    unread = (at for at in range(1, len(rows) - 1) if not read[at] and rows[at])
    return tuple(at for at in unread if read[at - 1] or read[at + 1])


def _marked(text: str, rows: Sequence[str], telling: Telling) -> dict[int, set[int]]:
    """For rows by index what tells them apart from others of their shape."""
    marks: dict[int, set[int]] = {}
    ends = accumulate(len(row) + 1 for row in rows)
    at, end = 0, next(ends)
    for number, place in sorted(telling(text), key=lambda found: found[1]):
        while place >= end:
            at, end = at + 1, next(ends)
        marks.setdefault(at, set()).add(number)
    return marks


def _told_apart(shapes: Sequence[bytes], rows: Sequence[str], telling: Telling) -> list[bytes]:
    """The shapes with what tells rows apart: only of what is printed often some is left out."""
    apart, counts = list(shapes), Counter(shapes)
    often = [at for at, each in enumerate(shapes) if counts[each] > _MOST]
    repeated = [rows[at] for at in often]
    for number, numbers in _marked("\n".join(repeated), repeated, telling).items() if often else ():
        apart[often[number]] += b"\t%r" % sorted(numbers)
    return apart


def _shapes(rows: Sequence[str]) -> list[bytes]:
    """The shape of every row: of those that differ in digits only one is looked at closely."""
    without_digits = _without("\n".join(rows), _VARYING)
    examples = dict(zip(without_digits, rows, strict=True))
    may_change = _without("\n".join(examples.values()), _OTHER)
    replaceable = dict(compress(examples.items(), may_change))
    refined = _without(_replaced("\n".join(replaceable.values())), _VARYING)
    shape_of = dict(zip(replaceable, refined, strict=True)) if replaceable else {}
    return [shape_of.get(each, each) for each in without_digits]


def _without(text: str, characters: bytes) -> list[bytes]:
    """The rows of a text without some characters."""
    return text.encode("utf-8", "surrogatepass").translate(None, characters).split(b"\n")


def _read(shapes: Sequence[bytes]) -> bytearray:
    """1 for every row that is read: the first and the last of each shape, and what stands around rare ones."""
    counts, seen = Counter(shapes), dict.fromkeys(shapes, 0)
    if max(counts.values(), default=0) <= _MOST:
        return bytearray(b"\1" * len(shapes))
    read = bytearray(len(shapes))
    for at, each in enumerate(shapes):
        total, number = counts[each], seen[each]
        seen[each] += 1
        if total <= _MOST:
            first = max(0, at - _AROUND)
            read[first : at + _AROUND + 1] = b"\1" * (min(at + _AROUND + 1, len(shapes)) - first)
        elif number < FIRST or number >= total - LAST:
            read[at] = 1
    return read
