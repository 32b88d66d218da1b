"""The bot: its collaborators are passed in, nothing is global."""

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import errors, jobs
from bot.chat.answer_buttons import AnswerButtons
from bot.chat.cogs.about import About
from bot.chat.cogs.diagnose import Diagnose
from bot.chat.cogs.moderation import Moderation
from bot.chat.cogs.reference import Reference
from bot.chat.cogs.setup import Setup
from bot.chat.cogs.watch import Watch
from bot.chat.consulting import Consultation, Consultations
from bot.chat.interactive import Handler, dispatch, dynamic_items
from bot.chat.limiter import Limiter
from bot.chat.material import Gatherer
from bot.chat.ports import Clinic
from bot.chat.presenting import Look, answer_of, present, present_plain
from bot.chat.translations import Chinese
from bot.chat.watching import Watching
from bot.chat.workers import Load, Workers
from bot.config import Config
from bot.data import DataError, knowledge_root
from bot.errors import UserError
from bot.store.privacy import Retention
from bot.store.store import Store

log = logging.getLogger(__name__)
HOUR = 3600.0
CLOSING_SECONDS = 8.0  # what has been begun may take this long when the bot is told to stop
BAD_REQUEST = 400
CHART_NAME = "memory.png"
KNOWLEDGE_ROUND = 10.0  # seconds between looks for changed knowledge
REMINDER_ROUND = 60.0  # seconds between looks for due reminders


def create_bot(config: Config, clinic: Clinic, store: Store, load: Load | None = None) -> "Wenzhen":
    """The bot, not yet logged in. `load` makes a clinic anew: for worker processes and for reloading."""
    return Wenzhen(config, clinic, store, load)


class Tree(app_commands.CommandTree["Wenzhen"]):
    """Commands whose errors all end in one place."""

    async def on_error(
        self, interaction: discord.Interaction["Wenzhen"], error: app_commands.AppCommandError, /
    ) -> None:
        await errors.explain(interaction, error)


class Wenzhen(commands.AutoShardedBot):
    """Holds the collaborators; the cogs take the events."""

    def __init__(self, config: Config, clinic: Clinic, store: Store, load: Load | None) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents(config),
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=config.shards,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=config.guild_ready_seconds,
        )
        self.config = config
        self.store = store
        self.workers = Workers(clinic, load, count=config.workers, queue=config.queue, seconds=config.job_seconds)
        limiter = Limiter(config.user_per_minute, config.channel_per_minute, config.process_per_minute)
        self.consultations = Consultations(self.workers, store, limiter)
        self.gatherer = Gatherer(most_files=config.files, most_bytes=config.file_bytes)
        self.watching = Watching(self)
        self.presses: dict[str, Handler] = {}
        self.forms: dict[str, Handler] = {}
        self._chores: list[asyncio.Task[None]] = []
        self._is_closing = False
        self._knowledge_time: tuple[int, float] | None = None

    async def setup_hook(self) -> None:
        await self.workers.start()
        await self.watching.start()
        self.watch = Watch(self, diagnose := Diagnose(self))
        for cog in (diagnose, self.watch, Reference(self), Setup(self), Moderation(self), About(self)):
            await self.add_cog(cog)
        buttons = AnswerButtons(self)
        self.answer_handlers(buttons.presses(), buttons.forms())
        self.add_dynamic_items(*dynamic_items(self.presses))
        self.add_listener(self._on_form, "on_interaction")
        await self.tree.set_translator(Chinese())
        if self.config.sync_commands:
            await self.tree.sync()
        self._chores = [
            asyncio.create_task(every(REMINDER_ROUND, self.watching.remind)),
            asyncio.create_task(every(HOUR, self._purge)),
        ]
        if self.config.watch_knowledge:
            self._chores.append(asyncio.create_task(every(KNOWLEDGE_ROUND, self._reload_changed)))

    def answer_handlers(self, presses: dict[str, Handler], forms: dict[str, Handler]) -> None:
        """Adds handlers of buttons, menus and forms; an action has one."""
        for known, new in ((self.presses, presses), (self.forms, forms)):
            if twice := known.keys() & new.keys():
                raise ValueError(f"two handlers for {sorted(twice)}")
            known.update(new)

    async def close(self) -> None:
        """Takes nothing new, lets what has been begun end (for some seconds), then goes."""
        if self._is_closing:
            return
        self._is_closing = True
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        if begun := [task for task in asyncio.all_tasks() if _is_work(task)]:
            await asyncio.wait(begun, timeout=CLOSING_SECONDS)
        await self.workers.close()
        await super().close()

    async def reload(self) -> tuple[str, str]:
        """Loads changed knowledge; returns the version before and after. Faulty knowledge raises, changing nothing."""
        before = self.workers.clinic.version
        return before, await self.workers.reload()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - its signature
        log.exception("unexpected error in %s", event_method)

    async def on_message(self, message: discord.Message, /) -> None:
        """Every message comes by here; nearly all are none of the bot's business, so that is decided first."""
        if message.author.bot or message.webhook_id or message.flags.is_crossposted or self._is_closing:
            return
        await self.watch.on_any_message(message)

    async def show(
        self, interaction: discord.Interaction[Any], consultation: Consultation, look: Look, *, left_out: int = 0
    ) -> None:
        """Puts an answer into an interaction that is already acknowledged."""
        files = await self.chart(consultation, look)
        view = present(consultation, look, left_out=left_out, image=files[0].filename if files else "")
        try:
            await interaction.edit_original_response(content=None, embeds=[], view=view, attachments=files)
        except discord.HTTPException as error:
            if error.status != BAD_REQUEST:
                raise
            log.warning("components v2 were refused, embeds are sent instead: %s", error)
            plain = present_plain(consultation, look)
            await interaction.edit_original_response(embeds=plain.embeds, view=plain.view)

    async def reply(self, message: discord.Message, consultation: Consultation, look: Look) -> None:
        """Answers a message."""
        try:
            await message.reply(view=present(consultation, look), mention_author=False)
        except discord.HTTPException as error:
            if error.status != BAD_REQUEST:
                raise
            log.warning("components v2 were refused, embeds are sent instead: %s", error)
            plain = present_plain(consultation, look)
            await message.reply(embeds=plain.embeds, view=plain.view, mention_author=False)

    async def chart(self, consultation: Consultation, look: Look) -> list[discord.File]:
        """The memory chart of an answer that has one. Without it the answer is still complete."""
        chart = answer_of(consultation, look).chart
        if chart is None:
            return []
        try:
            picture = await self.workers.run(jobs.draw, chart)
        except UserError:
            return []
        return [discord.File(io.BytesIO(picture), CHART_NAME)]

    async def _on_form(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            data: Any = interaction.data or {}
            await dispatch(interaction, self.forms, str(data.get("custom_id", "")))

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

    async def _purge(self) -> None:
        config = self.config
        gone = await self.store.privacy.purge(
            Retention(answers=config.answer_days, feedback=config.feedback_days, unknown=config.unknown_days)
        )
        await self.watching.refresh()
        log.info("purged %d records", gone)


def _is_work(task: "asyncio.Task[Any]") -> bool:
    """Whether a task answers an event, a command, a button or a form; discord.py names them so."""
    return task is not asyncio.current_task() and task.get_name().startswith(
        ("discord.py: on_", "CommandTree-invoker", "discord-ui-")
    )


def _newest(root: Path) -> tuple[int, float]:
    """Number and newest time of the files of the knowledge."""
    times = [path.stat().st_mtime for path in root.rglob("*.yaml")]
    return len(times), max(times, default=0.0)


def intents(config: Config) -> discord.Intents:
    """The least that works: servers, messages, and (when switched on) what they say."""
    chosen = discord.Intents.none()
    chosen.guilds = True
    chosen.messages = True
    chosen.message_content = config.message_content
    return chosen


async def every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """Does something again and again; an error is logged and does not end it."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("a regular task failed")
