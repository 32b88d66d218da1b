"""The memory chart as a PNG: stacked memory over context against the line of what is there."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from bot.answers.blocks import ContextChart
from bot.base.languages import Language, Words, told
from bot.base.sizes import GIB, thousands

WIDTH, HEIGHT = 864, 486  # pixels: an embed shows 550 at the most, a phone about 350
FINE = 2  # drawn this many times larger and then reduced, which smooths every edge
LEFT, RIGHT, TOP, BOTTOM = 76, 28, 52, 116  # margins around the plot, in pixels
TITLE, LABEL, TICK = 24, 19, 18  # sizes of letters, in pixels
MOST_LINES = 7  # of the grid
SWATCH = 18
BETWEEN = 22  # names of the legend
DASH = 12

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours; `parts` in the order of the stack. Both sets keep a contrast of 3:1 with their background."""

    background: str
    text: str
    grid: str
    line: str
    parts: tuple[str, ...]


DARK = Theme("#2b2d31", "#f2f3f5", "#4a4d55", "#ff6b6b", ("#5b8def", "#f0a04b", "#6fcf97", "#bb86fc"))
LIGHT = Theme("#ffffff", "#1f2328", "#d0d7de", "#c92a2a", ("#2f6fd6", "#d9822b", "#2e8b57", "#7a4fd0"))


def context_chart_png(chart: ContextChart, language: Language, *, dark: bool = True) -> bytes:
    """`chart` drawn as a PNG of 864 x 486 pixels, with a font that has Chinese."""
    picture = _Picture(chart, language, DARK if dark else LIGHT)
    picture.draw()
    buffer = io.BytesIO()
    picture.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(buffer, format="png", optimize=True)
    return buffer.getvalue()


class _Picture:
    """One chart on its way to an image. Places are pixels of the final picture; `_fine` enlarges them."""

    def __init__(self, chart: ContextChart, language: Language, theme: Theme) -> None:
        self._chart = chart
        self._language = language
        self._theme = theme
        self._top = _highest(chart) * 1.06
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), theme.background)
        self._pen = ImageDraw.Draw(self.image)

    def draw(self) -> None:
        self._grid()
        self._stack()
        self._limit(self._chart.capacity, self._vram_colour)
        if self._chart.whole:
            self._limit(self._chart.whole, self._theme.line)
        self._mark()
        self._words()
        self._legend()

    def _grid(self) -> None:
        for size in _grid_sizes(self._top):
            y = self._y(size)
            self._line([(LEFT, y), (WIDTH - RIGHT, y)], self._theme.grid)
            self._text((LEFT - 10, y), f"{size / GIB:g}", TICK, "rm")

    def _stack(self) -> None:
        below = [0] * len(self._chart.contexts)
        for part, colour in zip(self._chart.parts, _repeated(self._theme.parts), strict=False):
            above = [low + size for low, size in zip(below, part.sizes, strict=True)]
            self._pen.polygon(_fine([*self._curve(above), *reversed(self._curve(below))]), fill=colour)
            below = above

    @property
    def _vram_colour(self) -> str:
        """What goes beyond the GPU is no failure where RAM takes it."""
        return self._theme.text if self._chart.whole else self._theme.line

    def _limit(self, size: int, colour: str) -> None:
        """A dashed line at so many bytes, where the plot goes up to them."""
        if size > self._top:
            return
        y = self._y(size)
        for start in range(LEFT, WIDTH - RIGHT, 2 * DASH):
            self._line([(start, y), (min(start + DASH, WIDTH - RIGHT), y)], colour, 3)

    def _mark(self) -> None:
        if self._chart.marked_context in self._chart.contexts:
            x = self._x(self._chart.contexts.index(self._chart.marked_context))
            for start in range(TOP, HEIGHT - BOTTOM, DASH):
                self._line([(x, start), (x, min(start + DASH // 2, HEIGHT - BOTTOM))], self._theme.text, 2)

    def _words(self) -> None:
        self._text((WIDTH / 2, TOP / 2), self._chart.title, TITLE, "mm")
        self._text((LEFT - 10, TOP - 8), "GiB", TICK, "rs")
        self._text((WIDTH / 2, HEIGHT - BOTTOM + 48), self._chart.context_label, LABEL, "mm")
        for at, context in enumerate(self._chart.contexts):
            self._text((self._x(at), HEIGHT - BOTTOM + 8), thousands(context), TICK, "ma")

    def _legend(self) -> None:
        """Names of the parts and of the lines, in one row in the middle, in letters small enough for all of them."""
        names = [
            (told(part.name, self._language), colour)
            for part, colour in zip(self._chart.parts, _repeated(self._theme.parts), strict=False)
        ]
        names.append((told(self._chart.capacity_label, self._language), self._vram_colour))
        if self._chart.whole:
            names.append((told(self._chart.whole_label, self._language), self._theme.line))
        size = next(size for size in range(LABEL, 0, -1) if sum(_legend_widths(names, size)) <= WIDTH or size == 1)
        widths = _legend_widths(names, size)
        x, y = (WIDTH - sum(widths) + BETWEEN) / 2, HEIGHT - 26
        for (name, colour), width in zip(names, widths, strict=True):
            self._pen.rectangle(_fine([(x, y - SWATCH / 2), (x + SWATCH, y + SWATCH / 2)]), fill=colour)
            self._text((x + SWATCH + 8, y), name, size, "lm")
            x += width

    def _curve(self, sizes: Sequence[int]) -> list[Point]:
        return [(self._x(at), self._y(size)) for at, size in enumerate(sizes)]

    def _x(self, at: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * at / max(len(self._chart.contexts) - 1, 1)

    def _y(self, size: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * size / self._top

    def _line(self, points: list[Point], colour: str, width: int = 1) -> None:
        self._pen.line(_fine(points), fill=colour, width=width * FINE)

    def _text(self, at: Point, text: Words, size: int, anchor: str) -> None:
        self._pen.text(_fine([at])[0], told(text, self._language), self._theme.text, _font(size), anchor=anchor)


def _legend_widths(names: Sequence[tuple[str, str]], size: int) -> list[float]:
    return [SWATCH + 8 + _font(size).getlength(name) / FINE + BETWEEN for name, _ in names]


def _highest(chart: ContextChart) -> int:
    """Bytes at the top of the plot: the tallest stack or the highest line that is not far above it."""
    tallest = max(sum(part.sizes[at] for part in chart.parts) for at in range(len(chart.contexts)))
    whole = chart.whole if chart.whole <= 2 * max(tallest, chart.capacity) else 0
    return max(chart.capacity, tallest, whole, 1)


def _grid_sizes(top: float) -> Iterator[int]:
    """Round sizes up to `top`: steps of 1, 2 or 5 times a power of ten GiB, at most `MOST_LINES` of them."""
    step = GIB // 100
    for factor in (2, 2.5, 2) * 6:
        if top / step <= MOST_LINES:
            break
        step = int(step * factor)
    return iter(range(0, int(top) + 1, step))


def _repeated(colours: tuple[str, ...]) -> Iterator[str]:
    while True:
        yield from colours


def _fine(points: Sequence[Point]) -> list[Point]:
    return [(x * FINE, y * FINE) for x, y in points]


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Noto Sans SC, which has Latin and Chinese (SIL Open Font License, package pylopdf-fonts-zh-cn)."""
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return ImageFont.truetype(folder / "NotoSansSC-Regular.otf", size * FINE)
