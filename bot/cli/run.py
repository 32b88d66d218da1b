"""`wenzhen run` starts the Discord bot; `wenzhen doctor` checks everything that it needs."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from bot.cli.common import language_option, preferred_language
from bot.config import Config
from bot.data import DataError, knowledge_root
from bot.errors import UserError

if TYPE_CHECKING:
    from bot.chat.bot import Wenzhen

log = logging.getLogger("wenzhen")

NO_TOKEN = UserError(
    "There is no token. Copy deploy/.env.example to .env and put the bot's token into WENZHEN_TOKEN.",
    "没有令牌。请把 deploy/.env.example 复制为 .env，在 WENZHEN_TOKEN 里填上机器人的令牌。",
)
BAD_TOKEN = UserError(
    "Discord does not accept the token. Create a new one in the developer portal (Bot, Reset Token).",
    "Discord 不认这个令牌。请在开发者后台重新生成（Bot → Reset Token）。",
)
NO_INTENT = UserError(
    "The message content intent is not switched on. Switch it on in the developer portal (Bot, Privileged Gateway "
    "Intents), or set WENZHEN_MESSAGE_CONTENT=false.",
    "没有打开读取消息内容的权限。请在开发者后台打开（Bot → Privileged Gateway Intents → Message Content），"
    "或设置 WENZHEN_MESSAGE_CONTENT=false。",
)


@click.command()
def run() -> None:
    """Start the Discord bot. Settings come from the environment or .env; see deploy/.env.example."""
    config = read_config()
    if not config.token.get_secret_value():
        raise NO_TOKEN
    logging.basicConfig(
        level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(config))


@click.command()
@language_option
def doctor(language: str | None) -> None:
    """Check token, intents, database and knowledge; say what to do about what is wrong."""
    from bot.chat.doctor import examine

    chosen = preferred_language(language)
    findings = asyncio.run(examine(read_config()))
    for finding in findings:
        mark = click.style("✓", fg="green") if finding.is_good else click.style("✗", fg="red")
        click.echo(f"{mark} {finding.text.in_language(chosen)}")
    if not all(finding.is_good for finding in findings):
        sys.exit(1)


def read_config() -> Config:
    """The settings; UserError names every one that is wrong."""
    from pydantic import ValidationError

    try:
        return Config()
    except ValidationError as error:
        wrong = "; ".join(f"WENZHEN_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        raise UserError(f"Settings that cannot be used: {wrong}", f"下面的设置不能用：{wrong}") from error


async def serve(config: Config) -> None:
    """Runs the bot until it is told to stop (SIGINT, SIGTERM). SIGHUP reloads the knowledge."""
    import discord

    from bot.chat.bot import create_bot
    from bot.chat.practice import open_practice
    from bot.store.store import Store

    load = partial(open_practice, config.knowledge_path or knowledge_root(), config.hub)
    practice = await asyncio.to_thread(load)
    store = await Store.open(config.database_url)
    try:
        bot = create_bot(config, practice, store, load)
        async with bot:
            _on_signals(bot)
            try:
                await bot.start(config.token.get_secret_value())
            except discord.LoginFailure as error:
                raise BAD_TOKEN from error
            except discord.PrivilegedIntentsRequired as error:
                raise NO_INTENT from error
    finally:
        await store.close()


def _on_signals(bot: "Wenzhen") -> None:
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def started(work: Callable[[], object]) -> None:
        task: asyncio.Task[None] = loop.create_task(work())  # type: ignore[arg-type] # always a coroutine function
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    with contextlib.suppress(NotImplementedError, AttributeError):  # Windows has neither
        for stop in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(stop, started, bot.close)
        loop.add_signal_handler(signal.SIGHUP, started, partial(reload, bot))


async def reload(bot: "Wenzhen") -> None:
    """Reloads the knowledge and logs what came of it; faulty knowledge changes nothing."""
    try:
        before, after = await bot.reload()
    except DataError as error:
        log.error("the knowledge has faults and was not reloaded:\n%s", error)
    else:
        log.info("knowledge: %s -> %s", before, after)
