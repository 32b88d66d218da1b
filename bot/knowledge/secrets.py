"""What to do with a secret that was posted, by its kind: knowledge/secrets.yaml."""

from pathlib import Path

import msgspec

from bot.base.languages import Text
from bot.knowledge.files import as_items, load_all


class Rotation(msgspec.Struct, frozen=True):
    """How secrets of some kinds are made worthless, and where (empty: no one place)."""

    kinds: tuple[str, ...]
    name: Text
    do: Text
    link: str = ""


class _File(msgspec.Struct, frozen=True):
    items: tuple[Rotation, ...]


def load_rotations(root: Path) -> tuple[Rotation, ...]:
    """All rows under `root`, none where there is no such file; raises DataError with all faults."""
    found = load_all(root, "secrets.yaml", "secrets", _File, as_items)
    return found[0].items if found else ()
