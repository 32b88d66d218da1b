"""What the buttons and the form under a request do."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.chat.acting import Acting
from bot.chat.deciding import OVER
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of
from bot.chat.following import Following
from bot.chat.forms import submitted
from bot.chat.interactive import Handler, custom_id
from bot.chat.paging import paged
from bot.chat.people import is_helper
from bot.chat.presenting import turning
from bot.chat.rendering import Sheet, notice, parts_of, sheet
from bot.chat.request_reading import RequestReading, asker_for
from bot.chat.request_view import fill_form
from bot.service.request_state import FORM, State, decoded, summary, with_part
from bot.service.wording import words
from bot.store.requests import Request
from bot.store.settings import GuildSettings

Interaction = discord.Interaction[Any]
TakeIn = Callable[[Request, State, str, GuildSettings], Awaitable[None]]


class RequestButtons:
    """Handlers by action. Argument: the request."""

    def __init__(
        self, bot: Desk, following: Following, reading: RequestReading, acting: Acting, take_in: TakeIn
    ) -> None:
        self._bot = bot
        self._store = bot.store
        self._following = following
        self._reading = reading
        self._acting = acting
        self._take_in = take_in

    def presses(self) -> dict[str, Handler]:
        return {"fill": self.fill, "how": self.how, "how_page": self.how_turned, "dismiss": self.dismiss}

    def forms(self) -> dict[str, Handler]:
        return {"fill_form": self.fill_form}

    async def fill(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        request, settings = await self._asked_about(arguments)
        if interaction.user.id != request.author_id:
            raise RefusalError("not_yours")
        everything = summary(decoded(request.state))
        missing = self._acting.missing(everything, settings)
        await interaction.response.send_modal(fill_form(request.id, language_of(interaction), everything, missing))

    async def fill_form(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        async with self._following.lock(int(arguments[0])):
            request, settings = await self._asked_about(arguments)
            if interaction.user.id != request.author_id:
                raise RefusalError("not_yours")
            state = decoded(request.state)
            texts = submitted(interaction).texts
            part = await self._reading.form_part(asker_for(request), state, texts, interaction.id)
            await self._take_in(request, with_part(state, FORM, part), FORM, settings)
        await interaction.edit_original_response(
            view=notice(words("ask_form_saved", language_of(interaction)), tone="good")
        )

    async def how(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """How to find out what is missing, at length, for the one who pressed."""
        view = await self._how_page(interaction, arguments, 0)
        await interaction.response.send_message(view=view, ephemeral=True)

    async def how_turned(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """Another page of the same."""
        *asked, number = arguments
        view = await self._how_page(interaction, tuple(asked), int(number))
        await interaction.response.edit_message(view=view)

    async def _how_page(self, interaction: Interaction, arguments: tuple[str, ...], number: int) -> Sheet:
        request, settings = await self._asked_about(arguments)
        language = language_of(interaction)
        questions = self._bot.workers.clinic.questions_for(summary(decoded(request.state)).told, settings.required)
        found = paged(parts_of(questions, language))
        at = min(number, len(found) - 1)
        turns = turning(language, at, len(found), lambda page: custom_id("how_page", *arguments, page))
        return sheet(found[at], presses=turns)

    async def dismiss(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        request, settings = await self._asked_about(arguments)
        if interaction.user.id != request.author_id and not is_helper(interaction.user, settings):
            raise RefusalError("not_yours")
        await interaction.response.send_message(
            view=notice(words("dismissed", language_of(interaction))), ephemeral=True
        )
        await self._acting.end(request.id, "dismissed")

    async def _asked_about(self, arguments: tuple[str, ...]) -> tuple[Request, GuildSettings]:
        request = await self._store.requests.get(int(arguments[0]))
        if request is None or request.status in OVER:
            raise RefusalError("ask_over")
        return request, await self._store.settings.get(request.guild_id)
