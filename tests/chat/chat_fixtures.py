from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord
from chat_world import SETTLED, World
from tiny_clinic import TinyClinic

from bot.chat.bot import create_bot
from bot.chat.config import Config
from bot.store.store import Store


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'wenzhen.db'}",
        message_content=True,
        workers=0,
        shards=1,
        user_per_minute=1000,
        channel_per_minute=1000,
        _env_file=None,
    )


@pytest.fixture
def clinic() -> TinyClinic:
    return TinyClinic()


@pytest.fixture
async def store(config: Config) -> AsyncIterator[Store]:
    store = await Store.open(config.database_url)
    yield store
    await store.close()


@pytest.fixture
async def env(config: Config, clinic: TinyClinic, store: Store) -> AsyncIterator[simcord.Env]:
    env = simcord.Env(create_bot(config, clinic, store), settle_timeout=SETTLED)
    await env.start()
    yield env
    await env.shutdown()
    env._raise_errors_since(env._errors_acknowledged)  # an unhandled error fails the test


@pytest.fixture
async def world(env: simcord.Env, config: Config, clinic: TinyClinic, store: Store) -> AsyncIterator[World]:
    """Everything that the bot sends in the test is checked at its end."""
    world = World(env, config, clinic, store)
    yield world
    assert world.faults() == []
