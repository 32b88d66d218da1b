"""Reads a picture: as a terminal where it is one, else by what the detector finds; as much as time allows."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.intake.ocr.canvas import DEFAULT_LIMITS, Canvas, PictureLimits, Pixels, opened
from bot.intake.ocr.engine import HEIGHT, Engine
from bot.intake.ocr.rows import Layout, Strip, lines_of
from bot.intake.pictures import PictureText, ReadLine

_KEPT = 64  # readings that are remembered
_MOST_LINES = 120
_PIECE = 900  # pixels of a strip `HEIGHT` high, from which on it is parted at a blank
_LEAST_SCORE = 0.5
_PADDING = 0.12  # heights of a line, above and below
_SQUEEZE = 0.85  # of a strip's width; a character keeps enough steps of the recogniser
_CHARACTER = 0.5  # heights of a line
_MOST_INDENT = 40
_GOOD = 0.86  # certainty of a terminal that was read as one
_MOST_OF_IT = 0.9  # of the writing found there, by width, that must have been read
_GAP = 2 * HEIGHT  # pixels of a strip without writing: what stands on both sides belongs to two columns
_RULE = 3 * HEIGHT // 2  # pixels of a level line, from which on it is a slider or the frame of a field, no character
_UPRIGHT = 9 * HEIGHT // 10  # pixels of an upright line that is the side of a field
_DARK, _FAINT = 128, 210  # of white paper: writing, and lines that are drawn paler
_KNOB = 3 * HEIGHT // 2  # pixels of what stands alone in such a line
_AT_ONCE = 24  # lines that are read before the clock is looked at for more


@dataclass(frozen=True, slots=True)
class _Piece:
    """A strip made ready: its line, where it begins and ends (pixels of the picture), its pixels."""

    line: int
    left: float
    right: float
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class _Found:
    """Pieces in reading order, the height of a line in pixels, and whether the picture is cut off."""

    pieces: Sequence[_Piece]
    height: float
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read, and which part (0 to 1) of what was found, by its width, is in it."""

    text: PictureText
    part: float

    @property
    def is_good(self) -> bool:
        """Whether nothing needs to be looked at once more."""
        return self.text.score >= _GOOD and self.part >= _MOST_OF_IT

    @property
    def worth(self) -> float:
        """Characters that are likely to be right."""
        return self.text.score * sum(len(line.text) for line in self.text.lines)


_NOTHING = _Reading(PictureText(()), 0.0)


class Reader:
    """A `PictureReader`. `clock`: seconds that only go forward."""

    def __init__(self, clock: Callable[[], float], limits: PictureLimits = DEFAULT_LIMITS) -> None:
        self._clock = clock
        self._limits = limits
        self._engine = Engine()
        self._known: OrderedDict[bytes, PictureText] = OrderedDict()

    def now(self) -> float:
        """Seconds by the clock that was given."""
        return self._clock()

    def read(self, name: str, content: bytes, seconds: float) -> PictureText:
        """See `PictureReader`. The same picture is read once."""
        end = self._clock() + seconds
        key = hashlib.sha256(content).digest()
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        read = self._read(opened(name, content, self._limits), end)
        if not read.is_unfinished:
            self._known[key] = read
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return read

    def _read(self, canvas: Canvas, end: float) -> PictureText:
        """As a terminal, if it is one; what reads badly so (turned a little) is looked at as a photo too."""
        layout = lines_of(canvas)
        read = self._recognised(_by_rows(canvas, layout), end) if layout is not None else _NOTHING
        is_blank = layout is not None and not layout.strips
        if is_blank or read.is_good or (read.text.lines and self._clock() >= end):
            return read.text
        other = self._recognised(self._by_detector(canvas), end)
        return max(read, other, key=lambda each: each.worth).text

    def _recognised(self, found: _Found, end: float) -> _Reading:
        texts: dict[int, tuple[str, float]] = {}
        for chosen in _in_order_of_worth(found.pieces):
            if self._clock() >= end and texts:
                break
            for batch in self._engine.batches([found.pieces[index].pixels for index in chosen]):
                texts.update({chosen[at]: (text, score) for at, text, score in batch})
                if self._clock() >= end:
                    break
        text = PictureText(_lines(found, texts), found.is_cut, is_unfinished=len(texts) < len(found.pieces))
        return _Reading(text, _part_read(found.pieces, texts))

    def _by_detector(self, canvas: Canvas) -> _Found:
        grey = _smaller(canvas.grey, self._limits.kept)
        boxes = self._engine.boxes(grey)
        heights = [_height(box) for box in boxes]
        pieces = [piece for line, index in _numbered(boxes, heights) for piece in _cut_out(grey, boxes[index], line)]
        return _Found(pieces, float(np.median(heights)) if heights else 1.0, is_cut=False)


def _smaller(grey: Pixels, side: int) -> Pixels:
    scale = side / max(grey.shape)
    if scale >= 1:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _by_rows(canvas: Canvas, layout: Layout) -> _Found:
    pieces = [piece for strip in layout.strips for piece in _of_strip(canvas.ink, strip)]
    return _Found(pieces, layout.height, layout.is_cut)


def _of_strip(ink: Pixels, strip: Strip) -> list[_Piece]:
    padding = max(1, round(strip.height * _PADDING))
    top, bottom = max(0, strip.top - padding), strip.bottom + padding
    left, right = max(0, strip.left - padding), strip.right + padding
    pixels, ruled = _without_rules(_scaled(_paper(ink[top:bottom, left:right])))
    return _pieces(pixels, strip.line, left, right, _columns(pixels, ruled))


def _paper(ink: Pixels) -> Pixels:
    """A strip as black writing on white, whatever its own background and colours."""
    ground = int(np.bincount(ink.ravel(), minlength=256).argmax())
    away = np.abs(ink.astype(np.int16) - ground)
    most = max(40, int(np.percentile(away, 99.5)))
    return np.asarray(255 - np.minimum(255, away * 255 // most), dtype=np.uint8)


def _scaled(paper: Pixels) -> Pixels:
    """A strip made `HEIGHT` high."""
    scale = HEIGHT / paper.shape[0]
    width = max(8, round(paper.shape[1] * scale * _SQUEEZE))
    return np.asarray(cv2.resize(paper, (width, HEIGHT), interpolation=_way(scale)), dtype=np.uint8)


def _pieces(strip: Pixels, line: int, left: float, right: float, columns: Iterable[tuple[int, int]]) -> list[_Piece]:
    """The columns of a strip, parted at blanks where they are long."""
    per_pixel = (right - left) / strip.shape[1]
    return [
        _Piece(line, left + start * per_pixel, left + end * per_pixel, strip[:, start:end])
        for first, last in columns
        for start, end in pairwise([first, *(first + cut for cut in _blanks(strip[:, first:last])), last])
    ]


def _without_rules(strip: Pixels) -> tuple[Pixels, NDArray[np.bool_]]:
    """The strip without the sliders and the frames of fields in it, and where a slider ran through its middle."""
    faint = (strip < _FAINT).astype(np.uint8)
    level = cv2.morphologyEx(faint, cv2.MORPH_OPEN, np.ones((1, _RULE), dtype=np.uint8))
    ruled = np.asarray(level[HEIGHT // 3 : 2 * HEIGHT // 3].any(axis=0), dtype=np.bool_)
    if not ruled.any():
        return strip, ruled
    upright = cv2.morphologyEx(faint, cv2.MORPH_OPEN, np.ones((_UPRIGHT, 1), dtype=np.uint8))
    # Thick ones have an edge of grey around them.
    drawn = cv2.dilate(np.maximum(level, upright), np.ones((3, 3), dtype=np.uint8))
    return np.where(drawn > 0, np.uint8(255), strip), ruled


def _columns(strip: Pixels, ruled: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where the columns of a strip with sliders begin and end. Their knobs are no writing."""
    if not ruled.any():
        return [(0, strip.shape[1])]
    written = (strip < _DARK).any(axis=0).astype(np.int8)
    edges = np.flatnonzero(np.diff(written, prepend=0, append=0))
    columns: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if columns and start - columns[-1][1] < _GAP:
            columns[-1] = (columns[-1][0], end)
        else:
            columns.append((start, end))
    if len(columns) < 2:
        return [(0, strip.shape[1])]
    return [_widened(column, strip.shape[1]) for column in columns if not _is_knob(column, ruled)]


def _is_knob(column: tuple[int, int], ruled: NDArray[np.bool_]) -> bool:
    """Whether it is as narrow as a knob, and a line runs into it from both sides."""
    start, end = column
    return end - start < _KNOB and bool(ruled[max(0, start - 8) : start].any() and ruled[end : end + 8].any())


def _widened(column: tuple[int, int], width: int) -> tuple[int, int]:
    return max(0, column[0] - HEIGHT // 2), min(width, column[1] + HEIGHT // 2)


def _way(scale: float) -> int:
    return cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC


def _blanks(strip: Pixels) -> list[int]:
    """Where a long strip is parted: in the middle of the widest gap of the second half of each piece."""
    cuts: list[int] = []
    start, width = 0, strip.shape[1]
    darkest = strip.min(axis=0).astype(np.int32)
    while width - start > _PIECE * 1.3:
        window = darkest[start + _PIECE // 2 : start + _PIECE]
        smooth = np.convolve(window, np.ones(9, dtype=np.int32), mode="same")
        start += _PIECE // 2 + int(smooth.argmax())
        cuts.append(start)
    return cuts


def _in_order_of_worth(pieces: Sequence[_Piece]) -> list[list[int]]:
    """Indexes of pieces in portions: the last lines first, where errors stand, then the first, then the middle."""
    last = pieces[-1].line if pieces else 0
    bottom = [index for index, piece in enumerate(pieces) if piece.line > last - _AT_ONCE]
    top = [index for index, piece in enumerate(pieces) if piece.line <= last - _AT_ONCE]
    portions = [bottom, top[:_AT_ONCE]]
    rest = top[_AT_ONCE : _MOST_LINES * 2]
    portions += [rest[at : at + _AT_ONCE] for at in range(0, len(rest), _AT_ONCE)]
    return [portion for portion in portions if portion]


def _lines(found: _Found, texts: dict[int, tuple[str, float]]) -> tuple[ReadLine, ...]:
    """The pieces of each line put together, blanks as wide as in the picture; what is all noise is left out."""
    rows: dict[int, list[int]] = {}
    for index in sorted(texts):
        rows.setdefault(found.pieces[index].line, []).append(index)
    margin = min((found.pieces[index].left for index in texts), default=0.0)
    lines = [_line([(found.pieces[i], *texts[i]) for i in indexes], margin, found.height) for indexes in rows.values()]
    return tuple(line for line in lines if line.text.strip() and line.score >= _LEAST_SCORE)


def _part_read(pieces: Sequence[_Piece], texts: dict[int, tuple[str, float]]) -> float:
    """Of the pieces looked at, by their width, the part that was read with some certainty."""
    widths = {index: pieces[index].right - pieces[index].left for index in texts}
    sure = sum(widths[index] for index, (_, score) in texts.items() if score >= _LEAST_SCORE)
    return sure / (sum(widths.values()) or 1.0)


def _line(pieces: Sequence[tuple[_Piece, str, float]], margin: float, height: float) -> ReadLine:
    text, end = "", margin
    for piece, read, _ in pieces:
        blanks = round((piece.left - end) / (height * _CHARACTER))
        text += " " * min(_MOST_INDENT, max(blanks, 1 if text else 0)) + read.strip()
        end = piece.right
    weight = sum(len(read) for _, read, _ in pieces) or 1
    return ReadLine(text.rstrip(), sum(score * len(read) for _, read, score in pieces) / weight)


# What the detector finds: boxes, somewhat turned

Box = NDArray[np.float32]


def _height(box: Box) -> float:
    return float(np.linalg.norm(box[3] - box[0]) + np.linalg.norm(box[2] - box[1])) / 2


def _numbered(boxes: Sequence[Box], heights: Sequence[float]) -> list[tuple[int, int]]:
    """(line, index of a box) in reading order. Lines follow the turn that most of the writing has."""
    if not boxes:
        return []
    turns = [float(np.arctan2(*(box[1] - box[0])[::-1])) for box in boxes]
    turn = float(np.median(turns))
    middles = [box.mean(axis=0) for box in boxes]
    downs = [float(x * -np.sin(turn) + y * np.cos(turn)) for x, y in middles]
    line, numbered, reach = -1, [], -np.inf
    for index in sorted(range(len(boxes)), key=lambda index: downs[index]):
        if downs[index] > reach:
            line += 1
            reach = downs[index] + heights[index] * 0.5
        numbered.append((line, index))
    return sorted(numbered, key=lambda entry: (entry[0], float(middles[entry[1]][0])))


def _cut_out(grey: Pixels, box: Box, line: int) -> list[_Piece]:
    """The writing in a box, made straight."""
    width = round(float(np.linalg.norm(box[1] - box[0])))
    height = round(_height(box))
    if width < 4 or height < 4:
        return []
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    turned = cv2.warpPerspective(
        grey, cv2.getPerspectiveTransform(box, corners), (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    straight = np.asarray(turned, dtype=np.uint8)
    if straight.mean() < 110:  # light writing on dark: the models know both, the parting at blanks only paper
        straight = (255 - straight).astype(np.uint8)
    strip = _scaled(straight)
    return _pieces(strip, line, float(box[:, 0].min()), float(box[:, 0].max()), [(0, strip.shape[1])])
