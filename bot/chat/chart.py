"""The memory of each device as a picture: stacked bars against what the device has."""

import io
from collections.abc import Sequence

from bot.answers.blocks import Answer, MemoryBar
from bot.answers.sizes import GIB, gib

NAME = "memory.png"
COLOURS = ("#4B7BEC", "#2E9E5B", "#E0A100", "#8854D0", "#FA8231", "#8D6E63")
DARK, LIGHT, FAINT = "#2B2D31", "#F2F3F5", "#4E5058"  # Discord's dark theme; readable on the light one too


def memory_bars(answer: Answer) -> tuple[MemoryBar, ...]:
    """The bars of an answer, main part and details."""
    return tuple(block for block in (*answer.blocks, *answer.details) if isinstance(block, MemoryBar))


def memory_chart(bars: Sequence[MemoryBar]) -> bytes:
    """A PNG with one bar per device, in GiB. Labels should be ASCII: servers seldom have Chinese fonts."""
    from matplotlib.figure import Figure  # takes a second to import; only workers do

    figure = Figure(figsize=(6.4, 0.9 + 0.75 * len(bars)), dpi=110, facecolor=DARK)
    axes = figure.add_subplot()
    names = list(dict.fromkeys(part.name for bar in bars for part in bar.parts))
    for row, bar in enumerate(bars):
        if bar.capacity:
            axes.barh(row, bar.capacity / GIB, color=FAINT, height=0.62)
        start = 0.0
        for part in bar.parts:
            colour = COLOURS[names.index(part.name) % len(COLOURS)]
            axes.barh(row, part.size / GIB, left=start, color=colour, height=0.5)
            start += part.size / GIB
        used = sum(part.size for part in bar.parts)
        text = f"{gib(used)} / {gib(bar.capacity)}" if bar.capacity else gib(used)
        axes.text(max(start, (bar.capacity or 0) / GIB), row, f" {text}", va="center", color=LIGHT, fontsize=9)
    handles = [_patch(COLOURS[index % len(COLOURS)], name) for index, name in enumerate(names)]
    figure.legend(
        handles=handles,
        loc="lower center",
        ncols=max(1, min(4, len(names))),
        frameon=False,
        labelcolor=LIGHT,
        fontsize=8,
    )
    _dress(axes, [bar.device for bar in bars])
    figure.subplots_adjust(left=0.16, right=0.82, top=0.97, bottom=0.62 / (0.9 + 0.75 * len(bars)))
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=DARK)
    return out.getvalue()


def _patch(colour: str, name: str) -> object:
    from matplotlib.patches import Patch

    return Patch(color=colour, label=name)


def _dress(axes: "object", devices: Sequence[str]) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    axes.set_yticks(range(len(devices)), devices, color=LIGHT, fontsize=9)
    axes.tick_params(axis="x", colors=LIGHT, labelsize=8)
    axes.invert_yaxis()
    axes.set_facecolor(DARK)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel("GiB", color=LIGHT, fontsize=8)
