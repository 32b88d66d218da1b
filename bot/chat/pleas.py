"""Calls for help in a channel that told too little to be answered, in memory only: the error that comes next belongs to
them, "help, ollama says something" tells the language and the program of the log that follows.
"""

import time
from collections.abc import Callable, Mapping

from bot.chat.deciding import Root
from bot.chat.recent import Recent
from bot.service.request_state import Part

SAME_PLEA = 900.0  # seconds after which a message stands alone
MOST_PLEAS = 200  # the oldest go first
MOST_PARTS = 3  # messages of one plea


class Pleas:
    """The unanswered messages of a person in a channel, masked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: Recent[Mapping[str, Part]] = Recent(SAME_PLEA, MOST_PLEAS, clock)

    def before(self, root: Root) -> Mapping[str, Part]:
        """What the author has said in the channel shortly before, by the ids of the messages."""
        return self._kept.get(root.channel_id, root.author_id) or {}

    def keep(self, root: Root, parts: Mapping[str, Part]) -> None:
        """Keeps what was said and not answered, the last of it."""
        self._kept.keep(root.channel_id, root.author_id, dict(list(parts.items())[-MOST_PARTS:]))

    def drop(self, root: Root) -> None:
        """Forgets what was answered by now."""
        self._kept.drop(root.channel_id, root.author_id)

    def forget(self, user_id: int) -> None:
        """Forgets all that somebody said."""
        self._kept.forget(user_id)
