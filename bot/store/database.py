"""Opening the database and bringing it to the newest revision."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, column, event, inspect, select, table
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.base.errors import UserError

MIGRATIONS = Path(__file__).parent / "migrations"
_REVISIONS = table("alembic_version", column("version_num"))
WAIT_MS = 5_000  # how long a writer waits for another process's write
DRIVER_SECONDS = 15  # after which the driver itself gives up a server that does not answer
PATIENCE = 30.0  # seconds that a task waits for its turn at the one connection


def open_engine(url: str) -> AsyncEngine:
    """An engine for a SQLite file or a PostgreSQL server; nothing is connected yet."""
    if not url.startswith("sqlite"):
        limits = {"timeout": DRIVER_SECONDS, "command_timeout": DRIVER_SECONDS} if "asyncpg" in url else {}
        return create_async_engine(url, pool_pre_ping=True, connect_args=limits)
    # One connection: SQLite has one writer anyhow, and its reads take less time than a second connection would.
    engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=PATIENCE)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={WAIT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def newest_revision() -> str:
    """The revision that this program works with."""
    return max(_known_revisions())


def _known_revisions() -> set[str]:
    """Files of revisions begin with their numbers."""
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")}


async def current_revision(engine: AsyncEngine) -> str | None:
    """The revision of the database; None when it is empty."""
    async with engine.connect() as connection:
        return await connection.run_sync(_revision)


def _revision(connection: Connection) -> str | None:
    """As alembic writes it; a start finds it there without loading alembic."""
    if not inspect(connection).has_table(_REVISIONS.name):
        return None
    return connection.execute(select(_REVISIONS.c.version_num)).scalar()


async def migrate(engine: AsyncEngine, revision: str = "head") -> None:
    """Brings the database to `revision`. Raises UserError when a newer program has written it."""
    current = await current_revision(engine)
    if current is not None and current not in _known_revisions():
        raise UserError(
            "The database is at revision {current}, which this version of Wenzhen does not know. Update Wenzhen.",
            "数据库的版本是 {current}，当前的问诊程序不认识。请更新问诊。",
        ).format(current=current)
    if revision == "head" and current == newest_revision():
        return
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def insert_for(engine: AsyncEngine) -> Any:
    """The `insert` that knows ON CONFLICT for the engine's database."""
    return postgres_insert if engine.dialect.name == "postgresql" else sqlite_insert


def database_file(url: str) -> Path | None:
    """The file of a SQLite database; None for a server, for one in memory, and for what is no address."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(str(parsed.database)) if is_file else None


def without_password(url: str) -> str:
    """The address with its password masked, for logs and the doctor."""
    return re.sub(r"://([^:/@]{1,100}):[^@]{0,200}@", r"://\1:***@", url)
