"""A text as a reader, a browser or a terminal shows it, with the way back to the text as it was given.

Secrets are looked for in what is shown: without colours and invisible characters, with escapes undone, with the halves
of a wrapped word together. What is found there is masked in the text as given.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from bot.intake.cleaning import fold_width

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
)
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9a\x9c-\x9f"
# Every pattern begins with one set of characters, so that what stands between is skipped quickly.
_NOISE = (
    rf"(?:(?<=\x1b)(?:\[[0-?]{{0,40}}[ -/]{{0,4}}[@-~]|\][^\x07\x1b\n]{{0,500}}(?:\x07|\x1b\\)|[()][0-9AB]"
    rf"|[@-Z\\-_=>])?"
    rf"|(?<=\x9b)[0-?]{{0,40}}[@-~]?|(?<=\^)\[\[[\d;]{{0,20}}m|(?<=\[)(?:\d{{1,3}};){{0,4}}\d{{1,3}}m(?!\])"
    rf"|(?<=[{_CONTROLS}{_INVISIBLE}])"
)
_NOISE_STARTS = rf"\x1b\x9b\^\[{_CONTROLS}{_INVISIBLE}"
_ESCAPE = (
    r"|(?<=\\)(?:(?:x1[bB]|033|u001[bB]|e|E)\[[\d;]{0,20}m|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{4}\}"
    r"|[nrtfv0!-/:-@\[-`{-~])"
    r"|(?<=%)[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2}){0,12}"
    r"|(?<=&)(?:lt|gt|amp|quot|nbsp|apos|#\d{1,5}|#x[0-9a-fA-F]{1,4});"
)
# A line end within a word: what a terminal, a chat or an editor breaks where it has no room.
_IN_WORD = "[A-Za-z0-9_+/=.-]"
_BREAK = (
    rf"(?:(?<={_IN_WORD}\n)|(?<={_IN_WORD}\r)\n|(?<={_IN_WORD}\\)\r?\n)"
    rf"[ \t]{{0,40}}(?:[>|│┃][ \t]?){{0,3}}(?={_IN_WORD})"
)

_NOISY = re.compile(f"[{_NOISE_STARTS}]{_NOISE})")
_ESCAPED = re.compile(rf"[{_NOISE_STARTS}\\%&]{_NOISE}{_ESCAPE})")
_BROKEN = re.compile(rf"[{_NOISE_STARTS}\r\n\\]{_NOISE}|{_BREAK})")
_TWO_WHEN_SMALL = str.maketrans("\u0130", "I")  # the one letter whose small form has another length


@dataclass(frozen=True, slots=True)
class View:
    """`text` is what is shown. `start` and `end` give the place in the text as given for a place in `text`."""

    text: str
    lowered: str
    starts: tuple[int, ...] = (0,)  # where in `text` a piece begins
    origins: tuple[int, ...] = (0,)  # where it begins in the text as given
    written: frozenset[int] = frozenset()  # starts of pieces that stand for something longer
    seams: tuple[int, ...] = ()  # where in `text` a line end was left out

    def start(self, at: int) -> int:
        piece = bisect_right(self.starts, at) - 1
        return self.origins[piece] + (0 if self.starts[piece] in self.written else at - self.starts[piece])

    def end(self, at: int) -> int:
        """The end of what is shown before `at`."""
        piece = bisect_right(self.starts, at - 1) - 1
        if self.starts[piece] in self.written:
            return self.origins[piece + 1]
        return self.origins[piece] + at - self.starts[piece]


def as_read(text: str) -> View:
    """Without colours, control and invisible characters; full-width letters as ASCII."""
    return _edited(text, _NOISY, lambda _found: "")


def as_decoded(text: str, read: View) -> View | None:
    """With escapes undone as well; None where there are none."""
    if not any(mark in read.text for mark in "\\%&"):
        return None
    view = _edited(text, _ESCAPED, _meaning)
    return None if view.text == read.text else view


def as_joined(text: str) -> View | None:
    """With line ends within words left out; None where there are none."""
    if "\n" not in text:
        return None
    view = _edited(text, _BROKEN, lambda _found: "")
    return view if view.seams else None


def _meaning(found: re.Match[str]) -> str:
    written = found[0]
    if written[0] == "%":
        return unquote(written, errors="replace")
    if written[0] == "&":
        return html.unescape(written)
    if written[0] != "\\" or "[" in written[2:]:
        return ""
    if written[1] in "xu" and len(written) > 2:
        return _visible(chr(int(written[2:].strip("{}"), 16)))
    return {"n": "\n", "r": "\n", "t": "\t", "f": "\n", "v": "\n", "0": ""}.get(written[1], written[1])


def _visible(character: str) -> str:
    return "" if _NOISY.fullmatch(character) else character


def _edited(text: str, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], str]) -> View:
    pieces: list[str] = []
    starts, origins, written, seams = [0], [0], set[int](), list[int]()
    place = at = 0
    for found in pattern.finditer(text):
        pieces.append(text[place : found.start()])
        at += found.start() - place
        new = meaning(found)
        if new:
            pieces.append(new)
            starts.append(at)
            origins.append(found.start())
            written.add(at)
            at += len(new)
        elif "\n" in found[0]:
            seams.append(at)
        place = found.end()
        starts.append(at)
        origins.append(place)
    pieces.append(text[place:])
    shown = fold_width("".join(pieces)).translate(_TWO_WHEN_SMALL) if pieces else ""
    return View(shown, shown.lower(), tuple(starts), tuple(origins), frozenset(written), tuple(seams))
