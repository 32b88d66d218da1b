"""Messages that a running bot hears in a watched channel. Run by `whole_path.py` in a process of its own."""

import asyncio
import json
import time
from typing import Any

from resting_bot import configured
from test_bench_chat import HOME, message, prepared

from bot.chat.bot import Wenzhen
from bot.clinic.door import Clinic
from bot.clinic.ports import Clinic as Ports
from bot.knowledge.files import knowledge_root
from bot.store.settings import GuildSettings
from bot.store.store import Store

MESSAGES = 4000
TALK = (
    "lol that was great, see you tomorrow {}",
    "今天天气不错，晚上一起吃饭吗 {}",
    "who is coming to the stream tonight? I bring {}",
    "哈哈哈哈 {} 笑死我了",
)
WORDS = ("pizza", "everybody", "meine Schwester", "奶茶", "the usual, as every friday :)", "nothing much")


async def heard_a_second(clinic: Ports, settings: GuildSettings) -> float:
    """Messages of ordinary talk that a second of this process's work is enough for."""
    with configured(0) as config:
        store = await Store.open(config.database_url)
        await store.settings.save(HOME.id, settings, 0, by=1)
        bot = await prepared(config, store, clinic)
        try:
            await hear(bot, 0, MESSAGES // 10)
            started = time.process_time()
            await hear(bot, MESSAGES, MESSAGES)
            return MESSAGES / (time.process_time() - started)
        finally:
            await bot.workers.close()
            await bot.close()
            await store.close()


async def hear(bot: Wenzhen, first: int, count: int) -> None:
    frames = [json.dumps({"d": said(first + number)}) for number in range(count)]
    for number, frame in enumerate(frames):
        bot._connection.parse_message_create(json.loads(frame)["d"])
        if number % 50 == 0:
            await asyncio.sleep(0)
    while hearing := [task for task in asyncio.all_tasks() if task.get_name().startswith("discord.py: on_")]:
        await asyncio.wait(hearing)


def said(number: int) -> dict[str, Any]:
    return message(number, HOME.text_id) | {"content": TALK[number % len(TALK)].format(WORDS[number % len(WORDS)])}


async def watched() -> dict[str, float]:
    clinic = Clinic(knowledge_root())
    return {
        "watched": await heard_a_second(clinic, GuildSettings(forums=(HOME.forum_id,), channels=(HOME.text_id,))),
        "not watched": await heard_a_second(clinic, GuildSettings(forums=(HOME.forum_id,))),
    }


def measured() -> dict[str, float]:
    return asyncio.run(watched())
