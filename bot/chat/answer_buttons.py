"""What the buttons under an answer do."""

from dataclasses import replace
from typing import Any

import discord
from msgspec import structs

from bot.answers.blocks import Steps
from bot.base.languages import Language, told
from bot.chat import rendering
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, is_forbidden, is_gone, language_of, tell
from bot.chat.forms import FormField, form, submitted
from bot.chat.interactive import Handler, chosen, custom_id, parsed
from bot.chat.limits import CONTENT, OPTIONS, head
from bot.chat.markdown import escape
from bot.chat.people import is_helper
from bot.chat.presenting import Look, answer_of, further, other_language, present, room_for, shared, turning
from bot.chat.rendering import Menu, Press, notice, sheet
from bot.chat.watching import Watching
from bot.service import jobs
from bot.service.consulting import Asker, Consultation
from bot.service.wording import words
from bot.store.evidence import Label
from bot.store.feedback import Opinion

Interaction = discord.Interaction[Any]
MOST_COPIED = 5  # messages with one command each


class AnswerButtons:
    """Handlers by action. Arguments: the key of the answer, and how it was shown."""

    def __init__(self, bot: Desk, watching: Watching) -> None:
        self._bot = bot
        self._watching = watching
        self._store = bot.store

    def presses(self) -> dict[str, Handler]:
        """What each button does."""
        return {
            "helped": self.helped,
            "not_helped": self.not_helped,
            "more": self.more,
            "page": self.page,
            "delete": self.delete,
            "steps": self.steps,
            "chart": self.chart,
            "program": self.program,
            "meant": self.meant,
            "copy": self.copy,
            "others": self.others,
            "switch": self.switch,
            "share": self.share,
            "teach": self.teach,
            "verdict_right": self.verdict_right,
            "verdict_pick": self.verdict_pick,
            "verdict_search": self.verdict_search,
        }

    def forms(self) -> dict[str, Handler]:
        """What each form does once it is sent."""
        return {"not_helped_form": self.not_helped_form, "verdict_form": self.verdict_form}

    async def helped(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Somebody says that the answer helped."""
        consultation, look = await self._found(arguments)
        await self._store.feedback.record(self._opinion(interaction, consultation, look, helped=True))
        await _reply(interaction, notice(words("thanks_helped", language_of(interaction)), tone="good"))
        if look.request:
            await self._watching.solved(look.request, interaction.user.id)

    async def not_helped(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Asks why it did not help."""
        key, look = arguments
        language = language_of(interaction)
        reason = FormField(
            "reason", words("not_helped_label", language), words("not_helped_hint", language), is_long=True, most=1000
        )
        modal = form(custom_id("not_helped_form", key, look), words("not_helped_title", language), [reason])
        await interaction.response.send_modal(modal)

    async def not_helped_form(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Keeps why it did not help; a post that is followed is told."""
        consultation, look = await self._found(arguments)
        await interaction.response.defer(thinking=True, ephemeral=True)
        reason = await self._bot.masked(submitted(interaction)["reason"], interaction.user.id)
        opinion = self._opinion(interaction, consultation, look, helped=False)
        await self._store.feedback.record(replace(opinion, reason=reason))
        await interaction.edit_original_response(view=notice(words("thanks_not_helped", language_of(interaction))))
        if look.request:
            causes = [each.failure_class or each.id for each in consultation.reading.candidates]
            await self._watching.not_solved(look.request, interaction.user.id, causes, reason)

    async def more(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Shows the details, beginning with what was folded."""
        consultation, look = await self._found(arguments)
        shown = interaction.message.id if interaction.message is not None else 0
        await _reply(interaction, _details(consultation, look, shown, 0))

    async def page(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Turns to another page of the details."""
        *found, shown, number = arguments
        consultation, look = await self._found(tuple(found))
        await interaction.response.edit_message(view=_details(consultation, look, int(shown), int(number)))

    async def delete(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Takes the message away for the one who asked, and for helpers."""
        key, message_id = arguments
        consultation = await self._bot.consultations.find(key)
        asked = consultation is not None and consultation.author_id == interaction.user.id
        if not asked and not await self._is_helper(interaction):
            raise RefusalError("not_yours")
        channel: Any = interaction.channel
        try:
            await channel.get_partial_message(int(message_id)).delete()
        except discord.HTTPException as error:
            if not is_gone(error) and not is_forbidden(error):
                raise
            if is_forbidden(error):
                raise RefusalError("delete_elsewhere") from error
        await interaction.response.edit_message(view=notice(words("deleted", language_of(interaction))))

    async def steps(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Shows all steps."""
        consultation, look = await self._found(arguments)
        await _reply_pages(interaction, rendering.pages(answer_of(consultation, look), look.language), look.language)

    async def copy(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Each command as a message of its own and nothing else in it: a phone copies whole messages."""
        consultation, look = await self._found(arguments)
        found = rendering.commands(answer_of(consultation, look))[:MOST_COPIED]
        await interaction.response.send_message(words("copy_intro", look.language), ephemeral=True)
        for command in found:
            await interaction.followup.send(head(command, CONTENT), ephemeral=True, suppress_embeds=True)

    async def others(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Shows the next of the other causes."""
        consultation, look = await self._found(arguments)
        following = (look.index + 1) % len(consultation.reading.answers)
        await self._show(interaction, consultation, replace(look, index=following))

    async def switch(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Shows the answer in the other language."""
        consultation, look = await self._found(arguments)
        await self._show(interaction, consultation, replace(look, language=other_language(look.language)))

    async def share(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Shows everybody what only one could see."""
        consultation, look = await self._found(arguments)
        if interaction.user.id != consultation.author_id:
            raise RefusalError("not_yours")
        self._bot.consultations.limiter.admit(interaction.user.id, interaction.channel_id or 0)
        await interaction.response.send_message(view=shared(consultation, look, interaction.user.mention))

    async def chart(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Memory over context as a picture, for the one who pressed."""
        consultation, look = await self._found(arguments)
        await interaction.response.defer(thinking=True, ephemeral=True)
        files = await self._bot.chart(consultation, look)
        if not files:
            await interaction.edit_original_response(view=notice(words("nothing_more", look.language)))
            return
        title = rendering.heading(answer_of(consultation, look), look.language)
        await interaction.edit_original_response(view=sheet([title], image=files[0].filename), attachments=files)

    async def program(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """The same command for another program, alone, so that a phone copies it whole."""
        consultation, look = await self._found(arguments)
        steps = answer_of(consultation, look).alternatives
        at = int(chosen(interaction)[0])
        if at >= len(steps):
            raise RefusalError("answer_gone")
        shown = structs.replace(answer_of(consultation, look), blocks=(Steps("", (steps[at],)),), is_verdict=False)
        await _reply(interaction, sheet(rendering.pages(shown, look.language)[0][1:]))

    async def meant(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Answers what was meant instead: in place for the one who asked, beside for anybody else and under a post."""
        key, look, *pressed = arguments
        consultation, shown = await self._found((key, look))
        choices = answer_of(consultation, shown).choices
        at = int(pressed[0] if pressed else chosen(interaction)[0])
        if at >= len(choices):
            raise RefusalError("answer_gone")
        asker = Asker(interaction.user.id, interaction.channel_id or 0, interaction.guild_id)
        self._bot.consultations.admit(asker)
        is_own = asker.user_id == consultation.author_id and not shown.request
        if is_own:
            await interaction.response.defer()
        else:
            await interaction.response.defer(thinking=True, ephemeral=True)
        job = jobs.term if consultation.kind == "term" else jobs.faq
        kind = consultation.kind if is_own else "faq"
        found = await self._bot.consultations.ask(asker, kind, job, told(choices[at], shown.language))
        private = shown.private or not is_own
        await self._bot.show(interaction, found, Look(shown.language, private=private))

    async def teach(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Lets the owner share a log that no entry knows."""
        consultation, look = await self._found(arguments)
        if interaction.user.id != consultation.author_id:
            raise RefusalError("not_yours")
        if consultation.cluster:
            await self._store.unknown.share(consultation.cluster, consultation.reading.text)
        await _reply(interaction, notice(words("taught", look.language), tone="good"))

    async def menu_verdict(self, interaction: Interaction, message: discord.Message) -> None:
        """A helper says whether the diagnosis in a message of the bot is right."""
        await self._require_helper(interaction)
        found = shown_answer(message)
        if found is None:
            raise RefusalError("verdict_nothing")
        consultation, look = await self._found(found)
        await _reply(interaction, self._verdict_sheet(consultation, look, language_of(interaction)))

    async def verdict_right(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """A helper says that the diagnosis is right."""
        consultation, look = await self._found(arguments)
        await self._require_helper(interaction)
        await self._record_verdict(interaction, consultation, consultation.reading.candidates[look.index].id)

    async def verdict_pick(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """A helper picks the right cause."""
        consultation, _ = await self._found(arguments)
        await self._require_helper(interaction)
        await self._record_verdict(interaction, consultation, chosen(interaction)[0])

    async def verdict_search(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Asks a helper for the right cause."""
        key, look = arguments
        await self._require_helper(interaction)
        language = language_of(interaction)
        field = FormField("words", words("verdict_search_label", language), is_required=True, most=100)
        await interaction.response.send_modal(
            form(custom_id("verdict_form", key, look), words("verdict_title", language), [field])
        )

    async def verdict_form(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Offers the causes that fit what a helper wrote."""
        key, look = arguments
        await self._require_helper(interaction)
        language = language_of(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        typed = submitted(interaction)["words"]
        found = await self._bot.workers.run(interaction.user.id, jobs.suggest, "entry", typed, language)
        if not found:
            raise RefusalError("verdict_none")
        options = tuple((choice.value, choice.name, choice.value) for choice in found[:OPTIONS])
        menu = Menu(custom_id("verdict_pick", key, look), words("verdict_choose", language), options)
        view = sheet([f"### {words('verdict_choose', language)}"], menus=[menu])
        await interaction.edit_original_response(view=view)

    def _verdict_sheet(self, consultation: Consultation, look: Look, language: Language) -> rendering.Sheet:
        arguments = (consultation.key, look.encoded())
        search = Press(words("verdict_search", language), custom_id("verdict_search", *arguments), emoji="🔎")
        if not consultation.reading.candidates:
            return sheet([words("verdict_intro_unknown", language)], presses=[search])
        named = consultation.reading.candidates[look.index]
        intro = words("verdict_intro", language, entry=escape(named.title.in_language(language)))
        right = Press(
            words("verdict_right", language),
            custom_id("verdict_right", *arguments),
            discord.ButtonStyle.success,
            "✅",
        )
        others = [candidate for candidate in consultation.reading.candidates if candidate is not named]
        options = tuple((other.id, other.title.in_language(language), other.id) for other in others)
        pick = custom_id("verdict_pick", *arguments)
        menus = [Menu(pick, words("verdict_choose", language), options)] if options else []
        return sheet([intro], presses=[right, search], menus=menus)

    async def _record_verdict(self, interaction: Interaction, consultation: Consultation, label: str) -> None:
        predicted = consultation.reading.candidates[0].id if consultation.reading.candidates else None
        await self._store.evidence.record(
            Label(
                answer_key=consultation.key,
                author_id=consultation.author_id,
                helper_id=interaction.user.id,
                label=label,
                text=consultation.reading.text,
                predicted=predicted,
                guild_id=interaction.guild_id,
            )
        )
        language = language_of(interaction)
        titles = {candidate.id: candidate.title.in_language(language) for candidate in consultation.reading.candidates}
        title = _offered(interaction, label) or titles.get(label, label)
        thanks = words("verdict_thanks", language, entry=escape(title))
        await interaction.response.edit_message(view=notice(thanks, tone="good"))

    async def _show(self, interaction: Interaction, consultation: Consultation, look: Look) -> None:
        """Changes the message for its asker and for helpers; anybody else gets a copy of his own."""
        if await self._may_change(interaction, consultation):
            if look.request:
                await interaction.response.defer()
                await self._watching.show(look)
            else:
                await interaction.response.defer()
                await self._bot.show(interaction, consultation, look)
        else:
            await _reply(interaction, present(consultation, replace(look, private=True, request=0)))

    async def _may_change(self, interaction: Interaction, consultation: Consultation) -> bool:
        if interaction.user.id == consultation.author_id:
            return True
        return await self._is_helper(interaction)

    async def _require_helper(self, interaction: Interaction) -> None:
        if not await self._is_helper(interaction):
            raise RefusalError("helpers_only")

    async def _is_helper(self, interaction: Interaction) -> bool:
        if interaction.guild_id is None:
            return False
        return is_helper(interaction.user, await self._store.settings.get(interaction.guild_id))

    def _opinion(self, interaction: Interaction, consultation: Consultation, look: Look, *, helped: bool) -> Opinion:
        at = look.index if look.index < len(consultation.reading.candidates) else None
        entry = consultation.reading.candidates[at].id if at is not None else None
        return Opinion(
            answer_key=consultation.key,
            user_id=interaction.user.id,
            helped=helped,
            entry_id=entry,
            guild_id=interaction.guild_id,
        )

    async def _found(self, arguments: tuple[str, ...]) -> tuple[Consultation, Look]:
        key, look = arguments
        consultation = await self._bot.consultations.find(key)
        if consultation is None:
            raise RefusalError("answer_gone")
        return consultation, Look.decoded(look)


def _details(consultation: Consultation, look: Look, shown: int, number: int) -> rendering.Sheet:
    """One page of what stands behind "more" of the message `shown`, with what else can be done."""
    found = rendering.detail_pages(answer_of(consultation, look), look.language, room_for(look))
    pages = found or [[words("more_actions", look.language)]]
    at = min(number, len(pages) - 1)
    arguments = (consultation.key, look.encoded(), shown)
    turns = turning(look.language, at, len(pages), lambda page: custom_id("page", *arguments, page))
    return sheet(pages[at], presses=[*turns, *further(consultation, look, shown)])


def shown_answer(message: discord.Message) -> tuple[str, ...] | None:
    """The arguments of the answer that a message of the bot shows, read from its buttons."""
    rows = (part for part in message.components if isinstance(part, discord.ActionRow))
    ids = [child.custom_id or "" for row in rows for child in row.children if hasattr(child, "custom_id")]
    known = (parsed(id_) for id_ in ids)
    return next((found[1] for found in known if found is not None and found[0] == "more"), None)


def _offered(interaction: Interaction, value: str) -> str | None:
    """What a menu of the message that was pressed calls a value."""
    rows = interaction.message.components if interaction.message is not None else []
    parts = (child for row in rows if isinstance(row, discord.ActionRow) for child in row.children)
    options = (option for part in parts if isinstance(part, discord.SelectMenu) for option in part.options)
    return next((option.label for option in options if option.value == value), None)


async def _reply(interaction: Interaction, view: rendering.Sheet) -> None:
    await interaction.response.send_message(view=view, ephemeral=True)


async def _reply_pages(interaction: Interaction, pages: list[list[str]], language: Language) -> None:
    """Several pages, one message each, for the one who pressed."""
    if not pages:
        await tell(interaction, words("nothing_more", language))
        return
    await _reply(interaction, sheet(pages[0]))
    for page in pages[1:5]:
        await interaction.followup.send(view=sheet(page), ephemeral=True)
