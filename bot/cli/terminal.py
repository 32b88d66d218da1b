"""Shows an answer in a terminal, with rich. The same blocks that the chat renders."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, assert_never

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table as RichTable
from rich.text import Text as RichText

from bot.answers.blocks import (
    Answer,
    Block,
    Code,
    Evidence,
    Fields,
    Links,
    MemoryBar,
    Paragraph,
    Steps,
    Table,
    Tone,
    with_texts,
)
from bot.base.languages import Language, Words, told
from bot.base.printable import printable
from bot.base.sizes import gib

STYLES: dict[Tone, str] = {"good": "green", "careful": "yellow", "bad": "red", "neutral": "cyan"}
PART_STYLES = ("cyan", "magenta", "yellow", "green", "blue", "bright_black")
Say: TypeAlias = Callable[[Words], str]
INDENT = (0, 0, 0, 2)


def make_console() -> Console:
    """A console for standard output: colours only on a terminal, never an encoding error."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = 100  # a pipe has no width; this one reads well in a file
    return console


def show(answer: Answer, language: Language, console: Console | None = None, *, details: bool = True) -> None:
    """Prints an answer in a language: a panel with its title, the blocks, and (unless told not to) the details."""
    console = console or make_console()
    answer = with_texts(answer, printable)
    style = STYLES[answer.tone]
    title = RichText(told(answer.title, language), style=f"bold {style}")
    blocks = answer.blocks + (answer.details if details else ())
    if not blocks:
        console.print(title)
        return
    body = Group(*_with_gaps(render(block, language, console.width - 6) for block in blocks))
    console.print(Panel(body, title=title, border_style=style, padding=(1, 2)))


def _with_gaps(parts: Iterable[RenderableType]) -> Iterable[RenderableType]:
    for index, part in enumerate(parts):
        if index:
            yield RichText()
        yield part


def render(block: Block, language: Language, width: int) -> RenderableType:
    """One block as something rich can print; `width` in columns."""
    say = partial(told, language=language)
    match block:
        case Paragraph():
            return _paragraph(block, say)
        case Code():
            return Padding(_code(block), INDENT)
        case Evidence():
            return _evidence(block)
        case Steps():
            return _steps(block, say)
        case Fields():
            return _fields(block, say)
        case Table():
            return _table(block, say)
        case MemoryBar():
            return _memory_bar(block, say, width)
        case Links():
            return _links(block, say)
        case _:
            assert_never(block)


def _paragraph(block: Paragraph, say: Say) -> RenderableType:
    style = "" if block.tone == "neutral" else STYLES[block.tone]
    text = RichText()
    if block.label:
        text.append(f"{say(block.label)}  ", style="bold")
    return text.append(say(block.text), style=style)


@dataclass(frozen=True, slots=True)
class _Coloured:
    """Code in the colours of its shell. Where there are no colours, what would choose them is not even loaded."""

    code: Code

    def __rich_console__(self, console: Console, _: ConsoleOptions) -> RenderResult:
        text = self.code.text.rstrip("\n")
        if console.color_system is None:
            yield RichText(text, overflow="fold")
            return
        from rich.syntax import Syntax

        lexer = {"cmd": "batch"}.get(self.code.shell, self.code.shell)
        yield Syntax(text, lexer, theme="ansi_dark", background_color="default", word_wrap=True)


def _code(block: Code) -> RenderableType:
    return _Coloured(block)


def _codes(codes: Iterable[Code], say: Say) -> Iterator[RenderableType]:
    for code in codes:
        if code.label:
            yield RichText(say(code.label), style="dim")
        yield _code(code)


def _evidence(block: Evidence) -> RenderableType:
    table = RichTable.grid(padding=(0, 1))
    table.add_column(justify="right", style="bright_black", no_wrap=True)
    table.add_column(overflow="fold")
    for number, line in enumerate(block.lines, start=block.first):
        decisive = number == block.proof
        table.add_row(f"{'➜ ' if decisive else ''}{number}", RichText(line, style="bold yellow" if decisive else "dim"))
    return table


def _steps(block: Steps, say: Say) -> RenderableType:
    parts: list[RenderableType] = [RichText(say(block.label), style="bold")] if block.label else []
    for number, step in enumerate(block.steps, start=1):
        grid = RichTable.grid(padding=(0, 1))
        grid.add_column(justify="right", style="bold cyan", no_wrap=True)
        grid.add_column(overflow="fold")  # Chinese has no blanks to break at
        grid.add_row(f"{number}.", Group(RichText(say(step.text)), *_codes(step.commands, say)))
        parts.append(Padding(grid, INDENT))
    return Group(*parts)


def _fields(block: Fields, say: Say) -> RenderableType:
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    for field in block.fields:
        grid.add_row(say(field.name), RichText(say(field.value)))
    return _labelled(block.label, say, grid)


def _table(block: Table, say: Say) -> RenderableType:
    table = RichTable(box=None, header_style="bold", pad_edge=False)
    for column in block.columns:
        table.add_column(say(column))
    for row in block.rows:
        table.add_row(*(RichText(say(cell)) for cell in row))
    return _labelled(block.label, say, table)


def _memory_bar(block: MemoryBar, say: Say, width: int) -> RenderableType:
    used = sum(part.size for part in block.parts)
    full = max(used, block.capacity or used, 1)
    columns = max(10, min(60, width - 30))
    bar, legend = RichText(), RichText()
    for index, part in enumerate(block.parts):
        style = PART_STYLES[index % len(PART_STYLES)]
        bar.append("█" * round(part.size / full * columns), style=style)
        legend.append("■ ", style=style).append(f"{say(part.name)} {gib(part.size)}   ")
    bar.append("░" * max(0, columns - len(bar.plain)), style="bright_black")
    over = block.capacity is not None and used > block.capacity
    total = f"{gib(used)} / {gib(block.capacity)}" if block.capacity else gib(used)
    head = RichText(f"{say(block.device)}  ", style="bold").append(total, style="red" if over else "")
    return Group(head, bar, legend)


def _links(block: Links, say: Say) -> RenderableType:
    lines = [
        RichText("· ").append(say(title), style="").append(f"  {address}", style="blue")
        for title, address in block.links
    ]
    return _labelled(block.label, say, Group(*lines))


def _labelled(label: Words | None, say: Say, part: RenderableType) -> RenderableType:
    return Group(RichText(say(label), style="bold"), part) if label else part
