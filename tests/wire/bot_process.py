"""A bot in a process of its own, logged in to the local Discord: to be killed, or to be weighed.

One process imports everything and is then copied for each bot, so that a start takes a fraction of a second.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, Self

import discord
import yarl
from local_discord import TOKEN, LocalDiscord
from tiny_clinic import TinyClinic

from bot.chat.bot import Wenzhen, create_bot
from bot.chat.config import Config
from bot.store.settings import GuildSettings
from bot.store.store import Store

TESTS = Path(__file__).parents[1]
PATIENCE = 120.0  # seconds


class Bots:
    """Starts bots one after the other on one database."""

    def __init__(self, local: LocalDiscord, database: Path) -> None:
        self._local = local
        self._order = {
            "origin": local.origin,
            "database": str(database),
            "forums": {guild.id: guild.forum_id for guild in local.guilds.values()},
        }
        self._pid = 0

    async def __aenter__(self) -> Self:
        path = os.pathsep.join([str(TESTS), str(TESTS / "wire"), str(TESTS / "chat"), str(TESTS.parent)])
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            __file__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.kill()
        self._process.kill()
        await self._process.wait()

    async def start(self) -> int:
        """The process id of a bot that has logged in and heard of its servers."""
        self._local.latest.clear()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._order).encode() + b"\n")
        self._pid = int(await self._process.stdout.readline())
        await self._local.until(lambda: 0 in self._local.latest, PATIENCE)
        return self._pid

    def kill(self) -> None:
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._pid = 0
        self._local.latest.clear()


async def _at_once(*_: Any, **__: Any) -> None:
    """Discord wants five seconds between logins; this one does not."""


async def _serve(order: dict[str, Any]) -> None:
    discord.http.Route.BASE = f"http://{order['origin']}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{order['origin']}/gateway")
    Wenzhen.before_identify_hook = _at_once  # type: ignore[method-assign]
    config = Config(
        database_url=f"sqlite+aiosqlite:///{order['database']}",
        message_content=True,
        workers=0,
        guild_ready_seconds=0.05,
        user_per_minute=100_000,
        channel_per_minute=100_000,
        process_per_minute=100_000,
    )
    store = await Store.open(config.database_url, seconds=PATIENCE)
    for guild, forum in order["forums"].items():
        if not (await store.settings.read(int(guild))).version:
            watched = GuildSettings(forums=(forum,), user_per_hour=100_000, channel_per_hour=100_000)
            await store.settings.save(int(guild), watched, 0, by=1)
    await create_bot(config, TinyClinic(), store).start(TOKEN)


def _main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    for line in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)  # noqa: T201
            continue
        os.close(0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        asyncio.run(_serve(json.loads(line)))
        os._exit(0)


if __name__ == "__main__":
    _main()
