"""`wenzhen diagnose`: a log's root cause, from files, standard input or JSON Lines."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import click

from bot.base.errors import UserError
from bot.base.languages import Language, told
from bot.base.printable import printable
from bot.cli.common import content_of, language_option, preferred_language, text_of, write_json
from bot.cli.lines import answer_each_line
from bot.clinic.door import Clinic
from bot.clinic.reading import Candidate, Reading
from bot.intake.facts import Fact, Facts
from bot.intake.links import PasteSites
from bot.intake.ocr.available import picture_reader
from bot.intake.pictures import UNREADABLE, PictureReader, read_pictures, titled
from bot.intake.sources import Picture, Source, read_sources
from bot.intake.unread import is_unread, notes_in

_WANTED = ("system", "loader", "model", "quant")  # points of the question template that a log may answer
_PICTURE_SECONDS = 60.0  # for all pictures together: whoever sits at a terminal can wait
_LARGEST = 256 * 1024 * 1024  # bytes of one file that are read at all


@click.command()
@click.argument("files", nargs=-1, type=click.Path(allow_dash=True), metavar="[FILE ...|-]")
@click.option("--loader", help="The loader that printed the log, e.g. koboldcpp.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input: id, text, loader.")
def diagnose(files: tuple[str, ...], loader: str | None, language: str | None, as_json: bool, as_jsonl: bool) -> None:
    """Find the root cause in a log: text, an archive or a screenshot; `-` or nothing is standard input."""
    clinic, chosen = Clinic(pictures=picture_reader()), preferred_language(language)
    if as_jsonl:
        answer_each_line(lambda case: _contents(text_of(case), _loader_of(case) or loader, clinic, chosen))
        return
    sources = _sources(files or ("-",), clinic.pictures, clinic.paste_sites)
    if as_json:
        documents = [_document(source.name, source.text, loader, clinic, chosen) for source in sources]
        write_json(documents[0] if len(documents) == 1 else documents)
        return
    _show([(source.name, clinic.diagnose(source.text, loader=loader)) for source in sources], language)


def _show(readings: list[tuple[str, Reading]], language: str | None) -> None:
    from rich.text import Text as RichText

    from bot.cli.terminal import make_console, show

    console = make_console()
    for name, reading in readings:
        if len(readings) > 1:
            console.rule(RichText(printable(name)))
        show(reading.answer, preferred_language(language), console)


def _sources(names: Sequence[str], reader: PictureReader | None, sites: PasteSites) -> list[Source]:
    """The texts of files; pictures are read together, for they may show parts of one log."""
    found = [each for name in names for each in read_sources(*_named_content(name, sites))]
    texts = [each for each in found if isinstance(each, Source)]
    pictures = [(each.name, each.content) for each in found if isinstance(each, Picture)]
    if not pictures:
        return texts
    if reader is None:
        raise UNREADABLE
    name = pictures[0][0]
    return texts + [Source(name, titled(each)) for each in read_pictures(pictures, reader, _PICTURE_SECONDS)]


def _named_content(name: str, sites: PasteSites) -> tuple[str, bytes]:
    if name.startswith(("https://", "http://")):
        return _linked(name, sites)
    return "stdin" if name == "-" else name, content_of(name, "log", _LARGEST)


def _linked(address: str, sites: PasteSites) -> tuple[str, bytes]:
    """What a link to a paste site leads to."""
    import asyncio

    from bot.service.links import LinkReader

    uploads = asyncio.run(LinkReader().read(sites.found(address)))
    if not uploads:
        raise UserError(
            "{address} is not of a paste site that I know (knowledge/pastes.yaml). Download it and give me the file.",
            "{address} 不是我认识的粘贴网站（见 knowledge/pastes.yaml）。请下载后把文件给我。",
        ).format(address=address)
    content = uploads[0].content
    text = content.decode("utf-8", "replace")
    for note in notes_in([text]) if is_unread(text) else ():
        raise UserError(note.en, note.zh)
    return uploads[0].name, content


def _document(id_: Any, text: str, loader: str | None, clinic: Clinic, language: Language) -> dict[str, Any]:
    return {"id": id_, **_contents(text, loader, clinic, language)}


def _contents(text: str, loader: str | None, clinic: Clinic, language: Language) -> dict[str, Any]:
    """The JSON contract of `wenzhen diagnose`."""
    reading = clinic.diagnose(text, loader=loader)
    return {
        "matches": [_match(candidate) for candidate in reading.candidates],
        "facts": _facts(reading.facts),
        "missing": list(clinic.missing(clinic.triage(reading.text, in_help_forum=True))),
        "redactions": len(reading.masked),
        "nearest": _nearest(reading, language),
        "unknown": _unknown(reading, language),
    }


def _loader_of(case: Mapping[str, Any]) -> str | None:
    loader = case.get("loader")
    if loader is not None and not isinstance(loader, str):
        raise UserError("loader must be a name.", "loader 应为名字。")
    return loader


def _nearest(reading: Reading, language: Language) -> list[dict[str, Any]]:
    """What to look at, beside what was recognised."""
    return [
        {"id": each.id, "class": each.failure_class, "title": told(each.title, language)} for each in reading.nearest
    ]


def _unknown(reading: Reading, language: Language) -> dict[str, Any] | None:
    """What could not be recognised, and where to look; None when something was."""
    found = reading.unknown
    if found is None:
        return None
    return {
        "line": found.line or None,
        "text": found.quoted,
        "program": found.program,
        "nearest": _nearest(reading, language),
        "search": list(found.search),
    }


def _match(candidate: Candidate) -> dict[str, Any]:
    return {
        "id": candidate.id,
        "class": candidate.failure_class,
        "score": round(candidate.score, 4),
        "evidence": {"line": candidate.line, "text": candidate.quoted},
        "captured": dict(candidate.captured),
    }


def _facts(facts: Facts) -> dict[str, Any]:
    """Every known fact as {"value", "line"}; sizes in bytes."""
    known = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return {name: _value(fact) for name, fact in known.items() if fact}


def _value(fact: Fact[Any] | tuple[Fact[Any], ...]) -> Any:
    if isinstance(fact, tuple):
        return [_value(each) for each in fact]
    return {"value": fact.value, "line": fact.line}
