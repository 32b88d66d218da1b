"""Brings Discord and the store in line with what was decided about a request: its one message, its tags, its status."""

import logging
from dataclasses import replace

import discord
import msgspec

from bot.chat.deciding import OVER, Step, next_step, shown_answer, spoken
from bot.chat.desk import Desk
from bot.chat.following import Following
from bot.chat.presenting import Look
from bot.chat.rendering import Sheet, notice
from bot.chat.request_message import RequestMessages
from bot.chat.request_view import collapsed, request_sheet
from bot.service.consulting import Consultation
from bot.service.material import digest_of
from bot.service.request_state import State, Summary, decoded, encoded, summary
from bot.service.wording import words
from bot.store.requests import Request, Status
from bot.store.settings import GuildSettings

log = logging.getLogger(__name__)
UNKNOWN_MESSAGE = 10008


class Acting:
    """What happens to one request happens under its lock (see `following`); the callers hold it."""

    def __init__(self, bot: Desk, following: Following) -> None:
        self._bot = bot
        self._store = bot.store
        self._following = following
        self.messages = RequestMessages(bot)

    async def update(self, request: Request, state: State, settings: GuildSettings) -> None:
        """Brings the message, the tags and the store in line with the state."""
        await self.messages.guarded(request.channel_id, self._updated, request, state, settings)

    async def show_unkept(self, request: Request, state: State, settings: GuildSettings) -> int | None:
        """Answers a request that the store cannot take now. The message's id, or None when there is nothing to say."""
        step, consultation, missing = await self._decided(request, state, settings)
        if not step.shows:
            return None
        view = self._view(request, step, settings, consultation, missing)
        return await self.messages.send(request, view, is_thread=state.is_thread)

    def missing(self, everything: Summary, settings: GuildSettings, *, has_diagnosis: bool = False) -> tuple[str, ...]:
        """The points to ask for."""
        clinic = self._bot.workers.clinic
        return tuple(clinic.missing(everything.told, settings.required, has_diagnosis=has_diagnosis))

    async def _decided(
        self, request: Request, state: State, settings: GuildSettings
    ) -> tuple[Step, Consultation | None, tuple[str, ...]]:
        """(what the request comes to, the diagnosis to show, the points to ask for)."""
        everything = summary(state)
        consultation = await self._diagnosis(everything, settings)
        known = consultation is not None
        missing = self.missing(everything, settings, has_diagnosis=known)
        bare = self.missing(everything, settings)
        step = next_step(request, state, settings, missing=missing, missing_without_diagnosis=bare, has_diagnosis=known)
        return step, consultation, missing

    async def _updated(self, request: Request, state: State, settings: GuildSettings) -> None:
        step, consultation, missing = await self._decided(request, state, settings)
        if not step.shows:
            await self._settle(request, step)
            return
        view = self._view(request, step, settings, consultation, missing)
        try:
            request, step = await self._put(request, step, view)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            await self.set_status(request.id, "dismissed")  # a moderator took it away: that is an answer, too
            return
        await self._settle(request, step)

    async def _settle(self, request: Request, step: Step) -> None:
        """Tags, reminder and status."""
        await self.messages.tag(request, add=step.add_tag, remove=step.remove_tag)
        if step.keeps_reminder or not step.shows:
            state = step.state
        else:
            if step.state.reminder_id is not None:
                await self.messages.delete(request.channel_id, step.state.reminder_id)
            state = msgspec.structs.replace(step.state, reminder_id=None)
        remind_at = request.remind_at if step.keeps_reminder else None
        await self.save(replace(request, status=step.status, remind_at=remind_at), state)

    async def _diagnosis(self, everything: Summary, settings: GuildSettings) -> Consultation | None:
        key = shown_answer(everything, settings)
        return await self._bot.consultations.find(key) if key else None

    def _view(
        self,
        request: Request,
        step: Step,
        settings: GuildSettings,
        consultation: Consultation | None,
        missing: tuple[str, ...],
    ) -> Sheet:
        everything = summary(step.state)
        language = spoken(settings, everything, step.state)
        author = f"<@{request.author_id}>"
        if step.is_collapsed:
            return collapsed(language, author)
        return request_sheet(
            look=Look(language, step.state.index, request=request.id),
            author=author,
            summary=everything,
            missing=missing,
            consultation=consultation,
            is_thanked=step.is_thanked,
            wording=settings.wording,
        )

    async def _put(self, request: Request, step: Step, view: Sheet) -> tuple[Request, Step]:
        """Sends the message or edits it, unless it shows this already."""
        state, shown = step.state, digest_of([str(view.payload())])
        if request.message_id is None:
            sent = await self.messages.send(request, view, is_thread=state.is_thread)
            request = replace(request, message_id=sent, state=encoded(state))
            self._following.remember(request, is_thread=state.is_thread)
            state = msgspec.structs.replace(state, was_pinged=state.was_pinged or not state.is_thread)
        elif shown != state.shown:
            await self.messages.edit(request, view)
        return request, replace(step, state=msgspec.structs.replace(state, shown=shown))

    async def save(self, request: Request, state: State) -> None:
        """Saves; a change by another process in between is read over on the next event."""
        if not await self._store.requests.save(replace(request, state=encoded(state))):
            log.warning("request %d was changed by somebody else meanwhile", request.id)

    async def end(self, id_: int, status: Status) -> None:
        """Takes the bot's messages away and stays silent from now on."""
        async with self._following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None:
                return
            for message_id in (request.message_id, decoded(request.state).reminder_id):
                if message_id is not None:
                    await self.messages.guarded(
                        request.channel_id, self.messages.delete, request.channel_id, message_id
                    )
            await self._tag(request, is_solved=False)
            await self.set_status(id_, status)

    async def solve(self, id_: int, user_id: int) -> None:
        """The author said that the answer helped."""
        async with self._following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or request.author_id != user_id:
                return
            await self._tag(request, is_solved=True)
            await self.set_status(id_, "complete")

    async def set_status(self, id_: int, status: Status) -> None:
        """Settles a request: nobody is reminded of it any more."""
        request = await self._store.requests.get(id_)
        if request is None:
            return
        await self._store.requests.save(replace(request, status=status, remind_at=None))
        if status in OVER:
            self._following.forget(request)

    async def remind(self) -> None:
        """Reminds the authors of open requests whose time has come, once each."""
        for request in await self._store.requests.due():
            async with self._following.lock(request.id):
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
            await self.save(fresh, state)

    async def _tag(self, request: Request, *, is_solved: bool) -> None:
        """Takes the tag "needs info" off; a solved post gets its own."""
        settings = await self._store.settings.get(request.guild_id)
        add = settings.solved_tag if is_solved else ""
        await self.messages.guarded(request.channel_id, self._tagged, request, add, settings.needs_info_tag)

    async def _tagged(self, request: Request, add: str, remove: str) -> None:
        await self.messages.tag(request, add=add, remove=remove)
