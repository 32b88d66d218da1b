"""What people have told the bot by mention lately, masked and in memory only: so that "and with 14b?" is understood."""

import time
from collections import OrderedDict
from collections.abc import Callable

from bot.clinic.message import Said

SAME_TALK = 1800.0  # seconds after which a mention begins anew
MOST_TALKS = 500  # the oldest go first
MOST_SAID = 6  # messages of one talk


class Talks:
    """Talks by channel and person."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._talks: OrderedDict[tuple[int, int], tuple[float, tuple[Said, ...]]] = OrderedDict()

    def earlier(self, channel_id: int, user_id: int) -> tuple[Said, ...]:
        """What somebody has said in a channel within the time of one talk, oldest first."""
        at, said = self._talks.get((channel_id, user_id), (0.0, ()))
        return said if said and self._clock() - at < SAME_TALK else ()

    def add(self, channel_id: int, user_id: int, said: Said) -> None:
        known = self.earlier(channel_id, user_id)
        self._talks.pop((channel_id, user_id), None)
        self._talks[channel_id, user_id] = (self._clock(), (*known, said)[-MOST_SAID:])
        while len(self._talks) > MOST_TALKS:
            self._talks.popitem(last=False)

    def forget(self, user_id: int) -> None:
        """Forgets all that somebody said."""
        for key in [key for key in self._talks if key[1] == user_id]:
            del self._talks[key]
