"""`wenzhen knowledge harvest`: the messages of a program's source that the knowledge does not answer."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.base.errors import UserError
from bot.cli.common import say, write_json
from bot.knowledge.files import knowledge_root

if TYPE_CHECKING:
    from bot.workshop.harvest.judge import Harvest

_SHOWN = 12  # messages of a group that are listed


@click.command()
@click.argument("source")
@click.option("--program", help="Who prints the messages; else the name of SOURCE.")
@click.option("--version", help="The version of the source, kept with what is dismissed.")
@click.option("--only", default="", help="Only files whose path holds this.")
@click.option(
    "--dismiss", is_flag=True, help="Dismiss the digests given on standard input (one a line, or JSON Lines)."
)
@click.option("--dismiss-rest", is_flag=True, help="Dismiss all that is listed: read it first.")
@click.option("--because", multiple=True, help="Why no user meets what is dismissed; kept in the ledger.")
@click.option("--record", is_flag=True, help="Keep the counts in the ledger, for wenzhen knowledge stats.")
@click.option("--root", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of the knowledge.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def harvest(
    source: str,
    program: str | None,
    version: str | None,
    only: str,
    dismiss: bool,
    dismiss_rest: bool,
    because: tuple[str, ...],
    record: bool,
    root: Path | None,
    as_json: bool,
) -> None:
    """List what a program can print and the knowledge neither answers nor has dismissed.

    SOURCE: a folder, a release archive (.zip, .whl, .tar.gz) or a package that is installed here.
    """
    root = root or knowledge_root()
    program = program or Path(source).name
    if dismiss:
        _dismiss(root, program, _digests(), version or "", because)
        return
    found = _harvested(source, program, version, only, root)
    if dismiss_rest:
        _dismiss(root, program, [message.digest for message in found.open], version or found.version, because)
        return
    if record:
        _record(found, root)
    write_json(found) if as_json else _show(found)


def _dismiss(root: Path, program: str, digests: Sequence[str], version: str, because: Sequence[str]) -> None:
    import msgspec

    from bot.workshop.harvest.ledger import read_ledger, with_dismissed, write_ledger

    ledger = with_dismissed(read_ledger(root, program), digests, version)
    reasons = tuple(dict.fromkeys((*ledger.because, *because)))
    path = write_ledger(root, msgspec.structs.replace(ledger, because=reasons))
    say(f"{path}: {len(digests)} dismissed")


def _record(found: "Harvest", root: Path) -> None:
    import msgspec

    from bot.workshop.harvest.ledger import read_ledger, with_dismissed, write_ledger

    ledger = with_dismissed(read_ledger(root, found.program), (), found.version)
    write_ledger(root, msgspec.structs.replace(ledger, counted=found.counts))


def _harvested(source: str, program: str, version: str | None, only: str, root: Path) -> "Harvest":
    from bot.clinic.parts import Parts
    from bot.workshop.harvest.judge import harvest as judged
    from bot.workshop.harvest.ledger import read_ledger
    from bot.workshop.harvest.source import source_files

    files, known = source_files(source)
    parts = Parts(root)
    wanted = (file for file in files if only in file.path)
    return judged(wanted, program, version or known, read_ledger(root, program), parts.diagnoser, parts.facts)


def _digests() -> list[str]:
    import msgspec

    rows = [row.strip() for row in sys.stdin.read().splitlines() if row.strip()]
    digests = [msgspec.json.decode(row)["digest"] if row.startswith("{") else row.split()[0] for row in rows]
    if not digests:
        raise UserError("No digests on standard input.", "标准输入里没有摘要。")
    return digests


def _show(found: "Harvest") -> None:
    answered = sum(found.answered.values())
    say(
        f"{found.program} {found.version}: {found.messages} messages; {answered} answered, "
        f"{found.dismissed} dismissed, {len(found.open)} open"
    )
    for module, kind, messages in found.groups():
        say(f"\n{module} ({kind}, {len(messages)})")
        for message in messages[:_SHOWN]:
            say(f"  {message.digest} {message.line}: {message.message[:200]}")
        if len(messages) > _SHOWN:
            say(f"  and {len(messages) - _SHOWN} more")
