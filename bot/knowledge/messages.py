"""Messages of one program that lead to failures described elsewhere: knowledge/messages/<program>.yaml.

The light form of knowledge: a program's source prints a hundred messages that all have the cure of one failure. A file
is described in CONTRIBUTING.md and in knowledge/schema/messages.json.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bot.base.languages import Text
from bot.knowledge.cross_faults import variable_faults
from bot.knowledge.failures import Failure, Packaging, Signature, SystemName
from bot.knowledge.files import Fault, Loaded, files_matching, load_sound
from bot.knowledge.placeholders import VARIABLE, VARIABLES, variables_in
from bot.knowledge.schema_faults import nearest
from bot.knowledge.signature_faults import signature_faults

MESSAGES = "messages/*.yaml"


class When(msgspec.Struct, frozen=True):
    """Where a message leads to its entry: each list that is not empty must hold the fact; an unknown fact fits."""

    loaders: tuple[str, ...] = ()
    systems: tuple[SystemName, ...] = ()
    packaging: tuple[Packaging, ...] = ()


class Message(msgspec.Struct, frozen=True):
    """A wording, like the signature of an entry. `example`: how it reads when printed, for the checker."""

    text: str
    weight: float = 1.0
    requires: tuple[str, ...] = ()
    requires_any: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    when: When | None = None  # counts only there; what is not known fits
    said: Text | None = None
    example: str | None = None  # how it reads when printed, with the lines it needs around it


class Group(msgspec.Struct, frozen=True):
    """Messages that lead to one entry. `said` (what just this message means) and `when` hold for all of them."""

    entry: str  # id of the failure that they lead to
    texts: tuple[Message, ...]
    when: When = When()  # counts only there; what is not known fits
    said: Text | None = None  # what just these messages mean, said before the entry's cause


class Messages(msgspec.Struct, frozen=True):
    """The messages of one program. `line` is a line of a log that shows which program it is."""

    program: str  # who prints them; the file is named <program>.yaml
    messages: tuple[Group, ...]
    line: str = ""  # a line of a log that shows which program it is; the checker puts it above each message

    @property
    def shown(self) -> str:
        """What stands above a message when the checker pastes it alone."""
        return self.line or self.program


def read_messages(root: Path) -> Loaded[Messages]:
    """The sound files of messages, and the faults of the others."""
    if not files_matching(root, MESSAGES):
        return Loaded((), ())
    return load_sound(root, MESSAGES, "messages", Messages, prepare=_prepared)


def with_messages(entries: Sequence[Failure], files: Iterable[Messages]) -> tuple[Failure, ...]:
    """The entries with the messages that lead to them as further signatures."""
    added: dict[str, list[Signature]] = {}
    for file in files:
        for group in file.messages:
            added.setdefault(group.entry, []).extend(signature_of(message, group) for message in group.texts)
    return tuple(
        msgspec.structs.replace(entry, signatures=(*entry.signatures, *added[entry.id])) if entry.id in added else entry
        for entry in entries
    )


def signature_of(message: Message, group: Group) -> Signature:
    """A message as a signature of its entry."""
    when = message.when or group.when
    return Signature(
        text=message.text,
        weight=message.weight,
        requires=message.requires,
        requires_any=message.requires_any,
        excludes=message.excludes,
        loaders=when.loaders,
        systems=when.systems,
        packaging=when.packaging,
        said=message.said or group.said,
    )


def message_faults(files: Iterable[tuple[str, Messages]], entries: Iterable[Failure]) -> Iterator[Fault]:
    """What a schema cannot say: file names, ids that must exist, wordings that stand twice."""
    entries = tuple(entries)
    known = {entry.id for entry in entries}
    owners = {_identity(signature): entry.id for entry in entries for signature in entry.signatures}
    for file, content in files:
        name = file.rsplit("/", 1)[-1].removesuffix(".yaml")
        if content.program.lower().replace(" ", "-") != name:
            yield Fault(file, "program", f"is {content.program!r} but the file is named {name!r}; make them the same")
        for place, group in enumerate(content.messages):
            if group.entry not in known:
                problem = f"no entry has the id {group.entry!r}{nearest(group.entry, known)}"
                yield Fault(file, f"messages[{place}].entry", problem)
            yield from (Fault(file, f"messages[{place}].{key}", why) for key, why in _group_faults(group, owners))


def _group_faults(group: Group, owners: dict[object, str]) -> Iterator[tuple[str, str]]:
    for number, message in enumerate(group.texts):
        key = f"texts[{number}]"
        yield from ((f"{key}.text", problem) for problem in signature_faults(message.text))
        for language in ("en", "zh") if message.said or group.said else ():
            said = getattr(message.said or group.said, language)
            declared = VARIABLES.union(variables_in(message.text))
            yield from ((f"{key}.said.{language}", problem) for problem in variable_faults(said, declared))
        identity = _identity(signature_of(message, group))
        if identity in owners:
            yield (
                f"{key}.text",
                f"leads to {owners[identity]!r} already; keep one of them, or give it a condition (when)",
            )
        owners[identity] = group.entry


def _identity(signature: Signature) -> object:
    """What makes two signatures the same: names of variables do not matter."""
    text = VARIABLE.sub(lambda found: "{" + (found.group(2) or "text") + "}", signature.text).lower()
    return (
        text,
        signature.requires,
        signature.requires_any,
        signature.excludes,
        signature.loaders,
        signature.systems,
        signature.packaging,
    )


def _prepared(document: Mapping[str, Any]) -> Any:
    """A message may be a bare string."""
    groups = [
        {**group, "texts": [{"text": text} if isinstance(text, str) else text for text in group["texts"]]}
        for group in document["messages"]
    ]
    return {**document, "messages": groups}
