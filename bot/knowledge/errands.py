"""What people come for: sentences by the sign of knowledge/topics.yaml that they show, the whole of errands.yaml."""

from pathlib import Path

import msgspec

from bot.knowledge.files import load_all

ERRANDS_FILE = "errands.yaml"


class Errands(msgspec.Struct, frozen=True):
    """`signs`: by the sign that they show, sentences in any language from which one learns how that is asked;
    `neither`: what is said of the same things and asks none of it.
    """

    signs: dict[str, tuple[str, ...]] = {}
    neither: tuple[str, ...] = ()


def load_errands(root: Path) -> Errands:
    """The sentences under `root`; none without the file. Raises DataError with all faults."""
    if not (root / ERRANDS_FILE).exists():
        return Errands()
    return load_all(root, ERRANDS_FILE, "errands", Errands)[0]
