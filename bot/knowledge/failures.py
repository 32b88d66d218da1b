"""The failures that Wenzhen knows: what the YAML files under knowledge/failures become.

A file is described in CONTRIBUTING.md and in knowledge/schema/failure.json.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from bot.base.languages import Text

Severity = Literal["blocking", "degraded", "warning"]
Kind = Literal["failure", "symptom"]
SystemName = Literal["windows", "linux", "macos", "wsl", "docker", "android"]
Packaging = Literal[
    "docker",
    "compose",
    "venv",
    "conda",
    "uv",
    "portable",
    "one-click",
    "pinokio",
    "appimage",
    "flatpak",
    "snap",
    "homebrew",
    "pacman",
    "systemd",
    "colab",
    "rented",
    "lxc",
]


# Ways to conclude a failure without a signature; see bot/diagnosis/drift.py, arithmetic.py, raising.py
# and diagnoser.py.
Computation = Literal[
    "api-drift",
    "spill",
    "layers-left",
    "slots-share-context",
    "raised-in",
    "fault-in",
    "configuration",
    "context-above-trained",
    "worked-before",
    "known-fault",
    "silent-end",
]


Shell = Literal["bash", "powershell", "cmd", "python", "yaml", "json", "dockerfile", "ini", "text"]
CardMaker = Literal["nvidia", "amd", "intel", "apple", "none"]
Region = Literal["china"]
Right = Literal["root", "admin"]


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
    systems: tuple[SystemName, ...] = ()  # the same of the system
    packaging: tuple[Packaging, ...] = ()  # the same of how the program came onto the machine
    beside: tuple[str, ...] = ()  # at least one of these stands in the same line or within two lines of it
    away: tuple[str, ...] = ()  # none of these does
    exact: bool = False  # only letter by letter; else slips of the pen and damage are forgiven
    ruled: bool = False  # comes from a rule of knowledge/reasons, not from the entry
    said: Text | None = None  # what just this message means, said before the cause of the entry


class FoundBy(msgspec.Struct, frozen=True):
    """A computation that leads to an entry. `about`: only for these (see Conclusion.about); empty = for all others.

    `words` narrow what was raised in a place ("raised-in") to refusals that hold one of these wordings.
    """

    computation: Computation
    about: tuple[str, ...] = ()  # only for these; empty = for all that no other entry names
    words: tuple[str, ...] = ()  # one of these stands in what was raised; * stands for anything between

    def concerns(self) -> Iterator[str]:
        """What a conclusion must be about to lead here."""
        for about in self.about or ("",):
            yield from (refusal_key(about, wording) for wording in self.words) if self.words else (about,)


def refusal_key(place: str, wording: str) -> str:
    """A wording within a place, as one key."""
    return f"{place}|{wording}" if wording else place


class Condition(msgspec.Struct, frozen=True):
    """When a step applies: each list that is not empty must contain the fact. An unknown fact fits every list."""

    loaders: tuple[str, ...] = ()
    systems: tuple[SystemName, ...] = ()
    gpus: tuple[CardMaker, ...] = ()
    packaging: tuple[Packaging, ...] = ()
    generations: tuple[str, ...] = ()  # architectures of gpus.yaml: Turing, Blackwell, "RDNA 3" ...
    regions: tuple[Region, ...] = ()
    rights: tuple[Right, ...] = ()
    young_model: bool = False  # of an entry: the model that is named is younger than an installed program may be
    says: tuple[str, ...] = ()  # of a step: one of these stands in the log, in any case; then it stands first
    unless: tuple[str, ...] = ()  # of a step: none of these stands in the log, in any case
    places: tuple[Packaging, ...] = ()  # of a step: only where it is known to be there; then it stands before all
    outside: tuple[Packaging, ...] = ()  # of a step: not where it is known to be there


class Command(msgspec.Struct, frozen=True):
    """A block to copy. May use `{variables}` like a step."""

    shell: Shell
    code: str
    systems: tuple[SystemName, ...] = ()  # only there; empty = wherever the shell is
    loaders: tuple[str, ...] = ()  # only for their users; empty = for everybody
    risk: Text | None = None  # what is lost by just this one, or who gets in, and what is safer


class FixStep(msgspec.Struct, frozen=True):
    """One thing to do. `{name|fallback}` in a text takes a capture or a fact, or the fallback when it is not known.

    `risk`: what is lost by it, or who gets in, and what is safer; `updates`: it brings a newer version.
    """

    text: Text
    commands: tuple[Command, ...] = ()
    when: Condition = Condition()
    risk: Text | None = None  # what is lost by it, or who gets in, and what is safer
    updates: bool = False  # it brings a newer version of the program


class Spell(msgspec.Struct, frozen=True):
    """Between which versions of a program a failure happens; each of the four may be missing.

    `broken_in`: the first version that has the fault; `fixed_in`: the first without it again; `since`: the first that
    can do what is asked for; `until`: the last that can.
    """

    program: str
    broken_in: str = ""  # the first version with the fault
    fixed_in: str = ""  # the first version without it again
    since: str = ""  # the first version that can do it
    until: str = ""  # the last version that can
    month: str = ""  # when `since` came (YYYY-MM)
    says: tuple[str, ...] = ()  # only where one of these stands in the log, in any case
    of_command: bool = False  # `since` is of something in the command (an option, a value), not of a model


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

    id: str  # unique; the file is named <id>.yaml
    failure_class: str  # one of knowledge/classes.yaml
    severity: Severity
    title: Text
    cause: Text
    steps: tuple[FixStep, ...]
    signatures: tuple[Signature, ...]
    examples: tuple[Example, ...]
    near_misses: tuple[NearMiss, ...]
    sources: tuple[Reference, ...]
    kind: Kind = "failure"  # symptom: told in words, without a log
    components: tuple[str, ...] = ()  # programs that print it; empty = any
    systems: tuple[SystemName, ...] = ()  # systems it happens on; empty = any
    explains: tuple[str, ...] = ()  # ids of failures, or "class:<slug>", that are mere consequences of this one
    questions: tuple[Text, ...] = ()  # what to ask back, for symptoms told in words
    found_by: tuple[FoundBy, ...] = ()  # what else leads here, without a signature
    when: Condition = Condition()  # where it can happen at all
    versions: tuple[Spell, ...] = ()  # when it can
    arrives: str = ""  # the variable whose value some version began to know (see bot/knowledge/architectures.py)
    solved: Text | None = None  # how to see that it is solved
    send: Text | None = None  # what to send if it is not, where neither that nor the area says it
    may_go_back: bool = True  # whether an older version of the program may be the cure where it worked before
    general: bool = False  # says what any failure of its kind says: stands behind whatever else is recognised
    todo_examples: tuple[Example, ...] = ()  # known misses: not recognised yet; the checker says when one is

    def follows_from(self, computation: Computation) -> bool:
        """Whether it is said of whatever a computation finds, and of nothing else's words."""
        return any(each.computation == computation for each in self.found_by)


class FailureClass(msgspec.Struct, frozen=True, rename={"name": "class"}):
    """The name of a kind of failure; several entries may share it where the cure differs."""

    name: str
    area: str
    meaning: str = ""


class SearchPages(msgspec.Struct, frozen=True):
    """Where to search for an error. `{words}` and `{program}` in an address are replaced."""

    trackers: dict[str, str] = {}  # by program, its own reports
    engines: tuple[str, ...] = ()


class Named(msgspec.Struct, frozen=True):
    """A line that names whatever has the trouble: where that is none of this field's, nor is the log.

    In `text` `{it}` is the name, `{n}` a number and `{w}` a word; `^` in front: the line begins so.
    """

    text: str
    ours: tuple[str, ...] = ()  # parts of names that are this field's, beside all its words
    theirs: frozenset[str] = frozenset()  # where there are any: the only names that belong elsewhere
    tools: bool = False  # an installer or a shell of this field in the log outweighs it


class FieldWords(msgspec.Struct, frozen=True):
    """What the knowledge is about: beginnings of words of this field, and whole words of others."""

    ours: tuple[str, ...] = ()  # words that show that a text is about running language models
    others: tuple[str, ...] = ()  # words that show that a text is about another program
    elsewhere: tuple[Named, ...] = ()  # lines that name what has the trouble
    jargon: tuple[str, ...] = ()  # beginnings of words that few programs outside this field print
    rivals: tuple[str, ...] = ()  # whole words of programs that compute on cards too, and run no language model
    common: frozenset[str] = frozenset()  # of `ours`: words that such programs print as well
    environment: frozenset[str] = frozenset()  # ids of failures or "class:<slug>": such programs are cured alike
    devices: tuple[str, ...] = ()  # of `ours`: words of the hardware, which games and others name too
    tools: tuple[str, ...] = ()  # whole words: installers and shells that this field's programs come with
    faint: frozenset[str] = frozenset()  # of `devices` and `tools`: words that count only where somebody speaks
    voices: tuple[str, ...] = ()  # whole words of somebody who speaks, and does not paste
    generic: frozenset[str] = frozenset()  # ids of failures or "class:<slug>" that any program's words may tell
    shared: frozenset[str] = frozenset()  # the same, but a tool's words tell them too
    alarms: tuple[str, ...] = ()  # beginnings of words by which a line speaks of a failure
    complaints: frozenset[str] = frozenset()  # of `alarms`: those that count only in somebody's own words
    quiet: tuple[str, ...] = ()  # what holds a word of `alarms` and speaks of no failure
    offers: tuple[str, ...] = ()  # what somebody says who gives a log or settings away, and asks for nothing
    healthy: tuple[str, ...] = ()  # what a line says after which all is well
    packages: frozenset[str] = frozenset()  # Python modules whose versions are looked after
    harmless: tuple[str, ...] = ()  # what a line says that means nothing
    search: SearchPages = SearchPages()  # where to search for an error that is not known
