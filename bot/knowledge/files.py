"""YAML files to frozen, typed objects. All faults of all files are collected and reported together."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from bot.base.late import late
from bot.knowledge.cache import cached_of, source_of

if TYPE_CHECKING:
    import yaml

T = TypeVar("T")
_TODO = "TODO"
LARGEST = 8 * 1024 * 1024  # bytes of a file that is opened; the largest that is shipped has 120 kB
_MATCHING = "matching regex"
_LIKE_A_COMMENT = late(r"(?<![ \t])[ \t]++(#[^\s#]\S{0,30})")  # a comment has a blank behind its sign


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

    def __reduce__(self) -> tuple[type["DataError"], tuple[tuple[Fault, ...]]]:
        """Crosses to another process with its faults, not with its text."""
        return DataError, (self.faults,)


def knowledge_root() -> Path:
    """The folder of the shipped knowledge: inside an installed wheel, or beside `bot/` in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "_knowledge"
    return installed if installed.is_dir() else package.parent / "knowledge"


def digest_of(root: Path) -> str:
    """What tells this knowledge from any other: ten digits of a digest of all its files."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in (".yaml", ".json") and not unopened(path):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def unopened(path: Path) -> str:
    """Why this is not opened, "" where it is: a pipe never answers, and what a link to a device gives has no end."""
    try:
        found = path.stat()
    except OSError as error:
        return f"cannot be read ({error.strerror}); put a file in its place"
    if not stat.S_ISREG(found.st_mode):
        return "is no ordinary file; put one in its place"
    return f"is larger than {LARGEST // 1024**2} MiB; split it" if found.st_size > LARGEST else ""


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed YAML file: its path relative to the root, with forward slashes, and its content."""

    file: str
    content: Any


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """What could be read: (file, object) in order of name, and the faults of the files that could not."""

    items: tuple[tuple[str, T], ...]
    faults: tuple[Fault, ...]


def read_documents(root: Path, pattern: str) -> Iterator[Document]:
    """Parses every file that matches, in order of name; raises DataError naming all that are not YAML."""
    faults: list[Fault] = []
    for outcome in _parsed(root, pattern):
        if isinstance(outcome, Fault):
            faults.append(outcome)
        else:
            yield outcome
    if faults:
        raise DataError(faults)


def load_all(
    root: Path,
    pattern: str,
    schema: str,
    type_: type[T],
    prepare: Callable[[Any], Any] = lambda content: content,
    check: Callable[[T], Iterable[Fault]] | None = None,
    beside: Iterable[Path] = (),
) -> tuple[T, ...]:
    """Every file under `root` that matches `pattern`, checked against `schema/<schema>.json`, as `type_`.

    `prepare` expands shorthands once the schema is satisfied; `check` finds what a schema cannot say, `beside`: files
    that it looks at as well. Raises DataError with every fault of every file. The result is kept between runs.
    """

    def build() -> tuple[T, ...]:
        loaded = load_sound(root, pattern, schema, type_, prepare)
        checked = (_in(file, fault) for file, item in loaded.items for fault in check(item)) if check else ()
        if faults := [*loaded.faults, *checked]:
            raise DataError(faults)
        return tuple(item for _, item in loaded.items)

    files = [*files_matching(root, pattern), root / "schema" / f"{schema}.json", *_code_for(type_), *beside]
    return cached_of(root, f"{pattern} {type_.__qualname__}", files, tuple[type_, ...], build)  # type: ignore[valid-type]


def _in(file: str, fault: Fault) -> Fault:
    """A fault that names no file is one of the file that was checked."""
    return fault if fault.file else replace(fault, file=file)


def files_matching(root: Path, pattern: str) -> list[Path]:
    """The files under `root` that match a pattern like "failures/**/*.yaml", sorted by name."""
    folder, recursive, name = pattern.partition("/**/")
    if not recursive:
        return sorted(root.glob(pattern))
    suffix = name.removeprefix("*")
    walk = os.walk(root / folder)  # twice as quick as Path.glob
    found = (f"{at}/{file}" for at, _, files in walk for file in files if file.endswith(suffix))
    return [Path(file) for file in sorted(found)]


def _code_for(type_: type) -> tuple[Path, ...]:
    """The code that turns files into `type_`."""
    own = source_of(type_)
    here = Path(__file__)
    return (here, here.with_name("schema_faults.py"), here.with_name("word_lists.py"), *((own,) if own else ()))


def as_items(content: Any) -> Mapping[str, Any]:
    """The content of a file that is one list, as a struct with `items` is read from it."""
    return {"items": content}


def load_sound(
    root: Path,
    pattern: str,
    schema: str,
    type_: type[T],
    prepare: Callable[[Any], Any] = lambda content: content,
) -> Loaded[T]:
    """Like `load_all`, but returns what is sound together with all faults."""
    faults: list[Fault] = []
    items: list[tuple[str, T]] = []
    problems = _checker(root / "schema" / f"{schema}.json")
    for outcome in _parsed(root, pattern):
        if isinstance(outcome, Fault):
            faults.append(outcome)
            continue
        file, content = outcome.file, outcome.content
        found = [Fault(file, key, problem) for key, problem in problems(content)]
        faults += found
        if found:
            continue
        try:
            items.append((file, msgspec.convert(prepare(content), type_)))
        except msgspec.ValidationError as error:
            faults.append(conversion_fault(file, error))
    return Loaded(tuple(items), tuple(faults))


def _parsed(root: Path, pattern: str) -> Iterator[Document | Fault]:
    """Every file's content, or why it is none; twice the same key in a mapping is a fault too."""
    paths = files_matching(root, pattern)
    if not paths:
        return
    import yaml

    from bot.knowledge.excess import excess

    for path in paths:
        file = path.relative_to(root).as_posix()
        loader: yaml.CSafeLoader | None = None
        if unusable := unopened(path):
            yield Fault(file, "", unusable)
            continue
        try:
            text = path.read_text(encoding="utf-8")
            yield from (Fault(file, *fault) for fault in _unfinished(text))
            if problem := excess(text):
                yield Fault(file, "", f"{problem}; write it shorter and flatter")
                continue
            loader = yaml.CSafeLoader(text)
            node = loader.get_single_node()
            if node is None:
                yield Fault(file, "", "is empty; write at least the required keys")
                continue
            yield from (Fault(file, *fault) for fault in (*_repeated_keys(node), *_cut_off(node, text)))
            yield Document(file, loader.construct_document(node))
        except UnicodeDecodeError as error:
            yield Fault(file, "", f"is not UTF-8 (byte {error.start}); save it as UTF-8")
        except Exception as error:  # noqa: BLE001 - whatever a value makes the parser raise: its file must be named
            yield Fault(file, "", f"not valid YAML: {_yaml_problem(error)}")
        finally:
            if loader is not None:
                loader.dispose()


def _unfinished(text: str) -> Iterator[tuple[str, str]]:
    """Every line that still says TODO, in a value or in a comment."""
    if _TODO in text:
        for number, line in enumerate(text.splitlines(), start=1):
            if _TODO in line:
                yield f"line {number}", f"still says TODO: {line.strip()[:60]!r}; write what belongs there"


def conversion_fault(file: str, error: msgspec.ValidationError) -> Fault:
    """What msgspec says of a value, with its path as the key and no regular expression."""
    problem, _, path = str(error).partition(" - at `$")
    key = path.rstrip("`").lstrip(".").replace("[...]", "")
    wanted, matching, _ = problem.partition(_MATCHING)
    return Fault(file, key, f"{wanted}of the right form" if matching else problem)


def _yaml_problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    hint = "; put texts with `: ` or special characters in double quotes" if mark else ""
    return f"{where}{problem}{hint}"


def _repeated_keys(node: "yaml.Node", path: str = "") -> Iterator[tuple[str, str]]:
    """(path, problem) for every key that stands twice in one mapping, which YAML would silently let pass."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            here = f"{path}.{name}" if path else name
            if name in seen:
                yield here, f"stands twice (lines {seen[name]} and {key.start_mark.line + 1}); keep one of them"
            seen[name] = key.start_mark.line + 1
            yield from _repeated_keys(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _repeated_keys(value, f"{path}[{index}]")


def _cut_off(node: "yaml.Node", text: str) -> Iterator[tuple[str, str]]:
    """Every unquoted text of which YAML silently takes the end for a comment, such as `- what #b`."""
    cuts = {found.start(): found for found in _LIKE_A_COMMENT.finditer(text)}
    for scalar in _unquoted(node) if cuts else ():
        if found := cuts.get(scalar.end_mark.index):
            yield f"line {scalar.end_mark.line + 1}", f"ends before {found[1]!r}: put a text with ` #` in quotes"


def _unquoted(node: "yaml.Node") -> Iterator["yaml.ScalarNode"]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for each in pair:
                yield from _unquoted(each)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _unquoted(each)
    elif isinstance(node, yaml.ScalarNode) and not node.style:
        yield node


def _checker(path: Path) -> Callable[[Any], list[tuple[str, str]]]:
    """What is wrong with a content by the schema in `path`: (key, problem), in plain words.

    fastjsonschema says in a fifth of the time whether anything is; only then jsonschema lists it all.
    """
    import fastjsonschema

    if problem := unopened(path):
        raise DataError([Fault(f"{path.parent.name}/{path.name}", "", problem)])
    schema: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    is_sound = fastjsonschema.compile(schema)

    def problems(content: Any) -> list[tuple[str, str]]:
        try:
            is_sound(content)
        except fastjsonschema.JsonSchemaValueException:
            from jsonschema import Draft202012Validator

            from bot.knowledge.schema_faults import plain_faults

            return list(plain_faults(Draft202012Validator(schema).iter_errors(content)))
        return []

    return problems
