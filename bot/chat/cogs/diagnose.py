"""/diagnose, its form, the message menus, and logs sent to the bot by mention, reply or direct message."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.base.languages import Language
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, error_text, is_forbidden, is_gone, language_of
from bot.chat.forms import FormField, form, submitted
from bot.chat.gathering import (
    Sources,
    of_files,
    of_message,
    of_reference,
)
from bot.chat.interactive import custom_id
from bot.chat.presenting import Look, present
from bot.chat.rendering import notice
from bot.chat.request_reading import writer_of
from bot.chat.watching import Watching
from bot.clinic.message import Message, Said
from bot.intake.pictures import MARK, UNREADABLE
from bot.service import jobs
from bot.service.consulting import Asker, Consultation
from bot.service.keeping import in_time
from bot.service.material import Material
from bot.service.wording import words

Interaction = discord.Interaction[Any]
_SAYS_TOO_LITTLE = frozenset({"ask", "silent", "howto"})  # kinds of replies to a message that may go on an earlier one


class Diagnose(commands.Cog):
    """/diagnose, the menus of a message, and messages to the bot itself."""

    def __init__(self, bot: Desk, watching: Watching) -> None:
        self.bot = bot
        self._watching = watching
        bot.answer_handlers({}, {"diagnose": self.form_sent})
        for name, callback in (
            ("Diagnose this message", self.menu_diagnose),
            ("Explain words in this message", self.menu_explain),
        ):
            menu = app_commands.ContextMenu(name=locale_str(name), callback=callback)
            app_commands.allowed_installs(guilds=True, users=True)(menu)
            app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(menu)
            bot.tree.add_command(menu)

    @app_commands.command(name="diagnose", description="Find out what a log or error means and what to do")
    @app_commands.describe(
        log="The log or error text; leave empty for a form",
        file="A log as text or archive, or a screenshot",
        private="Show the answer to you alone",
    )
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def diagnose(
        self,
        interaction: Interaction,
        log: str | None = None,
        file: discord.Attachment | None = None,
        private: bool = False,
    ) -> None:
        """/diagnose: a log as a file, a link or words; a form where nothing is given."""
        if log is None and file is None:
            await interaction.response.send_modal(_form(language_of(interaction), private=private))
            return
        await interaction.response.defer(thinking=True, ephemeral=private)
        await self.answer(interaction, of_files(log or "", (file,) if file else (), interaction.user), private=private)

    async def form_sent(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Answers what was written into the form."""
        private = arguments[0] == "p"
        await interaction.response.defer(thinking=True, ephemeral=private)
        filled = submitted(interaction)
        sources = of_files(filled["log"], filled.files, interaction.user)
        await self.answer(interaction, sources, private=private, loader=filled["loader"] or None)

    async def menu_diagnose(self, interaction: Interaction, message: discord.Message) -> None:
        """The menu "Diagnose" of somebody's message."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        asker = asker_of(interaction)
        self.bot.consultations.admit(asker)
        consultation, _ = await self.replied(asker, of_message(message) + of_reference(message), message)
        language = language_of(interaction)
        if consultation is None:
            await interaction.edit_original_response(view=notice(words("nothing_asked", language)))
        else:
            await self.bot.show(interaction, consultation, Look(language, private=True))

    async def menu_explain(self, interaction: Interaction, message: discord.Message) -> None:
        """The menu that explains the words in somebody's message."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        asker = asker_of(interaction)
        self.bot.consultations.admit(asker)
        consultation = await self.bot.consultations.ask(asker, "words", jobs.words_in, of_message(message).text)
        look = Look(language_of(interaction), private=True)
        await interaction.edit_original_response(view=present(consultation, look))

    async def answer(
        self, interaction: Interaction, sources: Sources, *, private: bool, loader: str | None = None
    ) -> None:
        """Reads and answers an interaction that is already acknowledged."""
        language = language_of(interaction)
        asker = asker_of(interaction)
        self.bot.consultations.admit(asker)

        async def progress(number: int, total: int) -> None:
            text = words("reading_file", language, number=number, total=total)
            await interaction.edit_original_response(view=notice(text))

        material = await self._gathered(sources, progress)
        if waiting := self.bot.workers.waiting:
            await interaction.edit_original_response(view=notice(words("queued", language, place=waiting + 1)))
        elif material.uploads:
            await interaction.edit_original_response(view=notice(words("thinking", language)))
        consultation = await self.bot.consultations.log(asker, material, loader)
        similar = await self.bot.community.links_like(asker, consultation.reading)
        look = Look(language, private=private)
        await self.bot.show(interaction, consultation, look, left_out=material.left_out, similar=similar)
        if consultation.reading.masked:
            advice = await self.bot.workers.run(asker.user_id, jobs.leak_advice, consultation.reading.masked)
            await self.bot.warnings.tell_asker(interaction, advice, language)

    async def on_message(self, message: discord.Message) -> None:
        """A log sent to the bot itself."""
        sources = of_message(message) + of_reference(message)
        if not await in_time(self.bot.store.handled.claim(f"message:{message.id}"), otherwise=True):
            return
        await self._answer_message(message, sources)

    async def _answer_message(self, message: discord.Message, sources: Sources) -> None:
        language = self.bot.workers.clinic.language_of(sources.text)
        asker = writer_of(message)
        try:
            try:
                self.bot.consultations.admit(asker)
                async with message.channel.typing():
                    consultation, language = await self._replied_in_talk(asker, sources, message)
                if consultation is None:
                    await message.reply(view=notice(words("at_your_service", language)), mention_author=False)
                else:
                    await self.bot.reply(message, consultation, Look(language))
            except discord.HTTPException:
                raise
            except Exception as error:  # noqa: BLE001 - the boundary: whoever wrote to the bot gets an answer
                text = error_text(error, language, "a message to the bot")
                await message.reply(view=notice(text, tone="careful"), mention_author=False)
        except discord.HTTPException as error:
            if is_forbidden(error):
                self._watching.messages.note_forbidden(message.channel)
            elif not is_gone(error):
                raise

    async def _replied_in_talk(
        self, asker: Asker, sources: Sources, message: discord.Message
    ) -> tuple[Consultation | None, Language]:
        """The same, where a message alone says too little, in the light of what was said here lately."""
        talks = self.bot.talks
        said = await self._heard(asker, sources, message)
        replied, consultation = await self.bot.consultations.reply(asker, said)
        earlier = talks.earlier(asker.channel_id, asker.user_id)
        if earlier and replied.kind in _SAYS_TOO_LITTLE and MARK not in said.text:  # a picture is asked about by itself
            again, fuller = await self.bot.consultations.reply(asker, replace(said, thread=earlier))
            if fuller is not None and again.kind != "ask":
                replied, consultation = again, fuller
        if consultation is not None:
            talks.add(asker.channel_id, asker.user_id, Said("asker", said.text, said.attachments))
        return consultation, replied.language

    async def replied(
        self, asker: Asker, sources: Sources, message: discord.Message | None = None
    ) -> tuple[Consultation | None, Language]:
        """What there is to say to what was sent (None: nothing), and in which language. `message`: what it came in."""
        replied, consultation = await self.bot.consultations.reply(asker, await self._heard(asker, sources, message))
        return consultation, replied.language

    async def _heard(self, asker: Asker, sources: Sources, message: discord.Message | None) -> Message:
        """A message to the bot, secrets masked; its author is told in private that there were some."""
        material = await self.bot.gatherer.gather(sources)
        heard = await self.bot.workers.run(asker.user_id, jobs.hear, material.marked, material.uploads, False)
        if message is not None and message.reference is None:  # what is replied to may be somebody else's
            await self.bot.warnings.tell(message, heard.leaks, heard.told.language)
        return Message(heard.text, attachments=heard.files, where="mention")

    async def _gathered(self, sources: Sources, progress: Any = None) -> Material:
        if sources.is_empty:
            raise RefusalError("nothing_to_read")
        material = await self.bot.gatherer.gather(sources, progress)
        if material.is_empty:
            raise UNREADABLE
        return material

    def is_for_me(self, message: discord.Message) -> bool:
        """Whether a message is sent to the bot: by mention, as a reply to it, or in a direct message."""
        me = self.bot.user
        if message.guild is None:
            return True
        reference = message.reference.resolved if message.reference else None
        replied = isinstance(reference, discord.Message) and me is not None and reference.author.id == me.id
        return replied or any(me is not None and user.id == me.id for user in message.mentions)


def asker_of(interaction: Interaction) -> Asker:
    """Who asks, where, and in which language."""
    return Asker(interaction.user.id, interaction.channel_id or 0, interaction.guild_id)


def _form(language: Language, *, private: bool) -> discord.ui.Modal:
    fields = [
        FormField("log", words("form_log", language), words("form_log_hint", language), is_long=True),
        FormField("file", words("form_file", language), is_file=True),
        FormField("loader", words("form_loader", language), most=60),
    ]
    return form(custom_id("diagnose", "p" if private else "o"), words("form_title", language), fields)
