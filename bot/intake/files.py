"""Several files of one message: which is read first, and in which of them a line stands.

Pure. Files that are read as one text begin with a line that names them (`headed`); by it `FileNotes` finds them again.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bot.base.languages import COMMA, Text, joined
from bot.base.late import late
from bot.intake.lines import Line
from bot.intake.shortening import signs_in

_HEADER = late(r"^\[file: ([^\n]{1,120})\]$")
_NAMED = 4  # files that are named when many were read
_READ = Text("I read {number} files: {names}.", "我读了 {number} 个文件：{names}。")
_MORE = Text("{names} and others", "{names} 等")
_WHERE = Text(" The quoted line stands in {name}.", "引用的那一行在 {name} 里。")


def ranked(texts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(name, text) of files, those first in which most looks like an error: they keep most where there is too much."""
    return sorted(texts, key=lambda named: -signs_in(named[1]))


def headed(texts: Sequence[tuple[str, str]]) -> list[str]:
    """The texts of (name, text), each with its name above it where there are several."""
    if len(texts) < 2:
        return [text for _, text in texts]
    return [f"[file: {' '.join(name.split())[:120]}]\n{text}" for name, text in texts]


def without_headers(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines without those that name files: a name is nothing that a program printed."""
    return tuple(line for line in lines if not (line.text.startswith("[file: ") and _HEADER.match(line.text)))


@dataclass(frozen=True, slots=True)
class FileNotes:
    """Which files stand in a text: the number of the line that names each, from 1, in order."""

    starts: tuple[int, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "FileNotes":
        """Read from a text that `headed` has made, secrets masked meanwhile."""
        if "[file: " not in text:
            return cls((), ())
        rows = enumerate(text.split("\n"), start=1)
        found = [(number, header[1]) for number, row in rows if (header := _HEADER.match(row))]
        return cls(tuple(number for number, _ in found), tuple(name for _, name in found))

    def at(self, line: int) -> int | None:
        """Which file a line of the text stands in; None above the first."""
        found = bisect_right(self.starts, line) - 1
        return found if found >= 0 else None

    def said(self, quoted: int) -> Text:
        """Which files were read, and in which of them line `quoted` of the text stands (0: none is quoted)."""
        names = joined(self.names[:_NAMED], COMMA)
        shown = _MORE.format(names=names) if len(self.names) > _NAMED else names
        read = _READ.format(number=len(self.names), names=shown)
        at = self.at(quoted)
        return read if at is None else joined((read, _WHERE.format(name=self.names[at])), Text("", ""))
