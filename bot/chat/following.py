"""Which requests are followed, and to which a message belongs: in memory, for every message of every channel."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from bot.chat.deciding import Root, Said, is_watched, thread_root
from bot.service.request_state import FORM, decoded
from bot.store.requests import Request, Requests
from bot.store.settings import GuildSettings

SAME_TALK = 1800.0  # in a channel, further messages of the author within this time (seconds) belong to his request


class Following:
    """Ids only; what is known of a request lies in the store."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
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
            now = self._clock()
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

    def helped_by(self, said: Said) -> int | None:
        """The request under which somebody else wrote: in its thread, or as a reply to it in a channel."""
        reference = said.replies_to or 0
        places = (said.channel_id, self._part_of.get(reference, 0), self._by_message.get(reference, 0), reference)
        return next((id_ for id_ in places if self.authors.get(id_, said.author_id) != said.author_id), None)

    def is_answer(self, said: Said) -> bool:
        """Whether the author of a request answers the bot's question."""
        reference = said.replies_to or 0
        asked = (said.channel_id, self._by_message.get(reference, 0), reference)
        return any(self.authors.get(id_) == said.author_id for id_ in asked)

    def root_of(self, said: Said, settings: GuildSettings) -> Root | None:
        """The request that a message opens or adds to; None when it is none of the bot's business."""
        if not is_watched(said, settings):
            return None
        if said.thread is not None:
            return thread_root(said, said.thread, is_followed=said.thread.id in self.authors)
        known = self._talk_of(said)
        id_ = known if known is not None else said.id
        return Root(id_, said.guild_id, said.channel_id, said.author_id, is_thread=False)

    def _talk_of(self, said: Said) -> int | None:
        """The open request that a message in a channel adds to."""
        if said.replies_to is not None:
            id_ = self._by_message.get(said.replies_to, said.replies_to)
            return id_ if self.authors.get(id_) == said.author_id else None
        if said.id in self.authors:
            return said.id
        id_, at = self._last_talk.get((said.channel_id, said.author_id), (0, 0.0))
        return id_ if id_ in self.authors and self._clock() - at < SAME_TALK else None

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
