"""Calls for help in a channel that told too little to be answered, in memory only: the error that comes next belongs to
them, "help, ollama says something" tells the language and the program of the log that follows.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from bot.chat.deciding import Root
from bot.service.request_state import Part

SAME_PLEA = 900.0  # seconds after which a message stands alone
MOST_PLEAS = 200  # the oldest go first
MOST_PARTS = 3  # messages of one plea


class Pleas:
    """The unanswered messages of a person in a channel, masked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[int, int], tuple[float, Mapping[str, Part]]] = OrderedDict()

    def before(self, root: Root) -> Mapping[str, Part]:
        """What the author has said in the channel shortly before, by the ids of the messages."""
        at, parts = self._kept.get((root.channel_id, root.author_id), (0.0, {}))
        return parts if self._clock() - at < SAME_PLEA else {}

    def keep(self, root: Root, parts: Mapping[str, Part]) -> None:
        """Keeps what was said and not answered, the last of it."""
        key = (root.channel_id, root.author_id)
        self._kept.pop(key, None)
        self._kept[key] = (self._clock(), dict(list(parts.items())[-MOST_PARTS:]))
        while len(self._kept) > MOST_PLEAS:
            self._kept.popitem(last=False)

    def drop(self, root: Root) -> None:
        """Forgets what was answered by now."""
        self._kept.pop((root.channel_id, root.author_id), None)

    def forget(self, user_id: int) -> None:
        """Forgets all that somebody said."""
        for key in [key for key in self._kept if key[1] == user_id]:
            del self._kept[key]
