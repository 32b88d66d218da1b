"""A damaged SQLite file must not need a person: it is put aside, and what can still be read goes into a new one."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

_SIDE_FILES = ("", "-wal", "-shm")


def set_aside(path: Path) -> Path | None:
    """Renames a damaged database with its side files and returns where it lies now; None when it is sound."""
    if not path.exists() or is_sound(path):
        return None
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    for suffix in _SIDE_FILES:
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.replace(aside.with_name(aside.name + suffix))
    return aside


def is_sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file."""
    try:
        with closing(sqlite3.connect(path, timeout=5)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def salvage(damaged: Path, into: Path) -> int:
    """Copies every record that can still be read into a database that has the same tables; returns how many."""
    with closing(sqlite3.connect(damaged)) as old, closing(sqlite3.connect(into, timeout=30)) as new:
        saved = sum(_copied(old, new, table) for table in _tables(new))
        new.commit()
    return saved


def _tables(connection: sqlite3.Connection) -> list[str]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in names if name != "alembic_version"]


def _copied(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    """The records of one table: from its beginning to the damage, and from its end to the damage."""
    before = new.total_changes
    for order in ("ASC", "DESC"):
        for names, row in _readable(old, table, order):
            marks = ", ".join("?" * len(row))
            new.execute(f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', row)
    return new.total_changes - before


def _readable(old: sqlite3.Connection, table: str, order: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """(names of the columns, values) of a table's records, until one cannot be read."""
    try:
        rows = old.execute(f'SELECT * FROM "{table}" ORDER BY rowid {order}')
        names = ", ".join(f'"{column[0]}"' for column in rows.description)
        for row in rows:
            yield names, row
    except sqlite3.DatabaseError:
        return
