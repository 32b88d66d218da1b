"""What an evaluation says: named figures and tables, for a terminal and as JSON."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bot.base.errors import UserError, said_of

Cell = str | int | float | None


class Metric(msgspec.Struct, frozen=True):
    """One figure. `unit` "%" for shares (value 0 to 100), "" for counts, else what stands behind the number."""

    name: str
    value: float
    unit: str = "%"


class ReportTable(msgspec.Struct, frozen=True):
    """A table under a title; every row has as many cells as there are columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Report(msgspec.Struct, frozen=True):
    """The outcome of one evaluation: `cases` judged, the main figures, and tables with the details."""

    title: str
    cases: int
    metrics: tuple[Metric, ...]
    tables: tuple[ReportTable, ...] = ()


def json_lines_in(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """The objects of `path`, or of the file `name` in it when it is a folder; UserError when there is none."""
    file = path / name if path.is_dir() else path
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UserError("{file} cannot be read: {strerror}", "无法读取 {file}：{strerror}").format(
            file=file, strerror=said_of(error)
        ) from error
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UserError(
                "{file}, line {number}: not a JSON object ({error})", "{file} 第 {number} 行不是 JSON 对象（{error}）"
            ).format(file=file, number=number, error=error) from error
