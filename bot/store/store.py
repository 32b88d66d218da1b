"""The store: all that the bot remembers, behind typed functions. The clock is passed in."""

import time
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import tables
from bot.store.answers import Answers
from bot.store.database import migrate, open_engine
from bot.store.evidence import Evidence
from bot.store.feedback import Feedback
from bot.store.handled import Handled
from bot.store.privacy import Privacy
from bot.store.requests import Requests
from bot.store.settings import Settings
from bot.store.unknown import Unknown

Clock = Callable[[], float]


class Store:
    """One database. Open it with `Store.open`, close it with `close`."""

    def __init__(self, engine: AsyncEngine, clock: Clock = time.time) -> None:
        self.engine = engine
        self.clock = clock
        self.settings = Settings(engine, clock)
        self.requests = Requests(engine, clock)
        self.answers = Answers(engine, clock)
        self.feedback = Feedback(engine, clock)
        self.evidence = Evidence(engine, clock)
        self.unknown = Unknown(engine, clock)
        self.handled = Handled(engine, clock)
        self.privacy = Privacy(engine, clock)

    @classmethod
    async def open(cls, url: str, clock: Clock = time.time) -> "Store":
        """Connects and migrates. Raises UserError when the database is newer than the program."""
        engine = open_engine(url)
        try:
            await migrate(engine)
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine, clock)

    async def close(self) -> None:
        await self.engine.dispose()


__all__ = ["Clock", "Store", "tables"]
