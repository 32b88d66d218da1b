"""The memory of a running bot and its workers at rest, measured in a process that holds nothing else."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from bot.base.keeping import keep_loaded
from bot.chat.bot import create_bot
from bot.chat.config import Config
from bot.clinic.opening import Opening
from bot.knowledge.files import knowledge_root
from bot.store.store import Store

WORKERS = 2


@contextlib.contextmanager
def configured(workers: int) -> Iterator[Config]:
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        yield Config(database_url=database, message_content=True, workers=workers, sync_commands=False)


async def resting() -> dict[str, float]:
    """MiB of the bot and its idle workers, memory that they share counted once, and of the bot alone; at a start that
    finds its database made already, as every one but the first does.
    """
    with configured(WORKERS) as config:
        code = f"import resting_bot; resting_bot.make_database({config.database_url!r})"
        subprocess.run([sys.executable, "-c", code], check=True)
        load = Opening(knowledge_root())
        store = await Store.open(config.database_url)
        bot = create_bot(config, load.kept().front(), store, load)
        await bot.workers.start()
        keep_loaded()  # as bot.chat.starting does
        try:
            await asyncio.to_thread(bot.workers.clinic.may_ask, "")
            await asyncio.sleep(1)
            own = psutil.Process()
            return {
                "bot and 2 workers": sum(map(mebibytes, [own, *own.children(recursive=True)])),
                "bot": mebibytes(own),
            }
        finally:
            await bot.workers.close()
            await store.close()


def make_database(database_url: str) -> None:
    async def opened() -> None:
        await (await Store.open(database_url)).close()

    asyncio.run(opened())


def mebibytes(process: psutil.Process) -> float:
    """What a process holds; of pages that several share its part, where the system tells."""
    held = process.memory_full_info()
    return float(getattr(held, "pss", 0) or held.rss) / (1 << 20)


def measured() -> dict[str, float]:
    return asyncio.run(resting())
