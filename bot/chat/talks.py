"""What people have told the bot by mention lately, masked and in memory only: so that "and with 14b?" is understood."""

import time
from collections.abc import Callable

from bot.chat.recent import Recent
from bot.clinic.message import Said

SAME_TALK = 1800.0  # seconds after which a mention begins anew
MOST_TALKS = 500  # the oldest go first
MOST_SAID = 6  # messages of one talk


class Talks:
    """Talks by channel and person."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._talks: Recent[tuple[Said, ...]] = Recent(SAME_TALK, MOST_TALKS, clock)

    def earlier(self, channel_id: int, user_id: int) -> tuple[Said, ...]:
        """What somebody has said in a channel within the time of one talk, oldest first."""
        return self._talks.get(channel_id, user_id) or ()

    def add(self, channel_id: int, user_id: int, said: Said) -> None:
        self._talks.keep(channel_id, user_id, (*self.earlier(channel_id, user_id), said)[-MOST_SAID:])

    def forget(self, user_id: int) -> None:
        """Forgets all that somebody said."""
        self._talks.forget(user_id)
