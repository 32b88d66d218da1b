"""Help requests followed by themselves: one message per request, edited as the author adds what was missing."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import discord
import msgspec

from bot.chat import jobs
from bot.chat.consulting import Asker, Consultation
from bot.chat.errors import is_forbidden, is_gone, language_of
from bot.chat.forms import submitted
from bot.chat.limiter import Window
from bot.chat.limits import FORUM_TAGS
from bot.chat.material import Sources, digest_of, of_message
from bot.chat.people import has_helper_role, is_helper
from bot.chat.presenting import Look
from bot.chat.rendering import Sheet, notice, pages, sheet
from bot.chat.request_state import FORM, Part, State, Summary, decoded, encoded, language_of_text, summary
from bot.chat.request_view import collapsed, fill_form, request_sheet
from bot.chat.wording import WORDS, words
from bot.errors import UserError
from bot.intake.request import Request as Told
from bot.languages import Language
from bot.store.requests import Request
from bot.store.settings import GuildSettings

if TYPE_CHECKING:
    from bot.chat.bot import Wenzhen

Interaction = discord.Interaction[Any]
log = logging.getLogger(__name__)

HOUR = 3600.0
UNKNOWN_MESSAGE = 10008
YOUNG = 3600.0  # a thread this young (seconds) is taken up even when its first message was missed
SAME_TALK = 1800.0  # in a channel, further messages of the author within this time belong to his request
ORDINARY = frozenset(
    {discord.MessageType.default, discord.MessageType.reply, discord.MessageType.thread_starter_message}
)


@dataclass(frozen=True, slots=True)
class Root:
    """The request that a message belongs to. `is_start` says that the message opens it."""

    id: int
    guild_id: int
    channel_id: int
    author_id: int
    is_thread: bool
    is_start: bool


class Watching:
    def __init__(self, bot: "Wenzhen") -> None:
        self._bot = bot
        self._store = bot.store
        self._followed: dict[int, int] = {}  # request -> author
        self._part_of: dict[int, int] = {}  # message of the author -> request
        self._being_read: dict[int, asyncio.Future[None]] = {}
        self._by_message: dict[int, int] = {}  # the bot's message -> request
        self._last_by: dict[tuple[int, int], tuple[int, float]] = {}  # channel, author -> request, time
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._by_user = Window(0, HOUR)
        self._by_channel = Window(0, HOUR)
        self.forbidden: dict[int, set[int]] = {}  # guild -> channels in which something was refused

    async def start(self) -> None:
        self._bot.answer_handlers(
            {"fill": self.fill, "how": self.how, "dismiss": self.dismiss}, {"fill_form": self.fill_form}
        )
        await self.refresh()

    async def refresh(self) -> None:
        """Reads anew which requests are followed."""
        self._followed.clear()
        self._by_message.clear()
        self._part_of.clear()
        for followed in await self._store.requests.following():
            self._followed[followed.id] = followed.author_id
            if followed.message_id is not None:
                self._by_message[followed.message_id] = followed.id
            for key in decoded(followed.state).parts:
                if key != FORM:
                    self._part_of[int(key)] = followed.id

    # Screening: cheap, without the database, for every message of every channel

    def follows(self, message: discord.Message) -> bool:
        """Whether a message answers a question of the bot."""
        reference = message.reference.message_id if message.reference else None
        return message.channel.id in self._followed or reference in self._by_message or reference in self._followed

    def root_of(self, message: discord.Message, settings: GuildSettings) -> Root | None:
        """The request that a message opens or adds to; None when it is none of the bot's business."""
        channel = message.channel
        if settings.mode == "off" or message.guild is None or message.type not in ORDINARY:
            return None
        if isinstance(channel, discord.Thread):
            return self._thread_root(message, channel, settings)
        if channel.id not in settings.channels:
            return None
        known = self._talk_of(message)
        id_ = known if known is not None else message.id
        return Root(id_, message.guild.id, channel.id, message.author.id, is_thread=False, is_start=known is None)

    def _thread_root(self, message: discord.Message, thread: discord.Thread, settings: GuildSettings) -> Root | None:
        if thread.parent_id not in settings.forums and thread.parent_id not in settings.channels:
            return None
        if message.author.id != thread.owner_id or thread.locked:
            return None
        is_start = thread.id not in self._followed
        age = discord.utils.utcnow() - discord.utils.snowflake_time(thread.id)
        if is_start and message.id != thread.id and age.total_seconds() > YOUNG:
            return None
        return Root(thread.id, thread.guild.id, thread.id, thread.owner_id, is_thread=True, is_start=is_start)

    def _talk_of(self, message: discord.Message) -> int | None:
        """The open request that a message in a channel adds to."""
        reference = message.reference.message_id if message.reference else None
        if reference is not None:
            id_ = self._by_message.get(reference, reference if reference in self._followed else None)
            return id_ if id_ is not None and self._followed.get(id_) == message.author.id else None
        if message.id in self._followed:
            return message.id
        id_, at = self._last_by.get((message.channel.id, message.author.id), (None, 0.0))
        return id_ if id_ in self._followed and time.monotonic() - at < SAME_TALK else None

    # Events

    async def on_message(self, message: discord.Message, settings: GuildSettings) -> None:
        """A new message, or one whose text has changed."""
        root = self.root_of(message, settings)
        if root is None or has_helper_role(message.author, settings):
            return
        async with self._lock(root.id):
            request = await self._store.requests.get(root.id)
            if request is not None:
                await self._add(request, message, settings)
            elif self._may_start(root, settings):
                await self._begin(root, message, settings)

    async def on_edit(self, message: discord.Message, settings: GuildSettings) -> None:
        """A changed message: what it tells now replaces what it told before."""
        id_ = self._part_of.get(message.id)
        if id_ is None:
            await self.on_message(message, settings)
            return
        async with self._lock(id_):
            request = await self._store.requests.get(id_)
            if request is not None:
                await self._add(request, message, settings)

    @contextmanager
    def reading(self, message_id: int) -> Iterator[None]:
        """While a message is read: should it be deleted meanwhile, the deletion waits for the end."""
        done = self._being_read[message_id] = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            self._being_read.pop(message_id, None)
            done.set_result(None)

    async def on_delete(self, message_id: int) -> None:
        """The opening message was deleted: the bot withdraws. Another message: what it told is forgotten."""
        if (done := self._being_read.get(message_id)) is not None:
            await done
        if message_id in self._followed:
            await self._withdraw(message_id)
        elif (id_ := self._part_of.get(message_id)) is not None:
            await self._forget_part(id_, message_id)

    async def on_thread_delete(self, thread_id: int) -> None:
        if thread_id in self._followed:
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
        all_parts = summary(decoded(request.state))
        missing = self._missing(all_parts, settings)
        await interaction.response.send_modal(fill_form(request.id, language_of(interaction), all_parts, missing))

    async def fill_form(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        async with self._lock(int(arguments[0])):
            request, settings = await self._asked_about(arguments)
            if interaction.user.id != request.author_id:
                raise _user_error("not_yours")
            state = decoded(request.state)
            part = await self._form_part(request, state, submitted(interaction).texts)
            state = msgspec.structs.replace(state, parts={**state.parts, FORM: part})
            await self._update(request, state, settings)
        await interaction.edit_original_response(
            view=notice(words("ask_form_saved", language_of(interaction)), tone="good")
        )

    async def how(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """How to find out what is missing, at length, for the one who pressed."""
        request, settings = await self._asked_about(arguments)
        language = language_of(interaction)
        questions = self._bot.workers.clinic.questions(summary(decoded(request.state)).told, settings.required)
        page = pages(questions.in_language(language), language)[0]
        await interaction.response.send_message(view=sheet(page), ephemeral=True)

    async def dismiss(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        request, settings = await self._asked_about(arguments)
        if interaction.user.id != request.author_id and not is_helper(interaction.user, settings):
            raise _user_error("not_yours")
        await interaction.response.send_message(
            view=notice(words("dismissed", language_of(interaction))), ephemeral=True
        )
        await self._withdraw(request.id, "dismissed")

    async def show(self, look: Look) -> None:
        """Shows a request's message in another language or with another candidate."""
        async with self._lock(look.request):
            request = await self._store.requests.get(look.request)
            if request is None:
                return
            state = msgspec.structs.replace(decoded(request.state), language=look.language, index=look.index)
            await self._update(request, state, await self._store.settings.get(request.guild_id))

    async def solved(self, request_id: int, user_id: int) -> None:
        """The author said that the answer helped."""
        request = await self._store.requests.get(request_id)
        if request is not None and request.author_id == user_id:
            settings = await self._store.settings.get(request.guild_id)
            await self._tag(request, add=settings.solved_tag, remove=settings.needs_info_tag)
            await self._set_status(request_id, "complete", forget_reminder=True)

    async def ask(self, message: discord.Message, settings: GuildSettings) -> bool:
        """Asks for what a message lacks because somebody wants it; False when nothing is missing."""
        assert message.guild is not None
        thread = message.channel if isinstance(message.channel, discord.Thread) else None
        own_thread = thread is not None and thread.owner_id == message.author.id
        id_ = thread.id if thread is not None and own_thread else message.id
        root = Root(id_, message.guild.id, message.channel.id, message.author.id, own_thread, is_start=True)
        async with self._lock(root.id):
            part = await self._part(message, _asker(root), in_forum=True)
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
            async with self._lock(request.id):
                await self._guarded(request.channel_id, self._remind, request)

    async def _remind(self, request: Request) -> None:
        state = decoded(request.state)
        done = replace(request, remind_at=None)
        if state.was_reminded or not await self._store.requests.save(
            replace(done, state=encoded(msgspec.structs.replace(state, was_reminded=True)))
        ):
            return  # somebody else is at it, or it was done before
        channel = await self._channel(request.channel_id)
        if channel is None or (isinstance(channel, discord.Thread) and (channel.archived or channel.locked)):
            return
        text = words("ask_reminder", summary(state).language, user=f"<@{request.author_id}>")
        pings = discord.AllowedMentions(users=[] if state.was_pinged else [discord.Object(request.author_id)])
        sent = await channel.send(view=notice(text), allowed_mentions=pings, nonce=f"wzr{request.id}")
        fresh = await self._store.requests.get(request.id)
        if fresh is not None:
            state = msgspec.structs.replace(decoded(fresh.state), was_pinged=True, reminder_id=sent.id)
            await self._store.requests.save(replace(fresh, state=encoded(state)))

    # Reading

    async def _begin(self, root: Root, message: discord.Message, settings: GuildSettings) -> None:
        in_forum = _is_forum_post(message.channel)
        part = await self._part(message, _asker(root), in_forum=in_forum)
        parts = {str(message.id): part}
        if root.is_thread and message.id != root.id and (starter := await self._starter(message)) is not None:
            parts = {str(starter.id): await self._part(starter, _asker(root), in_forum=in_forum), **parts}
        state = State(is_thread=root.is_thread, parts=parts)
        if summary(state).told.is_help_request or part.answer_key:
            self._by_user.count((root.guild_id, root.author_id))
            self._by_channel.count(root.channel_id)
            await self._open(root, state, settings)

    async def _open(self, root: Root, state: State, settings: GuildSettings) -> None:
        remind_at = self._store.clock() + settings.remind_hours * HOUR if settings.remind_hours else None
        request = Request(
            id=root.id,
            guild_id=root.guild_id,
            channel_id=root.channel_id,
            author_id=root.author_id,
            state=encoded(state),
            remind_at=remind_at,
        )
        if not await self._store.requests.add(request):
            return  # another process, or the same event delivered twice
        self._remember(request)
        await self._update(replace(request, version=1), state, settings)

    async def _add(self, request: Request, message: discord.Message, settings: GuildSettings) -> None:
        """Takes in a further or changed message of the author."""
        if request.status in ("dismissed", "withdrawn") or message.author.id != request.author_id:
            return
        state = decoded(request.state)
        known = state.parts.get(str(message.id))
        if known is not None and known.digest == _digest(message) and request.message_id is not None:
            return  # delivered twice, or an edit that changed nothing (a link preview)
        part = await self._part(message, Asker(request.author_id, request.channel_id, request.guild_id))
        state = msgspec.structs.replace(state, parts={**state.parts, str(message.id): part})
        self._remember(replace(request, state=encoded(state)))
        await self._update(request, state, settings)

    async def _part(self, message: discord.Message, asker: Asker, *, in_forum: bool = False) -> Part:
        """Reads a message: its points, and its log when it holds one."""
        sources = of_message(message)
        text = sources.text
        consultation = None
        if sources.attachments or self._bot.workers.clinic.looks_like_log(text):
            consultation = await self._consulted(asker, sources)
        files = [consultation.text] if consultation and sources.attachments else []
        told = await self._bot.workers.run(jobs.read_request, text, files, in_forum)
        if consultation is not None and "log" not in told.points:
            told = msgspec.structs.replace(told, points={**told.points, "log": "…"})
        if text.strip():
            told = msgspec.structs.replace(told, language=language_of_text([text]))
        return Part(
            digest=_digest(message),
            told=told,
            answer_key=consultation.key if consultation else None,
            is_recognised=bool(consultation and consultation.is_recognised),
        )

    async def _consulted(self, asker: Asker, sources: Sources) -> Consultation | None:
        """The diagnosis of a log; None when it cannot be read, which nobody asked for."""
        try:
            return await self._bot.consultations.log(asker, await self._bot.gatherer.gather(sources))
        except UserError as error:
            log.info("a log in channel %d was not read: %s", asker.channel_id, error)
            return None

    async def _form_part(self, request: Request, state: State, texts: Mapping[str, str]) -> Part:
        clinic = self._bot.workers.clinic
        filled = {point: clinic.redact(text.strip()) for point, text in texts.items() if text.strip()}
        earlier = state.parts.get(FORM, Part(told=Told(language=summary(state).language)))
        consultation = None
        if "log" in filled:
            asker = Asker(request.author_id, request.channel_id, request.guild_id)
            consultation = await self._consulted(asker, Sources(texts["log"]))
        points = {**earlier.told.points, **{point: text[:200] for point, text in filled.items()}}
        return msgspec.structs.replace(
            earlier,
            told=msgspec.structs.replace(earlier.told, points=points, is_help_request=True),
            answer_key=consultation.key if consultation else earlier.answer_key,
            is_recognised=bool(consultation and consultation.is_recognised) or earlier.is_recognised,
        )

    async def _starter(self, message: discord.Message) -> discord.Message | None:
        """The opening message of a thread that was missed."""
        thread = message.channel
        assert isinstance(thread, discord.Thread)
        # A post holds its opening message itself; a thread in a channel was made from a message of that channel.
        place = thread.parent if isinstance(thread.parent, discord.TextChannel) else thread
        try:
            return await place.fetch_message(thread.id)
        except discord.HTTPException:
            return None

    # Showing

    async def _update(self, request: Request, state: State, settings: GuildSettings) -> None:
        """Brings the message, the tags and the store in line with the state."""
        await self._guarded(request.channel_id, self._shown, request, state, settings)

    async def _shown(self, request: Request, state: State, settings: GuildSettings) -> None:
        everything = summary(state)
        language = _spoken(settings, everything, state)
        consultation = await self._diagnosis(everything, settings)
        missing = self._missing(everything, settings, has_diagnosis=consultation is not None)
        if request.message_id is None and not missing and consultation is None:
            await self._save(replace(request, status="complete", remind_at=None), state)
            return
        state = msgspec.structs.replace(state, was_asked=state.was_asked or bool(missing))
        look = Look(language, state.index, request=request.id)
        author = f"<@{request.author_id}>"
        if not missing and consultation is None:
            view = collapsed(language, author)
        else:
            view = request_sheet(
                look=look,
                author=author,
                summary=everything,
                missing=missing,
                consultation=consultation,
                is_thanked=state.was_asked and not self._missing(everything, settings),
                wording=settings.wording,
            )
        digest = digest_of([str(view.payload())])
        if digest != state.shown or request.message_id is None:
            try:
                request, state = await self._put(request, state, view)
            except discord.NotFound as error:
                if error.code == UNKNOWN_MESSAGE:  # a moderator took it away: that is an answer, too
                    await self._set_status(request.id, "dismissed", forget_reminder=True)
                    return
                raise
            state = msgspec.structs.replace(state, shown=digest)
        if missing:
            await self._tag(request, add=settings.needs_info_tag)
            await self._save(replace(request, status="open"), state)
        else:
            await self._tag(request, remove=settings.needs_info_tag)
            state = await self._drop_reminder(request, state)
            await self._save(replace(request, status="complete", remind_at=None), state)

    async def _put(self, request: Request, state: State, view: Sheet) -> tuple[Request, State]:
        """Sends the request's one message, or edits it."""
        channel = await self._channel(request.channel_id)
        if channel is None:
            raise _GoneError
        if request.message_id is not None:
            await channel.get_partial_message(request.message_id).edit(view=view)
            return request, state
        # The author follows his own thread and hears of the message anyhow; in a channel he is pinged, this once.
        nonce = f"wz{request.id}"  # Discord drops a second message with the same nonce (a retry after a 500)
        if state.is_thread:
            sent = await channel.send(view=view, nonce=nonce)
        else:
            reference = discord.MessageReference(
                message_id=request.id, channel_id=request.channel_id, fail_if_not_exists=False
            )
            sent = await channel.send(view=view, nonce=nonce, reference=reference, mention_author=True)
            state = msgspec.structs.replace(state, was_pinged=True)
        self._by_message[sent.id] = request.id
        return replace(request, message_id=sent.id), state

    async def _save(self, request: Request, state: State) -> None:
        """Saves; a change by another process in between is read over on the next event."""
        if not await self._store.requests.save(replace(request, state=encoded(state))):
            log.warning("request %d was changed by somebody else meanwhile", request.id)

    async def _diagnosis(self, everything: Summary, settings: GuildSettings) -> Consultation | None:
        """The diagnosis to show: only when it recognised something. Nobody asked, so "not known" is not said."""
        if settings.mode != "full" or not everything.answer_key or not everything.is_recognised:
            return None
        return await self._bot.consultations.find(everything.answer_key)

    async def _tag(self, request: Request, *, add: str = "", remove: str = "") -> None:
        """Puts a forum tag on and takes one off, by name; touches no other tag."""
        thread = await self._channel(request.channel_id)
        if not (add or remove) or not isinstance(thread, discord.Thread):
            return
        if not isinstance(thread.parent, discord.ForumChannel):
            return
        tags = [tag for tag in thread.applied_tags if tag.name != remove]
        wanted = next((tag for tag in thread.parent.available_tags if add and tag.name == add), None)
        if wanted is not None and wanted not in tags and len(tags) < FORUM_TAGS:
            tags.append(wanted)
        if tags != thread.applied_tags:
            try:
                await thread.edit(applied_tags=tags)
            except discord.Forbidden:
                self.note_forbidden(thread)

    async def _drop_reminder(self, request: Request, state: State) -> State:
        if state.reminder_id is not None:
            await self._delete(request.channel_id, state.reminder_id)
        return msgspec.structs.replace(state, reminder_id=None)

    async def _withdraw(self, id_: int, status: Any = "withdrawn") -> None:
        """Takes the bot's messages away and stays silent from now on."""
        async with self._lock(id_):
            request = await self._store.requests.get(id_)
            if request is None:
                return
            state = decoded(request.state)
            for message_id in (request.message_id, state.reminder_id):
                if message_id is not None:
                    await self._guarded(request.channel_id, self._delete, request.channel_id, message_id)
            settings = await self._store.settings.get(request.guild_id)
            await self._guarded(request.channel_id, self._untag, request, settings)
            await self._set_status(id_, status, forget_reminder=True)

    async def _untag(self, request: Request, settings: GuildSettings) -> None:
        await self._tag(request, remove=settings.needs_info_tag)

    async def _forget_part(self, id_: int, message_id: int) -> None:
        async with self._lock(id_):
            request = await self._store.requests.get(id_)
            if request is None or request.status in ("dismissed", "withdrawn"):
                return
            state = decoded(request.state)
            if str(message_id) not in state.parts:
                return
            parts = {key: part for key, part in state.parts.items() if key != str(message_id)}
            settings = await self._store.settings.get(request.guild_id)
            await self._update(request, msgspec.structs.replace(state, parts=parts), settings)

    async def _set_status(self, id_: int, status: Any, *, forget_reminder: bool = False) -> None:
        request = await self._store.requests.get(id_)
        if request is None:
            return
        remind_at = None if forget_reminder else request.remind_at
        await self._store.requests.save(replace(request, status=status, remind_at=remind_at))
        if status in ("dismissed", "withdrawn"):
            self._followed.pop(id_, None)
            self._by_message.pop(request.message_id or 0, None)
            for key in decoded(request.state).parts:
                if key != FORM:
                    self._part_of.pop(int(key), None)

    async def _delete(self, channel_id: int, message_id: int) -> None:
        channel = await self._channel(channel_id)
        if channel is not None:
            try:
                await channel.get_partial_message(message_id).delete()
            except discord.NotFound:
                log.debug("message %d was gone already", message_id)

    def _missing(self, everything: Summary, settings: GuildSettings, *, has_diagnosis: bool = False) -> tuple[str, ...]:
        clinic = self._bot.workers.clinic
        return tuple(clinic.missing(everything.told, settings.required, has_diagnosis=has_diagnosis))

    # Small things

    def note_forbidden(self, channel: Any) -> None:
        """Remembers where Discord refused something; the moderators see it in /setup."""
        guild = getattr(channel, "guild", None)
        if guild is not None:
            self.forbidden.setdefault(guild.id, set()).add(getattr(channel, "parent_id", None) or channel.id)

    async def _guarded(self, channel_id: int, work: Callable[..., Awaitable[object]], *args: Any) -> None:
        """Does something on Discord; what was deleted or is forbidden meanwhile is no error of ours."""
        try:
            await work(*args)
        except _GoneError:
            log.info("channel %d is gone", channel_id)
        except discord.HTTPException as error:
            if is_forbidden(error):
                self.note_forbidden(self._bot.get_channel(channel_id))
                log.warning("not allowed in channel %d: %s", channel_id, error)
            elif is_gone(error):
                log.info("something in channel %d is gone: %s", channel_id, error)
            else:
                raise

    async def _channel(self, channel_id: int) -> Any:
        """A channel or thread, asked from Discord when it is not in memory (an archived thread)."""
        channel = self._bot.get_channel(channel_id)
        if channel is not None:
            return channel
        try:
            return await self._bot.fetch_channel(channel_id)
        except discord.NotFound:
            return None

    async def _asked_about(self, arguments: tuple[str, ...]) -> tuple[Request, GuildSettings]:
        request = await self._store.requests.get(int(arguments[0]))
        if request is None or request.status in ("dismissed", "withdrawn"):
            raise _user_error("ask_over")
        return request, await self._store.settings.get(request.guild_id)

    def _may_start(self, root: Root, settings: GuildSettings) -> bool:
        return (
            self._by_user.number((root.guild_id, root.author_id)) < settings.user_per_hour
            and self._by_channel.number(root.channel_id) < settings.channel_per_hour
        )

    def _remember(self, request: Request) -> None:
        self._followed[request.id] = request.author_id
        for key in decoded(request.state).parts:
            if key != FORM:
                self._part_of[int(key)] = request.id
        if request.message_id is not None:
            self._by_message[request.message_id] = request.id
        self._last_by[request.channel_id, request.author_id] = (request.id, time.monotonic())

    def _lock(self, id_: int) -> asyncio.Lock:
        lock = self._locks.get(id_)
        if lock is None:
            lock = self._locks[id_] = asyncio.Lock()
        return lock


class _GoneError(Exception):
    """The channel no longer exists."""


def _is_forum_post(channel: object) -> bool:
    return isinstance(channel, discord.Thread) and isinstance(channel.parent, discord.ForumChannel)


def _asker(root: Root) -> Asker:
    return Asker(root.author_id, root.channel_id, root.guild_id)


def _spoken(settings: GuildSettings, everything: Summary, state: State) -> Language:
    if state.language is not None or settings.language == "auto":
        return everything.language
    return settings.language


def _digest(message: discord.Message) -> str:
    return digest_of([message.content, *(str(attachment.id) for attachment in message.attachments)])


def _user_error(name: str) -> UserError:
    return UserError(WORDS[name].en, WORDS[name].zh)
