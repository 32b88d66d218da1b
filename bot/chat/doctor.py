"""The checks of `wenzhen doctor`: each says what is right, or what is wrong and what to do."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import discord

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.chat.config import Config
from bot.chat.people import NEEDED
from bot.chat.starting import proxy_of, unreachable
from bot.knowledge.files import DataError, knowledge_root
from bot.store.database import database_file, newest_revision, without_password
from bot.store.store import Store

NO_TOKEN = Text(
    "No token: get one at https://discord.com/developers/applications (New Application, Bot, Reset Token) and put it "
    "into WENZHEN_TOKEN in .env.",
    "没有令牌：请到 https://discord.com/developers/applications 新建应用（New Application → Bot → Reset Token）获取，"
    "填到 .env 的 WENZHEN_TOKEN 里。",
)
SCOPES = ("bot", "applications.commands")


@dataclass(frozen=True, slots=True)
class Finding:
    is_good: bool
    text: Text


async def examine(config: Config) -> list[Finding]:
    """Every check, whatever the others say."""
    return [*await examine_discord(config), await examine_database(config), await examine_knowledge(config)]


async def examine_discord(config: Config) -> list[Finding]:
    """Token and intents, asked from Discord."""
    token = config.token.get_secret_value()
    if not token:
        return [_bad(NO_TOKEN.en, NO_TOKEN.zh)]
    try:
        client = discord.Client(intents=discord.Intents(guilds=True), proxy=proxy_of(config) or None)
        async with client:
            await client.login(token)
            application = await client.application_info()
    except discord.LoginFailure:
        en = "Discord does not accept the token. Reset it in the developer portal (Bot, Reset Token)."
        return [_bad(en, "Discord 不认这个令牌。请在开发者后台重置（Bot → Reset Token）。")]
    except UserError as error:
        return [Finding(False, error.text)]
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        return [Finding(False, unreachable(error).text)]
    link = invitation(application.id)
    return [
        _good(
            "Token: this is {name}. Invite it: {link}",
            "令牌有效：{name}。邀请链接：{link}",
            name=application.name,
            link=link,
        ),
        _intent(config, application.flags),
    ]


def _intent(config: Config, flags: discord.ApplicationFlags) -> Finding:
    allowed = flags.gateway_message_content or flags.gateway_message_content_limited
    if not config.message_content:
        en = "Message content: not wanted; the bot answers when asked (WENZHEN_MESSAGE_CONTENT=true: it watches too)."
        zh = "消息内容权限：没有启用，机器人只在被叫到时回答。想自动看论坛，请设 WENZHEN_MESSAGE_CONTENT=true。"
        return _good(en, zh)
    if allowed:
        return _good("Message content: switched on.", "消息内容权限：已打开。")
    return _bad(
        "Message content: wanted, but switched off in the developer portal (Bot, Privileged Gateway Intents).",
        "消息内容权限：需要，但开发者后台里没有打开（Bot → Privileged Gateway Intents）。",
    )


async def examine_database(config: Config) -> Finding:
    """Whether the database can be opened and brought up to date. One that is not there yet is not left there."""
    url, file = without_password(config.database_url), database_file(config.database_url)
    is_new = file is not None and not file.exists()
    try:
        store = await Store.open(config.database_url)
        await store.close()
    except UserError as error:
        return Finding(False, error.text)
    finally:
        if is_new and file is not None:
            _remove(file)
    if is_new:
        return _good("Database: {url}, which the first start creates.", "数据库：{url}，第一次启动时会创建。", url=url)
    revision = newest_revision()
    return _good(
        "Database: {url}, revision {revision}.", "数据库：{url}，版本 {revision}。", url=url, revision=revision
    )


def _remove(file: Path) -> None:
    """A database file with its side files."""
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


async def examine_knowledge(config: Config) -> Finding:
    """Whether the knowledge is free of faults."""
    from bot.clinic.opening import open_clinic

    root = config.knowledge_path or knowledge_root()
    try:
        clinic = await asyncio.to_thread(open_clinic, root)
    except DataError as error:
        listed = "\n  ".join(str(fault) for fault in error.faults)
        return _bad("Knowledge in {root}:\n  {listed}", "{root} 里的知识有错误：\n  {listed}", root=root, listed=listed)
    except OSError as error:
        return _bad("Knowledge in {root}: {error}", "{root} 里的知识读不了：{error}", root=root, error=error)
    return _good(
        "Knowledge: {root}, version {version}.", "知识：{root}，版本 {version}。", root=root, version=clinic.version
    )


def invitation(application_id: int) -> str:
    """The address that adds the bot to a server with all that it needs and nothing else."""
    return discord.utils.oauth_url(application_id, permissions=NEEDED, scopes=SCOPES)


def _good(en: str, zh: str, **values: object) -> Finding:
    return Finding(True, Text(en, zh).format(**values))


def _bad(en: str, zh: str, **values: object) -> Finding:
    return Finding(False, Text(en, zh).format(**values))
