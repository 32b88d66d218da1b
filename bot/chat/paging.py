"""Long texts as pages that a phone shows without scrolling.

Heights are estimates of Discord's own layout, like those of the fold; they decide where a page ends, nothing else.
"""

import re
from collections.abc import Iterator, Sequence

from bot.chat.folding import CODE_CELLS, CODE_FRAME, CODE_LINE, GAP, LINE, LINE_CELLS, POINT_CELLS, rows
from bot.chat.limits import DISPLAYED, units
from bot.chat.markdown import split

ROOM = 400  # pixels of text on a page; its buttons take the rest of the screen
SCRAP = 80  # pixels by which the last page may be higher, where that saves turning to a line or two
WRITTEN = DISPLAYED - 300  # units of a page; the rest is left for marks
PARTS = 12  # text displays of one message
PIECES = (1900, 900, 450, 225)  # units that a part too high for a page is cut to, largest first
SMALL_LINE, SMALL_CELLS = 18, 40  # of a line that begins with "-# "
POINT = "- "
LEADING = (":", "：")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\(<?https?://[^()\[\]\s]{1,400}>?\)")
_MARKS = re.compile(r"\*\*|\\(?=[\\*_~|`<\[\]#>.+-])|(?<!`)`(?!`)")


def paged(parts: Sequence[str], room: int = ROOM) -> list[list[str]]:
    """Parts put together to as few pages as `room` allows, in order; what leads to the next part stays with it."""
    pages: list[list[str]] = []
    for whole in parts:
        for part in _pieces(whole, room):
            if not pages or not _has_room([*pages[-1], part], room):
                pages.append(_led_over(pages))
            pages[-1].append(part)
    return _without_a_scrap(pages, room)


def _has_room(page: Sequence[str], room: int) -> bool:
    """Whether a page stays within its height and the limits of one message."""
    is_low = sum(map(height_of, page)) <= room
    return is_low and len(page) <= PARTS and sum(map(units, page)) <= WRITTEN


def _led_over(pages: list[list[str]]) -> list[str]:
    """What the last page ends with though it belongs to what comes next, taken from it."""
    if not pages or len(pages[-1]) == 1 or not _leads(pages[-1][-1]):
        return []
    return [pages[-1].pop()]


def _without_a_scrap(pages: list[list[str]], room: int) -> list[list[str]]:
    """A last page of a line or two goes onto the one before it."""
    if len(pages) < 2:
        return pages
    *others, before, last = pages
    both = [*before, *last]
    return [*others, both] if _has_room(both, room + SCRAP) else pages


def _pieces(part: str, room: int) -> list[str]:
    """The part, or what it is cut to so that each piece has room on a page; nothing of an empty one."""
    if not part.strip():
        return []
    for size in PIECES:
        pieces = split(part, size)
        if all(height_of(piece) <= room for piece in pieces):
            break
    return pieces


def _leads(part: str) -> bool:
    """Whether a part says nothing without the one below: a bold line, or a sentence that ends with a colon."""
    return part.endswith(LEADING) or (part.startswith("**") and part.endswith("**") and "\n" not in part)


def height_of(markdown: str) -> int:
    """Pixels that a piece of markdown takes on a phone."""
    return sum(_line_heights(markdown)) + GAP


def _line_heights(markdown: str) -> Iterator[int]:
    is_code = False
    for line in markdown.split("\n"):
        if line.startswith("```"):
            is_code = not is_code
            yield CODE_FRAME if is_code else 0
        elif is_code:
            yield CODE_LINE * rows(line, CODE_CELLS)
        elif line.startswith("-# "):
            yield SMALL_LINE * rows(_shown(line[3:]), SMALL_CELLS)
        else:
            yield LINE * rows(_shown(line), POINT_CELLS if line.startswith(POINT) else LINE_CELLS)


def _shown(line: str) -> str:
    """A line without what Discord turns into looks."""
    return _MARKS.sub("", _LINK.sub(r"\1", line))
