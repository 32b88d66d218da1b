"""How much one user, one channel and the whole process may ask for within a minute."""

import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from bot.base.errors import UserError
from bot.service.wording import WORDS


class SlowDownError(UserError):
    """Too many in too little time; `seconds` until the next one is welcome."""

    def __init__(self, name: str, seconds: int) -> None:
        text = WORDS[name]
        super().__init__(text.en.format(seconds=seconds), text.zh.format(seconds=seconds))
        self.seconds = seconds


@dataclass(slots=True)
class Window:
    """At most `most` events per key within `seconds`."""

    most: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _times: dict[Hashable, deque[float]] = field(default_factory=dict)
    _swept: float = 0.0

    def wait(self, key: Hashable) -> float:
        """Seconds until the next event of this key is allowed; 0 = now."""
        times = self._recent(key)
        return max(0.0, times[0] + self.seconds - self.clock()) if len(times) >= self.most else 0.0

    def number(self, key: Hashable) -> int:
        """Events of this key within the window."""
        return len(self._recent(key))

    def count(self, key: Hashable) -> None:
        """Counts an event."""
        self._recent(key).append(self.clock())

    def _recent(self, key: Hashable) -> deque[float]:
        now = self.clock()
        self._sweep(now)
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - self.seconds:
            times.popleft()
        return times

    def _sweep(self, now: float) -> None:
        """Forgets keys that have been quiet, so that memory stays flat."""
        if now - self._swept < self.seconds:
            return
        self._swept = now
        for key in [key for key, times in self._times.items() if not times or times[-1] <= now - self.seconds]:
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
