"""What is said in help channels by people who want something, and by those who want nothing: the whole of talk.yaml."""

from pathlib import Path

import msgspec

from bot.knowledge.files import load_all

TALK_FILE = "talk.yaml"


class Talk(msgspec.Struct, frozen=True):
    """Sentences in any language. All but `wants` are of people who need no help: what they ask back of those who do
    (`asks_back`), `answers` to others, `reports` of how it went, `news`, and `talk` of any other kind.
    """

    wants: tuple[str, ...] = ()
    asks_back: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    talk: tuple[str, ...] = ()


def load_talk(root: Path) -> Talk:
    """The sentences under `root`; none without the file. Raises DataError with all faults."""
    if not (root / TALK_FILE).exists():
        return Talk()
    return load_all(root, TALK_FILE, "talk", Talk)[0]
