"""How much one user, one channel and the whole process may ask for within a minute."""

import time
from bisect import bisect_right
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from bot.service.wording import SpokenError


class SlowDownError(SpokenError):
    """Too many in too little time; `seconds` until the next one is welcome."""

    def __init__(self, name: str, seconds: int) -> None:
        super().__init__(name, seconds=seconds)
        self.seconds = seconds


MOST_KEYS = 20_000  # of one window; beyond it the one that was first heard of is forgotten


@dataclass(slots=True)
class Window:
    """At most `most` events per key within `seconds`. Asking keeps nothing; what is counted is bounded."""

    most: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _times: dict[Hashable, list[float]] = field(default_factory=dict)
    _swept: float = 0.0

    def wait(self, key: Hashable) -> float:
        """Seconds until the next event of this key is allowed; 0 = now."""
        times = self._recent(key)
        if len(times) < self.most:
            return 0.0
        return max(0.0, times[0] + self.seconds - self.clock()) if times else self.seconds

    def number(self, key: Hashable) -> int:
        """Events of this key within the window."""
        return len(self._recent(key))

    def count(self, key: Hashable) -> None:
        """Counts an event."""
        self._sweep(self.clock())
        self._times[key] = [*self._recent(key), self.clock()]
        if len(self._times) > MOST_KEYS:
            del self._times[next(iter(self._times))]

    def _recent(self, key: Hashable) -> list[float]:
        times = self._times.get(key, [])
        return times[bisect_right(times, self.clock() - self.seconds) :]

    def _sweep(self, now: float) -> None:
        """Forgets keys that have been quiet, so that memory stays flat."""
        if now - self._swept < self.seconds:
            return
        self._swept = now
        for key in [key for key, times in self._times.items() if times[-1] <= now - self.seconds]:
            del self._times[key]


class Limiter:
    """The limits for what somebody asks for by hand. All three must allow it, or none is counted."""

    def __init__(self, user: int, channel: int, process: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._user = Window(user, 60, clock)
        self._channel = Window(channel, 60, clock)
        self._process = Window(process, 60, clock)

    def admit(self, user_id: int, channel_id: int) -> None:
        """Counts one request, or raises SlowDownError."""
        checks = (
            (self._user, user_id, "slow_down"),
            (self._channel, channel_id, "channel_busy"),
            (self._process, None, "busy_seconds"),
        )
        for window, key, name in checks:
            if (wait := window.wait(key)) > 0:
                raise SlowDownError(name, int(wait) + 1)
        for window, key, _ in checks:
            window.count(key)
