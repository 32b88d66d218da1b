"""/explain, /faq, /term, /loader: questions with short answers, and their suggestions."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.base.languages import Language
from bot.chat.cogs.answering import ANYONE, ANYWHERE, answer, suggested
from bot.chat.cogs.diagnose import asker_of
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of
from bot.chat.interactive import custom_id
from bot.chat.limits import OPTION_TEXT, OPTIONS, clip
from bot.chat.people import is_helper
from bot.chat.presenting import Look, present
from bot.chat.rendering import Press, Sheet, addressed, notice, sheet
from bot.service import jobs
from bot.service.consulting import Consultation
from bot.service.own_answers import own_answer, wordings_of
from bot.service.wording import words

Interaction = discord.Interaction[Any]
LOOKED_BACK = 30  # messages in which the one to reply to is looked for


class Reference(commands.Cog):
    """/explain, /faq, /term and /loader."""

    def __init__(self, bot: Desk) -> None:
        self.bot = bot
        bot.answer_handlers({"loader": self.loader_chosen}, {})

    @app_commands.command(name="explain", description="What a model's name, file name or link says")
    @app_commands.describe(name="Name, file name or link")
    @ANYONE
    @ANYWHERE
    async def explain(self, interaction: Interaction, name: app_commands.Range[str, 1, 300]) -> None:
        """/explain: a model's name, part by part."""
        await answer(self.bot, interaction, "explain", jobs.explain, name)

    @app_commands.command(name="faq", description="Frequent questions and their answers")
    @app_commands.describe(question="Your question", to="Helpers: the person to tell it to")
    @ANYONE
    @ANYWHERE
    async def faq(
        self, interaction: Interaction, question: app_commands.Range[str, 1, 300], to: discord.User | None = None
    ) -> None:
        """/faq: the answer to a frequent question, to the reader or to somebody named."""
        language = await self._language_for(interaction, to)
        await interaction.response.defer(thinking=True, ephemeral=to is not None)
        asker = asker_of(interaction)
        self.bot.consultations.admit(asker)
        own = await self.bot.consultations.own.find(asker.guild_id, asker.user_id, question)
        if own is not None:
            consultation = await self.bot.consultations.keep(asker, "own", own_answer(own))
        else:
            consultation = await self.bot.consultations.ask(asker, "faq", jobs.faq, question)
        if to is None:
            await self.bot.show(interaction, consultation, Look(language))
        elif own is not None or await self.bot.workers.run(asker.user_id, jobs.is_known, question):
            await self._tell(interaction, present(consultation, Look(language)), to)
        else:
            await self._show_alone(interaction, consultation, to)

    async def _language_for(self, interaction: Interaction, to: discord.abc.User | None) -> Language:
        """The language of an answer; only helpers have others told."""
        if to is None:
            return language_of(interaction)
        if interaction.guild_id is None:
            raise RefusalError("server_only")
        settings = await self.bot.store.settings.get(interaction.guild_id)
        if not is_helper(interaction.user, settings):
            raise RefusalError("helpers_only")
        return language_of(interaction) if settings.language == "auto" else settings.language

    async def _show_alone(self, interaction: Interaction, consultation: Consultation, to: discord.abc.User) -> None:
        """To the helper alone what is near a question that has no sure answer: nobody is told a guess."""
        language = language_of(interaction)
        await self.bot.show(interaction, consultation, Look(language, private=True))
        note = notice(words("faq_not_told", language, user=to.mention), tone="careful")
        await interaction.followup.send(view=note, ephemeral=True)

    async def _tell(self, interaction: Interaction, answer: Sheet, to: discord.abc.User) -> None:
        """The answer as a reply to what somebody said last, who is pinged; above it where he said nothing here."""
        channel: Any = interaction.channel
        asked = [message async for message in channel.history(limit=LOOKED_BACK) if message.author.id == to.id]
        pings = discord.AllowedMentions(users=[to], replied_user=True)
        if asked:
            await asked[0].reply(view=answer, allowed_mentions=pings)
        else:
            await channel.send(view=addressed(answer, to.mention), allowed_mentions=pings)
        done = words("faq_told", language_of(interaction), user=to.mention)
        await interaction.edit_original_response(view=notice(done, tone="good"))

    @app_commands.command(name="term", description="What a word or setting means")
    @app_commands.describe(word="Word or setting")
    @ANYONE
    @ANYWHERE
    async def term(self, interaction: Interaction, word: app_commands.Range[str, 1, 100]) -> None:
        """/term: what a word or a setting means."""
        await answer(self.bot, interaction, "term", jobs.term, word)

    @app_commands.command(name="loader", description="Which loader should I use?")
    @ANYONE
    @ANYWHERE
    async def loader(self, interaction: Interaction) -> None:
        """/loader: the questions that lead to a loader."""
        view = await self._loader_step(interaction, ())
        await interaction.response.send_message(view=view, ephemeral=True)

    async def loader_chosen(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """The next question after a choice, or the loader."""
        chosen = tuple(option for option in arguments[0].split(".") if option) if arguments else ()
        await interaction.response.edit_message(view=await self._loader_step(interaction, chosen))

    async def _loader_step(self, interaction: Interaction, chosen: tuple[str, ...]) -> Sheet:
        """The next question, or the advice. What was chosen so far stands in the buttons' ids."""
        language = language_of(interaction)
        clinic = self.bot.workers.clinic
        questions = clinic.loader_questions()
        if len(chosen) < len(questions):
            question = questions[len(chosen)]
            presses = [
                Press(option.label.in_language(language), custom_id("loader", ".".join((*chosen, option.id))))
                for option in question.options
            ]
            if chosen:
                presses.append(Press(words("loader_again", language), custom_id("loader"), emoji="↩️"))
            title = f"### {words('loader_title', language)}\n**{len(chosen) + 1}/{len(questions)}** "
            return sheet([title + question.text.in_language(language)], presses=presses)
        advice = clinic.loader_advice({q.id: option for q, option in zip(questions, chosen, strict=False)})
        consultation = await self.bot.consultations.keep(asker_of(interaction), "loader", advice)
        return present(consultation, Look(language, private=True))

    @explain.autocomplete("name")
    async def models(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Names of models that begin like what is typed."""
        return await suggested(self.bot, interaction, "model", current)

    @faq.autocomplete("question")
    async def questions(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """The server's own questions first."""
        typed = current.strip().lower()
        own = [
            app_commands.Choice(name=clip(each.question, OPTION_TEXT), value=clip(each.question, OPTION_TEXT))
            for each in await self.bot.consultations.own.of_guild(interaction.guild_id)
            if any(typed in wording.lower() for wording in wordings_of(each))
        ]
        known = await suggested(self.bot, interaction, "faq", current)
        return [*own, *(choice for choice in known if choice not in own)][:OPTIONS]

    @term.autocomplete("word")
    async def terms(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Terms that resemble what is typed."""
        return await suggested(self.bot, interaction, "term", current)
