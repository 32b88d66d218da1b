"""What people say once they have tried something: sentences by what they tell, the whole of sayings.yaml."""

from pathlib import Path

import msgspec

from bot.knowledge.files import load_all

SAYINGS_FILE = "sayings.yaml"


class Sayings(msgspec.Struct, frozen=True):
    """Sentences in any language, from which one learns how success and failure are told."""

    solved: tuple[str, ...] = ()  # it works now, as far as the author is concerned
    failed: tuple[str, ...] = ()  # what was advised did not help
    neither: tuple[str, ...] = ()  # what else is said in such a talk: facts, questions, plans, another trouble


def load_sayings(root: Path) -> Sayings:
    """The sentences under `root`; none without the file. Raises DataError with all faults."""
    if not (root / SAYINGS_FILE).exists():
        return Sayings()
    return load_all(root, SAYINGS_FILE, "sayings", Sayings)[0]
