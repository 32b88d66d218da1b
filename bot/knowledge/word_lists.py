"""Lists of words that several rows of a file speak of: `{name}` in a row stands for any word of that list.

A file names them under `lists`, one word a line; a list may speak of those above it. Texts that prove something are
what people write, and stay as they are.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from bot.base.late import late

Lists = dict[str, tuple[str, ...]]
KEY = "lists"
_NAMED = late(r"(?<![\\{])\{([a-z][a-z-]+)\}")
_EXAMPLES = frozenset({"found_in", "not_in", "examples"})


def filled(content: Any, opening: str = "(?:") -> Any:
    """A file's content with the words of its lists in place of their names, and without the lists.

    `opening` begins a choice in the rows' own language: `(?:` in regular expressions, `(` in phrases. Raises
    msgspec.ValidationError for a name that no list has, and for a list of which no row speaks.
    """
    if not isinstance(content, dict) or KEY not in content:
        return content
    spoken_of: set[str] = set()
    choices: dict[str, str] = {}
    for name, words in content[KEY].items():
        choices[name] = f"{opening}{'|'.join(_with_choices(word, choices, spoken_of) for word in words)})"
    rows = _filled({key: value for key, value in content.items() if key != KEY}, choices, spoken_of)
    if unused := choices.keys() - spoken_of:
        raise msgspec.ValidationError(f"no row speaks of {', '.join(sorted(unused))} - at `$.{KEY}`")
    return rows


phrases_filled: Callable[[Any], Any] = partial(filled, opening="(")


def _filled(value: Any, choices: Mapping[str, str], spoken_of: set[str]) -> Any:
    if isinstance(value, str):
        return _with_choices(value, choices, spoken_of)
    if isinstance(value, list):
        return [_filled(each, choices, spoken_of) for each in value]
    if isinstance(value, dict):
        return {key: each if key in _EXAMPLES else _filled(each, choices, spoken_of) for key, each in value.items()}
    return value


def _with_choices(row: str, choices: Mapping[str, str], spoken_of: set[str]) -> str:
    if unknown := [name for name in _names(row) if name not in choices]:
        raise msgspec.ValidationError(f"a row speaks of {{{unknown[0]}}}, which is no list above it - at `$.{KEY}`")
    spoken_of.update(_names(row))
    return _NAMED.sub(lambda found: choices[found[1]], row)


def _names(row: str) -> Iterator[str]:
    return (found[1] for found in _NAMED.finditer(row))
