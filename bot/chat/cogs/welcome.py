"""What the bot says when it joins a server: what it is, how to set it up, and a post to try it with."""

import logging
from typing import Any

import discord
from discord.ext import commands

from bot.base.languages import Language
from bot.chat.cogs.diagnose import asker_of
from bot.chat.desk import Desk
from bot.chat.errors import language_of
from bot.chat.interactive import custom_id
from bot.chat.presenting import Look
from bot.chat.rendering import Press, sheet
from bot.clinic.message import Message
from bot.service.keeping import in_time
from bot.service.wording import words

Interaction = discord.Interaction[Any]
log = logging.getLogger(__name__)


class Welcome(commands.Cog):
    """The first words on a new server."""

    def __init__(self, bot: Desk) -> None:
        self.bot = bot
        bot.answer_handlers({"welcome_try": self.tried}, {})

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Says hello once, in a channel where everybody may read it."""
        place = _place(guild)
        if place is None or not await in_time(self.bot.store.handled.claim(f"welcome:{guild.id}"), otherwise=False):
            return
        language = self._language(guild)
        presses = [
            Press(words("welcome_setup", language), custom_id("setup_open"), discord.ButtonStyle.primary, "⚙️"),
            Press(words("welcome_try", language), custom_id("welcome_try"), emoji="🧪"),
        ]
        try:
            await place.send(view=sheet([words("welcome", language)], presses=presses))
        except discord.HTTPException as error:
            log.info("no welcome in guild %d: %s", guild.id, error)

    async def tried(self, interaction: Interaction, _: tuple[str, ...]) -> None:
        """The answer to a sample post, for the one who pressed."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        language, asker = language_of(interaction), asker_of(interaction)
        self.bot.consultations.admit(asker)
        sample = Message(words("welcome_sample", language), where="mention")
        _replied, consultation = await self.bot.consultations.reply(asker, sample)
        if consultation is not None:
            await self.bot.show(interaction, consultation, Look(language, private=True))

    def _language(self, guild: discord.Guild) -> Language:
        code = str(guild.preferred_locale).partition("-")[0]
        return code if code in self.bot.languages else "en"


def _place(guild: discord.Guild) -> discord.TextChannel | None:
    """Where a server's system messages go, else the first channel that the bot may write in."""
    channels = [*([guild.system_channel] if guild.system_channel else []), *guild.text_channels]
    return next((channel for channel in channels if _may_write(channel)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.view_channel and permissions.send_messages
