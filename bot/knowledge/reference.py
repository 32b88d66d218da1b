"""What is looked up rather than diagnosed: loaders, formats, frequent questions, terms and settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from bot.base.languages import Text
from bot.knowledge.failures import FixStep, Reference
from bot.knowledge.files import DataError, Fault, load_all

System = Literal["windows", "linux", "macos", "wsl", "docker", "android"]


class Condition(msgspec.Struct, frozen=True):
    """A yes/no question that decides between loaders or formats."""

    id: str
    question: Text
    statement: Text  # continues "when ..."


class Choice(msgspec.Struct, frozen=True):
    """When to choose something: when any, or all, of the conditions hold. Ids of conditions; one list is empty."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return self.any or self.all


class Link(msgspec.Struct, frozen=True):
    title: str
    url: str


class Loader(msgspec.Struct, frozen=True):
    """A program that runs models (or a front end), as a helper would describe it."""

    name: str
    role: Literal["loader", "frontend"]
    summary: Text
    formats: tuple[str, ...]
    systems: tuple[System, ...]
    address: str
    api: tuple[str, ...]
    choose: Choice
    avoid: tuple[Text, ...]
    install: tuple[FixStep, ...]
    log: tuple[FixStep, ...]
    context: tuple[FixStep, ...]
    gpu_layers: tuple[FixStep, ...]
    links: tuple[Link, ...]
    sources: tuple[Reference, ...]
    superseded_by: str | None = None
    start: tuple[FixStep, ...] = ()
    update: tuple[FixStep, ...] = ()


class Format(msgspec.Struct, frozen=True):
    """A model format: who should use it, and how its names are read."""

    name: str
    summary: Text
    choose: Choice
    gpu_only: bool
    single_file: bool
    floor: str  # the smallest quantization whose quality still holds
    encoding: Text
    example: str
    parts: Text
    sources: tuple[Reference, ...]
    words: tuple[str, ...] = ()  # what people call it besides


class Question(msgspec.Struct, frozen=True):
    """A frequent question; `asked` are other ways of putting it, in either language."""

    id: str
    question: Text
    asked: tuple[str, ...]
    answer: tuple[FixStep, ...]
    see: str | None = None  # heading of the tutorial
    sources: tuple[Reference, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.question.en, self.question.zh, *self.question.others.values(), *self.asked)

    @property
    def is_narrow(self) -> bool:
        return False

    @property
    def says(self) -> str:
        return " ".join(f"{step.text.en} {step.text.zh}" for step in self.answer)


class Term(msgspec.Struct, frozen=True):
    """A term, or a setting of a loader, explained in two sentences."""

    id: str
    kind: Literal["term", "setting"]
    name: Text
    names: tuple[str, ...]
    meaning: Text
    loader: str | None = None
    tutorial: str | None = None

    @property
    def wordings(self) -> tuple[str, ...]:
        names = (self.name.en, self.name.zh, *self.name.others.values(), *self.names)
        return names + tuple(f"{self.loader} {name}" for name in names if self.loader)

    @property
    def is_narrow(self) -> bool:
        return True

    @property
    def says(self) -> str:
        return f"{self.meaning.en} {self.meaning.zh}"


class _Conditions(msgspec.Struct, frozen=True):
    items: tuple[Condition, ...]


class _Questions(msgspec.Struct, frozen=True):
    items: tuple[Question, ...]


class _Terms(msgspec.Struct, frozen=True):
    items: tuple[Term, ...]


def _as_items(content: Any) -> Mapping[str, Any]:
    return {"items": content}


def load_conditions(root: Path) -> tuple[Condition, ...]:
    return tuple(
        item for file in load_all(root, "conditions.yaml", "conditions", _Conditions, _as_items) for item in file.items
    )


def load_loaders(root: Path) -> tuple[Loader, ...]:
    return load_all(root, "loaders/*.yaml", "loader", Loader)


def load_formats(root: Path) -> tuple[Format, ...]:
    return load_all(root, "formats/*.yaml", "format", Format)


def load_questions(root: Path) -> tuple[Question, ...]:
    return tuple(item for file in load_all(root, "faq.yaml", "faq", _Questions, _as_items) for item in file.items)


def load_terms(root: Path) -> tuple[Term, ...]:
    return tuple(item for file in load_all(root, "glossary.yaml", "glossary", _Terms, _as_items) for item in file.items)


def reference_faults(root: Path) -> tuple[Fault, ...]:
    """Everything wrong in the reference data: schema, unknown names, ids used twice, wordings that answer twice."""
    try:
        conditions, loaders, formats = load_conditions(root), load_loaders(root), load_formats(root)
        questions, terms = load_questions(root), load_terms(root)
    except DataError as error:
        return error.faults
    known_conditions = {condition.id for condition in conditions}
    known_formats = {format_.name for format_ in formats}
    faults: list[Fault] = []
    named: list[tuple[str, Choice]] = [(f"loaders: {loader.name}", loader.choose) for loader in loaders]
    named += [(f"formats: {format_.name}", format_.choose) for format_ in formats]
    faults += [
        Fault(file, "choose", f"no condition has the id '{id_}'")
        for file, choice in named
        for id_ in choice.ids
        if id_ not in known_conditions
    ]
    faults += [
        Fault(f"loaders: {loader.name}", "formats", f"no format has the name '{name}'")
        for loader in loaders
        for name in loader.formats
        if name not in known_formats
    ]
    faults += _doubled("faq.yaml", {question.id: question.wordings for question in questions}, len(questions))
    faults += _doubled("glossary.yaml", {term.id: () for term in terms}, len(terms))
    return tuple(faults)


def _doubled(file: str, wordings: Mapping[str, tuple[str, ...]], count: int) -> list[Fault]:
    faults = [] if len(wordings) == count else [Fault(file, "id", "an id is used twice")]
    seen: dict[str, str] = {}
    for id_, texts in wordings.items():
        for text in texts:
            other = seen.setdefault(text.casefold(), id_)
            if other != id_:
                faults.append(Fault(file, f"{id_}.asked", f"'{text}' is asked in '{other}' too"))
    return faults
