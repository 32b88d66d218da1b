"""Lines of a terminal found by projection: on a flat background every row of pixels has ink or has none."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.intake.ocr.canvas import Canvas, Pixels

_LEAST_FLAT = 0.55  # of the picture, for it to be a terminal
_LEAST_INK = 36  # levels from the background that count as ink
_LOWEST, _HIGHEST = 5, 90  # pixels of a line of writing
_REGULAR = 0.7  # part of the written height that must be in lines of about one height
_BAR = 0.62  # part of a column that is ink where it is a frame or a scroll bar
_SOLID = 0.55  # part of a row's box that is ink where it is a bar of another colour
_WIDE_GAP = 2.5  # heights of a line between two columns of writing
_EDGE = 2  # pixels

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Strip:
    """Writing in one piece: its box in pixels, and the number of the line it stands in."""

    line: int
    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Layout:
    """All strips, in reading order, the usual height of a line, and whether writing leaves the picture."""

    strips: tuple[Strip, ...]
    height: int
    is_cut: bool


def lines_of(canvas: Canvas) -> Layout | None:
    """The lines of a picture that is a terminal or a plain text window; None for everything else."""
    if canvas.flat < _LEAST_FLAT:
        return None
    mask = _mask(canvas.ink)
    runs = _runs(np.asarray(mask.any(axis=1)))
    if not runs:
        return Layout((), 0, is_cut=False)
    height = _usual_height(runs)
    if height is None:
        return None
    runs = [part for run in _whole(runs, height) for part in _parted(mask, run, height)]
    if not _is_regular(runs, height):
        return None
    strips = tuple(strip for line, run in enumerate(runs) for strip in _strips(mask, line, run, height))
    return Layout(strips, height, is_cut=_is_cut(mask, strips, runs, height))


def _mask(ink: Pixels) -> Mask:
    """Where there is ink; frames, rules and scroll bars taken away."""
    mask = ink > _LEAST_INK
    bars = mask.mean(axis=0) > _BAR
    mask[:, bars] = False
    rules = mask.mean(axis=1) > 0.97
    mask[rules & ~_thick(rules)] = False
    return mask


def _thick(rows: Mask) -> Mask:
    """Rows that are part of a bar of some height."""
    thick = np.zeros_like(rows)
    for start, end in _runs(rows):
        thick[start:end] = end - start > 4
    return thick


def _runs(rows: Mask) -> list[tuple[int, int]]:
    """(start, end) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], rows, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _usual_height(runs: list[tuple[int, int]]) -> int | None:
    heights = np.array([end - start for start, end in runs if end - start >= _LOWEST])
    if not len(heights):
        return None
    middle = int(np.median(heights))
    return middle if middle <= _HIGHEST else None


def _whole(runs: list[tuple[int, int]], height: int) -> list[tuple[int, int]]:
    """Runs that are parts of one line (an accent, an underscore) put together."""
    whole: list[tuple[int, int]] = []
    for start, end in runs:
        if whole:
            before, last = whole[-1]
            small = min(end - start, last - before) < height * 0.5
            if small and start - last <= max(1, height * 0.25) and end - before <= height * 1.45:
                whole[-1] = (before, end)
                continue
        whole.append((start, end))
    return [run for run in whole if run[1] - run[0] >= 2]


def _parted(mask: Mask, run: tuple[int, int], height: int) -> Iterator[tuple[int, int]]:
    """A run that is several lines that touch, parted where there is least ink."""
    start, end = run
    count = round((end - start) / (height * 1.15))
    if count < 2 or mask[start:end].mean() > _SOLID:
        yield run
        return
    ink = mask[start:end].sum(axis=1)
    size, at = (end - start) / count, 0
    reach = max(1, int(size * 0.3))
    for number in range(1, count):
        middle = int(number * size)
        low = max(at + 2, middle - reach)
        cut = low + int(ink[low : middle + reach].argmin())
        yield start + at, start + cut
        at = cut
    yield start + at, end


def _is_regular(runs: list[tuple[int, int]], height: int) -> bool:
    heights = np.array([end - start for start, end in runs])
    alike = (heights > height * 0.5) & (heights < height * 1.5)
    return bool(heights[alike].sum() >= _REGULAR * heights.sum())


def _strips(mask: Mask, line: int, run: tuple[int, int], height: int) -> Iterator[Strip]:
    """The pieces of one line, parted at wide gaps."""
    top, bottom = run
    written = _runs(np.asarray(mask[top:bottom].any(axis=0)))
    if not written:
        return
    left, right = written[0]
    for start, end in written[1:]:
        if start - right > height * _WIDE_GAP:
            yield _strip(line, run, left, right, height)
            left = start
        right = end
    yield _strip(line, run, left, right, height)


def _strip(line: int, run: tuple[int, int], left: int, right: int, height: int) -> Strip:
    """A strip as high as lines here are: what has no long letters must not be read as large ones."""
    top, bottom = run
    lacking = max(0, height - (bottom - top))
    return Strip(line, max(0, top - lacking // 2), bottom + (lacking + 1) // 2, left, right)


def _is_cut(mask: Mask, strips: tuple[Strip, ...], runs: list[tuple[int, int]], height: int) -> bool:
    """Whether several lines run into the left or right edge, or half a line stands at the top or bottom."""
    width = mask.shape[1]
    at_side = sum(strip.right >= width - _EDGE or strip.left < 1 for strip in strips)
    (top, top_end), (bottom, bottom_end) = runs[0], runs[-1]
    half_above = top == 0 and top_end - top < height * 0.8
    half_below = bottom_end == mask.shape[0] and bottom_end - bottom < height * 0.8
    return at_side >= 2 or half_above or half_below
