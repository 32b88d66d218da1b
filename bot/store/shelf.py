"""What all parts of the store share: no call waits for ever, and a database in trouble is told apart from a mistake."""

import asyncio
import functools
import inspect
import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.base.errors import UserError

T = TypeVar("T")
log = logging.getLogger(__name__)

CALL_SECONDS = 10.0  # for one call; a writer of SQLite waits less long for another process (see bot.store.database)
# Seconds that the one who calls has: Discord takes a first answer to a command for three seconds only.
hurry: ContextVar[float] = ContextVar("hurry", default=math.inf)
DRIVERS = frozenset({"aiosqlite", "asyncpg", "sqlite3"})  # have errors of their own, which SQLAlchemy lets pass
REST_SECONDS = 5.0  # after a call that took too long, all others are refused this long: they would only wait too


class StoreTroubleError(UserError):
    """The database is full, damaged, read-only, frozen or out of reach; nothing was kept."""

    def __init__(self) -> None:
        super().__init__(
            "I cannot reach my memory right now, so this was not kept. Please try again in a few minutes.",
            "我的存储现在用不了，这一步没有保存下来。请过几分钟再试。",
        )


class Guard:
    """Watches over the calls of one store. `on_damage` is told of a database file that is broken.

    A call that takes too long is not cancelled, only left alone: drivers that are cancelled in the middle may wait for
    ever for their own end. It ends when the database or the driver's own time limit ends it.
    """

    def __init__(self, seconds: float = CALL_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._resting_until = 0.0
        self._begun: set[asyncio.Future[Any]] = set()
        self.on_damage: Callable[[], None] = lambda: None

    async def call(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns. Raises StoreTroubleError when the database does not play along, in time."""
        if self._clock() < self._resting_until:
            raise StoreTroubleError
        task = asyncio.ensure_future(work())
        self._begun.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait({task}, timeout=min(self._seconds, hurry.get()))
        if not task.done():
            if hurry.get() >= self._seconds:
                self._resting_until = self._clock() + REST_SECONDS
            log.warning("%s: no answer from the database in time", name)
            raise StoreTroubleError
        return self._result(name, task)

    async def end(self) -> None:
        """Waits for what has been left alone, though not for ever."""
        if self._begun:
            await asyncio.wait(self._begun, timeout=self._seconds)

    def _ended(self, task: "asyncio.Future[Any]") -> None:
        self._begun.discard(task)
        if not task.cancelled():
            task.exception()  # heard of, whether or not somebody still waits for it

    def _result(self, name: str, task: "asyncio.Future[T]") -> T:
        try:
            return task.result()
        except IntegrityError:
            raise  # a mistake of ours
        except Exception as error:
            if not isinstance(error, SQLAlchemyError | OSError) and type(error).__module__.split(".")[0] not in DRIVERS:
                raise
            log.warning("%s: %s", name, str(error).partition("\n")[0])
            if is_damage(error):
                self.on_damage()
            raise StoreTroubleError from error


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is broken."""
    return "malformed" in str(error) or "not a database" in str(error)


class Shelf:
    """A part of the store. Every public coroutine of a subclass goes through the guard."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float], guard: Guard | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._guard = guard or Guard()

    unguarded: ClassVar[frozenset[str]] = frozenset()  # only call guarded ones, and know what to do in trouble

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, method in vars(cls).copy().items():
            if inspect.iscoroutinefunction(method) and not name.startswith("_") and name not in cls.unguarded:
                setattr(cls, name, _guarded(method))


def _guarded(method: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    @functools.wraps(method)
    async def call(self: Shelf, *args: Any, **kwargs: Any) -> T:
        return await self._guard.call(method.__qualname__, lambda: method(self, *args, **kwargs))

    return call
