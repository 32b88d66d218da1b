"""What was judged of a program's messages: knowledge/harvest/<program>.yaml, digests and no texts."""

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bot.knowledge.files import load_sound

_HEAD = "# yaml-language-server: $schema=../schema/harvest.json\n"


class Counts(msgspec.Struct, frozen=True):
    """How many messages a version can print, and what became of them when it was last harvested."""

    version: str
    messages: int
    answered: int
    dismissed: int
    open: int

    @property
    def reachable(self) -> int:
        """Messages that a user can meet, as far as judged: all but the dismissed."""
        return self.messages - self.dismissed


class Ledger(msgspec.Struct, frozen=True):
    """The versions that were looked through, the digests of messages that no user meets, and the last counts."""

    program: str
    versions: tuple[str, ...] = ()  # that were looked through
    dismissed: tuple[str, ...] = ()  # digests, see wenzhen knowledge harvest
    counted: Counts | None = None
    because: tuple[str, ...] = ()  # why no user meets what is dismissed, by part of the program


def read_ledger(root: Path, program: str) -> Ledger:
    """The ledger of a program; an empty one when there is none. Raises DataError through its faults."""
    from bot.knowledge.files import DataError

    if not _path(root, program).is_file():
        return Ledger(program)
    loaded = load_sound(root, f"harvest/{_name(program)}.yaml", "harvest", Ledger)
    if loaded.faults:
        raise DataError(loaded.faults)
    return loaded.items[0][1]


def with_dismissed(ledger: Ledger, digests: Iterable[str], version: str) -> Ledger:
    """The ledger with further digests, and the version they were seen in."""
    versions = ledger.versions if not version or version in ledger.versions else (*ledger.versions, version)
    dismissed = tuple(sorted({*ledger.dismissed, *digests}))
    return msgspec.structs.replace(ledger, versions=versions, dismissed=dismissed)


def read_ledgers(root: Path) -> tuple[Ledger, ...]:
    """The ledgers of all programs, by name."""
    names = sorted(path.stem for path in (root / "harvest").glob("*.yaml"))
    return tuple(read_ledger(root, name) for name in names)


def write_ledger(root: Path, ledger: Ledger) -> Path:
    """Writes the ledger, eight digests a line, so that two people's additions seldom meet."""
    rows = [ledger.dismissed[at : at + 8] for at in range(0, len(ledger.dismissed), 8)]
    listed = ",\n  ".join(", ".join(json.dumps(digest) for digest in row) for row in rows)
    versions = ", ".join(json.dumps(version) for version in ledger.versions)
    counts = msgspec.to_builtins(ledger.counted) if ledger.counted else {}
    counted = f"counted: {json.dumps(counts)}\n" if counts else ""
    reasons = "".join(f"\n  - {json.dumps(reason)}" for reason in ledger.because)
    because = f"because:{reasons}\n" if reasons else ""
    path = _path(root, ledger.program)
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f"{_HEAD}program: {json.dumps(ledger.program)}\nversions: [{versions}]\n{counted}{because}"
        f"dismissed: [\n  {listed}\n]\n",
        encoding="utf-8",
    )
    return path


def _path(root: Path, program: str) -> Path:
    return root / "harvest" / f"{_name(program)}.yaml"


def _name(program: str) -> str:
    return program.lower().replace(" ", "-")
