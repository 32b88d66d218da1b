"""Starting the bot, and what stops it or makes it read its knowledge again."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from urllib.request import getproxies

import aiohttp
import discord

from bot.base.errors import UserError
from bot.base.keeping import keep_loaded
from bot.chat.bot import Wenzhen, create_bot
from bot.chat.config import Config, checked_proxy
from bot.chat.setting_faults import SettingError
from bot.clinic.opening import Opening
from bot.knowledge.files import DataError, knowledge_root
from bot.service.workers import TooLongError, WorkerDiedError
from bot.store.store import Store

log = logging.getLogger("wenzhen")
STOPPING_SECONDS = 30.0  # from the signal to the end of the process, at the most

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
NO_WORKERS = UserError(
    "The worker processes do not start: most likely there is too little memory. Set WENZHEN_WORKERS to 1, or to 0 "
    "to do without them.",
    "工作进程启动不了，多半是内存不够。请把 WENZHEN_WORKERS 设为 1，或设为 0（不用工作进程）。",
)


def unreachable(error: Exception) -> UserError:
    """Discord does not answer, or not as it should."""
    said = str(error).partition("\n")[0] or type(error).__name__
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return UserError(
            "The proxy does not let me through to Discord: {said}. Is it running, and are address and "
            "port in WENZHEN_PROXY (or HTTPS_PROXY) right?",
            "代理没能连上 Discord：{said}。代理软件开着吗？WENZHEN_PROXY（或 HTTPS_PROXY）里的地址和端口对吗？",
        ).format(said=said)
    return UserError(
        "Discord cannot be reached: {said}. Check the connection; behind a firewall set "
        "WENZHEN_PROXY, for example WENZHEN_PROXY=http://127.0.0.1:7890.",
        "连不上 Discord：{said}。请检查网络；国内网络请设置代理，例如 WENZHEN_PROXY=http://127.0.0.1:7890。",
    ).format(said=said)


def proxy_of(config: Config) -> str:
    """The proxy that was set, else that of the system (HTTPS_PROXY); empty to go directly. Raises UserError."""
    try:
        return config.proxy or checked_proxy(getproxies().get("https", ""))
    except SettingError as error:
        raise UserError("HTTPS_PROXY {text}.", "HTTPS_PROXY {text}。").format(text=error.text) from error


async def serve(config: Config, on_stop: Callable[[], None] = lambda: None) -> None:
    """Runs the bot until it is told to stop (SIGINT, SIGTERM), then calls `on_stop`. SIGHUP reloads the knowledge."""
    config = config.model_copy(update={"proxy": proxy_of(config)})
    root = config.knowledge_path or knowledge_root()
    load = Opening(root, config.hub, config.proxy, config.pictures)
    store = await Store.open(config.database_url)
    try:
        own = (lambda: load.kept().front()) if config.workers else load  # the workers hold the knowledge
        bot = create_bot(config, await asyncio.to_thread(own), store, load)
        async with bot:
            _on_signals(bot, on_stop)
            try:
                await bot.workers.start()  # refuses faulty knowledge before anything is said to Discord
                keep_loaded()
                await bot.start(config.token.get_secret_value())
            except discord.LoginFailure as error:
                raise BAD_TOKEN from error
            except discord.PrivilegedIntentsRequired as error:
                raise NO_INTENT from error
            except (WorkerDiedError, TooLongError) as error:
                raise NO_WORKERS from error
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                raise unreachable(error) from error
    finally:
        await store.close()


def _on_signals(bot: Wenzhen, on_stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def started(work: Callable[[], object]) -> None:
        task: asyncio.Task[None] = loop.create_task(work())  # type: ignore[arg-type] # always a coroutine function
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    with contextlib.suppress(NotImplementedError, AttributeError):  # Windows has neither
        for stop in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(stop, started, partial(_stop, bot, on_stop))
        loop.add_signal_handler(signal.SIGHUP, started, partial(reload, bot))


async def _stop(bot: Wenzhen, on_stop: Callable[[], None]) -> None:
    on_stop()
    await bot.close()


def go_at_last(seconds: float = STOPPING_SECONDS) -> None:
    """Ends the process when it has not ended by itself in this time: a driver, a thread, a server that never answers
    must not keep a bot half alive, for then nobody starts it again.
    """

    def end() -> None:
        log.error("the stop took longer than %g s", seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


async def reload(bot: Wenzhen) -> None:
    """Reloads the knowledge and logs what came of it; faulty knowledge changes nothing."""
    try:
        before, after = await bot.reload()
    except DataError as error:
        log.error("the knowledge has faults and was not reloaded:\n%s", error)
    else:
        log.info("knowledge: %s -> %s", before, after)
