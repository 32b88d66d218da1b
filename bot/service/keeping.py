"""Keeping answers is no precondition of showing them: in times of trouble they wait in memory."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable
from typing import TypeVar

from bot.store.answers import Answers, StoredAnswer
from bot.store.shelf import StoreTroubleError

T = TypeVar("T")
log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds that somebody who waits for an answer waits for the database
MOST = 500  # answers in memory; the oldest go first


async def in_time(work: Awaitable[T], otherwise: T, seconds: float = PATIENCE) -> T:
    """What the store says, or `otherwise` when it cannot say it soon."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except (TimeoutError, StoreTroubleError):
        return otherwise


class Keeping:
    """The answers of the store, and those that are not there yet."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._waiting: OrderedDict[str, StoredAnswer] = OrderedDict()

    @property
    def waiting(self) -> int:
        """Answers that are only in memory."""
        return len(self._waiting)

    async def add(self, answer: StoredAnswer) -> None:
        """Keeps an answer, soon or later. Never raises for a database in trouble."""
        if not await in_time(self._stored(answer), otherwise=False):
            self._waiting[answer.key] = answer
            while len(self._waiting) > MOST:
                self._waiting.popitem(last=False)

    async def get(self, key: str) -> StoredAnswer | None:
        """An answer by its key. Raises StoreTroubleError when it may be kept but cannot be read."""
        return self._waiting.get(key) or await self._answers.get(key)

    async def same_content(self, content_hash: str) -> StoredAnswer | None:
        """An answer to the same input; None when there is none, or it cannot be found soon."""
        here = (answer for answer in self._waiting.values() if answer.content_hash == content_hash)
        return next(here, None) or await in_time(self._answers.same_content(content_hash), otherwise=None)

    async def catch_up(self) -> None:
        """Keeps what waits, as long as the database plays along."""
        for key, answer in list(self._waiting.items()):
            if not await in_time(self._stored(answer), otherwise=False):
                return
            if self._waiting.pop(key, None) is not None and not self._waiting:
                log.info("all answers are kept again")

    def forget(self, user_id: int) -> None:
        """Drops what waits of a user."""
        for key in [key for key, answer in self._waiting.items() if answer.author_id == user_id]:
            del self._waiting[key]

    async def _stored(self, answer: StoredAnswer) -> bool:
        await self._answers.add(answer)
        return True
