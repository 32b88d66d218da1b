"""Lines that name whatever has the trouble: a process that was killed, a package whose script failed, a host, a port.

Such a name tells more than the words around it: "Killed process 2811 (mysqld)" is a database's, whoever reads it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from bot.base.late import late
from bot.intake.lines import Line
from bot.knowledge.failures import Named

_READ = 200  # lines from either end of a log that are read
_SLOTS = {
    "{it}": r"(?P<it>[@.\w][\w.@/-]{0,80})",
    "{n}": r"\d{1,12}",
    "{w}": r"[@\w][\w.@/-]{0,80}",
}
_SLOT = late("|".join(map(re.escape, _SLOTS)))


class Elsewhere:
    """Knows lines by which a log may belong to another field; compiled when first asked."""

    def __init__(self, rows: Sequence[Named]) -> None:
        self._rows = rows

    def names_in(self, lines: Sequence[Line], has_tool: bool) -> Iterator[str]:
        """The names in cleaned lines that no row calls this field's. `has_tool`: rows that a tool outweighs say
        nothing.
        """
        for row, pattern in self._patterns:
            if has_tool and row.tools:
                continue
            for line in _ends(lines):
                if (found := pattern.search(line.text)) and _is_theirs(row, found["it"].lower()):
                    yield found["it"]

    @cached_property
    def _patterns(self) -> Sequence[tuple[Named, re.Pattern[str]]]:
        return [(row, _pattern(row.text)) for row in self._rows]


def _is_theirs(row: Named, name: str) -> bool:
    if row.theirs:
        return name in row.theirs
    return not any(part in name for part in row.ours)


def _pattern(text: str) -> re.Pattern[str]:
    """A row's text as a pattern: its slots between the characters as they stand."""
    begins = text.startswith("^")
    body = text[1:] if begins else text
    literals, slots = _SLOT.split(body), _SLOT.findall(body)
    pieces = [re.escape(literals[0])]
    for slot, literal in zip(slots, literals[1:], strict=True):
        pieces += [_SLOTS[slot], re.escape(literal)]
    return re.compile((r"^\s*" if begins else "") + "".join(pieces), re.IGNORECASE)


def _ends(lines: Sequence[Line]) -> Iterable[Line]:
    return lines if len(lines) <= 2 * _READ else [*lines[:_READ], *lines[-_READ:]]
