"""The parts an answer is made of. Terminal and Discord each render the same blocks in their own way.

No language is chosen here: a renderer does, and escapes and styles the plain text (no markdown, no colour codes).
"""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from bot.base.languages import Text, Words

T = TypeVar("T")
Tone = Literal["good", "careful", "bad", "neutral"]


class _Part(msgspec.Struct, frozen=True):
    """A part of an answer: plain values, which JSON and another process take as they are."""


class Paragraph(_Part, frozen=True, tag=True):
    """A few sentences. `label`, when given, is a short bold lead such as "Cause"."""

    text: Words
    label: Words | None = None
    tone: Tone = "neutral"


class Code(_Part, frozen=True, tag=True):
    """A command or a piece of a file, to be copied whole. `shell` names the highlighter: bash, powershell, yaml;
    `label`, where there is one, stands above it.
    """

    text: str
    shell: str = "text"
    label: Words | None = None


class Evidence(_Part, frozen=True, tag=True):
    """Lines of the user's own log, already redacted. `first` is the number of the first line shown, from 1;
    `proof` the number of the line that decides, or None; `focus` the words of it that were recognised.
    """

    lines: tuple[str, ...]
    first: int = 1
    proof: int | None = None
    focus: str = ""


class Step(_Part, frozen=True):
    """One thing to do, with the commands that belong to it."""

    text: Words
    commands: tuple[Code, ...] = ()


class Steps(_Part, frozen=True, tag=True):
    """Ordered steps under a heading."""

    label: Words
    steps: tuple[Step, ...]


class Field(_Part, frozen=True):
    """A name and its value, e.g. "VRAM" and "12 GiB"."""

    name: Words
    value: Words


class Fields(_Part, frozen=True, tag=True):
    """Facts in two columns."""

    fields: tuple[Field, ...]
    label: Words | None = None


class Table(_Part, frozen=True, tag=True):
    """A small table; every row has as many cells as there are columns."""

    columns: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    label: Words | None = None


class BarPart(_Part, frozen=True):
    """One part of a memory bar, in bytes."""

    name: Words
    size: int


class MemoryBar(_Part, frozen=True, tag=True):
    """What fills one device, against its capacity in bytes (None where unlimited or unknown)."""

    device: Words
    parts: tuple[BarPart, ...]
    capacity: int | None = None


class Links(_Part, frozen=True, tag=True):
    """Sources and further reading: (title, address)."""

    links: tuple[tuple[Words, str], ...]
    label: Words | None = None


Block: TypeAlias = Paragraph | Code | Evidence | Steps | Fields | Table | MemoryBar | Links


class ChartPart(_Part, frozen=True):
    """One layer of a stacked chart: bytes at each of the chart's contexts."""

    name: Words
    sizes: tuple[int, ...]


class ContextChart(_Part, frozen=True):
    """Memory over context, drawn on request: stacked parts in bytes, against what the GPU has."""

    title: Words
    context_label: Words
    contexts: tuple[int, ...]
    parts: tuple[ChartPart, ...]
    capacity: int
    capacity_label: Words
    marked_context: int = 0
    whole: int = 0  # with the RAM, which holds what the GPU does not; 0 where nothing may go there
    whole_label: Words = ""


class Answer(_Part, frozen=True):
    """One answer. `details` holds the blocks that a chat shows only on request ("more detail").

    `is_verdict`: the title says yes or no by itself. `alternatives`: the same command for other programs, by name.
    `choices`: what else may have been meant, each a question that may be asked instead.
    """

    title: Words
    tone: Tone
    blocks: tuple[Block, ...]
    details: tuple[Block, ...] = ()
    chart: ContextChart | None = None
    is_verdict: bool = False
    alternatives: tuple[Step, ...] = ()
    choices: tuple[Words, ...] = ()


def with_texts(part: T, change: Callable[[str], str]) -> T:
    """A part of an answer, or a whole one, with every text in it changed."""
    changed: Any = part
    if isinstance(part, Text):
        changed = part.changed(change)
    elif isinstance(part, str):
        changed = change(part)
    elif isinstance(part, tuple):
        changed = tuple(with_texts(each, change) for each in part)
    elif isinstance(part, _Part):
        changed = replace(part, **{name: with_texts(getattr(part, name), change) for name in part.__struct_fields__})
    return changed  # type: ignore[no-any-return] # of the type that came in
