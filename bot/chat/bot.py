"""The bot: its collaborators are passed in, nothing is global."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.base.errors import UserError
from bot.chat.answer_buttons import AnswerButtons
from bot.chat.cogs.about import About
from bot.chat.cogs.answers import Answers
from bot.chat.cogs.diagnose import Diagnose
from bot.chat.cogs.fit import Fit
from bot.chat.cogs.moderation import Moderation
from bot.chat.cogs.reference import Reference
from bot.chat.cogs.setup import Setup
from bot.chat.cogs.solved import SolvedPosts
from bot.chat.cogs.watch import Watch
from bot.chat.cogs.welcome import Welcome
from bot.chat.config import Config
from bot.chat.desk import Desk
from bot.chat.interactive import dispatch, dynamic_items
from bot.chat.mentions import learn_mentions
from bot.chat.translations import Chinese
from bot.chat.watching import Watching
from bot.clinic.ports import Clinic
from bot.knowledge.files import DataError, knowledge_root
from bot.service.wording import translate_words
from bot.service.working import Load
from bot.store.privacy import Retention
from bot.store.shelf import StoreTroubleError
from bot.store.store import Store

log = logging.getLogger(__name__)
HOUR = 3600.0
CLOSING_SECONDS = 8.0  # what has been begun may take this long when the bot is told to stop
TELLING_SECONDS = 3.0  # and what has not ended by then has this long to say so
KNOWLEDGE_ROUND = 10.0  # seconds between looks for changed knowledge
RETRY_ROUND = 30.0  # seconds between attempts to make up for an outage
REMINDER_ROUND = 60.0  # seconds between looks for due reminders


def create_bot(config: Config, clinic: Clinic, store: Store, load: Load | None = None) -> "Wenzhen":
    """The bot, not yet logged in. `load` makes a clinic anew: for worker processes and for reloading."""
    translate_words(clinic.translated)
    return Wenzhen(config, clinic, store, load)


class Wenzhen(Desk):
    """Holds the collaborators; the cogs take the events."""

    def __init__(self, config: Config, clinic: Clinic, store: Store, load: Load | None) -> None:
        super().__init__(config, clinic, store, load)
        self.watching = Watching(self)
        self._chores: list[asyncio.Task[None]] = []
        self._is_closing = False
        self._knowledge_time: tuple[int, float] | None = None

    async def setup_hook(self) -> None:
        await self.workers.start()
        await self.watching.start()
        watching = self.watching
        self.watch = Watch(self, diagnose := Diagnose(self, watching), watching)
        others = (
            SolvedPosts(self, watching),
            Answers(self),
            Welcome(self),
            Fit(self),
            Reference(self),
            Setup(self, watching),
            Moderation(self),
            About(self, watching),
        )
        for cog in (diagnose, self.watch, *others):
            await self.add_cog(cog)
        buttons = AnswerButtons(self, watching)
        self.answer_handlers(buttons.presses(), buttons.forms())
        judge = app_commands.ContextMenu(name=locale_str("Judge this diagnosis"), callback=buttons.menu_verdict)
        app_commands.guild_only()(judge)
        self.tree.add_command(judge)
        self.add_dynamic_items(*dynamic_items(self.presses, self.admit_press))
        self.add_listener(self._on_form, "on_interaction")
        await self.tree.set_translator(Chinese())
        if self.config.sync_commands:
            learn_mentions(await self.tree.sync())
        self._chores = [
            asyncio.create_task(every(REMINDER_ROUND, self._remind)),
            asyncio.create_task(every(HOUR, self._purge)),
            asyncio.create_task(every(RETRY_ROUND, self._retry)),
        ]
        if self.config.watch_knowledge:
            self._chores.append(asyncio.create_task(every(KNOWLEDGE_ROUND, self._reload_changed)))

    async def close(self) -> None:
        """Takes nothing new, lets what has been begun end (for some seconds) or say that it stopped, then goes."""
        if self._is_closing:
            return
        self._is_closing = True
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        await _ended(CLOSING_SECONDS)
        await self.workers.close()  # whoever waits for one is told, and tells
        for task in await _ended(TELLING_SECONDS):
            task.cancel()
        await super().close()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - its signature
        error = sys.exc_info()[1]
        if isinstance(error, UserError):  # of a message that nobody asked the bot to read
            log.info("%s was not carried out: %s", event_method, error)
        else:
            log.exception("unexpected error in %s", event_method)

    async def on_message(self, message: discord.Message, /) -> None:
        """Every message comes by here; nearly all are none of the bot's business, so that is decided first."""
        if message.author.bot or message.webhook_id or message.flags.is_crossposted or self._is_closing:
            return
        await self.watch.on_any_message(message)

    async def on_ready(self) -> None:
        """Also after a time without Discord: what was posted meanwhile is read now."""
        if self.config.message_content:
            for guild in self.guilds:
                with contextlib.suppress(StoreTroubleError):
                    await self.watching.catch_up(guild)

    async def _retry(self) -> None:
        """Makes up for what an outage has left undone."""
        await self.consultations.kept.catch_up()
        await self.watching.retry()

    async def _on_form(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            data: Any = interaction.data or {}
            await dispatch(interaction, self.forms, str(data.get("custom_id", "")), self.admit_press)

    async def _reload_changed(self) -> None:
        """Reloads when a file of the knowledge is newer than at the last look; a faulty state is tried only once."""
        root = self.config.knowledge_path or knowledge_root()
        newest = await asyncio.to_thread(_newest, root)
        before, self._knowledge_time = self._knowledge_time, newest
        if before is not None and newest != before:
            try:
                log.info("knowledge changed: %s -> %s", *await self.reload())
            except DataError as error:
                log.error("the changed knowledge has faults and was not loaded:\n%s", error)

    async def _remind(self) -> None:
        if await self.store.trusts_time():
            await self.watching.remind()

    async def _purge(self) -> None:
        config = self.config
        if not await self.store.trusts_time():
            log.warning("the clock seems to have jumped: nothing is deleted for its age today")
            return
        gone = await self.store.privacy.purge(
            Retention(
                answers=config.answer_days,
                feedback=config.feedback_days,
                unknown=config.unknown_days,
                solved=config.solved_days,
            )
        )
        await self.watching.refresh()
        log.info("purged %d records", gone)


def _is_work(task: "asyncio.Task[Any]") -> bool:
    """Whether a task answers an event, a command, a button or a form; discord.py names them so."""
    return task is not asyncio.current_task() and task.get_name().startswith(
        ("discord.py: on_", "CommandTree-invoker", "discord-ui-")
    )


async def _ended(seconds: float) -> "set[asyncio.Task[Any]]":
    """Waits for the work that has been begun; returns what of it has not ended in this time."""
    begun = {task for task in asyncio.all_tasks() if _is_work(task)}
    return (await asyncio.wait(begun, timeout=seconds))[1] if begun else set()


def _newest(root: Path) -> tuple[int, float]:
    """Number and newest time of the files of the knowledge."""
    times = [path.stat().st_mtime for path in root.rglob("*.yaml")]
    return len(times), max(times, default=0.0)


async def every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """Does something again and again; an error is logged and does not end it."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("a regular task failed")
