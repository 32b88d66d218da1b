"""The line: what everything behind the intake reads."""

from typing import Literal

import msgspec

Level = Literal["", "debug", "info", "warning", "error"]


class Line(msgspec.Struct, frozen=True, gc=False):
    """A cleaned line. `number` counts from 1 in the text as given; `text` has no prefixes, colours or quotes.

    A line that was wrapped by a terminal or chat has been joined: `number` is its first, `last` its last original line.
    `repeats` is how often the same line stood there in a row. `level` is what a logger's prefix said of it, and
    `typed` tells a command typed at a shell prompt from what a program printed. `logged`: a logger's or a container's
    prefix stood before it; `source`: the container, service or folder that this prefix or the prompt named;
    `left`: whether a shell's empty prompt stood below.
    """

    number: int
    text: str
    last: int
    repeats: int = 1
    level: Level = ""
    typed: bool = False
    logged: bool = False
    source: str = ""
    left: bool = False
