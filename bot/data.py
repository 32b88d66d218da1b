"""YAML files to frozen, typed objects. All faults of all files are collected and reported together."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a data file, where, and what to write instead."""

    file: str
    key: str  # path such as "examples[0].text"; empty for the file as a whole
    problem: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.problem) if part)


class DataError(Exception):
    """Data that cannot be used; `faults` names every fault of every file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def knowledge_root() -> Path:
    """The folder of the shipped knowledge: inside an installed wheel, or beside `bot/` in a checkout."""
    package = Path(__file__).parent
    installed = package / "_knowledge"
    return installed if installed.is_dir() else package.parent / "knowledge"


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed YAML file: its path relative to the root, with forward slashes, and its content."""

    file: str
    content: Any


def read_documents(root: Path, pattern: str) -> Iterator[Document]:
    """Parses every file that matches, in order of name; raises DataError naming all that are not YAML."""
    faults: list[Fault] = []
    for path in sorted(root.glob(pattern)):
        file = path.relative_to(root).as_posix()
        try:
            yield Document(file, yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(Fault(file, "", f"not valid YAML: {error}"))
    if faults:
        raise DataError(faults)


def load_all(
    root: Path,
    pattern: str,
    schema: str,
    type_: type[T],
    prepare: Callable[[Any], Any] = lambda content: content,
) -> tuple[T, ...]:
    """Every file under `root` that matches `pattern`, checked against `schema/<schema>.json`, as `type_`.

    `prepare` expands shorthands once the schema is satisfied.
    """
    faults: list[Fault] = []
    loaded: list[T] = []
    validator = _validator(root / "schema" / f"{schema}.json")
    for document in read_documents(root, pattern):
        found = [
            Fault(document.file, _key_path(error.absolute_path), error.message)
            for error in validator.iter_errors(document.content)
        ]
        faults += found
        if found:
            continue
        try:
            loaded.append(msgspec.convert(prepare(document.content), type_))
        except msgspec.ValidationError as error:
            faults.append(Fault(document.file, "", str(error)))
    if faults:
        raise DataError(faults)
    return tuple(loaded)


def _validator(path: Path) -> Any:
    import jsonschema

    schema: Mapping[str, Any] = msgspec.json.decode(path.read_bytes())
    return jsonschema.Draft202012Validator(schema)


def _key_path(parts: Iterable[str | int]) -> str:
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path
