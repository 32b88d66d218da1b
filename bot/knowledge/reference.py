"""What is looked up rather than diagnosed: loaders, formats, frequent questions, terms and settings."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from bot.base.languages import Text
from bot.base.late import late
from bot.knowledge.failures import FixStep, Reference
from bot.knowledge.files import DataError, Fault, as_items, load_all, load_sound
from bot.knowledge.schema_faults import nearest

_LOADERS, _FORMATS = "loaders/*.yaml", "formats/*.yaml"
System = Literal["windows", "linux", "macos", "wsl", "docker", "android"]
PlannedSystem = Literal["windows", "linux", "macos", "phone"]


# Ids of frequent questions of what fits, and of which program to take.
OF_FIT = (
    *("how-large-a-model", "which-model", "buy-which-card", "which-quantization"),
    *("fits-in-vram-which", "more-ram-faster"),
)
OF_LOADERS = ("which-loader", "beginner-loader", "is-it-for-me")


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
        """The ids of the conditions, of whichever list is there."""
        return self.any or self.all


class Link(msgspec.Struct, frozen=True):
    """A page to read on, and what it is called."""

    title: str
    url: str


class Called(msgspec.Struct, frozen=True):
    """What a loader is called and what gives it away in a log; keys as in vocabulary.yaml."""

    words: tuple[str, ...]  # nicknames and common misspellings in posts, any case
    traces: tuple[str, ...]  # literal pieces of its logs, paths and commands, case matters
    weak: tuple[str, ...] = ()  # words that count only when no other program of the kind is named
    contains: tuple[str, ...] = ()  # programs that run inside it
    rank: int = 1  # 1 runs the model, higher numbers stand behind


class Piece(msgspec.Struct, frozen=True):
    """A part of a command that belongs there only in some CIRCUMSTANCES: in one of `when`, in none of `unless`."""

    text: str  # with PLACES
    when: tuple[str, ...] = ()  # one of these holds; none: always
    unless: tuple[str, ...] = ()  # none of these holds


class RoomyContext(msgspec.Struct, frozen=True):
    """The context that a loader takes by itself from so much VRAM on."""

    vram: int  # GiB of all cards together
    context: int


class Runs(msgspec.Struct, frozen=True):
    """How a loader runs models: whose memory it takes, how it starts, and its own defaults where they differ.

    A piece of `start` one of whose PLACES stays empty is left out. Pieces stand on one line in a command of a shell, on
    lines of their own in a file or a window of settings.
    """

    family: str  # the engine whose memory it takes
    start: str | tuple[str | Piece, ...]  # the command; {file}, {repository}, {context} and the like are filled in
    option: str = ""  # its name under --engine; none: it cannot be asked for there
    also: tuple[str, ...] = ()  # further engines that it starts
    shell: Literal["bash", "powershell", "text", "yaml", "dockerfile"] = "bash"
    shell_on_windows: Literal["", "powershell", "text"] = ""  # where it is another one
    preferred: Mapping[PlannedSystem, int] = {}  # its place among loaders of the engine; left out: only when asked for
    cannot: tuple[Literal["experts_on_host", "cann", "musa"], ...] = ()  # what a plan may ask for and it does not do
    context: int = 0  # its own default; 0 = the family's
    roomy: tuple[RoomyContext, ...] = ()  # longer ones on larger cards, the largest card first
    context_step: int = 1  # the context is a multiple of it
    slots: int = 0  # requests at once by default; 0 = the family's
    batch: int = 0  # tokens of a batch by default; 0 = the family's

    @property
    def families(self) -> tuple[str, ...]:
        """The engines that it starts."""
        return (self.family, *self.also)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The command in pieces, in order."""
        given = (self.start,) if isinstance(self.start, str) else self.start
        return tuple(Piece(each) if isinstance(each, str) else each for each in given)

    def usual_context(self, vram: int) -> int:
        """Tokens of context where nobody says a number, with so many bytes of VRAM; 0 = the family's."""
        return next((each.context for each in self.roomy if vram >= each.vram << 30), self.context)


# What may stand in braces in a command that starts a loader: what is downloaded, the plan, and what the engine is to be
# told where it differs from its own default.
PLACES = frozenset(
    {"repository", "folder", "file", "context", "gpu_layers", "model_layers", "layers_on_gpu", "experts_on_host"}
    | {"kept_in_ram"}
    | {"cards", "shares", "spaced_shares", "cache_type_k", "cache_type_v", "key_bits", "value_bits"}
    | {"tensor_parallel", "pipeline_parallel", "utilization", "sequences"}
)
# What a piece of a command may depend on: the verdict, the system, the driver, the cache, the format, and options.
CIRCUMSTANCES = frozenset(
    {"gpu", "split", "cpu", "windows", "macos", "linux", "cuda", "rocm", "vulkan", "metal"}
    | {
        "experts_on_host",
        "usual_cache",
        "cache_16bit",
        "cache_8bit",
        "cache_4bit",
        "exl2",
        "exl3",
        "bnb_4bit",
        "bnb_8bit",
    }
    | {"text_only", "eager"}
)


# Facts that a line of a loader's log may state.
PRINTED = frozenset(
    {"gpus", "vram", "vram_free", "ram", "context", "trained_context", "gpu_layers", "layers", "port", "model_file"}
    | {"quant", "loader_version"}
)


class Loader(msgspec.Struct, frozen=True):
    """A program that runs models (or a front end), as a helper would describe it."""

    name: str
    role: Literal["loader", "frontend"]
    summary: Text
    formats: tuple[str, ...]
    systems: tuple[System, ...]
    address: str  # where its server listens by itself; empty for a program without one
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
    back: tuple[FixStep, ...] = ()  # to an older version; {version|...} is the one that worked
    runs_on: tuple[Text, ...] = ()  # which cards and systems it supports
    called: Called | None = None  # where vocabulary.yaml does not say it
    runs: Runs | None = None
    prints: tuple[str, ...] = ()  # lines of its log that state facts, such as "memory of {gpus}: {vram}"


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
    sources: tuple[Reference, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything by which it is asked for."""
        return (self.question.en, self.question.zh, *self.question.others.values(), *self.asked)

    @property
    def is_narrow(self) -> bool:
        """Whether it answers nothing but what it is."""
        return False

    @property
    def says(self) -> str:
        """Its text in both languages, which tells what it is about."""
        return " ".join(f"{step.text.en} {step.text.zh}" for step in self.answer)


class Term(msgspec.Struct, frozen=True):
    """A term, or a setting of a loader, explained in two sentences."""

    id: str
    kind: Literal["term", "setting"]
    name: Text
    names: tuple[str, ...]
    meaning: Text
    loader: str | None = None
    asked: tuple[str, ...] = ()  # whole questions that its meaning answers, in either language

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything that it is called."""
        names = (self.name.en, self.name.zh, *self.name.others.values(), *self.names)
        return names + tuple(f"{self.loader} {name}" for name in names if self.loader)

    @property
    def is_narrow(self) -> bool:
        """Whether it answers nothing but what it is."""
        return True

    @property
    def says(self) -> str:
        """Its text in both languages, which tells what it is about."""
        return f"{self.meaning.en} {self.meaning.zh}"


class _Conditions(msgspec.Struct, frozen=True):
    items: tuple[Condition, ...]


class _Questions(msgspec.Struct, frozen=True):
    items: tuple[Question, ...]


class _Terms(msgspec.Struct, frozen=True):
    items: tuple[Term, ...]


def load_conditions(root: Path) -> tuple[Condition, ...]:
    """Every condition under `root`; raises DataError."""
    return tuple(
        item for file in load_all(root, "conditions.yaml", "conditions", _Conditions, as_items) for item in file.items
    )


def load_loaders(root: Path) -> tuple[Loader, ...]:
    """Every loader and front end of `root`/loaders; raises DataError."""
    return load_all(root, _LOADERS, "loader", Loader, check=_misplaced)


def sound_loaders(root: Path) -> tuple[tuple[str, Loader], ...]:
    """The same with their files, as far as they are sound."""
    return load_sound(root, _LOADERS, "loader", Loader).items


def _misplaced(loader: Loader) -> Iterator[Fault]:
    """Places of a command or of a printed line that nothing fills, and circumstances that there are not."""
    for number, piece in enumerate(loader.runs.pieces if loader.runs else ()):
        key = "runs.start" if loader.runs and isinstance(loader.runs.start, str) else f"runs.start[{number}]"
        yield from _unknown_places(key, piece.text, PLACES)
        for name in sorted({*piece.when, *piece.unless} - CIRCUMSTANCES):
            yield Fault("", key, f"there is no circumstance {name!r}{nearest(name, CIRCUMSTANCES)}")
    for number, line in enumerate(loader.prints):
        yield from _unknown_places(f"prints[{number}]", line, PRINTED)
        yield from _too_open(f"prints[{number}]", line)


def _unknown_places(key: str, text: str, known: frozenset[str]) -> Iterator[Fault]:
    for place in sorted({*_PLACE.findall(text)} - known):
        yield Fault("", key, f"{{{place}}} means nothing here; write one of {', '.join(sorted(known))}")


def _too_open(key: str, line: str) -> Iterator[Fault]:
    """A printed line that could be almost any."""
    if len({*_PLACE.findall(line)} & _FREE) > 1:
        yield Fault("", key, f"only one of {', '.join(sorted(_FREE))} can stand in a line")
    if len(max(_PLACE.split(line)[::2], key=len)) < _LEAST_FIXED:
        yield Fault("", key, f"needs {_LEAST_FIXED} fixed characters in a row")


_PLACE = late(r"\{(\w+)\}")
_FREE = frozenset({"gpus", "model_file", "quant", "loader_version"})  # may be any words
_LEAST_FIXED = 5  # characters by which a printed line is found


def load_formats(root: Path) -> tuple[Format, ...]:
    """Every format of `root`/formats; raises DataError."""
    return load_all(root, _FORMATS, "format", Format)


def load_questions(root: Path) -> tuple[Question, ...]:
    """Every frequent question under `root`, those of faq.yaml (the last in the order of names) first: they are asked
    most. Raises DataError.
    """
    *special, general = load_all(root, "faq*.yaml", "faq", _Questions, as_items) or (_Questions(()),)
    return tuple(item for file in (general, *special) for item in file.items)


def load_terms(root: Path) -> tuple[Term, ...]:
    """Every term and setting under `root`; raises DataError."""
    return tuple(item for file in load_all(root, "glossary.yaml", "glossary", _Terms, as_items) for item in file.items)


def reference_faults(root: Path) -> tuple[Fault, ...]:
    """Everything wrong in the reference data: schema, unknown names, ids used twice, wordings that answer twice."""
    try:
        conditions, questions, terms = load_conditions(root), load_questions(root), load_terms(root)
        load_loaders(root)
        load_formats(root)
    except DataError as error:
        return error.faults
    loaders = sound_loaders(root)
    formats = load_sound(root, _FORMATS, "format", Format).items
    known_formats = {format_.name for _, format_ in formats}
    known_conditions = {condition.id for condition in conditions}
    return (
        *_unknown_conditions([(file, each.choose) for file, each in loaders], known_conditions),
        *_unknown_conditions([(file, each.choose) for file, each in formats], known_conditions),
        *_unknown_formats(loaders, known_formats),
        *_doubled("faq.yaml", {question.id: question.wordings for question in questions}, len(questions)),
        *_doubled("glossary.yaml", {term.id: () for term in terms}, len(terms)),
    )


def _unknown_conditions(choices: Iterable[tuple[str, Choice]], known: set[str]) -> Iterator[Fault]:
    for file, choice in choices:
        for id_ in choice.ids:
            if id_ not in known:
                yield Fault(file, "choose", f"no condition has the id {id_!r}{nearest(id_, known)}")


def _unknown_formats(loaders: Iterable[tuple[str, Loader]], known: set[str]) -> Iterator[Fault]:
    for file, loader in loaders:
        for name in loader.formats:
            if name not in known:
                yield Fault(file, "formats", f"no format has the name {name!r}{nearest(name, known)}")


def _doubled(file: str, wordings: Mapping[str, tuple[str, ...]], count: int) -> list[Fault]:
    faults = [] if len(wordings) == count else [Fault(file, "id", "an id is used twice")]
    seen: dict[str, str] = {}
    for id_, texts in wordings.items():
        for text in texts:
            other = seen.setdefault(text.casefold(), id_)
            if other != id_:
                faults.append(Fault(file, f"{id_}.asked", f"'{text}' is asked in '{other}' too"))
    return faults
