"""What to do with a secret that was posted, by its kind: knowledge/secrets.yaml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bot.base.languages import Text
from bot.knowledge.files import load_all


class Rotation(msgspec.Struct, frozen=True):
    """How secrets of some kinds are made worthless, and where (empty: no one place)."""

    kinds: tuple[str, ...]
    name: Text
    do: Text
    link: str = ""


class _File(msgspec.Struct, frozen=True):
    items: tuple[Rotation, ...]


def _as_items(content: Any) -> Mapping[str, Any]:
    return {"items": content}


def load_rotations(root: Path) -> tuple[Rotation, ...]:
    """All rows under `root`, none where there is no such file; raises DataError with all faults."""
    found = load_all(root, "secrets.yaml", "secrets", _File, _as_items)
    return found[0].items if found else ()
