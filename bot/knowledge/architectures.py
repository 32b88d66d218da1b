"""Since which release a program knows an architecture."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bot.knowledge.failures import Spell
from bot.knowledge.files import load_all


class Architecture(msgspec.Struct, frozen=True):
    """An architecture as a GGUF names it, and the first release of each program that knows it."""

    name: str
    first: dict[str, str]


class _File(msgspec.Struct, frozen=True):
    items: tuple[Architecture, ...]


def _as_items(content: Any) -> Mapping[str, Any]:
    return {"items": content}


def load_architectures(root: Path) -> dict[str, tuple[Spell, ...]]:
    """For each architecture under `root` since when programs know it; nothing where there is no file."""
    files = load_all(root, "architectures.yaml", "architectures", _File, _as_items)
    return {
        each.name: tuple(Spell(program, since=since) for program, since in each.first.items())
        for file in files
        for each in file.items
    }
