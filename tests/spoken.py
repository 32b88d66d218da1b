"""Answers as one reader sees them: every text in one language."""

from dataclasses import fields, is_dataclass
from typing import Any

import msgspec

from bot.base.languages import Text


def spoken(value: Any, language: str = "en") -> Any:
    """An answer or a part of one with plain strings in place of its texts."""
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: spoken(getattr(value, name), language) for name in value.__struct_fields__})
    if isinstance(value, tuple | list):
        return type(value)(spoken(each, language) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{each.name: spoken(getattr(value, each.name), language) for each in fields(value)})
    return value
