"""`wenzhen knowledge check|show|variables|stats|new|search|page|...`: for those who write the knowledge."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.base.errors import UserError
from bot.base.languages import COMMA, joined
from bot.cli.common import anywhere_option, language_option, preferred_language, say, write_json
from bot.cli.harvest import harvest
from bot.cli.unknown import cases, from_option, unknown
from bot.knowledge.files import knowledge_root

if TYPE_CHECKING:
    from rich.table import Table

    from bot.knowledge.failures import Failure
    from bot.workshop.search import Statistics

_ROOT = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="Folder of the knowledge.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@click.group()
@anywhere_option
def knowledge() -> None:
    """Check, count, search and extend the knowledge."""


knowledge.add_command(unknown)
knowledge.add_command(cases)
knowledge.add_command(harvest)


@knowledge.command()
@click.argument("only", nargs=-1)
@_ROOT
@click.option(
    "--locale",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="SillyTavern's public/locales/zh-cn.json: names are compared with it.",
)
def check(only: tuple[str, ...], root: Path | None, locale: Path | None) -> None:
    """Validate all data and run every example and near miss.

    ONLY: ids, or parts of file names, to report on, with what they break elsewhere; all files are read in any case.
    """
    from bot.workshop.checking import Check

    check_ = Check(root or knowledge_root(), locale)
    report = check_.report(only)
    for fault in report.own:
        say(str(fault), err=True)
    if report.elsewhere:
        say(f"Broken elsewhere by {', '.join(only)}:", err=True)
    for fault in report.elsewhere:
        say(str(fault), err=True)
    if report.all:
        say(f"{len(report.all)} faults in {len({fault.file for fault in report.all})} files", err=True)
        sys.exit(1)
    say(f"{check_.entries} entries: no faults")


@knowledge.command("show")
@click.argument("id_", metavar="ID")
@language_option
@_ROOT
def show_(id_: str, language: str | None, root: Path | None) -> None:
    """Show an entry as a reader will see it: the answer to its first example."""
    from bot.cli.terminal import make_console, show
    from bot.workshop.preview import preview

    show(preview(root or knowledge_root(), id_), preferred_language(language), make_console())


@knowledge.command("schema")
@_ROOT
@click.option("--check", "only_check", is_flag=True, help="Only say which are stale.")
def schema_(root: Path | None, only_check: bool) -> None:
    """Write the schemas anew from the structs that the files become."""
    from bot.workshop.schemas import stale, write_schemas

    root = root or knowledge_root()
    changed = list(stale(root)) if only_check else write_schemas(root)
    say(", ".join(changed) or "All schemas are as the structs say.")
    if only_check and changed:
        sys.exit(1)


@knowledge.command("variables")
@_ROOT
@_JSON
def variables_(root: Path | None, as_json: bool) -> None:
    """List the variables that texts may use, where they come from, and their types in commands."""
    from dataclasses import asdict

    from bot.knowledge.variables import load_variables
    from bot.workshop.variable_list import listed

    found = list(listed(load_variables(root or knowledge_root())))
    if as_json:
        write_json([asdict(each) for each in found])
        return
    for each in found:
        say(f"{{{each.name}}}  {each.origin}; in commands: {each.type or 'never'}")


@knowledge.command("model")
@click.argument("repo")
@click.option("--write", "file", type=click.Path(path_type=Path), help="Add the entry to this file of models.")
def model_(repo: str, file: Path | None) -> None:
    """The catalog's entry of a model on Hugging Face: its shape where the parameters prove it, else its outline."""
    from datetime import UTC, datetime

    from bot.cli.hub import hub_from_environment
    from bot.workshop.model_entry import add_entry, model_entry

    with hub_from_environment(offline=False) as hub:
        if hub is None:
            raise UserError("This needs the network: HF_HUB_OFFLINE is set.", "这需要联网，但设置了 HF_HUB_OFFLINE。")
        entry = model_entry(repo, hub, datetime.now(UTC).strftime("%Y-%m"))
    if entry.doubt:
        click.echo(f"outline only: {entry.doubt}", err=True)
    if file is None:
        click.echo(f"{entry.section}:\n{entry.yaml()}", nl=False)
        return
    file.write_text(add_entry(file.read_text(encoding="utf-8") if file.exists() else "", entry), encoding="utf-8")
    click.echo(f"{file}: {entry.fields['id']}")


@knowledge.command()
@_ROOT
@_JSON
def stats(root: Path | None, as_json: bool) -> None:
    """How many entries there are, by area, class, program and age; what the programs' own messages became."""
    from bot.knowledge.load import load_classes, read_failures
    from bot.workshop.search import messages_by_program, statistics

    root = root or knowledge_root()
    counted = statistics(read_failures(root).items, load_classes(root), messages_by_program(root))
    if as_json:
        write_json(counted)
    else:
        _show(counted)


def _show(counted: "Statistics") -> None:
    from rich.columns import Columns
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(
        f"{counted.entries} entries ({counted.symptoms} symptoms), {counted.signatures} signatures, "
        f"{counted.examples} examples, {counted.near_misses} near misses; "
        f"characters: en {counted.characters['en']}, zh {counted.characters['zh']}"
    )
    tables = []
    for title, counts in (
        ("area", counted.by_area),
        ("program", counted.by_component),
        ("sources last checked", counted.checked),
        ("class", counted.by_class),
    ):
        table = Table(title, "entries")
        for name, count in counts.items():
            table.add_row(name, str(count))
        tables.append(table)
    console.print(Columns(tables))
    if counted.messages:
        console.print(_messages(counted))
    console.print("Classes without an entry: " + (", ".join(counted.classes_without_entry) or "none"))


def _messages(counted: "Statistics") -> "Table":
    """A row a program: what it can print that a user meets, and what of it is answered."""
    from rich.table import Table

    table = Table(
        "program", "version", "printed", "internal", "reachable", "answered", "open", "light",
        title="The programs' own messages",
    )  # fmt: skip
    for each in counted.messages:
        share = f"{each.answered} ({each.answered / each.reachable:.0%})" if each.reachable else "-"
        numbers = (each.messages, each.dismissed, each.reachable, share, each.open, each.light)
        table.add_row(each.program, each.version or "-", *map(str, numbers))
    return table


@knowledge.command()
@click.argument("words", nargs=-1, required=True)
@language_option
@_ROOT
@_JSON
def search(words: tuple[str, ...], language: str | None, root: Path | None, as_json: bool) -> None:
    """Find entries by words, in English or Chinese."""
    from bot.knowledge.load import load_failures
    from bot.workshop.search import search as found_by

    found = found_by(load_failures(root or knowledge_root()), " ".join(words))
    if as_json:
        write_json([{"id": entry.id, "class": entry.failure_class, "title": entry.title} for entry in found])
        return
    for entry in found:
        say(f"{entry.id}: {_plain_title(entry, language)}")
    if not found:
        raise UserError("No entry holds these words.", "没有条目包含这些词。")


def _plain_title(entry: "Failure", language: str | None) -> str:
    from bot.answers.filling import filled

    return filled(entry.title.in_language(preferred_language(language)), {})


@knowledge.command()
@click.option("--out", type=click.Path(path_type=Path), default=None, help="A file, else standard output.")
@language_option
@_ROOT
def page(out: Path | None, language: str | None, root: Path | None) -> None:
    """Write all failures as one Markdown page."""
    from bot.knowledge.load import read_failures
    from bot.workshop.page import reference_page

    chosen = preferred_language(language)
    title = "问诊认得的故障" if chosen == "zh" else "The failures that Wenzhen knows"
    text = reference_page(read_failures(root or knowledge_root()).items, chosen, title)
    if out is None:
        sys.stdout.buffer.write(text.encode())
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    say(f"{out}: {len(text)} characters")


@knowledge.command()
@from_option
@click.option("--id", "id_", prompt="id (small letters, digits, hyphens)", help="The new entry's id.")
@click.option("--class", "failure_class", prompt="class (see knowledge/classes.yaml)", help="Its failure class.")
@click.option("--area", prompt="area (a folder of knowledge/failures)", help="The folder it goes into.")
@click.option("--signature", prompt="the decisive words of the log line", help="What the log says.")
@click.option("--title", prompt="title in English", help="A short title.")
@click.option("--title-zh", prompt="title in Chinese", help="The same in Chinese.")
@_ROOT
def new(id_: str, failure_class: str, area: str, signature: str, title: str, title_zh: str, root: Path | None) -> None:
    """Write the skeleton of a new entry, to be completed by hand."""
    from bot.intake.vocabulary import load_vocabulary
    from bot.knowledge.load import load_classes
    from bot.knowledge.schema_faults import nearest
    from bot.workshop.drafts import skeleton

    root = root or knowledge_root()
    if not _ID.fullmatch(id_) or not _ID.fullmatch(area):
        raise UserError(
            "{id!r} or {area!r}: use small letters, digits and single hyphens.",
            "{id!r} 或 {area!r}：只能用小写字母、数字和单个连字符。",
        ).format(id=id_, area=area)
    if failure_class not in {each.name for each in load_classes(root)}:
        raise UserError(
            "{failure_class!r} is no failure class; see knowledge/classes.yaml{hint}",
            "没有 {failure_class!r} 这个类别，请看 knowledge/classes.yaml。",
        ).format(
            failure_class=failure_class,
            hint=nearest(failure_class, [each.name for each in load_classes(root)]),
        )
    areas = load_vocabulary(root).areas
    if areas and area not in areas:
        hint = nearest(area, areas)
        raise UserError(
            "{area!r} is no area of vocabulary.yaml{hint}; areas: {areas}",
            "vocabulary.yaml 里没有 {area!r} 这个领域；现有：{areas}",
        ).format(area=area, hint=hint, areas=joined(areas, COMMA))
    path = root / "failures" / area / f"{id_}.yaml"
    if path.exists():
        raise UserError("{path} exists already.", "{path} 已经存在。").format(path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(skeleton(id_, failure_class, signature, title, title_zh), encoding="utf-8")
    say(f"{path}\nComplete it, then run: wenzhen knowledge check {id_}")


@knowledge.command(name="untranslated")
@click.argument("language")
@_ROOT
def untranslated_(language: str, root: Path | None) -> None:
    """Write what a further LANGUAGE lacks, as YAML to be filled in."""
    import yaml

    from bot.clinic.parts import Parts
    from bot.workshop.untranslated import untranslated

    missing = untranslated(Parts(root), language)
    for title, texts in (("the program", missing.program), ("the knowledge", missing.knowledge)):
        say(f"# {title}: {len(texts)} texts are missing")
        say(yaml.safe_dump(dict.fromkeys(texts, ""), allow_unicode=True, sort_keys=False, width=1000))
    if missing.unused:
        say("Translations of what is no longer said:\n" + "\n".join(missing.unused), err=True)
