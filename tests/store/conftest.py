from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hand_clock import Clock

from bot.store.store import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'wenzhen.db'}", clock)
    yield store
    await store.close()
