"""What people have said in channels lately, in memory only, by channel and person."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The last thing kept of each person in each channel, for so many `seconds`; of `most` the oldest goes first."""

    def __init__(self, seconds: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[tuple[int, int], tuple[float, T]] = OrderedDict()

    def get(self, channel_id: int, user_id: int) -> T | None:
        """What is kept of somebody in a channel; None where there is nothing, or it is too long ago."""
        found = self._kept.get((channel_id, user_id))
        return found[1] if found is not None and self._clock() - found[0] < self._seconds else None

    def keep(self, channel_id: int, user_id: int, said: T) -> None:
        """Keeps this in the place of what was there."""
        self.drop(channel_id, user_id)
        self._kept[channel_id, user_id] = (self._clock(), said)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def drop(self, channel_id: int, user_id: int) -> None:
        """Forgets what somebody said in a channel."""
        self._kept.pop((channel_id, user_id), None)

    def forget(self, user_id: int) -> None:
        """Forgets all that somebody said."""
        for key in [key for key in self._kept if key[1] == user_id]:
            del self._kept[key]
