"""What a schema cannot say: names that must exist, be unique, or be declared, within a failure and across all."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from bot.base.late import late
from bot.knowledge.failures import Failure, FailureClass
from bot.knowledge.files import Fault
from bot.knowledge.placeholders import COMPUTED, VARIABLES, variables_in
from bot.knowledge.schema_faults import nearest
from bot.knowledge.signature_faults import signature_faults
from bot.knowledge.variables import Variables

# A variable before "ollama serve" does not reach the service that runs already; another port makes a second one.
_BESIDE_THE_SERVICE = late(
    r"^(?:OLLAMA_(?!HOST=\S{1,80}:\d)\w{1,60}+=\S{1,200}+ {1,3}+){1,9}ollama serve"
    r"|^\$env:OLLAMA_(?!HOST = \"\S{1,80}:\d)\w{1,60}+ = [^\n]{1,200}\nollama serve",
    re.M,
)
_VARIABLE = late(r"\{([a-z][a-z0-9_]*)(?:\|([^{}\n]*))?\}")


def faults_of(
    items: Sequence[tuple[str, Failure]], classes: Iterable[FailureClass], variables: Variables
) -> Iterator[Fault]:
    """Every fault of sound files that only shows when they are seen together, or by reading their texts."""
    ids = Counter(entry.id for _, entry in items)
    known = {each.name for each in classes}
    for file, entry in items:
        yield from (Fault(file, key, problem) for key, problem in _own(file, entry, ids, known))
        yield from (Fault(file, key, problem) for key, problem in _untyped(entry, variables))


def _own(file: str, entry: Failure, ids: Counter[str], classes: set[str]) -> Iterator[tuple[str, str]]:
    name = file.rsplit("/", 1)[-1].removesuffix(".yaml")
    if entry.id != name:
        yield "id", f"is {entry.id!r} but the file is named {name!r}; make them the same"
    if ids[entry.id] > 1:
        yield "id", f"{entry.id!r} is used by {ids[entry.id]} files; every id stands once"
    if entry.failure_class not in classes:
        yield "class", f"{entry.failure_class!r} is not in classes.yaml{nearest(entry.failure_class, classes)}"
    yield from _references(entry, ids, classes)
    yield from _signatures(entry)
    yield from _undeclared(entry)
    yield from _beside_the_service(entry)


def _references(entry: Failure, ids: Counter[str], classes: set[str]) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(entry.explains):
        slug = name.removeprefix("class:")
        if name == entry.id:
            yield f"explains[{number}]", "an entry does not explain itself; leave it out"
        elif name.startswith("class:") and slug not in classes:
            yield f"explains[{number}]", f"{slug!r} is not in classes.yaml{nearest(slug, classes)}"
        elif not name.startswith("class:") and name not in ids:
            hint = "; for a class write class:" + name if name in classes else nearest(name, ids)
            yield f"explains[{number}]", f"no entry has the id {name!r}{hint}"
    yield from _selected(entry, ids)


def _selected(entry: Failure, ids: Counter[str]) -> Iterator[tuple[str, str]]:
    for number, miss in enumerate(entry.near_misses):
        if miss.selects is not None and miss.selects not in ids:
            yield f"near_misses[{number}].selects", f"no entry has the id {miss.selects!r}{nearest(miss.selects, ids)}"
        if miss.selects == entry.id:
            yield f"near_misses[{number}].selects", "a near miss must not select its own entry; make it an example"


def _signatures(entry: Failure) -> Iterator[tuple[str, str]]:
    if not (entry.signatures or entry.found_by):
        yield "signatures", "needs at least 1 entry, has 0"
    seen: dict[str, int] = {}
    for number, signature in enumerate(entry.signatures):
        key = f"signatures[{number}].text"
        yield from ((key, problem) for problem in signature_faults(signature.text))
        conditions = (signature.text, signature.requires, signature.requires_any, signature.excludes, signature.loaders)
        if (before := seen.setdefault(repr(conditions), number)) != number:
            yield key, f"is the same as signatures[{before}]; keep one of them"


def _beside_the_service(entry: Failure) -> Iterator[tuple[str, str]]:
    """Commands that start a second ollama, where the installer has made a service that keeps the old settings."""
    for number, step in enumerate(entry.steps):
        for place, command in enumerate(step.commands):
            served = not command.systems or {"linux", "wsl", "windows", "macos"} & set(command.systems)
            if served and _BESIDE_THE_SERVICE.search(command.code):
                key = f"steps[{number}].commands[{place}].code"
                yield key, "the running ollama never sees it; write systemctl edit, launchctl setenv or setx by system"


def _undeclared(entry: Failure) -> Iterator[tuple[str, str]]:
    declared = VARIABLES | _captured(entry)
    for key, text, must_fall_back in _texts(entry):
        yield from ((key, problem) for problem in variable_faults(text, declared, must_fall_back))
    captured = _captured(entry)
    for number, example in enumerate(entry.examples):
        for name in example.captures:
            if name not in captured:
                yield f"examples[{number}].captures.{name}", f"no signature captures it{nearest(name, captured)}"


def _captured(entry: Failure) -> set[str]:
    """What the signatures of an entry and the computations that lead to it capture."""
    names = {name for signature in entry.signatures for name in variables_in(signature.text)}
    return names.union(*(COMPUTED[way.computation] for way in entry.found_by))


def variable_faults(text: str, declared: Collection[str], must_fall_back: bool = True) -> Iterator[str]:
    """Variables that nothing captures, or that have no fallback; `must_fall_back`: every {word} is a variable."""
    for variable in _VARIABLE.finditer(text):
        name, fallback = variable.groups()
        if name not in declared and (must_fall_back or fallback is not None):
            yield f"{{{name}}} is captured by no signature and is no fact{nearest(name, declared)}"
        elif name in declared and fallback is None:
            yield f"{{{name}}} may be unknown; write {{{name}|what to say then}}"


def _untyped(entry: Failure, variables: Variables) -> Iterator[tuple[str, str]]:
    """Variables of commands that no type proves, so that their value never gets there."""
    declared = VARIABLES | _captured(entry)
    for number, step in enumerate(entry.steps):
        for place, command in enumerate(step.commands):
            for variable in _VARIABLE.finditer(command.code):
                name = variable.group(1)
                if name in declared and name not in variables.types:
                    key = f"steps[{number}].commands[{place}].code"
                    yield key, f"{{{name}}} has no type in variables.yaml; name its type there, or write words instead"


def _texts(entry: Failure) -> Iterator[tuple[str, str, bool]]:
    """(key path, text, whether every {word} in it is meant as a variable); commands may hold other braces."""
    for language in ("en", "zh"):
        yield f"title.{language}", getattr(entry.title, language), True
        yield f"cause.{language}", getattr(entry.cause, language), True
        for number, step in enumerate(entry.steps):
            yield f"steps[{number}].text.{language}", getattr(step.text, language), True
        for number, question in enumerate(entry.questions):
            yield f"questions[{number}].{language}", getattr(question, language), True
    for number, step in enumerate(entry.steps):
        for place, command in enumerate(step.commands):
            yield f"steps[{number}].commands[{place}].code", command.code, False
