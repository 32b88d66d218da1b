"""How much of a core a busy server costs: 1,000 messages a second must take less than half of one."""

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from local_discord import Guild, snowflake, user
from tiny_clinic import TinyClinic

from bot.answers.blocks import Answer, Code, Paragraph, Step, Steps
from bot.chat import rendering
from bot.chat.bot import Wenzhen, create_bot
from bot.chat.config import Config
from bot.clinic.ports import Clinic
from bot.store.settings import GuildSettings
from bot.store.store import Store

HOME = Guild(2 << 22)
MESSAGES = 1000


def message(number: int, channel_id: int) -> dict[str, Any]:
    return {
        "id": str(snowflake() + number),
        "channel_id": str(channel_id),
        "guild_id": str(HOME.id),
        "author": user(100 + number % 50, "somebody"),
        "member": {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0},
        "type": 0,
        "content": f"chatter number {number}, nothing to see here",
        "embeds": [],
        "components": [],
        "attachments": [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "flags": 0,
        "edited_timestamp": None,
        "timestamp": "2026-01-01T00:00:00+00:00",
    }


async def prepared(config: Config, store: Store, clinic: Clinic) -> Wenzhen:
    """A bot that knows its server and has everything running, without a connection."""
    bot = create_bot(config, clinic, store)
    await bot._async_setup_hook()
    bot._connection.user = bot._connection._users[1000] = bot._connection.create_user(user(1000, "wenzhen", bot=True))  # type: ignore[assignment,arg-type]
    bot._connection.parse_guild_create(HOME.payload() | {"unavailable": False})
    await bot.setup_hook()
    return bot


def test_screening_of_chatter(benchmark: Any, tmp_path: Path) -> None:
    """The time of one round is the time for 1,000 messages: below 0.5 s is half a core at 1,000 a second."""
    config = Config(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'x.db'}", message_content=True, workers=0, sync_commands=False
    )
    loop = asyncio.new_event_loop()
    store = loop.run_until_complete(Store.open(config.database_url))
    loop.run_until_complete(store.settings.save(HOME.id, GuildSettings(forums=(HOME.forum_id,)), 0, by=1))
    bot = loop.run_until_complete(prepared(config, store, TinyClinic()))
    rounds = itertools.count()

    async def hear() -> None:
        first = next(rounds) * MESSAGES
        for number in range(MESSAGES):
            frame = json.dumps({"op": 0, "t": "MESSAGE_CREATE", "d": message(first + number, HOME.text_id)})
            bot._connection.parse_message_create(json.loads(frame)["d"])
            if number % 50 == 0:
                await asyncio.sleep(0)
        while any(task.get_name().startswith("discord.py: on_") for task in asyncio.all_tasks()):
            await asyncio.sleep(0)

    try:
        benchmark(lambda: loop.run_until_complete(hear()))
        assert bot.watching.following.authors == {}
    finally:
        loop.run_until_complete(bot.workers.close())
        loop.run_until_complete(bot.close())
        loop.run_until_complete(store.close())
        loop.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rendering_of_an_answer(benchmark: Any, language: Any) -> None:
    steps = tuple(Step(f"Do thing number {n}.", (Code(f"command --number {n}", "bash"),)) for n in range(12))
    answer = Answer("The disk is full", "bad", (Paragraph("x" * 400, "Cause"), Steps("What to do", steps)))
    benchmark(lambda: rendering.sheet(rendering.pages(answer, language, short=True)[0]).payload())
