"""The parts an answer is made of. Terminal and Discord each render the same blocks in their own way.

No language is chosen here: a renderer does, and escapes and styles the plain text (no markdown, no colour codes).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar

from bot.base.languages import Text, Words

Tone = Literal["good", "careful", "bad", "neutral"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences. `label`, when given, is a short bold lead such as "Cause"."""

    text: Words
    label: Words | None = None
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Code:
    """A command or a piece of a file, to be copied whole. `shell` names the highlighter: bash, powershell, yaml."""

    text: str
    shell: str = "text"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Lines of the user's own log, already redacted. `first` is the number of the first line shown, from 1;
    `proof` the number of the line that decides, or None.
    """

    lines: tuple[str, ...]
    first: int = 1
    proof: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, with the commands that belong to it."""

    text: Words
    commands: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """Ordered steps under a heading."""

    label: Words
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A name and its value, e.g. "VRAM" and "12 GiB"."""

    name: Words
    value: Words


@dataclass(frozen=True, slots=True)
class Fields:
    """Facts in two columns."""

    fields: tuple[Field, ...]
    label: Words | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; every row has as many cells as there are columns."""

    columns: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    label: Words | None = None


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part of a memory bar, in bytes."""

    name: Words
    size: int


@dataclass(frozen=True, slots=True)
class MemoryBar:
    """What fills one device, against its capacity in bytes (None where unlimited or unknown)."""

    device: Words
    parts: tuple[BarPart, ...]
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Sources and further reading: (title, address)."""

    links: tuple[tuple[Words, str], ...]
    label: Words | None = None


Block: TypeAlias = Paragraph | Code | Evidence | Steps | Fields | Table | MemoryBar | Links


@dataclass(frozen=True, slots=True)
class ChartPart:
    """One layer of a stacked chart: bytes at each of the chart's contexts."""

    name: Words
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ContextChart:
    """Memory over context, drawn on request: stacked parts in bytes, against what the GPU has."""

    title: Words
    context_label: Words
    contexts: tuple[int, ...]
    parts: tuple[ChartPart, ...]
    capacity: int
    capacity_label: Words
    marked_context: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `details` holds the blocks that a chat shows only on request ("more detail")."""

    title: Words
    tone: Tone
    blocks: tuple[Block, ...]
    details: tuple[Block, ...] = ()
    chart: ContextChart | None = None


T = TypeVar("T")


def with_texts(part: T, change: Callable[[str], str]) -> T:
    """A part of an answer, or a whole one, with every text in it changed."""
    changed: Any = part
    if isinstance(part, Text):
        changed = part.changed(change)
    elif isinstance(part, str):
        changed = change(part)
    elif isinstance(part, tuple):
        changed = tuple(with_texts(each, change) for each in part)
    elif is_dataclass(part) and not isinstance(part, type):
        changed = replace(part, **{each.name: with_texts(getattr(part, each.name), change) for each in fields(part)})
    return changed  # type: ignore[no-any-return] # of the type that came in
