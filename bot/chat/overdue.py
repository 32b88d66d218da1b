"""Messages that could not be read in an outage (of the database, of Discord, of the workers): tried again later."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import aiohttp
import discord

from bot.service.workers import BusyError, WorkerDiedError
from bot.store.shelf import StoreTroubleError

log = logging.getLogger(__name__)

MOST = 1000  # messages; the oldest go first
TRIES = 60  # one a round; a message that fails that often is not the outage's fault


class TooManyRequestsError(Exception):
    """Discord refused something as often as its client tries (five times): there is room for it later."""


OUTAGES = (
    TooManyRequestsError,
    StoreTroubleError,
    BusyError,
    WorkerDiedError,
    discord.DiscordServerError,
    aiohttp.ClientError,
    asyncio.TimeoutError,
    ConnectionError,
)


@contextmanager
def rate_limits_as_outages() -> Iterator[None]:
    """Within it a refusal with 429 is an outage like any other. Its class alone does not tell it from what is forbidden
    or malformed, so it gets one of its own here.
    """
    try:
        yield
    except discord.HTTPException as error:
        if error.status != HTTPStatus.TOO_MANY_REQUESTS:
            raise
        raise TooManyRequestsError(str(error)) from error


class Overdue:
    """In memory only: what a stop loses is found again at the next start (see Watching.catch_up)."""

    def __init__(self) -> None:
        self._messages: OrderedDict[int, tuple[discord.Message, int]] = OrderedDict()

    @property
    def number(self) -> int:
        return len(self._messages)

    def add(self, message: discord.Message) -> None:
        _, tries = self._messages.get(message.id, (message, 0))
        self._messages[message.id] = (message, tries)
        while len(self._messages) > MOST:
            self._messages.popitem(last=False)

    def drop(self, message_id: int) -> None:
        """Forgets a message that was deleted, or read in the meantime."""
        self._messages.pop(message_id, None)

    async def retry(self, read: Callable[[discord.Message], Awaitable[None]]) -> None:
        """Reads all of them, oldest first, until one fails: then the outage is not over."""
        for id_, (message, tries) in list(self._messages.items()):
            if tries >= TRIES:
                log.warning("message %d could not be read in %d attempts", id_, tries)
                self.drop(id_)
                continue
            self._messages[id_] = (message, tries + 1)
            try:
                await read(message)
            except OUTAGES as error:
                log.info("message %d has to wait: %s", id_, error)
                return
            self.drop(id_)
