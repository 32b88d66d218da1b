"""A text as a reader, a browser or a terminal shows it, with the way back to the text as it was given.

Secrets are looked for in what is shown: without colours and invisible characters, with escapes undone, with the halves
of a wrapped word together. What is found there is masked in the text as given.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote

from bot.base.late import late
from bot.intake.cleaning import C1, INVISIBLE, fold_width

_CONTROLS = f"\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f{C1}"
# Every pattern begins with one set of characters, so that what stands between is skipped quickly.
_NOISE = late(
    rf"[\x1b\x9b\^\[{_CONTROLS}{INVISIBLE}]"
    rf"(?:(?<=\x1b)(?:\[[0-?]{{0,40}}[ -/]{{0,4}}[@-~]|\][^\x07\x1b\n]{{0,500}}(?:\x07|\x1b\\)|[()][0-9AB]"
    rf"|[@-Z\\-_=>])?"
    rf"|(?<=\x9b)[0-?]{{0,40}}[@-~]?|(?<=\^)\[\[[\d;]{{0,20}}m|(?<=\[)(?:\d{{1,3}};){{0,4}}\d{{1,3}}m(?!\])"
    rf"|(?<=[{_CONTROLS}{INVISIBLE}]))"
)
_ESCAPE = late(
    r"[\\%&<](?:(?<=\\)(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{4}\}|033|\\{1,15}[\"']|[eEnrtfv0!-\-/:-@\[-`{-~])"
    r"|(?<=%)[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2}){0,12}"
    r"|(?<=&)(?:lt|gt|amp|quot|nbsp|apos|#\d{1,5}|#x[0-9a-fA-F]{1,4});"
    r"|(?<=<)/?(?i:b|i|u|em|strong|code|span|font|w?br|a|mark|kbd|tt|del|su[bp])(?: [^<>\n]{0,200})?/?>)"
)
_UNUSUAL_LINE_END = late("[\x85\u2028\u2029]")
_WRITTEN_COLOUR = late(r"\\(?:x1[bB]|033|u001[bB]|e|E)(?:\[[\d;]{0,20}m)?")
# A line end within a word: what a terminal, a chat or an editor breaks where it has no room.
_IN_WORD = "[A-Za-z0-9_+/=.-]"
# Looked for by the line end itself, for blanks are many. Before it may stand a blank or backslash and two more blanks.
_FRONTS = ("", r"[ \\]", r"[ \\] ", r"[ \\]  ")
_BEFORE_BREAK = "|".join(f"(?<={_IN_WORD}{front}{end})" for end in (r"\n", r"\r\n") for front in _FRONTS)
_BREAK = late(rf"\n(?:{_BEFORE_BREAK})[ \t]{{0,40}}(?:[>|│┃][ \t]?){{0,3}}(?={_IN_WORD})")
_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+/=.-"
_LONGEST_WORD = 260
_TWO_WHEN_SMALL = "\u0130"  # the one letter whose small form has another length
_MEANINGS = {"n": "\n", "r": "\n", "t": "\t", "f": "\n", "v": "\n", "0": "", "e": "", "E": "", "033": ""}

Edit = tuple[int, int, str]  # start, end, what is shown instead


@dataclass(frozen=True, slots=True)
class View:
    """`text` is what is shown. `start` and `end` give the place in the text as given for a place in `text`."""

    text: str
    starts: list[int] = field(default_factory=lambda: [0])  # where in `text` a piece begins
    origins: list[int] = field(default_factory=lambda: [0])  # where it begins in what the view was made of
    written: frozenset[int] = frozenset()  # starts of pieces that stand for something longer
    seams: tuple[int, ...] = ()  # where in `text` a line end was left out
    under: "View | None" = None  # the view it was made of

    def start(self, at: int) -> int:
        piece = bisect_right(self.starts, at) - 1
        origin = self.origins[piece] + (0 if self.starts[piece] in self.written else at - self.starts[piece])
        return self.under.start(origin) if self.under else origin

    def end(self, at: int) -> int:
        """The end of what is shown before `at`."""
        piece = bisect_right(self.starts, at - 1) - 1
        if self.starts[piece] in self.written:
            origin = self.origins[piece + 1]
        else:
            origin = self.origins[piece] + at - self.starts[piece]
        return self.under.end(origin) if self.under else origin


def plain(text: str) -> str:
    """Without colours, control and invisible characters; every line end that only some programs know is a blank. The
    lines keep their numbers.
    """
    return _UNUSUAL_LINE_END.sub(" ", _NOISE.sub("", text))


def as_read(text: str) -> View:
    """Without colours, control and invisible characters; full-width letters as ASCII."""
    view = _edited(text, ((found.start(), found.end(), "") for found in _NOISE.finditer(text)))
    return View(fold_width(view.text).replace(_TWO_WHEN_SMALL, "I"), view.starts, view.origins)


def lines_around(text: str, places: Iterable[int]) -> View:
    """The lines in which these places are, ascending, each with the one before and the one after."""
    pieces: list[str] = []
    starts, origins = [], []
    at = done = 0
    for place in places:
        first = text.rfind("\n", 0, max(0, text.rfind("\n", 0, place))) + 1
        last = _line_end(text, _line_end(text, place) + 1)
        if last <= done:
            continue
        first = max(first, done)
        starts.append(at)
        origins.append(first)
        pieces.append(text[first : last + 1])
        at += len(pieces[-1])
        done = last + 1
    return View("".join(pieces), starts or [0], origins or [0])


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def as_decoded(read: View) -> View | None:
    """The lines of a view that hold escapes, with these undone; None where there are none."""
    text = read.text
    if not any(mark in text for mark in "\\%&<"):
        return None
    edits = [(found.start(), found.end(), _meaning(found[0])) for found in _escapes(text)]
    return _edited_lines(text, edits, read) if edits else None


def as_joined(read: View, may_go_on: Callable[[str], bool]) -> View | None:
    """The lines of a view that end within a word, joined; None where there are none. `may_go_on` tells of the last
    word of a line whether the next line may be its second half.
    """
    edits: list[Edit] = []
    may = cache(may_go_on)  # lines of a log end in the same words again and again
    for found in _BREAK.finditer(read.text):
        first = max(0, found.start() - _LONGEST_WORD)
        before = read.text[first : found.start()].rstrip(" \\\r")
        start = first + len(before)
        word = before[len(before.rstrip(_WORD)) :]
        goes_on = edits and edits[-1][1] >= start - len(word)
        if goes_on or may(word):
            edits.append((start, found.end(), ""))
    return _edited_lines(read.text, edits, read) if edits else None


def _escapes(text: str) -> Iterator[re.Match[str]]:
    place = 0
    for found in _ESCAPE.finditer(text):
        if found.start() < place:
            continue
        colour = _WRITTEN_COLOUR.match(text, found.start())
        place = found.end()
        if colour:
            place = colour.end()
            yield colour
        else:
            yield found


def _meaning(written: str) -> str:
    if written[0] == "<":
        return ""
    if written[0] == "%":
        return unquote(written, errors="replace")
    if written[0] == "&":
        import html  # brings a table of two thousand names

        return html.unescape(written)
    if _WRITTEN_COLOUR.fullmatch(written):
        return ""
    if written[-1] in "\"'":  # however often the text was put into another one
        return written[-1]
    if written[1] in "xu" and len(written) > 2:
        return _visible(chr(int(written[2:].strip("{}"), 16)))
    return _MEANINGS.get(written[1:], written[1:])


def _visible(character: str) -> str:
    return "" if _NOISE.fullmatch(character) else character


def _edited(text: str, edits: Iterator[Edit]) -> View:
    """All of `text`, with the edits made."""
    pieces: list[str] = []
    starts, origins = [0], [0]
    place = at = 0
    for start, end, _nothing in edits:
        pieces.append(text[place:start])
        at += start - place
        starts.append(at)
        origins.append(end)
        place = end
    pieces.append(text[place:])
    return View("".join(pieces) if place else text, starts, origins)


def _edited_lines(text: str, edits: list[Edit], under: View) -> View:
    """Those lines of `text` in which there is something to edit, with the edits made."""
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    written: set[int] = set()
    seams: list[int] = []
    at, place, line_end = 0, 0, -1

    def add(origin: int, piece: str) -> None:
        nonlocal at
        starts.append(at)
        origins.append(origin)
        pieces.append(piece)
        at += len(piece)

    for start, end, shown in edits:
        if start > line_end:
            if line_end >= 0:
                add(place, text[place:line_end] + "\n")
            place = text.rfind("\n", 0, start) + 1
        add(place, text[place:start])
        if shown:
            written.add(at)
            add(start, shown)
        elif "\n" in text[start:end]:
            seams.append(at)
        place = end
        line_end = _line_end(text, end)
    add(place, text[place:line_end])
    return View("".join(pieces), starts, origins, frozenset(written), tuple(seams), under)
