"""Brings Discord and the store in line with what was decided about a request: its one message, its tags, its status."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import discord
import msgspec

from bot.chat.deciding import OVER, Step, is_given_up, next_step, only_asks, remind_at, spoken
from bot.chat.desk import Desk
from bot.chat.following import Following
from bot.chat.presenting import Look
from bot.chat.rendering import Sheet, notice
from bot.chat.request_message import RequestMessages
from bot.chat.request_view import (
    answer_at_rest,
    answer_beside,
    answer_sheet,
    collapsed,
    folded,
    hand_over,
    question_sheet,
)
from bot.service.consulting import Consultation
from bot.service.material import digest_of
from bot.service.request_state import State, Summary, decoded, encoded, summary, with_beside, without_beside
from bot.service.talk import moved, not_solved, with_reason
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
        await self._bot.community.follow(request, state, settings)

    async def show_unkept(self, request: Request, state: State, settings: GuildSettings) -> int | None:
        """Answers a request that the store cannot take now. The message's id, or None when there is nothing to say."""
        step, missing = self._decided(request, state, settings)
        if not step.shows:
            return None
        view = await self._view(request, step, settings, missing)
        return await self.messages.send(request, view, is_thread=state.is_thread)

    def missing(self, everything: Summary, settings: GuildSettings) -> tuple[str, ...]:
        """The points of the template that were not told."""
        return tuple(self._bot.workers.clinic.missing(everything.told, settings.required))

    def _decided(self, request: Request, state: State, settings: GuildSettings) -> tuple[Step, tuple[str, ...]]:
        """What the request comes to, and the points to ask for."""
        missing = self.missing(summary(state), settings) if only_asks(settings, state) else ()
        return next_step(request, state, settings, missing=missing), missing

    async def _updated(self, request: Request, state: State, settings: GuildSettings) -> None:
        step, missing = self._decided(request, state, settings)
        if not step.shows:
            await self._settle(request, step, settings)
            return
        view = await self._view(request, step, settings, missing)
        shown = step.state.shown
        try:
            request, step = await self._put(request, step, view)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            await self.set_status(request.id, "dismissed")  # a moderator took it away: that is an answer, too
            return
        if step.face == "solved" and step.state.shown != shown:
            await self._rest_beside(request, step.state, settings)
        await self._settle(request, step, settings)

    async def _rest_beside(self, request: Request, state: State, settings: GuildSettings) -> None:
        """What was answered beside is folded once it is solved."""
        look = Look(spoken(settings, summary(state), state), request=request.id)
        for key, message_id in state.beside.items():
            consultation = await self._bot.consultations.find(state.beside_answers.get(key, ""))
            if consultation is not None:
                view = answer_at_rest(look, consultation)
                await self.messages.guarded(request.channel_id, self.messages.edit, request, view, message_id)

    async def _settle(self, request: Request, step: Step, settings: GuildSettings) -> None:
        """Tags, reminder and status."""
        also = _told_of_setup(step.state) if settings.tag_facts else ()
        on, off = _tags(step, settings)
        await self.messages.tag(request, add=on, remove=off, also=also)
        if step.keeps_reminder or not step.shows:
            state = step.state
        else:
            if step.state.reminder_id is not None:
                await self.messages.delete(request.channel_id, step.state.reminder_id)
            state = msgspec.structs.replace(step.state, reminder_id=None)
        at = request.remind_at if step.keeps_reminder else None
        if step.hands_over:
            at = remind_at(settings, self._store.clock())
        await self.save(replace(request, status=step.status, remind_at=at), state)

    async def _view(self, request: Request, step: Step, settings: GuildSettings, missing: Sequence[str]) -> Sheet:
        state = step.state
        everything = summary(state)
        language = spoken(settings, everything, state)
        author = f"<@{request.author_id}>"
        look = Look(language, state.index, request=request.id)
        if step.face == "thanks":
            return collapsed(language, author)
        if step.face == "question":
            return question_sheet(look, author, everything, missing, settings.wording)
        consultation = await self._consultation(state)
        if step.face == "solved":
            return folded(look, consultation, state)
        return answer_sheet(look, consultation, state.asked, state.similar)

    async def _consultation(self, state: State) -> Consultation | None:
        return await self._bot.consultations.find(state.answer_key) if state.answer_key else None

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

    async def solve(self, id_: int, user_id: int | None) -> None:
        """The author (None: whoever set the tag) said that it is solved."""
        async with self._following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or request.status in OVER or user_id not in (None, request.author_id):
                return
            state = moved(decoded(request.state), "solved")
            await self.update(request, state, await self._store.settings.get(request.guild_id))

    async def reopen(self, id_: int) -> None:
        """The tag of what is solved was taken off: the answer stands again."""
        async with self._following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or request.status in OVER or (before := decoded(request.state)).life != "solved":
                return
            state = msgspec.structs.replace(moved(before, "anew"), not_solved=0, solution="")
            await self.update(request, state, await self._store.settings.get(request.guild_id))

    async def not_solved(self, id_: int, user_id: int, causes: Sequence[str], reason: str = "") -> None:
        """The author said that the answer did not help; `causes`: the kind of each that there is to show; `reason`: the
        author's own words, masked.
        """
        async with self._following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or request.status in OVER or request.author_id != user_id:
                return
            before = decoded(request.state)
            state = with_reason(not_solved(before, causes), reason)
            settings = await self._store.settings.get(request.guild_id)
            await self.update(request, state, settings)
            if state.life == "handed" != before.life:
                await self.hand_over(request, state, settings)

    async def say_beside(self, request: Request, state: State, key: str, settings: GuildSettings, *, to: str) -> None:
        """An answer to what was asked back, as a reply to the message `to`; the first answer stays as it is."""
        await self.messages.guarded(request.channel_id, self._said_beside, request, state, key, settings, to)

    async def _said_beside(self, request: Request, state: State, key: str, settings: GuildSettings, to: str) -> None:
        reference = int(to) if to.isdigit() else None
        view = await self._beside(request, state, key, settings)
        sent = await self.messages.say(request, view, to=reference)
        fresh = await self._store.requests.get(request.id)
        if fresh is not None and reference is not None:
            await self.save(fresh, with_beside(decoded(fresh.state), to, sent, key))

    async def correct_beside(self, request: Request, state: State, to: str, key: str, settings: GuildSettings) -> None:
        """The answer beside to the message `to` says what it says in the light of what is known by now."""
        message_id = state.beside[to]
        view = await self._beside(request, state, key, settings)
        await self.messages.guarded(request.channel_id, self.messages.edit, request, view, message_id)
        fresh = await self._store.requests.get(request.id)
        if fresh is not None:
            await self.save(fresh, with_beside(decoded(fresh.state), to, message_id, key))

    async def take_back_beside(self, request: Request, state: State, to: str) -> None:
        """The answer beside to the message `to` goes: the one that stands says it by now."""
        await self.messages.guarded(request.channel_id, self.messages.delete, request.channel_id, state.beside[to])
        fresh = await self._store.requests.get(request.id)
        if fresh is not None:
            await self.save(fresh, without_beside(decoded(fresh.state), to))

    async def _beside(self, request: Request, state: State, key: str, settings: GuildSettings) -> Sheet:
        consultation = await self._bot.consultations.find(key)
        return answer_beside(Look(spoken(settings, summary(state), state), request=request.id), consultation)

    async def hand_over(self, request: Request, state: State, settings: GuildSettings) -> None:
        """Humans are asked to take over."""
        await self.messages.guarded(request.channel_id, self._handed_over, request, state, settings)

    async def _handed_over(self, request: Request, state: State, settings: GuildSettings) -> None:
        """Asks humans to take over, with all that is known."""
        everything = summary(state)
        consultation = await self._consultation(state)
        language = spoken(settings, everything, state)
        reasons = state.reasons
        view = hand_over(language, f"<@{request.author_id}>", everything, consultation, settings.helper_roles, reasons)
        await self.messages.say(request, view, roles=settings.helper_roles if settings.ping_helpers else ())

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
        if is_given_up(state):
            settings = await self._store.settings.get(request.guild_id)
            state = moved(state, "given up")
            await self.update(request, state, settings)
            await self.hand_over(request, state, settings)
            return
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
        add = _named(settings.solved_tag) if is_solved else ()
        remove = _named(settings.needs_info_tag, settings.handed_tag)
        await self.messages.guarded(request.channel_id, self._tagged, request, add, remove)

    async def _tagged(self, request: Request, add: Sequence[str], remove: Sequence[str]) -> None:
        await self.messages.tag(request, add=add, remove=remove)


def _tags(step: Step, settings: GuildSettings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the tags to put on, and of those to take off."""
    life = step.state.life
    is_handed = life == "handed"
    on = _named(step.add_tag, settings.handed_tag if is_handed else "")
    reopened = settings.solved_tag if life == "answered" else ""  # it was solved before, and is not any more
    return on, _named(step.remove_tag, "" if is_handed else settings.handed_tag, reopened)


def _named(*tags: str) -> tuple[str, ...]:
    return tuple(filter(None, tags))


def _told_of_setup(state: State) -> tuple[str, ...]:
    """The loader and the system that were told."""
    points = summary(state).told.points
    return tuple(value for point in ("loader", "system") if (value := points.get(point)))
