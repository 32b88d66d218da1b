"""Time that does not jump. A machine without a battery wakes in 1970, a wrong time server moves it to 2036: neither may
delete what is kept, send every reminder at once, or stop both for years.
"""

import time
from collections.abc import Callable

DAY = 86_400.0
DRIFT = 120.0  # seconds by which the clocks may differ between two looks without it being a jump
BELIEVED = DAY  # a jump is believed when the clock has kept to it this long
WEEK = 7 * DAY


class SteadyClock:
    """The system's time, in seconds since 1970. After a jump it goes on as before, until the jump proves lasting."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._steady = steady
        self._offset = wall() - steady()
        self._jumped: tuple[float, float] | None = None  # (new offset, since when by the steady clock)

    def __call__(self) -> float:
        now, offset = self._steady(), self._wall() - self._steady()
        if abs(offset - self._offset) <= DRIFT:
            self._offset, self._jumped = offset, None
        elif self._jumped is None or abs(offset - self._jumped[0]) > DRIFT:
            self._jumped = (offset, now)
        elif now - self._jumped[1] >= BELIEVED:
            self._offset, self._jumped = offset, None
        return now + self._offset


class Trust:
    """Whether the time is likely the true one: it fits what was kept last, or the process has lived a day with it."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._born = steady()
        self._fits: bool | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing is known yet."""
        return self._fits is None

    def judge(self, now: float, newest: float | None) -> None:
        """Compares the time with that of the newest record, once."""
        self._fits = newest is None or -DAY < now - newest < WEEK

    def __bool__(self) -> bool:
        return bool(self._fits) or self._steady() - self._born >= BELIEVED
