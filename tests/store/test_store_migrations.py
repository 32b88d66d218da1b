"""Migrations over real SQLite files: up from every revision, and refused from the future."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.base.errors import UserError
from bot.store.database import MIGRATIONS, current_revision, migrate, newest_revision, open_engine, without_password
from bot.store.tables import metadata

REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'wenzhen.db'}")
    yield engine
    await engine.dispose()


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


@pytest.mark.parametrize("revision", REVISIONS)
async def test_every_revision_goes_up_to_the_tables_of_the_code(engine: AsyncEngine, revision: str) -> None:
    await migrate(engine, revision)
    assert await current_revision(engine) == revision

    await migrate(engine)

    assert await current_revision(engine) == newest_revision()
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_data_survives_a_migration(engine: AsyncEngine) -> None:
    await migrate(engine, "0001")
    async with engine.begin() as connection:
        await connection.execute(text('INSERT INTO guild_settings VALUES (1, 1, \'{"mode":"ask"}\', 2, 3.0)'))

    await migrate(engine)

    async with engine.connect() as connection:
        row = (await connection.execute(text("SELECT settings FROM guild_settings"))).one()
    assert row.settings == '{"mode":"ask"}'


async def test_migrating_twice_changes_nothing(engine: AsyncEngine) -> None:
    await migrate(engine)
    await migrate(engine)
    assert await current_revision(engine) == newest_revision()


async def test_a_database_of_a_newer_program_is_refused(engine: AsyncEngine) -> None:
    await migrate(engine)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(UserError, match="9999"):
        await migrate(engine)


async def test_sqlite_is_in_wal_mode(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"


def test_a_password_is_never_shown() -> None:
    assert without_password("postgresql+asyncpg://bot:s3cret@db/wenzhen") == "postgresql+asyncpg://bot:***@db/wenzhen"
