"""The memory chart as a PNG: stacked memory over context against the VRAM line."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answers.blocks import ContextChart
from bot.base.sizes import GIB

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

WIDTH, HEIGHT, DPI = 7.2, 4.05, 120  # 864 x 486 pixels: an embed shows 550 at the most, a phone about 350


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


def context_chart_png(chart: ContextChart, *, dark: bool = True) -> bytes:
    """`chart` drawn as a PNG of 864 x 486 pixels, with a font that has Chinese."""
    # matplotlib takes half a second to import, and few answers need it
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    theme, font = (DARK if dark else LIGHT), _font()
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=theme.background, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _draw(axes, chart, theme)
    _dress(axes, chart, theme, font)
    figure.legend(loc="outside lower center", ncols=3, prop=font, frameon=False, labelcolor=theme.text)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=theme.background)
    return buffer.getvalue()


def _draw(axes: "Axes", chart: ContextChart, theme: Theme) -> None:
    places = list(range(len(chart.contexts)))
    sizes = [[size / GIB for size in part.sizes] for part in chart.parts]
    axes.stackplot(places, sizes, labels=[part.name for part in chart.parts], colors=theme.parts, alpha=0.9)
    axes.axhline(chart.capacity / GIB, color=theme.line, linewidth=2, linestyle="--", label=chart.capacity_label)
    if chart.marked_context in chart.contexts:
        axes.axvline(chart.contexts.index(chart.marked_context), color=theme.text, linewidth=1, linestyle=":")


def _dress(axes: "Axes", chart: ContextChart, theme: Theme, font: "FontProperties") -> None:
    top = max(chart.capacity, *(sum(part.sizes[i] for part in chart.parts) for i in range(len(chart.contexts))))
    axes.set_ylim(0, top / GIB * 1.06)
    axes.set_xlim(0, len(chart.contexts) - 1)
    axes.set_xticks(range(len(chart.contexts)), [_thousands(context) for context in chart.contexts])
    axes.set_facecolor(theme.background)
    axes.grid(visible=True, axis="y", color=theme.grid, linewidth=0.7)
    axes.tick_params(colors=theme.text, labelsize=11)
    axes.set_title(chart.title, fontproperties=font, color=theme.text, fontsize=14, pad=10)
    axes.set_xlabel(chart.context_label, fontproperties=font, color=theme.text, fontsize=12)
    axes.set_ylabel("GiB", color=theme.text, fontsize=12)
    for spine in axes.spines.values():
        spine.set_color(theme.grid)


def _thousands(context: int) -> str:
    return f"{context // 1024}k" if context >= 1024 else str(context)


def _font() -> "FontProperties":
    """Noto Sans SC, which has Latin and Chinese (SIL Open Font License, package pylopdf-fonts-zh-cn)."""
    import pylopdf_fonts_zh_cn
    from matplotlib.font_manager import FontProperties

    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return FontProperties(fname=folder / "NotoSansSC-Regular.otf", size=11)
