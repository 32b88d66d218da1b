"""The line: what everything behind the intake reads."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A cleaned line. `number` counts from 1 in the text as given; `text` has no prefixes, colours or quotes.

    A line that was wrapped by a terminal or chat has been joined: `number` is its first, `last` its last original line.
    `repeats` is how often the same line stood there in a row.
    """

    number: int
    text: str
    last: int
    repeats: int = 1
