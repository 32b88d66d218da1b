"""Help requests followed by themselves: one message per request, edited as the author adds what was missing."""

import logging
from dataclasses import replace
from typing import Any

import discord
import msgspec

from bot.base.errors import UserError
from bot.base.languages import Language
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of
from bot.chat.following import Following, Root
from bot.chat.forms import submitted
from bot.chat.people import has_helper_role, is_helper
from bot.chat.presenting import Look
from bot.chat.rendering import Sheet, notice, pages, sheet
from bot.chat.request_message import RequestMessages
from bot.chat.request_reading import RequestReading, digest, is_forum_post, opening_of
from bot.chat.request_view import collapsed, fill_form, request_sheet
from bot.service.consulting import Asker, Consultation
from bot.service.limiter import Window
from bot.service.material import digest_of
from bot.service.request_state import (
    FORM,
    Part,
    State,
    Summary,
    decoded,
    encoded,
    summary,
)
from bot.service.wording import words
from bot.store.requests import Request, Status
from bot.store.settings import GuildSettings

Interaction = discord.Interaction[Any]
log = logging.getLogger(__name__)

HOUR = 3600.0
UNKNOWN_MESSAGE = 10008
OVER: tuple[Status, ...] = ("dismissed", "withdrawn")


class Watching:
    def __init__(self, bot: Desk) -> None:
        self._bot = bot
        self._store = bot.store
        self._reading = RequestReading(bot)
        self._by_user = Window(0, HOUR)
        self._by_channel = Window(0, HOUR)
        self.following = Following()
        self.messages = RequestMessages(bot)

    async def start(self) -> None:
        self._bot.answer_handlers(
            {"fill": self.fill, "how": self.how, "dismiss": self.dismiss}, {"fill_form": self.fill_form}
        )
        await self.refresh()

    async def refresh(self) -> None:
        await self.following.refresh(self._store.requests)

    # Events

    async def on_message(self, message: discord.Message, settings: GuildSettings) -> None:
        """A new message, or one whose text has changed."""
        root = self.following.root_of(message, settings)
        if root is None or has_helper_role(message.author, settings):
            return
        async with self.following.lock(root.id):
            request = await self._store.requests.get(root.id)
            if request is not None:
                await self._add(request, message, settings)
            elif self._may_start(root, settings):
                await self._begin(root, message, settings)

    async def on_edit(self, message: discord.Message, settings: GuildSettings) -> None:
        """A changed message: what it tells now replaces what it told before."""
        id_ = self.following.request_with(message.id)
        if id_ is None:
            await self.on_message(message, settings)
            return
        async with self.following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is not None:
                await self._add(request, message, settings)

    async def on_delete(self, message_id: int) -> None:
        """The opening message was deleted: the bot withdraws. Another message: what it told is forgotten."""
        await self.following.read(message_id)
        if message_id in self.following.authors:
            await self._end(message_id, "withdrawn")
        elif (id_ := self.following.request_with(message_id)) is not None:
            await self._forget_part(id_, message_id)

    async def on_thread_delete(self, thread_id: int) -> None:
        if thread_id in self.following.authors:
            await self._set_status(thread_id, "withdrawn")

    async def on_guild_remove(self, guild_id: int) -> None:
        await self._store.settings.remove(guild_id)
        await self._store.privacy.forget_guild(guild_id)
        await self.refresh()

    # Buttons and forms

    async def fill(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        request, settings = await self._asked_about(arguments)
        if interaction.user.id != request.author_id:
            raise _user_error("not_yours")
        everything = summary(decoded(request.state))
        missing = self._missing(everything, settings)
        await interaction.response.send_modal(fill_form(request.id, language_of(interaction), everything, missing))

    async def fill_form(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        async with self.following.lock(int(arguments[0])):
            request, settings = await self._asked_about(arguments)
            if interaction.user.id != request.author_id:
                raise _user_error("not_yours")
            state = decoded(request.state)
            part = await self._reading.form_part(_asker(request), state, submitted(interaction).texts)
            await self._update(request, _with_part(state, FORM, part), settings)
        await interaction.edit_original_response(
            view=notice(words("ask_form_saved", language_of(interaction)), tone="good")
        )

    async def how(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """How to find out what is missing, at length, for the one who pressed."""
        request, settings = await self._asked_about(arguments)
        language = language_of(interaction)
        questions = self._bot.workers.clinic.questions_for(summary(decoded(request.state)).told, settings.required)
        page = pages(questions, language)[0]
        await interaction.response.send_message(view=sheet(page), ephemeral=True)

    async def dismiss(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        request, settings = await self._asked_about(arguments)
        if interaction.user.id != request.author_id and not is_helper(interaction.user, settings):
            raise _user_error("not_yours")
        await interaction.response.send_message(
            view=notice(words("dismissed", language_of(interaction))), ephemeral=True
        )
        await self._end(request.id, "dismissed")

    async def show(self, look: Look) -> None:
        """Shows a request's message in another language or with another candidate."""
        async with self.following.lock(look.request):
            request = await self._store.requests.get(look.request)
            if request is None:
                return
            state = msgspec.structs.replace(decoded(request.state), language=look.language, index=look.index)
            await self._update(request, state, await self._store.settings.get(request.guild_id))

    async def solved(self, request_id: int, user_id: int) -> None:
        """The author said that the answer helped."""
        async with self.following.lock(request_id):
            request = await self._store.requests.get(request_id)
            if request is None or request.author_id != user_id:
                return
            settings = await self._store.settings.get(request.guild_id)
            await self.messages.guarded(request.channel_id, self._tag_solved, request, settings)
            await self._set_status(request_id, "complete")

    async def ask(self, message: discord.Message, settings: GuildSettings) -> bool:
        """Asks for what a message lacks because somebody wants it; False when nothing is missing."""
        assert message.guild is not None
        thread = message.channel if isinstance(message.channel, discord.Thread) else None
        own_thread = thread is not None and thread.owner_id == message.author.id
        id_ = thread.id if thread is not None and own_thread else message.id
        root = Root(id_, message.guild.id, message.channel.id, message.author.id, own_thread)
        async with self.following.lock(root.id):
            part = await self._reading.part(message, _asker(root), in_forum=True)
            state = State(is_thread=root.is_thread, parts={str(message.id): part})
            if not self._missing(summary(state), settings):
                return False
            await self._store.requests.remove(root.id)
            await self._open(root, state, settings)
            return True

    # Reminders

    async def remind(self) -> None:
        """Reminds the authors of open requests whose time has come, once each."""
        for request in await self._store.requests.due():
            async with self.following.lock(request.id):
                await self.messages.guarded(request.channel_id, self._remind, request)

    async def _remind(self, request: Request) -> None:
        state = decoded(request.state)
        reminded = msgspec.structs.replace(state, was_reminded=True)
        if not await self._store.requests.save(replace(request, remind_at=None, state=encoded(reminded))):
            return  # another process is at it
        if state.was_reminded:
            return
        text = words("ask_reminder", summary(state).language, user=f"<@{request.author_id}>")
        sent = await self.messages.remind(request, notice(text), with_ping=not state.was_pinged)
        fresh = await self._store.requests.get(request.id)
        if fresh is not None and sent is not None:
            state = msgspec.structs.replace(decoded(fresh.state), was_pinged=True, reminder_id=sent)
            await self._save(fresh, state)

    # Taking in what was said

    def _may_start(self, root: Root, settings: GuildSettings) -> bool:
        return (
            self._by_user.number((root.guild_id, root.author_id)) < settings.user_per_hour
            and self._by_channel.number(root.channel_id) < settings.channel_per_hour
        )

    async def _begin(self, root: Root, message: discord.Message, settings: GuildSettings) -> None:
        in_forum = is_forum_post(message.channel)
        parts = {str(message.id): await self._reading.part(message, _asker(root), in_forum=in_forum)}
        if isinstance(message.channel, discord.Thread) and message.id != root.id:
            opening = await opening_of(message.channel)  # which was missed
            if opening is not None:
                parts[str(opening.id)] = await self._reading.part(opening, _asker(root), in_forum=in_forum)
        state = State(is_thread=root.is_thread, parts=parts)
        everything = summary(state)
        if everything.told.is_help_request or everything.answer_key:
            self._by_user.count((root.guild_id, root.author_id))
            self._by_channel.count(root.channel_id)
            await self._open(root, state, settings)

    async def _open(self, root: Root, state: State, settings: GuildSettings) -> None:
        request = Request(
            id=root.id,
            guild_id=root.guild_id,
            channel_id=root.channel_id,
            author_id=root.author_id,
            state=encoded(state),
            remind_at=self._store.clock() + settings.remind_hours * HOUR if settings.remind_hours else None,
        )
        if await self._store.requests.add(request):  # else: another process, or the same event delivered twice
            self.following.remember(request, is_thread=root.is_thread)
            await self._update(replace(request, version=1), state, settings)

    async def _add(self, request: Request, message: discord.Message, settings: GuildSettings) -> None:
        """Takes in a further or changed message of the author."""
        if request.status in OVER or message.author.id != request.author_id:
            return
        state = decoded(request.state)
        if request.message_id is None and request.status == "open":
            request = replace(request, message_id=await self.messages.lost(request))
        known = state.parts.get(str(message.id))
        if known is not None and known.digest == digest(message) and request.message_id is not None:
            return  # delivered twice, or an edit that changed nothing (a link preview)
        part = await self._reading.part(message, _asker(request))
        state = _with_part(state, str(message.id), part)
        self.following.remember(replace(request, state=encoded(state)), is_thread=state.is_thread)
        await self._update(request, state, settings)

    async def _forget_part(self, id_: int, message_id: int) -> None:
        async with self.following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or request.status in OVER:
                return
            state = decoded(request.state)
            parts = {key: part for key, part in state.parts.items() if key != str(message_id)}
            settings = await self._store.settings.get(request.guild_id)
            await self._update(request, msgspec.structs.replace(state, parts=parts), settings)

    # Showing

    async def _update(self, request: Request, state: State, settings: GuildSettings) -> None:
        """Brings the message, the tags and the store in line with the state."""
        await self.messages.guarded(request.channel_id, self._shown, request, state, settings)

    async def _shown(self, request: Request, state: State, settings: GuildSettings) -> None:
        everything = summary(state)
        consultation = await self._diagnosis(everything, settings)
        missing = self._missing(everything, settings, has_diagnosis=consultation is not None)
        if request.message_id is None and not missing and consultation is None:
            await self._save(replace(request, status="complete", remind_at=None), state)
            return
        state = msgspec.structs.replace(state, was_asked=state.was_asked or bool(missing))
        view = self._view(request, state, settings, consultation, missing)
        try:
            request, state = await self._put(request, state, view)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            await self._set_status(request.id, "dismissed")  # a moderator took it away: that is an answer, too
            return
        if missing:
            await self.messages.tag(request, add=settings.needs_info_tag)
            await self._save(replace(request, status="open"), state)
            return
        await self.messages.tag(request, remove=settings.needs_info_tag)
        if state.reminder_id is not None:
            await self.messages.delete(request.channel_id, state.reminder_id)
        state = msgspec.structs.replace(state, reminder_id=None)
        await self._save(replace(request, status="complete", remind_at=None), state)

    def _view(
        self,
        request: Request,
        state: State,
        settings: GuildSettings,
        consultation: Consultation | None,
        missing: tuple[str, ...],
    ) -> Sheet:
        everything = summary(state)
        language = _spoken(settings, everything, state)
        author = f"<@{request.author_id}>"
        if not missing and consultation is None:
            return collapsed(language, author)
        return request_sheet(
            look=Look(language, state.index, request=request.id),
            author=author,
            summary=everything,
            missing=missing,
            consultation=consultation,
            is_thanked=state.was_asked and not self._missing(everything, settings),
            wording=settings.wording,
        )

    async def _put(self, request: Request, state: State, view: Sheet) -> tuple[Request, State]:
        """Sends the message or edits it, unless it shows this already."""
        shown = digest_of([str(view.payload())])
        if request.message_id is None:
            sent = await self.messages.send(request, view, is_thread=state.is_thread)
            request = replace(request, message_id=sent, state=encoded(state))
            self.following.remember(request, is_thread=state.is_thread)
            state = msgspec.structs.replace(state, was_pinged=state.was_pinged or not state.is_thread)
        elif shown != state.shown:
            await self.messages.edit(request, view)
        return request, msgspec.structs.replace(state, shown=shown)

    async def _diagnosis(self, everything: Summary, settings: GuildSettings) -> Consultation | None:
        """The diagnosis to show: only when it recognised something. Nobody asked, so "not known" is not said."""
        if settings.mode != "full" or not everything.answer_key or not everything.is_recognised:
            return None
        return await self._bot.consultations.find(everything.answer_key)

    def _missing(self, everything: Summary, settings: GuildSettings, *, has_diagnosis: bool = False) -> tuple[str, ...]:
        clinic = self._bot.workers.clinic
        return tuple(clinic.missing(everything.told, settings.required, has_diagnosis=has_diagnosis))

    async def _tag_solved(self, request: Request, settings: GuildSettings) -> None:
        await self.messages.tag(request, add=settings.solved_tag, remove=settings.needs_info_tag)

    # Keeping

    async def _save(self, request: Request, state: State) -> None:
        """Saves; a change by another process in between is read over on the next event."""
        if not await self._store.requests.save(replace(request, state=encoded(state))):
            log.warning("request %d was changed by somebody else meanwhile", request.id)

    async def _end(self, id_: int, status: Status) -> None:
        """Takes the bot's messages away and stays silent from now on."""
        async with self.following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None:
                return
            for message_id in (request.message_id, decoded(request.state).reminder_id):
                if message_id is not None:
                    await self.messages.guarded(
                        request.channel_id, self.messages.delete, request.channel_id, message_id
                    )
            settings = await self._store.settings.get(request.guild_id)
            await self.messages.guarded(request.channel_id, self._untag, request, settings)
            await self._set_status(id_, status)

    async def _untag(self, request: Request, settings: GuildSettings) -> None:
        await self.messages.tag(request, remove=settings.needs_info_tag)

    async def _set_status(self, id_: int, status: Status) -> None:
        """Settles a request: nobody is reminded of it any more."""
        request = await self._store.requests.get(id_)
        if request is None:
            return
        await self._store.requests.save(replace(request, status=status, remind_at=None))
        if status in OVER:
            self.following.forget(request)

    async def _asked_about(self, arguments: tuple[str, ...]) -> tuple[Request, GuildSettings]:
        request = await self._store.requests.get(int(arguments[0]))
        if request is None or request.status in OVER:
            raise _user_error("ask_over")
        return request, await self._store.settings.get(request.guild_id)


def _with_part(state: State, key: str, part: Part) -> State:
    return msgspec.structs.replace(state, parts={**state.parts, key: part})


def _asker(of: Root | Request) -> Asker:
    return Asker(of.author_id, of.channel_id, of.guild_id)


def _spoken(settings: GuildSettings, everything: Summary, state: State) -> Language:
    if state.language is not None or settings.language == "auto":
        return everything.language
    return settings.language


def _user_error(name: str) -> UserError:
    return RefusalError(name)
