"""A simulated Discord with one server, a help forum, and a few people; every request of the bot is checked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import simcord
from discord_checker import components, request_faults, shown_text

from bot.chat.bot import Wenzhen, create_bot
from bot.chat.config import Config
from bot.clinic.ports import Clinic
from bot.store.settings import GuildSettings
from bot.store.store import Store


class World:
    """The server "LLM" with forum "help", channels "chat" and "help-chat", and ann, ben, helper hal, moderator mod."""

    def __init__(self, env: Any, config: Config, clinic: Clinic, store: Store) -> None:
        self.env, self.config, self.clinic, self.store = env, config, clinic, store
        self.guild = env.create_guild()
        self.chat = self.guild.create_text_channel("chat")
        self.help = self.guild.create_text_channel("help-chat")
        self.forum = self.guild.create_forum_channel("help")
        helpers = self.guild.create_role("Helpers")
        mods = self.guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True, manage_messages=True))
        self.helper_role = helpers
        self.ann = self.guild.add_member(env.create_user("ann"))
        self.ben = self.guild.add_member(env.create_user("ben"))
        self.hal = self.guild.add_member(env.create_user("hal"), roles=[helpers])
        self.eve = self.guild.add_member(env.create_user("eve"))  # only reads
        self.mod = self.guild.add_member(env.create_user("mod"), roles=[mods])

    @property
    def bot(self) -> Wenzhen:
        bot: Wenzhen = self.env.bot
        return bot

    async def set(self, **settings: Any) -> GuildSettings:
        """Saves settings as a moderator would."""
        made = GuildSettings(
            **{"forums": (self.forum.id,), "channels": (self.help.id,), "helper_roles": (self.helper_role.id,)}
            | settings
        )
        current = await self.store.settings.read(self.guild.id)
        await self.store.settings.save(self.guild.id, made, current.version, by=self.mod.id)
        return made

    async def post(self, author: Any, text: str, *, name: str = "please help", files: Any = (), tags: Any = ()) -> Any:
        """A forum post; returns the thread."""
        backend = self.env.backend
        attachments = backend.store_attachments(self.forum.id, files)
        thread = backend.create_thread(self.forum.id, name, author.id, applied_tags=[int(tag) for tag in tags])
        snowflake = backend.snowflake
        backend.snowflake = lambda: thread.id  # Discord gives the opening message of a post the id of its thread
        try:
            backend.create_message(thread.id, author.id, text, attachments=attachments)
        finally:
            backend.snowflake = snowflake
        await self.env.settle()
        return self.thread(thread.id)

    def thread(self, id_: int) -> Any:
        return next(thread for thread in self.forum.threads if thread.id == id_)

    async def restart(self) -> None:
        """The bot goes down and a new one comes up with the same database."""
        await self.env.restart_bot(create_bot(self.config, self.clinic, self.store))

    def opening(self, thread: Any) -> discord.Message:
        """The message that opened a forum post."""
        found: discord.Message = next(message for message in thread.history() if message.id == thread.id)
        return found

    def of_bot(self, channel: Any) -> list[discord.Message]:
        """What the bot has said in a channel, for everybody to see."""
        return [m for m in channel.history(viewer=self.eve) if m.author.id == self.bot.user.id]  # type: ignore[union-attr]

    def faults(self) -> list[str]:
        """What Discord would have refused or what breaks its limits."""
        found = []
        for entry in self.env.backend.http_requests:
            if isinstance(entry.json, dict | list):
                found += request_faults(entry.method, entry.path, entry.json)
        return found


# The simulated Discord takes a wait that is longer than this for rest: it is less than the shortest round of chores.
SETTLED = 20.0  # seconds


@asynccontextmanager
async def simulated(config: Config, clinic: Clinic, store: Store) -> AsyncIterator[World]:
    """The server with a bot of this clinic; at the end nothing was left unhandled, and every request was valid."""
    env = simcord.Env(create_bot(config, clinic, store), settle_timeout=SETTLED)
    await env.start()
    with env.time_context():
        world = World(env, config, clinic, store)
    yield world
    await env.shutdown()
    env._raise_errors_since(env._errors_acknowledged)
    assert world.faults() == []


def text_of(message: Any) -> str:
    """Everything that a message shows, whether it is a response, a followup or an ordinary one."""
    return shown_text(raw(message)) or message.content


def raw(message: Any) -> list[dict[str, Any]]:
    found = message.components
    return found if not found or isinstance(found[0], dict) else [part.to_dict() for part in found]


def labels(message: Any) -> list[str]:
    """Labels of the buttons."""
    return [part["label"] for part in components(raw(message)) if part["type"] == 2 and part.get("label")]


def ids(message: Any, action: str) -> str:
    """The custom id of the one component with this action."""
    (found,) = [
        part["custom_id"]
        for part in components(raw(message))
        if part.get("custom_id", "").startswith(f"wz:{action}:") or part.get("custom_id") == f"wz:{action}"
    ]
    return str(found)


async def press(actor: Any, message: Any, action: str) -> Any:
    """Presses the button of an action, under "more" where the message has it not itself."""
    shown = [part.get("custom_id", "").split(":")[1:2] for part in components(raw(message))]
    if [action] not in shown and ["more"] in shown:
        message = (await actor.click(message, custom_id=ids(message, "more"))).response
    return await actor.click(message, custom_id=ids(message, action))
