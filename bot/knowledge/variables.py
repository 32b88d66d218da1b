"""What the knowledge allows to be put into a command: knowledge/variables.yaml."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from bot.knowledge.files import DataError, Fault, load_all


class Variables(msgspec.Struct, frozen=True):
    """The types of variables, and what their proofs need to know. Empty: no value gets into a command."""

    types: Mapping[str, str] = {}  # name of a variable: a type of bot.answers.proofs
    harmless: tuple[str, ...] = ()  # beginnings of commands that change nothing
    distrusted: tuple[str, ...] = ()  # with these a command runs code that comes with a model
    folders: frozenset[str] = frozenset()  # small letters
    packages: Mapping[str, str] = {}  # module: package


def load_variables(root: Path) -> Variables:
    """`root`/variables.yaml; raises DataError."""
    found = load_all(root, "variables.yaml", "variables", Variables)
    if not found:
        raise DataError([Fault("variables.yaml", "", "missing; it says what may get into commands")])
    return found[0]
