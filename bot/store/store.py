"""The store: all that the bot remembers, behind typed functions. The clock is passed in."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.base.errors import UserError
from bot.store import tables
from bot.store.answers import Answers
from bot.store.clock import SteadyClock, Trust
from bot.store.database import migrate, open_engine
from bot.store.evidence import Evidence
from bot.store.faults import database_fault
from bot.store.feedback import Feedback
from bot.store.handled import Handled
from bot.store.machines import Machines
from bot.store.mending import salvage, set_aside
from bot.store.outcomes import Outcomes
from bot.store.own_answers import OwnAnswers
from bot.store.privacy import Privacy
from bot.store.requests import Requests
from bot.store.settings import Settings
from bot.store.shelf import CALL_SECONDS, Guard, is_damage
from bot.store.solved import Solved
from bot.store.unknown import Unknown

log = logging.getLogger(__name__)
Clock = Callable[[], float]


class Store:
    """One database. Open it with `Store.open`, close it with `close`."""

    def __init__(self, engine: AsyncEngine, clock: Clock | None = None, seconds: float = CALL_SECONDS) -> None:
        self.engine = engine
        self.clock = clock = clock or SteadyClock()
        self._trust = Trust()
        self._guard = guard = Guard(seconds)
        guard.on_damage = self._mend_soon
        self._mending: asyncio.Task[None] | None = None
        self.settings = Settings(engine, clock, guard)
        self.requests = Requests(engine, clock, guard)
        self.answers = Answers(engine, clock, guard)
        self.feedback = Feedback(engine, clock, guard)
        self.evidence = Evidence(engine, clock, guard)
        self.unknown = Unknown(engine, clock, guard)
        self.handled = Handled(engine, clock, guard)
        self.solved = Solved(engine, clock, guard)
        self.outcomes = Outcomes(engine, clock, guard)
        self.own_answers = OwnAnswers(engine, clock, guard)
        self.machines = Machines(engine, clock, guard)
        self.privacy = Privacy(engine, clock, guard)

    @classmethod
    async def open(cls, url: str, clock: Clock | None = None, seconds: float = CALL_SECONDS) -> "Store":
        """Connects and migrates. Raises UserError when that cannot be done: what is wrong, and what to do.

        `seconds`: how long one call may take; after that it raises StoreTroubleError.
        """
        try:
            engine = await _migrated(url)
        except UserError:
            raise
        except Exception as error:  # every driver has errors of its own
            log.debug("the database could not be opened", exc_info=error)
            raise database_fault(error, url) from error
        return cls(engine, clock, seconds)

    async def trusts_time(self) -> bool:
        """Whether the time is likely the true one: else nothing is deleted for its age, and nobody reminded."""
        if self._trust.is_open:
            self._trust.judge(self.clock(), await self.privacy.newest())
        return bool(self._trust)

    async def close(self) -> None:
        """Ends what is still under way and closes the database."""
        if self._mending is not None:
            await asyncio.gather(self._mending, return_exceptions=True)
        await self._guard.end()
        await self.engine.dispose()

    def _mend_soon(self) -> None:
        if self._mending is None or self._mending.done():
            self._mending = asyncio.create_task(mend(self.engine))


async def _migrated(url: str) -> AsyncEngine:
    """An engine for a database that is at the newest revision."""
    engine = open_engine(url)
    try:
        try:
            await migrate(engine)
        except DBAPIError as error:
            if not is_damage(error):
                raise
            await mend(engine)
    except BaseException:
        await engine.dispose()
        raise
    return engine


async def mend(engine: AsyncEngine) -> None:
    """Puts a damaged SQLite file aside and goes on with a new one that holds what could still be read."""
    path = Path(engine.url.database or "")
    await engine.dispose()
    damaged = await asyncio.to_thread(set_aside, path)
    if damaged is None:  # another process was quicker
        return
    await migrate(engine)
    saved = await asyncio.to_thread(salvage, damaged, path)
    log.error("the database was damaged: it is kept as %s, and %d records of it could be saved", damaged, saved)


__all__ = ["Clock", "Store", "tables"]
