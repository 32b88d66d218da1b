"""What the commands and the watching share: the client, its collaborators, and how an answer is put before people."""

import io
import logging
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.base.errors import UserError
from bot.base.languages import Language
from bot.chat import errors
from bot.chat.config import Config
from bot.chat.gathering import Gatherer
from bot.chat.interactive import HURRY, Handler
from bot.chat.limits import ELLIPSIS
from bot.chat.pleas import Pleas
from bot.chat.presenting import Look, answer_of, present, present_plain
from bot.chat.talks import Talks
from bot.chat.warning import Warnings
from bot.clinic.ports import Clinic, Upload
from bot.service import jobs
from bot.service.community import Community
from bot.service.consulting import Consultation, Consultations
from bot.service.limiter import Limiter, SlowDownError, Window
from bot.service.workers import Workers
from bot.service.working import Load
from bot.store.shelf import hurry
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.service.links import LinkReader

log = logging.getLogger(__name__)
# This bot never speaks in voice channels: nothing is to be said about libraries for that.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
BAD_REQUEST = 400
CHART_NAME = "memory.png"
MINUTE = 60.0
PRESSES = 30  # of buttons, menus and forms together, of one user in a minute


def intents(config: Config) -> discord.Intents:
    """The least that works: servers, messages, and (when switched on) what they say."""
    chosen = discord.Intents.none()
    chosen.guilds = True
    chosen.messages = True
    chosen.message_content = config.message_content
    return chosen


class Tree(app_commands.CommandTree["Desk"]):
    """Commands whose errors all end in one place."""

    async def interaction_check(self, _: discord.Interaction["Desk"], /) -> bool:
        hurry.set(HURRY)
        return True

    async def on_error(self, interaction: discord.Interaction["Desk"], error: app_commands.AppCommandError, /) -> None:
        await errors.explain(interaction, error)


class Desk(commands.AutoShardedBot):
    """Holds the collaborators; what takes events is given one."""

    def __init__(self, config: Config, clinic: Clinic, store: Store, load: Load | None) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents(config),
            proxy=config.proxy or None,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=config.shards,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=config.guild_ready_seconds,
        )
        self.config = config
        self.store = store
        self.workers = Workers(
            clinic,
            load,
            count=config.workers,
            queue=config.queue,
            seconds=config.job_seconds,
            user_seconds=config.user_work_seconds,
            memory=config.worker_mb,
        )
        limiter = Limiter(config.user_per_minute, config.channel_per_minute, config.process_per_minute)
        self.consultations = Consultations(self.workers, store, limiter)
        self.community = Community(store, self.workers, self.consultations)
        self._proxy = config.proxy
        self.gatherer = Gatherer(
            most_files=config.files,
            most_bytes=config.file_bytes,
            mask=self.masked,
            reads_pictures=lambda: self.workers.clinic.reads_pictures,
            read_links=self._linked if config.links else None,
        )
        self.talks = Talks()
        self.pleas = Pleas()
        self._pressing = Window(PRESSES, MINUTE)
        self.presses: dict[str, Handler] = {}
        self.forms: dict[str, Handler] = {}
        self.warnings = Warnings(store)
        self.answer_handlers(self.warnings.presses(), {})

    @property
    def languages(self) -> tuple[Language, ...]:
        """Codes of the languages that answers are given in."""
        return self.workers.clinic.languages

    def answer_handlers(self, presses: dict[str, Handler], forms: dict[str, Handler]) -> None:
        """Adds handlers of buttons, menus and forms; an action has one."""
        for known, new in ((self.presses, presses), (self.forms, forms)):
            if twice := known.keys() & new.keys():
                raise ValueError(f"two handlers for {sorted(twice)}")
            known.update(new)

    def admit_press(self, user_id: int) -> None:
        """Counts a press of a button, a choice in a menu or a form that was sent; raises SlowDownError."""
        if wait := self._pressing.wait(user_id):
            raise SlowDownError("slow_down", int(wait) + 1)
        self._pressing.count(user_id)

    async def _linked(self, text: str) -> list[Upload]:
        """What the links to paste sites in a text lead to."""
        links = self.workers.clinic.paste_sites.found(text)
        return await self._links.read(links) if links else []

    @cached_property
    def _links(self) -> "LinkReader":
        from bot.service.links import LinkReader  # it brings an HTTP client that a start need not wait for

        return LinkReader(proxy=self._proxy)

    async def masked(self, text: str, user_id: int | None = None) -> str:
        """A short text with its secrets masked; nothing of it where nobody has time to look for them."""
        try:
            return (await self.workers.run(user_id, jobs.redact, [text]))[0]
        except UserError:
            return ELLIPSIS

    async def reload(self) -> tuple[str, str]:
        """Loads changed knowledge; returns the version before and after. Faulty knowledge raises, changing nothing."""
        before = self.workers.clinic.version
        return before, await self.workers.reload()

    async def show(
        self,
        interaction: discord.Interaction[Any],
        consultation: Consultation,
        look: Look,
        *,
        left_out: int = 0,
        similar: Sequence[str] = (),
    ) -> None:
        """Puts an answer into an interaction that is already acknowledged."""
        view = present(consultation, look, left_out=left_out, similar=similar)
        try:
            await interaction.edit_original_response(content=None, embeds=[], view=view, attachments=[])
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
            picture = await self.workers.run(consultation.author_id, jobs.draw, chart, look.language)
        except UserError:
            return []
        return [discord.File(io.BytesIO(picture), CHART_NAME)]
