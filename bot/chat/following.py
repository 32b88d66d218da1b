"""Which requests are followed, and to which a message belongs: in memory, for every message of every channel."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

import discord

from bot.service.request_state import FORM, decoded
from bot.store.requests import Request, Requests
from bot.store.settings import GuildSettings

YOUNG = 3600.0  # a thread this young (seconds) is taken up even when its first message was missed
SAME_TALK = 1800.0  # in a channel, further messages of the author within this time (seconds) belong to his request
ORDINARY = frozenset(
    {discord.MessageType.default, discord.MessageType.reply, discord.MessageType.thread_starter_message}
)


@dataclass(frozen=True, slots=True)
class Root:
    """The request that a message belongs to, followed already or not."""

    id: int  # of the thread, or of the message that asks
    guild_id: int
    channel_id: int
    author_id: int
    is_thread: bool


class Following:
    """Ids only; what is known of a request lies in the store."""

    def __init__(self) -> None:
        self.authors: dict[int, int] = {}  # request -> its author
        self._part_of: dict[int, int] = {}  # message of the author -> request
        self._by_message: dict[int, int] = {}  # the bot's message -> request
        self._last_talk: dict[tuple[int, int], tuple[int, float]] = {}  # channel, author -> request, time
        self._being_read: dict[int, asyncio.Future[None]] = {}
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def refresh(self, requests: Requests) -> None:
        """Reads anew which requests are followed."""
        following = await requests.following()
        self.authors = {followed.id: followed.author_id for followed in following}
        self._by_message = {followed.message_id: followed.id for followed in following if followed.message_id}
        self._part_of = {part: followed.id for followed in following for part in _messages(followed.state)}

    def remember(self, request: Request, *, is_thread: bool) -> None:
        """Follows a request, with the messages that belong to it by now."""
        self.authors[request.id] = request.author_id
        self._part_of.update(dict.fromkeys(_messages(request.state), request.id))
        if request.message_id is not None:
            self._by_message[request.message_id] = request.id
        if not is_thread:
            now = time.monotonic()
            self._last_talk = {key: talk for key, talk in self._last_talk.items() if now - talk[1] < SAME_TALK}
            self._last_talk[request.channel_id, request.author_id] = (request.id, now)

    def forget(self, request: Request) -> None:
        self.authors.pop(request.id, None)
        self._by_message.pop(request.message_id or 0, None)
        for part in _messages(request.state):
            self._part_of.pop(part, None)

    def request_with(self, message_id: int) -> int | None:
        """The request that a message of its author is part of."""
        return self._part_of.get(message_id)

    def is_answer(self, message: discord.Message) -> bool:
        """Whether the author of a request answers the bot's question."""
        reference = message.reference.message_id if message.reference else 0
        asked = (message.channel.id, self._by_message.get(reference or 0, 0), reference or 0)
        return any(self.authors.get(id_) == message.author.id for id_ in asked)

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
        return Root(id_, message.guild.id, channel.id, message.author.id, is_thread=False)

    def _thread_root(self, message: discord.Message, thread: discord.Thread, settings: GuildSettings) -> Root | None:
        if thread.parent_id not in settings.forums and thread.parent_id not in settings.channels:
            return None
        if message.author.id != thread.owner_id or thread.locked:
            return None
        age = discord.utils.utcnow() - discord.utils.snowflake_time(thread.id)
        if thread.id not in self.authors and message.id != thread.id and age.total_seconds() > YOUNG:
            return None
        return Root(thread.id, thread.guild.id, thread.id, thread.owner_id, is_thread=True)

    def _talk_of(self, message: discord.Message) -> int | None:
        """The open request that a message in a channel adds to."""
        reference = message.reference.message_id if message.reference else None
        if reference is not None:
            id_ = self._by_message.get(reference, reference)
            return id_ if self.authors.get(id_) == message.author.id else None
        if message.id in self.authors:
            return message.id
        id_, at = self._last_talk.get((message.channel.id, message.author.id), (0, 0.0))
        return id_ if id_ in self.authors and time.monotonic() - at < SAME_TALK else None

    def lock(self, id_: int) -> asyncio.Lock:
        """What happens to one request happens one after the other."""
        lock = self._locks.get(id_)
        if lock is None:
            lock = self._locks[id_] = asyncio.Lock()
        return lock

    @contextmanager
    def reading(self, message_id: int) -> Iterator[None]:
        """While a message is read: should it be deleted meanwhile, the deletion waits for the end."""
        done = self._being_read[message_id] = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            self._being_read.pop(message_id, None)
            done.set_result(None)

    async def read(self, message_id: int) -> None:
        """Waits until a message is read, in case it is being read now."""
        if (done := self._being_read.get(message_id)) is not None:
            await done


def _messages(state: str) -> list[int]:
    """The author's messages that a state was read from."""
    return [int(key) for key in decoded(state).parts if key != FORM]
