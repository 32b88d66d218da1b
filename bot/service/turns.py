"""Whose turn it is: each user waits in a line of their own, who made the bot work least comes first, and who made it
work too much waits.

Not the number of questions counts here (see `limiter`), but the seconds that the workers were busy with them.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from bot.service.limiter import SlowDownError

W = TypeVar("W")
User = Hashable | None  # None is the bot itself, which is never held back

WINDOW = 300.0  # seconds for which work is remembered
LIGHT = 2.0  # seconds of work within them up to which somebody is served before others, on every worker
_LEAST_WAITING = 3  # questions of one user that may wait, however short the queue is
_SHARE_WAITING = 8  # of the queue an eighth


class Work:
    """Seconds of work by user, within the last minutes."""

    def __init__(self, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._clock = clock
        self._done: dict[User, deque[tuple[float, float]]] = {}

    def add(self, user: User, seconds: float) -> None:
        """Counts work that was done."""
        self._forget_old()
        if user is not None:
            self._done.setdefault(user, deque()).append((self._clock(), seconds))

    def of(self, user: User) -> float:
        """Seconds of work that a user caused lately."""
        since = self._clock() - WINDOW
        return sum(seconds for at, seconds in self._done.get(user, ()) if at > since)

    def is_light(self, user: User) -> bool:
        """Whether a user has asked for little so far."""
        return self.of(user) <= LIGHT

    def check(self, user: User) -> None:
        """Raises SlowDownError when a user caused too much work to be given more now."""
        excess = self.of(user) - self.most
        if excess < 0:
            return
        wait = 0.0
        for at, seconds in self._done.get(user, ()):
            if at > self._clock() - WINDOW:
                excess -= seconds
                wait = at + WINDOW - self._clock()
            if excess < 0:
                break
        raise SlowDownError("too_much_work", int(wait) + 1)

    def _forget_old(self) -> None:
        since = self._clock() - WINDOW
        for user in [user for user, done in self._done.items() if done[-1][0] <= since]:
            del self._done[user]


class FullError(Exception):
    """Too many wait."""


class Turns(Generic[W]):
    """Gives workers to those who wait. One user never holds all of several workers, and nor do all those together
    who caused much work: somebody with a short question finds one free.
    """

    def __init__(self, work: Work, most_waiting: int) -> None:
        self._work = work
        self._most = most_waiting
        self._of_one = max(_LEAST_WAITING, most_waiting // _SHARE_WAITING)
        self._lines: dict[User, deque[asyncio.Future[W]]] = {}
        self._free: deque[W] = deque()
        self._number = 0
        self._running: Counter[User] = Counter()

    @property
    def waiting(self) -> int:
        """Who waits for a worker."""
        return sum(map(len, self._lines.values()))

    async def next(self, user: User) -> W:
        """A worker for this user, when it is their turn; raises FullError when too many wait.

        Give it back with `done`.
        """
        line = self._lines.setdefault(user, deque())
        turn: asyncio.Future[W] = asyncio.get_running_loop().create_future()
        line.append(turn)
        self._assign()
        if not turn.done() and (self.waiting > self._most or (user is not None and len(line) > self._of_one)):
            self._leave(user, turn)
            raise FullError
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.done(user, turn.result())
            else:
                self._leave(user, turn)
            raise

    def done(self, user: User, worker: W | None) -> None:
        """A user's job is over; `worker` is free again, None when it has been taken out."""
        self._running[user] -= 1
        if self._running[user] <= 0:
            del self._running[user]
        if worker is not None:
            self._free.append(worker)
        self._assign()

    def replace(self, workers: list[W]) -> list[W]:
        """Puts other workers in the place of all; returns those that were free."""
        idle, self._free = list(self._free), deque(workers)
        self._number = len(workers)
        self._assign()
        return idle

    def tell_all(self, error: Exception) -> None:
        """Ends the waiting of all."""
        for line in self._lines.values():
            for turn in line:
                if not turn.done():
                    turn.set_exception(error)
        self._lines.clear()

    def _assign(self) -> None:
        while self._free and (chosen := self._chosen()):
            user = chosen[0]
            turn = self._lines[user].popleft()
            if not self._lines[user]:
                del self._lines[user]
            if not turn.done():
                self._running[user] += 1
                turn.set_result(self._free.popleft())

    def _chosen(self) -> list[User]:
        """Who comes next: who caused least work, of those the one who waits longest; empty when nobody may."""
        may = [user for user in self._lines if self._may(user)]
        return [min(may, key=self._work.of)] if may else []

    def _may(self, user: User) -> bool:
        if self._number < 2 or user is None:
            return True
        heavy = sum(self._heavy())
        return self._running[user] < self._number - 1 and (self._work.is_light(user) or heavy < self._number - 1)

    def _heavy(self) -> Iterator[int]:
        """Running jobs of those who caused much work."""
        return (number for user, number in self._running.items() if not self._work.is_light(user))

    def _leave(self, user: User, turn: "asyncio.Future[W]") -> None:
        line = self._lines.get(user)
        if line is not None and turn in line:
            line.remove(turn)
            if not line:
                del self._lines[user]
