"""Whoever posts a secret is told in private what to replace and how, and may delete the message by a button."""

import logging
from typing import Any

import discord

from bot.answers.blocks import Answer
from bot.base.languages import Language
from bot.chat.errors import is_forbidden, is_gone, language_of
from bot.chat.interactive import Handler, custom_id
from bot.chat.people import is_moderator
from bot.chat.rendering import Press, notice, pages, sheet
from bot.service.keeping import in_time
from bot.service.wording import words
from bot.store.store import Store

Interaction = discord.Interaction[Any]
log = logging.getLogger(__name__)


class Warnings:
    """`store` remembers which messages were told about."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def presses(self) -> dict[str, Handler]:
        return {"delete_leak": self.delete}

    async def tell(self, message: discord.Message, advice: Answer | None, language: Language) -> None:
        """Tells the author of a message once, in a direct message; whoever takes none is not told in public."""
        if advice is None or message.author.bot or message.guild is None:
            return
        if not await in_time(self._store.handled.claim(f"leak:{message.id}"), otherwise=False):
            return
        presses = [
            Press(
                words("leak_delete", language),
                custom_id("delete_leak", message.channel.id, message.id),
                discord.ButtonStyle.danger,
            ),
            Press(words("leak_show", language), url=message.jump_url),
        ]
        try:
            await message.author.send(view=sheet(pages(advice, language)[0], tone="careful", presses=presses))
        except discord.HTTPException as error:
            log.info("the author of message %d takes no direct messages: %s", message.id, error)

    async def tell_asker(self, interaction: Interaction, advice: Answer | None, language: Language) -> None:
        """Tells whoever used a command, below its answer and visible to nobody else."""
        if advice is not None:
            await interaction.followup.send(view=sheet(pages(advice, language)[0], tone="careful"), ephemeral=True)

    async def delete(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Deletes the message: for its author, or for a moderator of its server."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = language_of(interaction)
        done = await self._deleted(interaction, int(arguments[0]), int(arguments[1]))
        tone: Any = "good" if done == "leak_deleted" else "careful"
        await interaction.edit_original_response(view=notice(words(done, language), tone=tone))

    async def _deleted(self, interaction: Interaction, channel_id: int, message_id: int) -> str:
        """The name of what there is to say."""
        channel = interaction.client.get_channel(channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            return "leak_by_hand"
        try:
            message = await channel.fetch_message(message_id)
            if message.author.id != interaction.user.id and not is_moderator(interaction.user):
                return "leak_not_yours"
            await message.delete()
        except discord.HTTPException as error:
            if is_gone(error):
                return "leak_deleted"
            if is_forbidden(error):
                return "leak_by_hand"
            raise
        return "leak_deleted"
