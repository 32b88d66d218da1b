"""Help requests followed by themselves: events taken in, decided about (deciding), carried out (acting)."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

import discord
import msgspec

from bot.base.errors import UserError
from bot.chat.acting import Acting
from bot.chat.deciding import (
    HOUR,
    OVER,
    Root,
    Said,
    adds_to,
    asked_root,
    has_trouble_too,
    helps,
    is_half_done,
    is_missed,
    is_news,
    may_start,
    only_asks,
    remind_at,
)
from bot.chat.desk import Desk
from bot.chat.following import Following
from bot.chat.overdue import OUTAGES, Overdue, rate_limits_as_outages
from bot.chat.people import has_helper_role, is_helper
from bot.chat.presenting import Look
from bot.chat.request_buttons import RequestButtons
from bot.chat.request_message import RequestMessages
from bot.chat.request_reading import (
    RequestReading,
    asker_for,
    digest,
    is_forum_post,
    opening_of,
    said_of,
    thread_of,
)
from bot.service.limiter import Window
from bot.service.request_state import Part, State, decoded, encoded, newest, summary, with_part, without_part
from bot.service.talk import helped, moved, taken_in
from bot.store.requests import Request
from bot.store.settings import GuildSettings
from bot.store.shelf import StoreTroubleError

MOST_EDITS = 30  # of one message in an hour that are read
log = logging.getLogger(__name__)


class Watching:
    def __init__(self, bot: Desk) -> None:
        self._bot = bot
        self._store = bot.store
        self._reading = RequestReading(bot)
        self._by_user = Window(0, HOUR)
        self._edits = Window(MOST_EDITS, HOUR)
        self._by_channel = Window(0, HOUR)
        self._unkept: dict[int, int] = {}  # request that the store could not take -> the bot's message
        self.overdue = Overdue()
        self.following = Following()
        self._acting = Acting(bot, self.following)

    @property
    def messages(self) -> RequestMessages:
        return self._acting.messages

    async def start(self) -> None:
        buttons = RequestButtons(self._bot, self.following, self._reading, self._acting, self.take_in)
        self._bot.answer_handlers(buttons.presses(), buttons.forms())
        await asyncio.to_thread(
            self._bot.workers.clinic.may_ask, ""
        )  # what screening needs is read before it is needed
        await self.refresh()

    async def refresh(self) -> None:
        await self.following.refresh(self._store.requests)
        await self._bot.community.refresh()

    async def remind(self) -> None:
        await self._acting.remind()

    # Events

    async def read(self, message: discord.Message, *, is_edit: bool = False) -> None:
        """Reads a message that may concern a request. Nobody asked, so nobody is told when that fails: what an outage
        was to blame for is read later.
        """
        try:
            await self._read(message, is_edit=is_edit)
        except OUTAGES as error:
            log.info("message %d was not read and will be: %s", message.id, error)
            self.overdue.add(message)
        except UserError as error:
            log.info("message %d was not read: %s", message.id, error)

    async def _read(self, message: discord.Message, *, is_edit: bool = False) -> None:
        assert message.guild is not None
        with self.following.reading(message.id), rate_limits_as_outages():
            settings = await self._store.settings.get(message.guild.id)
            await (self.on_edit if is_edit else self.on_message)(message, settings)

    async def catch_up(self, guild: discord.Guild) -> None:
        """Takes up the young posts of a server that were missed: while the bot was down, or cut off from Discord."""
        settings = await self._store.settings.get(guild.id)
        for thread in sorted(guild.threads, key=lambda thread: thread.id):
            is_known = thread.id in self.following.authors or not is_missed(thread_of(thread), settings)
            if is_known or await self._store.requests.get(thread.id) is not None:
                continue
            if (opening := await opening_of(thread)) is not None:
                await self.read(opening)
        for request in await self._store.requests.newest(guild.id):
            if is_half_done(request, _age(request)):
                await self._finish(request.id, settings)

    async def _finish(self, id_: int, settings: GuildSettings) -> None:
        """Says under a request that was taken in what a stop has kept from being said."""
        async with self.following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or not is_half_done(request, _age(request)):
                return
            request = replace(request, message_id=await self.messages.lost(request))
            try:
                with rate_limits_as_outages():
                    await self._acting.update(request, decoded(request.state), settings)
            except OUTAGES as error:
                log.info("request %d was not answered and will be at the next start: %s", id_, error)

    async def retry(self) -> None:
        """Reads what an outage has kept from being read."""
        await self.overdue.retry(self._read)

    async def on_message(self, message: discord.Message, settings: GuildSettings) -> None:
        """A new message, or one whose text has changed."""
        said = said_of(message)
        root = self.following.root_of(said, settings) if said else None
        if said is None or root is None or has_helper_role(message.author, settings):
            return
        if await self._is_talk(root, message, settings):
            return
        async with self.following.lock(root.id):
            request = await self._known(root)
            if request is not None or self._may_start(root, settings):
                await _show_work(message)
            if request is not None:
                await self._add(request, message, said, settings)
            elif self._may_start(root, settings):
                await self._begin(root, message, settings)

    async def on_edit(self, message: discord.Message, settings: GuildSettings) -> None:
        """A changed message: what it tells now replaces what it told before."""
        id_, said = self.following.request_with(message.id), said_of(message)
        if self._edits.wait(message.id):
            return
        self._edits.count(message.id)
        if id_ is None or said is None:
            await self.on_message(message, settings)
            return
        async with self.following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is not None:
                await self._add(request, message, said, settings)

    async def on_delete(self, message_id: int) -> None:
        """The opening message was deleted: the bot withdraws. Another message: what it told is forgotten."""
        self.overdue.drop(message_id)
        await self.following.read(message_id)
        await self._bot.community.gone(message_id)
        if message_id in self.following.authors:
            await self._acting.end(message_id, "withdrawn")
        elif (id_ := self.following.request_with(message_id)) is not None:
            await self._forget_part(id_, message_id)

    async def on_other(self, id_: int, message: discord.Message, settings: GuildSettings) -> None:
        """Somebody else wrote under a request: where that is help, the bot is silent from now on."""
        said = said_of(message)
        has_role = is_helper(message.author, settings)
        if said is None or not helps(said, settings, has_role=has_role, size=len(message.content)):
            return
        heard = None if has_role else await self._reading.of_bystander(message)
        if heard is not None:
            await self._reading.warn(message, heard)
            if has_trouble_too(heard.told):
                return
        async with self.following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or request.status in OVER:
                return
            before = decoded(request.state)
            state = helped(before)
            if state.life != before.life:
                state = msgspec.structs.replace(state, helper_id=message.author.id)
                await self._acting.update(request, state, settings)

    async def on_tagged(self, thread_id: int, tags: Collection[str], settings: GuildSettings) -> None:
        """The tags of a post changed: the one for "solved" solves it; taken off again, it is not solved after all."""
        if not settings.solved_tag or thread_id not in self.following.authors:
            return
        if settings.solved_tag in tags:
            await self._acting.solve(thread_id, None)
        else:
            await self._acting.reopen(thread_id)

    async def on_thread_delete(self, thread_id: int) -> None:
        await self._bot.community.gone(thread_id)
        if thread_id in self.following.authors:
            await self._acting.set_status(thread_id, "withdrawn")

    async def on_guild_remove(self, guild_id: int) -> None:
        await self._store.settings.remove(guild_id)
        await self._store.privacy.forget_guild(guild_id)
        await self.refresh()

    # What people want

    async def show(self, look: Look) -> None:
        """Shows a request's message in another language or with another candidate."""
        async with self.following.lock(look.request):
            request = await self._store.requests.get(look.request)
            if request is None:
                return
            state = msgspec.structs.replace(decoded(request.state), language=look.language, index=look.index)
            await self._acting.update(request, state, await self._store.settings.get(request.guild_id))

    async def solved(self, request_id: int, user_id: int) -> None:
        """The author said that the answer helped."""
        await self._acting.solve(request_id, user_id)

    async def not_solved(self, request_id: int, user_id: int, causes: Sequence[str], reason: str = "") -> None:
        """The author said that the answer did not help; `causes`: the kind of each answer; `reason`: in own words."""
        await self._acting.not_solved(request_id, user_id, causes, reason)

    async def request_of(self, message: discord.Message) -> Request | None:
        """The request under which a message stands."""
        said = said_of(message)
        if said is None:
            return None
        id_ = self.following.request_with(message.id) or self.following.helped_by(said)
        return await self._store.requests.get(id_ if id_ is not None else said.channel_id)

    async def pinned(self, request_id: int, message: discord.Message, settings: GuildSettings) -> None:
        """A reply is what solved a request."""
        async with self.following.lock(request_id):
            request = await self._store.requests.get(request_id)
            if request is None:
                return
            author = message.author.id
            helper = None if author == request.author_id else author
            state = msgspec.structs.replace(moved(decoded(request.state), "solved"), helper_id=helper)
            await self._acting.update(request, state, settings)
            if settings.remember:
                await self._bot.community.pin(request, state, message.id)

    async def ask(self, message: discord.Message, settings: GuildSettings) -> bool:
        """Asks for what a message lacks because somebody wants it; False when nothing is missing."""
        said = said_of(message)
        assert said is not None
        root = asked_root(said)
        async with self.following.lock(root.id):
            part = await self._reading.part(message, asker_for(root), in_forum=True)
            state = State(is_thread=root.is_thread, parts={str(message.id): part}, wants_points=True)
            if not self._acting.missing(summary(state), settings):
                return False
            await self._store.requests.remove(root.id)
            await self._open(root, state, settings)
            return True

    # Taking in what was said

    async def _is_talk(self, root: Root, message: discord.Message, settings: GuildSettings) -> bool:
        """Whether a message of a channel is ordinary talk. Nearly all are, so that is decided here and now, without the
        store and the workers.
        """
        is_new = not root.is_thread and root.id not in self.following.authors
        if not is_new or settings.mode != "full" or message.attachments or message.message_snapshots:
            return False
        if self._bot.workers.clinic.may_ask(message.content):
            return False
        return not await self._bot.consultations.own.of_guild(root.guild_id)

    def _may_start(self, root: Root, settings: GuildSettings) -> bool:
        by_author = self._by_user.number((root.guild_id, root.author_id))
        return may_start(settings, by_author, self._by_channel.number(root.channel_id))

    async def _begin(self, root: Root, message: discord.Message, settings: GuildSettings) -> None:
        in_forum = is_forum_post(message.channel)
        parts: dict[str, Part] = {
            str(message.id): await self._reading.part(message, asker_for(root), in_forum=in_forum)
        }
        if isinstance(message.channel, discord.Thread) and message.id != root.id:
            opening = await opening_of(message.channel)  # which was missed
            if opening is not None:
                parts[str(opening.id)] = await self._reading.part(opening, asker_for(root), in_forum=in_forum)
        title = await self._reading.title(message, asker_for(root))
        if not root.is_thread:
            parts = {**self._bot.pleas.before(root), **parts}
        state = await self._opened(root, State(is_thread=root.is_thread, title=title, parts=parts), settings)
        if state is None and not root.is_thread:
            self._bot.pleas.keep(root, parts)
        elif state is not None:
            self._bot.pleas.drop(root)
            self._by_user.count((root.guild_id, root.author_id))
            self._by_channel.count(root.channel_id)
            await self._open(root, state, settings)

    async def _opened(self, root: Root, state: State, settings: GuildSettings) -> State | None:
        """The state of a request with its first answer; None where nobody asks anything."""
        if only_asks(settings, state):
            return state if summary(state).told.is_help_request else None
        state = await self._with_answer(root, state, newest(state) or "")
        return state if state.answer_key is not None else None

    async def _with_answer(self, root: Root | Request, state: State, key: str) -> State:
        """The state once the answer to a message is known, with what was solved here before."""
        told = taken_in(state, await self._reading.heard(asker_for(root), state, key), key).state
        return await self._bot.community.with_similar(asker_for(root), root.id, told)

    async def take_in(self, request: Request, state: State, key: str, settings: GuildSettings) -> None:
        """Answers in the light of a part that is new, changed or gone. The caller holds the lock."""
        if only_asks(settings, state) and state.life != "solved":
            await self._acting.update(request, await self._with_end(request, state, key), settings)
            return
        heard = await self._reading.heard(asker_for(request), state, key)
        outcome = taken_in(state, heard, key)
        await self._acting.update(request, outcome.state, settings)
        if outcome.says == "beside" and not outcome.hands_over:
            await self._acting.say_beside(request, outcome.state, heard.answer_key or "", settings, to=key)
        elif outcome.hands_over:
            await self._acting.hand_over(request, outcome.state, settings)
        elif outcome.is_other:
            await self._correct_beside(request, outcome.state, settings)

    async def _correct_beside(self, request: Request, state: State, settings: GuildSettings) -> None:
        """What was answered beside is put right, too, or taken back where there is nothing left of it."""
        for key in state.beside:
            found = await self._reading.beside(asker_for(request), state, key)
            if found is not None:
                await self._acting.correct_beside(request, state, key, found, settings)
            else:
                await self._acting.take_back_beside(request, state, key)

    async def _with_end(self, request: Request, state: State, key: str) -> State:
        """Where only points are asked for: the state, solved if the author says so."""
        heard = await self._reading.heard(asker_for(request), state, key)
        return taken_in(state, heard, key).state if heard.is_solved else state

    async def _open(self, root: Root, state: State, settings: GuildSettings) -> None:
        request = Request(
            id=root.id,
            guild_id=root.guild_id,
            channel_id=root.channel_id,
            author_id=root.author_id,
            state=encoded(state),
            message_id=self._unkept.get(root.id),
            remind_at=remind_at(settings, self._store.clock()),
        )
        if await self._added(request, state, settings):  # else: another process, or the same event delivered twice
            self.following.remember(request, is_thread=root.is_thread)
            self._unkept.pop(root.id, None)
            await self._acting.update(replace(request, version=1), state, settings)

    async def _added(self, request: Request, state: State, settings: GuildSettings) -> bool:
        """Whether the store takes a new request. In times of trouble it is answered all the same, and taken up again
        when the trouble is over.
        """
        try:
            return await self._store.requests.add(request)
        except StoreTroubleError:
            if request.message_id is None and (sent := await self._acting.show_unkept(request, state, settings)):
                self._unkept[request.id] = sent
            raise

    async def _known(self, root: Root) -> Request | None:
        """The request as it is kept. In times of trouble one that is not followed counts as a new one."""
        try:
            return await self._store.requests.get(root.id)
        except StoreTroubleError:
            if root.id in self.following.authors:
                raise
            return None

    async def _add(self, request: Request, message: discord.Message, said: Said, settings: GuildSettings) -> None:
        """Takes in a further or changed message of the author."""
        if not adds_to(request, said):
            return
        state = decoded(request.state)
        if request.message_id is None and request.status == "open":
            request = replace(request, message_id=await self.messages.lost(request))
        if not is_news(request, state, said, digest(message)):
            return
        part = await self._reading.part(message, asker_for(request))
        state = with_part(state, str(message.id), part)
        self.following.remember(replace(request, state=encoded(state)), is_thread=state.is_thread)
        await self.take_in(request, state, str(message.id), settings)

    async def _forget_part(self, id_: int, message_id: int) -> None:
        async with self.following.lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or request.status in OVER:
                return
            state = without_part(decoded(request.state), str(message_id))
            await self.take_in(request, state, "", await self._store.settings.get(request.guild_id))


def _age(request: Request) -> float:
    """Seconds since the message that asks was written."""
    return (discord.utils.utcnow() - discord.utils.snowflake_time(request.id)).total_seconds()


async def _show_work(message: discord.Message) -> None:
    """Shows under a post that its files are being read, which takes a moment; that nobody sees it is no harm."""
    if message.attachments and isinstance(message.channel, discord.Thread):
        with suppress(discord.HTTPException, *OUTAGES):
            await message.channel.typing()
