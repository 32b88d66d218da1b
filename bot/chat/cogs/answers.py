"""/answers: a server's own answers, which its moderators write in a form."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.base.languages import Language
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of
from bot.chat.forms import FormField, Submitted, form, submitted
from bot.chat.interactive import Handler, chosen, custom_id
from bot.chat.limits import OPTION_TEXT, OPTIONS, clip
from bot.chat.people import moderated_guild
from bot.chat.rendering import Menu, Press, Sheet, pages, sheet
from bot.service import jobs
from bot.service.own_answers import own_answer
from bot.service.wording import words
from bot.store.own_answers import MOST, OwnAnswer

Interaction = discord.Interaction[Any]
QUESTION, ALIASES, TEXT = 150, 600, 1500  # characters
MOST_ALIASES = 20


class Answers(commands.Cog):
    """/answers: what a server answers itself, kept by its moderators."""

    def __init__(self, bot: Desk) -> None:
        self.bot = bot
        presses: dict[str, Handler] = {
            "own_add": self.add,
            "own_page": self.turn,
            "own_pick": self.picked,
            "own_change": self.change,
            "own_remove": self.remove,
        }
        bot.answer_handlers(presses, {"own_form": self.form_sent})

    @app_commands.command(name="answers", description="Own answers of this server: add, change, remove")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)
    async def answers(self, interaction: Interaction) -> None:
        """/answers: the list of the server's own answers."""
        view = await self._list(interaction, 0)
        await interaction.response.send_message(view=view, ephemeral=True)

    async def turn(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Another page of the list."""
        await interaction.response.edit_message(view=await self._list(interaction, int(arguments[0])))

    async def add(self, interaction: Interaction, _: tuple[str, ...]) -> None:
        """Opens the form of a new answer."""
        moderated_guild(interaction)
        await interaction.response.send_modal(_form(OwnAnswer(question=""), language_of(interaction)))

    async def picked(self, interaction: Interaction, _: tuple[str, ...]) -> None:
        """Shows the answer that was picked from the list."""
        own = await self._kept(interaction, chosen(interaction)[0])
        await interaction.response.edit_message(view=_one(own, language_of(interaction)))

    async def change(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Opens the form of an answer, filled with what it says."""
        own = await self._kept(interaction, arguments[0])
        await interaction.response.send_modal(_form(own, language_of(interaction)))

    async def remove(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Deletes an answer and shows the list again."""
        guild_id = moderated_guild(interaction)
        await self.bot.store.own_answers.remove(guild_id, int(arguments[0]))
        self.bot.consultations.own.changed(guild_id)
        note = words("own_removed", language_of(interaction))
        await interaction.response.edit_message(view=await self._list(interaction, 0, note))

    async def form_sent(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Keeps what was written, and tells what is wrong with it where it cannot be kept."""
        guild_id = moderated_guild(interaction)
        sent = submitted(interaction)
        if not (sent["en"] or sent["zh"]):
            raise RefusalError("own_no_text")
        await interaction.response.defer()
        own = await self._written(interaction, sent, int(arguments[0]))
        store, by = self.bot.store.own_answers, interaction.user.id
        if own.id:
            if not await store.change(guild_id, own, by):
                raise RefusalError("own_gone")
        elif not await store.add(guild_id, own, by):
            raise RefusalError("own_full", most=MOST)
        self.bot.consultations.own.changed(guild_id)
        note = words("own_saved", language_of(interaction))
        await interaction.edit_original_response(view=await self._list(interaction, 0, note))

    async def _written(self, interaction: Interaction, sent: Submitted, id_: int) -> OwnAnswer:
        """What a form holds, secrets masked."""
        texts = [clip(sent["question"], QUESTION), clip(sent["en"], TEXT), clip(sent["zh"], TEXT)]
        aliases = [clip(line.strip(), QUESTION) for line in sent["aliases"].splitlines() if line.strip()]
        run = self.bot.workers.run
        question, en, zh, *others = await run(
            interaction.user.id, jobs.redact, [*texts, *dict.fromkeys(aliases[:MOST_ALIASES])]
        )
        return OwnAnswer(question=question, aliases=tuple(others), en=en, zh=zh, id=id_)

    async def _kept(self, interaction: Interaction, id_: str) -> OwnAnswer:
        own = await self.bot.store.own_answers.get(moderated_guild(interaction), int(id_))
        if own is None:
            raise RefusalError("own_gone")
        return own

    async def _list(self, interaction: Interaction, page: int, note: str = "") -> Sheet:
        language = language_of(interaction)
        known = await self.bot.store.own_answers.of_guild(moderated_guild(interaction))
        shown = known[page * OPTIONS :][:OPTIONS]
        intro = words("own_intro", language, number=len(known), most=MOST)
        parts = [f"### {words('own_title', language)}", intro if known else words("own_none", language)]
        options = tuple((str(own.id), clip(own.question, OPTION_TEXT), _languages(own)) for own in shown)
        menus = [Menu(custom_id("own_pick", page), words("own_pick", language), options)] if options else []
        presses = [Press(words("own_add", language), custom_id("own_add"), discord.ButtonStyle.success, "➕")]
        if len(known) > OPTIONS:
            following = page + 1 if (page + 1) * OPTIONS < len(known) else 0
            presses.append(Press(words("own_next", language), custom_id("own_page", following), emoji="➡️"))
        return sheet([*parts, *([f"**{note}**"] if note else [])], presses=presses, menus=menus)


def _languages(own: OwnAnswer) -> str:
    return " · ".join(name for name, text in (("English", own.en), ("中文", own.zh)) if text)


def _one(own: OwnAnswer, language: Language) -> Sheet:
    """One answer as it is shown to people, with what a moderator can do about it."""
    presses = [
        Press(words("own_change", language), custom_id("own_change", own.id), discord.ButtonStyle.primary, "✏️"),
        Press(words("own_remove", language), custom_id("own_remove", own.id), discord.ButtonStyle.danger, "🗑️"),
        Press(words("own_back", language), custom_id("own_page", 0), emoji="↩️"),
    ]
    return sheet(pages(own_answer(own), language)[0], presses=presses)


def _form(own: OwnAnswer, language: Language) -> discord.ui.Modal:
    either = words("own_form_either", language)
    fields = [
        FormField("question", words("own_form_question", language), "", own.question, is_required=True, most=QUESTION),
        FormField(
            "aliases",
            words("own_form_aliases", language),
            "",
            "\n".join(own.aliases),
            is_long=True,
            most=ALIASES,
        ),
        FormField("en", words("own_form_en", language), either, own.en, is_long=True, most=TEXT),
        FormField("zh", words("own_form_zh", language), either, own.zh, is_long=True, most=TEXT),
    ]
    return form(custom_id("own_form", own.id), words("own_form_title", language), fields)
