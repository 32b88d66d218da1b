"""What programs can be told: knowledge/options/*.yaml, the options, parameters and keys of one form of settings each.

A table names what there is, what is gone and what took its place, and which values cannot work together. Names of keys
inside others are joined by dots ("model.max_seq_len"); `*` in a name stands for any one key.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import structs

from bot.base.languages import Text
from bot.base.late import late
from bot.knowledge.failures import Reference
from bot.knowledge.files import Fault, files_matching, load_all

OPTIONS = "options/*.yaml"
Form = Literal["command", "json", "yaml", "modelfile", "variables", "ini"]
# What may stand before a command: a prompt, a place in a list, variables, Python, a folder.
_BEFORE = (
    r"\s*+(?:[$>#]\s++|-\s++|sudo\s++|nohup\s++|exec\s++|ExecStart=|start\s++|&\s++|c(?:omman|m)d:\s*+|[A-Z][A-Z0-9_]*+=\S*+\s++"
    r"|(?:uv run\s++)?+(?:python[\d.]*+|py)(?:\.exe)?+\s++(?:-m\s++)?+)*+[\"']?+(?:[\w.~:-]*+[\\/])*+"
)
_KEYS = 2  # by which a file is known
_NEGATED = late(r"(--|)no-")
_INSERTED = late(r"(?<!\$)\{([^{}]+)\}")
_DASHES = late(r"(?<![\w-])--?(?=[a-z])")  # before the name of an option


class Test(msgspec.Struct, frozen=True):
    """What a setting must be: there, or with `absent` not there; `value` is a regular expression for what it holds."""

    __test__ = False  # no test of pytest's

    name: str
    value: str | None = None
    absent: bool = False
    above: float | None = None
    below: float | None = None
    not_multiple_of: int | None = None
    below_key: str | None = None


class Change(msgspec.Struct, frozen=True):
    """A setting as it should be; `value` is empty for a switch."""

    name: str
    value: str = ""


class Conflict(msgspec.Struct, frozen=True, rename={"tests": "if", "change": "set"}):
    """Settings that cannot be so together: all tests hold. `said` and the value of `set` may insert others' values as
    `{name}`.
    """

    id: str
    tests: tuple[Test, ...]
    said: Text
    change: Change | None = None
    drop: str | None = None
    advice: bool = False  # worth saying, but no fault

    def said_of(self, values: dict[str, str]) -> Text:
        """The sentence with the values of this configuration."""
        return self.said.changed(lambda text: _inserted(text, values))

    def value_of(self, values: dict[str, str]) -> str:
        """What is to be set, with the values of this configuration."""
        return _inserted(self.change.value, values) if self.change else ""


def _inserted(text: str, values: dict[str, str]) -> str:
    return _INSERTED.sub(lambda found: values.get(found[1], "?"), text)


class Option(msgspec.Struct, frozen=True):
    """One option with all its names, the usual one first; `flag`: it takes no value."""

    names: tuple[str, ...]
    flag: bool = False
    number: bool = False  # takes a number
    values: tuple[str, ...] = ()  # all that it takes; with `number` beside numbers


class Gone(msgspec.Struct, frozen=True):
    """A name that is not there any more, or never was; `instead`: what to write, empty where nothing took its place;
    `value`: what stands behind that, where it is not what stood behind the old name.
    """

    name: str
    instead: str = ""
    value: str = ""


class OptionTable(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One form of one program's settings."""

    program: str
    form: Form
    options: tuple[Option, ...] = ()
    sources: tuple[Reference, ...]
    commands: tuple[str, ...] = ()  # of a command line: how it begins
    images: tuple[str, ...] = ()  # containers whose arguments are such a command line
    in_file: Literal["yaml", "ini"] | None = None  # of a command line: the form of a file that holds the same options
    marks: tuple[str, ...] = ()  # of a file: keys by which it is known, two of them are enough; of variables one is
    begins: tuple[str, ...] = ()  # of variables: how the names of a program's own begin
    free: tuple[str, ...] = ()  # keys below which anything may stand
    negated: bool = False  # every switch has a --no- form
    underscores: bool = False  # --an_option is --an-option
    abbreviated: bool = False  # the beginning of a name is enough
    gone: tuple[Gone, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Option]:
        """Each option by every one of its names."""
        return {name: option for option in self.options for name in option.names}

    @cached_property
    def gone_names(self) -> dict[str, Gone]:
        """The names that are not there any more."""
        return {gone.name: gone for gone in self.gone}

    def gone_as(self, name: str) -> Gone | None:
        """What became of a name; `*` in the table's is the same key in what takes its place."""
        if (found := self.gone_names.get(name)) is not None:
            return found
        own = name.split(".")
        for gone in self.gone:
            wanted = gone.name.split(".")
            if (
                "*" in wanted
                and len(own) == len(wanted)
                and all(b in ("*", a) for a, b in zip(own, wanted, strict=True))
            ):
                return structs.replace(gone, name=name, instead=gone.instead.replace("*", own[wanted.index("*")]))
        return None

    @cached_property
    def command_begins(self) -> re.Pattern[str]:
        """How a line begins that holds such a command; nothing does where there is none."""
        names = "|".join(re.escape(command).replace(r"\ ", r"\s") for command in self.commands) or "(?!)"
        return re.compile(rf"{_BEFORE}(?:{names})(?:\.exe)?[\"']?(?=\s|$)")

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """What values are tested for, compiled."""
        wanted = {test.value for each in self.conflicts for test in each.tests if test.value is not None}
        return {value: re.compile(value) for value in wanted}

    def knows(self, name: str) -> bool:
        """Whether there is such an option, key or parameter."""
        if name in self.by_name or "*" in name:
            return True
        if self.negated and (found := _NEGATED.match(name)):
            return found[1] + name[found.end() :] in self.by_name
        return any(name == free or name.startswith(f"{free}.") for free in self.free)

    def usual_name(self, name: str) -> str:
        """The first name of an option; a name that is not known stays."""
        option = self.by_name.get(name)
        return option.names[0] if option else name


def load_options(root: Path) -> tuple[OptionTable, ...]:
    """Every table under `root`; raises DataError with all faults."""
    if not files_matching(root, OPTIONS):
        return ()
    tables = load_all(root, OPTIONS, "options", OptionTable, check=_faults)
    return (*tables, *(_in_file(table, table.in_file) for table in tables if table.in_file))


def _in_file(table: OptionTable, form: Form) -> OptionTable:
    """A command line's options as keys of a file: without their dashes."""
    return structs.replace(
        table,
        form=form,
        commands=(),
        images=(),
        in_file=None,
        options=tuple(structs.replace(each, names=tuple(map(_bare, each.names))) for each in table.options),
        gone=tuple(Gone(_bare(each.name), _bare(each.instead), each.value) for each in table.gone),
        conflicts=tuple(map(_undashed, table.conflicts)),
    )


def _undashed(conflict: Conflict) -> Conflict:
    tests = tuple(
        structs.replace(test, name=_bare(test.name), below_key=_bare(test.below_key) if test.below_key else None)
        for test in conflict.tests
    )
    change = structs.replace(conflict.change, name=_bare(conflict.change.name)) if conflict.change else None
    drop = _bare(conflict.drop) if conflict.drop else None
    said = conflict.said.changed(lambda text: _DASHES.sub("", text))
    return structs.replace(conflict, tests=tests, change=change, drop=drop, said=said)


def _bare(name: str) -> str:
    return name.lstrip("-")


def _faults(table: OptionTable) -> Iterator[Fault]:
    file = f"options ({table.program}, {table.form})"
    yield from _form_faults(table, file)
    known = table.knows
    for conflict in table.conflicts:
        key = f"conflicts.{conflict.id}"
        yield from (Fault(file, key, f"no such option: {name}") for name in _used(conflict) if not known(name))
        yield from (Fault(file, key, problem) for test in conflict.tests for problem in _pattern_faults(test))
    for gone in table.gone:
        if gone.instead and not known(gone.instead):
            yield Fault(file, f"gone.{gone.name}", f"no such option: {gone.instead}")


def _form_faults(table: OptionTable, file: str) -> Iterator[Fault]:
    """What a table lacks by which its form is known."""
    if table.form == "command" and not table.commands:
        yield Fault(file, "commands", "missing: how does such a command line begin?")
    if table.form == "variables" and not table.marks:
        yield Fault(file, "marks", "name at least one variable by which they are known")
    if "yaml" in (table.form, table.in_file) or table.form == "json":
        yield from _mark_faults(table, file)


def _mark_faults(table: OptionTable, file: str) -> Iterator[Fault]:
    if len(table.marks) < _KEYS:
        yield Fault(file, "marks", "name at least two keys by which such a file is known")


def _used(conflict: Conflict) -> Iterable[str]:
    yield from (test.name for test in conflict.tests)
    if conflict.change:
        yield conflict.change.name
    if conflict.drop:
        yield conflict.drop


def _pattern_faults(test: Test) -> Iterator[str]:
    if test.value is not None:
        try:
            re.compile(test.value)
        except re.error as error:
            yield f"not a regular expression: {error}"
