"""Events of messages and threads, the menu "Ask for missing info", and /template."""

import logging
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.chat.cogs.diagnose import Diagnose, asker_of
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of
from bot.chat.forms import submitted
from bot.chat.gathering import Sources
from bot.chat.interactive import custom_id
from bot.chat.people import is_helper
from bot.chat.presenting import Look, present
from bot.chat.rendering import Press, notice, sheet
from bot.chat.request_reading import said_of
from bot.chat.request_view import template_form, template_sheet
from bot.chat.watching import Watching
from bot.clinic.ports import Upload
from bot.service import jobs
from bot.service.wording import POINTS, words

Interaction = discord.Interaction[Any]
log = logging.getLogger(__name__)


class Watch(commands.Cog):
    """Passes events of messages and threads to those who decide about them."""

    def __init__(self, bot: Desk, diagnose: Diagnose, watching: Watching) -> None:
        self.bot = bot
        self._watching = watching
        self._diagnose = diagnose
        bot.answer_handlers({"template": self.template_opened}, {"template_form": self.template_sent})
        menu = app_commands.ContextMenu(name=locale_str("Ask for missing info"), callback=self.menu_ask)
        app_commands.guild_only()(menu)
        bot.tree.add_command(menu)

    async def on_any_message(self, message: discord.Message) -> None:
        """A message of a human: to the bot, or perhaps a help request."""
        watching, said = self._watching, said_of(message)
        if self._diagnose.is_for_me(message) and not (said and watching.following.is_answer(said)):
            await self._diagnose.on_message(message)
        elif said is not None and self.bot.config.message_content:
            settings = self.bot.store.settings.known(said.guild_id)
            if (helped := watching.following.helped_by(said)) is not None:
                await watching.on_other(helped, message, settings or await self.bot.store.settings.get(said.guild_id))
            if settings is not None and watching.following.root_of(said, settings) is None:
                return
            await watching.read(message)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Reads an edited message again."""
        message = payload.message
        if payload.guild_id is None or message.author.bot or not self.bot.config.message_content:
            return
        await self._watching.read(message, is_edit=True)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Forgets a deleted message."""
        await self._watching.on_delete(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Forgets messages that were deleted together."""
        for message_id in payload.message_ids:
            await self._watching.on_delete(message_id)

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Notices the tags of a thread that is followed."""
        forum = self.bot.get_channel(payload.parent_id)
        if payload.thread_id in self._watching.following.authors and isinstance(forum, discord.ForumChannel):
            put = {int(id_) for id_ in payload.data.get("applied_tags") or ()}
            names = [tag.name for tag in forum.available_tags if tag.id in put]
            await self._watching.on_tagged(
                payload.thread_id, names, await self.bot.store.settings.get(payload.guild_id)
            )

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Forgets a deleted thread."""
        await self._watching.on_thread_delete(payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forgets a server that the bot has left."""
        await self._watching.on_guild_remove(guild.id)

    async def menu_ask(self, interaction: Interaction, message: discord.Message) -> None:
        """The menu "Ask for missing info" of somebody's message."""
        assert interaction.guild_id is not None
        language = language_of(interaction)
        settings = await self.bot.store.settings.get(interaction.guild_id)
        if message.author.id != interaction.user.id and not is_helper(interaction.user, settings):
            raise RefusalError("helpers_only")
        await interaction.response.defer(thinking=True, ephemeral=True)
        was_asked = await self._watching.ask(message, settings)
        note = words("ask_done" if was_asked else "ask_nothing", language)
        await interaction.edit_original_response(view=notice(note, tone="good"))

    @app_commands.command(name="template", description="A form for a good question")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def template(self, interaction: Interaction) -> None:
        """/template: the question template, with a form to fill it in."""
        language = language_of(interaction)
        parts = [f"### {words('template_title', language)}", words("template_intro", language)]
        fill = Press(words("template_fill", language), custom_id("template"), discord.ButtonStyle.primary, "✏️")
        await interaction.response.send_message(view=sheet(parts, presses=[fill]))

    async def template_opened(self, interaction: Interaction, _: tuple[str, ...]) -> None:
        """Opens the form of the template."""
        await interaction.response.send_modal(template_form(language_of(interaction)))

    async def template_sent(self, interaction: Interaction, _arguments: tuple[str, ...]) -> None:
        """Posts the filled-in template, and the answer to it."""
        await interaction.response.defer(thinking=True)
        language = language_of(interaction)
        filled = {point: text.strip() for point, text in submitted(interaction).texts.items()}
        masked = await self.bot.workers.run(interaction.user.id, jobs.redact, list(filled.values()))
        texts = dict(zip(filled, masked, strict=True))
        view = template_sheet(language, interaction.user.mention, texts)
        await interaction.edit_original_response(view=view)
        asker = asker_of(interaction)
        self.bot.consultations.admit(asker)
        told = [f"{POINTS[point].en}: {text}" for point, text in texts.items() if point != "log" and text]
        log = tuple(Upload("log.txt", text.encode()) for point, text in texts.items() if point == "log" and text)
        consultation, _ = await self._diagnose.replied(asker, Sources("\n".join(told), uploads=log))
        if consultation is not None:
            await interaction.followup.send(view=present(consultation, Look(language)))
