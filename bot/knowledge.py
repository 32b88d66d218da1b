"""The failures that Wenzhen knows: what the YAML files under knowledge/failures become.

A file is described in CONTRIBUTING.md and in knowledge/schema/failure.json.
"""

import re
from pathlib import Path
from typing import Any, Literal

import msgspec

from bot.data import DataError, Fault, Loaded, files_matching, load_all, load_sound, read_documents
from bot.data_cache import cached
from bot.diagnosis.field import Field
from bot.languages import Text

Severity = Literal["blocking", "degraded", "warning"]
Kind = Literal["failure", "symptom"]

_FAILURES = "failures/**/*.yaml"
_CHINESE = "[\u2e80-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…—]"
_FOLDING_BLANK = re.compile(f"(?<={_CHINESE})[ \n]+(?={_CHINESE})")


class Signature(msgspec.Struct, frozen=True):
    """A wording of the failure. One signature that matches, with its conditions met, selects the entry.

    `text` is what a single (cleaned) line contains, with `{name}` for the parts that vary. `{name}` takes any text,
    `{name:number}` a number, `{name:size}` a number with a unit, `{name:word}` no blanks, `{name:path}` a path.
    """

    text: str
    weight: float = 1.0  # how much this line proves by itself: 1 = all, 0.5 = a hint that needs a second one
    requires: tuple[str, ...] = ()  # each of these stands somewhere in the log too
    requires_any: tuple[str, ...] = ()  # at least one of these does
    excludes: tuple[str, ...] = ()  # none of these does
    loaders: tuple[str, ...] = ()  # counts only when the loader is one of these, or not known


class Condition(msgspec.Struct, frozen=True):
    """When a step applies: each list that is not empty must contain the fact. An unknown fact fits every list."""

    loaders: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()  # windows, linux, macos, wsl, docker, android
    gpus: tuple[str, ...] = ()  # nvidia, amd, intel, apple, none


class Command(msgspec.Struct, frozen=True):
    """A block to copy. May use `{variables}` like a step."""

    shell: str  # bash, powershell, cmd, python, yaml, json, dockerfile, ini, text
    code: str


class FixStep(msgspec.Struct, frozen=True):
    """One thing to do. `{name|fallback}` in a text takes a capture or a fact, or the fallback when it is not known."""

    text: Text
    commands: tuple[Command, ...] = ()
    when: Condition = Condition()


class Reference(msgspec.Struct, frozen=True):
    """A public page that states the fact, and the month (YYYY-MM) in which it was last read."""

    url: str
    checked: str


class Example(msgspec.Struct, frozen=True):
    """A whole noisy excerpt that must select the entry first. `captures`: what must have been captured."""

    text: str
    captures: dict[str, str] = {}


class NearMiss(msgspec.Struct, frozen=True):
    """A text that looks similar and must not select the entry. `selects`: the entry that it must select, if any."""

    text: str
    selects: str | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True, rename={"failure_class": "class"}):
    """One known failure: how to recognise it, why it happens, what to do."""

    id: str
    failure_class: str
    severity: Severity
    title: Text
    cause: Text
    steps: tuple[FixStep, ...]
    signatures: tuple[Signature, ...]
    examples: tuple[Example, ...]
    near_misses: tuple[NearMiss, ...]
    sources: tuple[Reference, ...]
    kind: Kind = "failure"
    components: tuple[str, ...] = ()  # programs that print it; empty = any
    systems: tuple[str, ...] = ()  # systems it happens on; empty = any
    explains: tuple[str, ...] = ()  # ids of failures, or "class:<slug>", that are mere consequences of this one
    questions: tuple[Text, ...] = ()  # what to ask back, for symptoms told in words
    tutorial: str | None = None  # heading of the tutorial that treats it


class FailureClass(msgspec.Struct, frozen=True, rename={"name": "class"}):
    """The name of a kind of failure; several entries may share it where the cure differs."""

    name: str
    area: str
    meaning: str = ""


def load_failures(root: Path) -> tuple[Failure, ...]:
    """Every failure under `root`/failures; raises DataError with all faults of all files. Cached between runs."""

    def build() -> tuple[Failure, ...]:
        loaded = read_failures(root)
        if loaded.faults:
            raise DataError(loaded.faults)
        return tuple(failure for _, failure in loaded.items)

    here = Path(__file__)
    code = [here, here.with_name("knowledge_faults.py"), here.with_name("data.py"), here.with_name("data_faults.py")]
    files = [
        *files_matching(root, _FAILURES),
        root / "classes.yaml",
        root / "variables.yaml",
        root / "schema" / "failure.json",
        *code,
    ]
    return cached(f"{root.resolve()} {_FAILURES}", files, tuple[Failure, ...], build)


def read_failures(root: Path) -> Loaded[Failure]:
    """The sound failures with their files, and every fault, also of what holds across files."""
    from bot.answers.variables import load_variables
    from bot.knowledge_faults import faults_of

    loaded = load_sound(root, _FAILURES, "failure", Failure, prepare=_prepared)
    faults = [*loaded.faults, *faults_of(loaded.items, load_classes(root), load_variables(root))]
    return Loaded(loaded.items, tuple(sorted(faults, key=lambda fault: fault.file)))


def load_field(root: Path) -> Field:
    """What the knowledge is about, `root`/field.yaml; raises DataError."""
    (field,) = load_all(root, "field.yaml", "field", Field)
    return field


def load_classes(root: Path) -> tuple[FailureClass, ...]:
    """The names of failures, in the order of the file; raises DataError."""
    documents = list(read_documents(root, "classes.yaml"))
    try:
        return msgspec.convert([item for document in documents for item in document.content], tuple[FailureClass, ...])
    except (msgspec.ValidationError, TypeError) as error:
        raise DataError([Fault("classes.yaml", "", str(error))]) from error


def _prepared(document: Any) -> Any:
    """A signature may be a bare string: here it becomes the mapping that stands for. Chinese loses folding blanks."""
    signatures = [{"text": item} if isinstance(item, str) else item for item in document["signatures"]]
    return _without_folding_blanks({**document, "signatures": signatures})


def _without_folding_blanks(value: Any) -> Any:
    """In every `zh`, without the blanks between Chinese characters that come from YAML's folding of lines."""
    if isinstance(value, dict):
        return {
            key: _FOLDING_BLANK.sub("", item.rstrip("\n"))
            if key == "zh" and isinstance(item, str)
            else _without_folding_blanks(item)
            for key, item in value.items()
        }
    return [_without_folding_blanks(item) for item in value] if isinstance(value, list) else value
