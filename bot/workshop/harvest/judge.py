"""Which of a program's messages the knowledge answers, which were dismissed, and which are open."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

import msgspec

from bot.diagnosis.diagnoser import Diagnoser
from bot.intake.cleaning import clean
from bot.intake.read_facts import FactReader
from bot.workshop.harvest.ledger import Counts, Ledger
from bot.workshop.harvest.messages import Found, messages_in
from bot.workshop.harvest.source import SourceFile
from bot.workshop.proof import as_printed


class OpenMessage(msgspec.Struct, frozen=True):
    """A message that is neither answered nor dismissed, written as a signature."""

    digest: str
    file: str
    line: int
    kind: str
    message: str


class Harvest(msgspec.Struct, frozen=True):
    """What a program's source holds. `answered` counts messages by the entry that answers them."""

    program: str
    version: str
    messages: int
    dismissed: int
    answered: dict[str, int]
    open: tuple[OpenMessage, ...]

    @property
    def counts(self) -> Counts:
        """The numbers that the ledger keeps."""
        return Counts(self.version, self.messages, sum(self.answered.values()), self.dismissed, len(self.open))

    def groups(self) -> Iterator[tuple[str, str, Sequence[OpenMessage]]]:
        """(module, kind, open messages), the largest group first."""
        found: dict[tuple[str, str], list[OpenMessage]] = {}
        for message in self.open:
            found.setdefault((_module(message.file), message.kind), []).append(message)
        for (module, kind), messages in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
            yield module, kind, messages


def harvest(
    files: Iterable[SourceFile], program: str, version: str, ledger: Ledger, diagnoser: Diagnoser, facts: FactReader
) -> Harvest:
    """Judges every different message of the files by what a user would paste: the message under the program's name."""
    dismissed, answered, rest = 0, Counter[str](), []
    known = frozenset(ledger.dismissed)
    for digest, found in _different(files).items():
        if digest in known:
            dismissed += 1
        elif entry := _entry_for(found, program, diagnoser, facts):
            answered[entry] += 1
        else:
            rest.append(OpenMessage(digest, found.file, found.line, found.kind, found.text))
    total = dismissed + answered.total() + len(rest)
    return Harvest(program, version, total, dismissed, dict(answered.most_common()), tuple(rest))


def _different(files: Iterable[SourceFile]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for file in files:
        for message in messages_in(file):
            found.setdefault(message.digest, message)
    return found


def _entry_for(found: Found, program: str, diagnoser: Diagnoser, facts: FactReader) -> str | None:
    lines = clean(pasted(found, program))
    findings = diagnoser.diagnose(lines, facts.read(lines))
    return findings[0].entry.id if findings else None


def pasted(found: Found, program: str) -> str:
    """What somebody would paste: the message under the program's name; what Python raised, with the frame above it;
    what ggml died of, with the place before it.
    """
    printed = as_printed(found.text)
    if found.kind == "GGML_ABORT":
        printed = f"/build/{found.file}:{found.line}: {printed}"
    if found.kind in ("raise", "assert"):
        printed = f'  File "/venv/lib/python3.12/site-packages/{found.file}", line {found.line}, in main\n{printed}'
    return f"{program}\n{printed}"


def _module(file: str) -> str:
    """The first three folders of a path, or the file where it lies less deep."""
    return "/".join(PurePosixPath(file).parts[:3])
