"""`wenzhen knowledge check|stats|new|search|page`: for those who write the knowledge."""

import sys
from pathlib import Path

import click

from bot.cli.unknown import cases, unknown
from bot.data import DataError, Fault, knowledge_root

_ROOT = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="Folder of the knowledge.",
)


@click.group()
def knowledge() -> None:
    """Check, count, search and extend the knowledge."""


knowledge.add_command(unknown)
knowledge.add_command(cases)


@knowledge.command()
@click.argument("only", nargs=-1)
@_ROOT
def check(only: tuple[str, ...], root: Path | None) -> None:
    """Validate all data and run every example and near miss.

    ONLY: ids, or parts of file names, to report on; all files are read in any case.
    """
    faults, entries = _checked(root or knowledge_root())
    shown = [fault for fault in faults if not only or any(part in fault.file for part in only)]
    for fault in shown:
        click.echo(str(fault), err=True)
    if shown:
        click.echo(f"{len(shown)} faults in {len({fault.file for fault in shown})} files", err=True)
        sys.exit(1)
    click.echo(f"{entries} entries: no faults")


def _checked(root: Path) -> tuple[list[Fault], int]:
    from bot.knowledge import load_classes, load_field, read_failures
    from bot.knowledge_check import check_entries
    from bot.knowledge_faults import reference_faults

    try:
        loaded, classes = read_failures(root), load_classes(root)
    except DataError as error:
        return list(error.faults), 0
    faults = [*loaded.faults, *reference_faults(loaded.items, classes)]
    faults += [*check_entries(loaded.items, load_field(root)), *_other_faults(root)]
    return sorted(faults, key=lambda fault: (fault.file, fault.key)), len(loaded.items)


def _other_faults(root: Path) -> list[Fault]:
    """Faults of the data that is not failures: the vocabulary and the model catalog."""
    from bot.intake.vocabulary import load_vocabulary
    from bot.models.catalog import load_catalog

    faults: list[Fault] = []
    for load in (load_vocabulary, load_catalog):
        try:
            load(root)
        except DataError as error:
            faults += error.faults
    return faults
