import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from local_discord import TOKEN, LocalDiscord

from bot.chat.bot import Wenzhen, create_bot
from bot.chat.config import Config
from bot.clinic.ports import Clinic
from bot.store.settings import GuildSettings
from bot.store.store import Store

PATIENCE = 600.0  # seconds for one call of the store: these tests prove order and limits, not how fast the machine is
Running = Callable[..., AbstractAsyncContextManager[Wenzhen]]


@pytest.fixture
def wire_config(tmp_path: Path) -> Config:
    return Config(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'wenzhen.db'}",
        message_content=True,
        workers=0,
        guild_ready_seconds=0.05,
        user_per_minute=100_000,
        channel_per_minute=100_000,
        process_per_minute=100_000,
    )


@pytest.fixture
async def wire_store(wire_config: Config) -> AsyncIterator[Store]:
    store = await Store.open(wire_config.database_url, seconds=PATIENCE)
    yield store
    await store.close()


@pytest.fixture
def running(
    wire_config: Config, wire_store: Store, monkeypatch: pytest.MonkeyPatch, no_unexpected_errors: None
) -> Running:
    """Starts bots one after the other on the same store, each logged in to the local Discord."""

    async def at_once(*_: Any, **__: Any) -> None:
        """Discord wants five seconds between shards; this one does not."""

    monkeypatch.setattr(Wenzhen, "before_identify_hook", at_once)

    @asynccontextmanager
    async def run(clinic: Clinic, local: LocalDiscord, load: Any = None, **changes: Any) -> AsyncIterator[Wenzhen]:
        for guild in local.guilds.values():
            current = await wire_store.settings.read(guild.id)
            if not current.version:
                watched = GuildSettings(
                    forums=(guild.forum_id,),
                    user_per_hour=100_000,
                    channel_per_hour=100_000,
                    needs_info_tag="needs info",
                )
                await wire_store.settings.save(guild.id, watched, 0, by=1)
        bot = create_bot(wire_config.model_copy(update=changes), clinic, wire_store, load)
        task = asyncio.create_task(bot.start(TOKEN))
        try:
            async with asyncio.timeout(PATIENCE):
                while not bot.is_ready():
                    if task.done():
                        task.result()
                    await asyncio.sleep(0.01)
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)

    return run


@pytest.fixture
def no_unexpected_errors(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever the bot logs as an error fails the test, unless the test says that it expects it."""
    yield
    if request.node.get_closest_marker("expects_errors") is None:
        errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
        assert errors == []
