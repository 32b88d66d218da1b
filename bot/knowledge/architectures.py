"""Since which release a program knows a model, an option or a value of one.

A model: by the architecture of a GGUF, the type or the class of a config.json. An entry whose `arrives` names the
variable with such a name is told since when programs know it. Here is which file holds the names of which variable.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from bot.knowledge.failures import Spell
from bot.knowledge.files import as_items, load_all

GGUF = "architecture"  # general.architecture of a GGUF
MODEL = "model"  # what a user calls the model; known by the architecture that the catalog names
OPTION = "argument"  # an option as it was typed, perhaps with its value behind it
VALUE = "value"  # a value of an option that is one of a list: a parser, a format
_FILES = {
    GGUF: "architectures.yaml",
    "type": "architectures-types.yaml",
    "model_class": "architectures-classes.yaml",
    "exllama_class": "architectures-exllamav3.yaml",
    OPTION: "releases-options.yaml",
    VALUE: "releases-values.yaml",
}
_OF_COMMANDS = frozenset({OPTION, VALUE})


class Architecture(msgspec.Struct, frozen=True):
    """A name as a model file or a command tells it, and the first release of each program that knows it."""

    name: str
    first: dict[str, str]
    month: str = ""  # in which the first of them came (YYYY-MM)


class _File(msgspec.Struct, frozen=True):
    items: tuple[Architecture, ...]


def key_of(variable: str, value: str) -> str:
    """Under what `load_architectures` keeps a value of a variable; vLLM prints classes as a list of one."""
    bare = (value.split() or [""])[0] if variable in _OF_COMMANDS else value
    bare = bare.strip('"[],: ').strip("'")
    return f"{variable}:{_option(bare) if variable == OPTION else bare}"


def _option(typed: str) -> str:
    """An option as lists of options write it, without what stands behind a sign."""
    return typed.partition("=")[0].replace("_", "-")


def load_architectures(root: Path) -> dict[str, tuple[Spell, ...]]:
    """Since when programs know each name under `root`, by `key_of`; nothing where there are no files."""
    return dict(_rows(root))


def _rows(root: Path) -> Iterator[tuple[str, tuple[Spell, ...]]]:
    for variable, name in _FILES.items():
        for file in load_all(root, name, "architectures", _File, as_items):
            for each in file.items:
                spells = (
                    Spell(program, since=since, month=each.month, of_command=variable in _OF_COMMANDS)
                    for program, since in each.first.items()
                )
                yield key_of(variable, each.name), tuple(spells)
