"""Which printed lines state which fact: the rows of knowledge/log_facts.yaml as rules.

A rule names literal anchors, so that a line is looked at closely only when it contains one of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from bot.base.late import late
from bot.knowledge.files import Fault, as_items, load_all
from bot.models.file_types import FILE_TYPES

_FILE = "log_facts.yaml"
_UNITS = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_WINDOWS_11 = 22000  # first build of Windows 11
_SIZE = r"(?P<n>\d{1,12}+(?:\.\d{1,12})?)\s{0,4}(?P<u>[KMGT])i?B"  # what {size} stands for

Convert = Callable[[re.Match[str]], Any]
Pick = Literal["first", "last", "all"]
Reads = Literal["text", "number", "count", "size", "blocks", "card", "windows-build", "file-type", "spoken-type"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is searched in lines that contain one of `anchors`; `value` makes the fact, None to refuse."""

    fact: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    value: Convert
    pick: Pick = "first"


class Row(msgspec.Struct, frozen=True):
    """A rule as it is written; the keys are explained at the top of the file."""

    fact: str
    anchors: tuple[str, ...]
    pattern: str
    example: Mapping[str, str | int]
    reads: Reads = "text"
    says: str | None = None
    pick: Pick = "first"


class _File(msgspec.Struct, frozen=True):
    items: tuple[Row, ...]


def load_log_rules(root: Path) -> tuple[Rule, ...]:
    """The rules under `root`, in order; raises DataError with all faults."""
    (file,) = load_all(root, _FILE, "log_facts", _File, as_items, _faults)
    return tuple(map(_rule, file.items))


def size(number: str, unit: str) -> int:
    """Bytes; makers' and drivers' GB are GiB here, as the programs that print them divide by 1024."""
    return round(float(number) * _UNITS[unit[0].lower()])


def _rule(row: Row) -> Rule:
    value = _READ[row.reads] if row.says is None else _saying(row.says)
    return Rule(row.fact, row.anchors, late(row.pattern.replace("{size}", _SIZE)), value, row.pick)


def _faults(file: _File) -> Iterator[Fault]:
    for number, row in enumerate(file.items):
        yield from (Fault(_FILE, f"[{number}].{key}", problem) for key, problem in _row_faults(row))


def _row_faults(row: Row) -> Iterator[tuple[str, str]]:
    try:
        rule = _rule(row)
        re.compile(rule.pattern.pattern)
    except re.error as error:
        yield "pattern", f"is no regular expression: {error.msg}"
        return
    for line, stated in row.example.items():
        if not any(anchor in line for anchor in rule.anchors):
            yield "example", f"{line!r} contains none of the anchors"
        elif (found := next(read_by(rule, line), None)) != stated:
            yield "example", f"{line!r} must state {stated!r}, but states {found!r}"


def read_by(rule: Rule, line: str) -> Iterator[Any]:
    """What a rule reads in one line, in order."""
    values = (rule.value(found) for found in rule.pattern.finditer(line))
    return (value for value in values if value is not None)


def _saying(text: str) -> Convert:
    """The fact itself, with {1} for what the first group holds."""
    return lambda found: text.format(found[0], *found.groups())


def _text(found: re.Match[str]) -> str:
    return found[1].strip().strip("'\"`")


def _number(found: re.Match[str]) -> int | None:
    return int(found[1].replace(",", "")) or None


def _count(found: re.Match[str]) -> int:
    return int(found[1])


def _size(found: re.Match[str]) -> int | None:
    """Of the groups n (a number) and u (its unit), or n2 and u2 where those are empty."""
    groups = found.groupdict()
    return size(groups["n"] or groups["n2"], groups["u"] or groups["u2"]) or None


def _layers(found: re.Match[str]) -> int:
    """Blocks and the output layer."""
    return int(found[1]) + 1


def _card(found: re.Match[str]) -> str | None:
    """As it is printed: the name of a card has a number in it."""
    name = _text(found)
    return name if any(map(str.isdigit, name)) else None


def _windows(found: re.Match[str]) -> str:
    return f"Windows {'11' if int(found[1]) >= _WINDOWS_11 else '10'}"


def _file_type(found: re.Match[str]) -> str | None:
    return FILE_TYPES.get(int(found[1]))


def _spoken_type(found: re.Match[str]) -> str | None:
    """`Q4_K - Medium` is Q4_K_M."""
    name = found[1].strip()
    level = re.match(r"(all\s+)?([A-Z0-9_]+)(?:\s+-\s+(Small|Medium|Large))?", name)
    if not level or name.startswith("unknown"):
        return None
    return level[2] + (f"_{level[3][0]}" if level[3] else "")


_READ: Mapping[Reads, Convert] = {
    "text": _text,
    "number": _number,
    "count": _count,
    "size": _size,
    "blocks": _layers,
    "card": _card,
    "windows-build": _windows,
    "file-type": _file_type,
    "spoken-type": _spoken_type,
}
