"""`wenzhen triage`: which points of the question template a post tells, and which are missing."""

from typing import Any

import click

from bot.base.languages import Language
from bot.cli.common import content_of, language_option, preferred_language, text_of, write_json
from bot.cli.lines import answer_each_line
from bot.clinic.door import Clinic
from bot.intake.sources import Picture, read_sources
from bot.intake.told import POINT_IDS, Request

_LARGEST = 16 * 1024 * 1024  # bytes of one post that are read at all


@click.command()
@click.argument("file", default="-", type=click.Path(allow_dash=True), metavar="[FILE|-]")
@language_option
@click.option("--forum", "in_help_forum", is_flag=True, help="The post stands in a help forum: it is a request anyway.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input: id, text.")
def triage(file: str, language: str | None, in_help_forum: bool, as_json: bool, as_jsonl: bool) -> None:
    """Tell which points of the question template a help request has, and ask only for the missing ones."""
    clinic = Clinic()
    if as_jsonl:
        answer_each_line(lambda case: _document(clinic.triage(text_of(case), in_help_forum=in_help_forum), clinic))
        return
    request = clinic.triage(post_in(file), in_help_forum=in_help_forum)
    if as_json:
        write_json({"id": None, **_document(request, clinic)})
        return
    _show(request, clinic, preferred_language(language) if language else request.language)


def _show(request: Request, clinic: Clinic, language: Language) -> None:
    from bot.cli.terminal import show

    if not request.is_help_request:
        click.echo(
            "This does not look like a request for help." if language == "en" else "这看起来不是求助。", err=True
        )
    show(clinic.questions_for(request), language)


def post_in(name: str) -> str:
    """The text of a file, of standard input for "-"; raises UserError."""
    content = content_of(name, "post", _LARGEST)
    sources = read_sources("post.txt" if name == "-" else name, content)
    return "\n".join(source.text for source in sources if not isinstance(source, Picture))


def _document(request: Request, clinic: Clinic) -> dict[str, Any]:
    """The JSON contract of `wenzhen triage`."""
    return {
        "language": request.language,
        "is_help_request": request.is_help_request,
        "text_quality": request.text_quality,
        "points": {point: request.points.get(point) for point in POINT_IDS},
        "missing": list(clinic.missing(request)) if request.is_help_request else [],
        "topic": request.topic,
        "certainty": request.certainty,
        "hardware": request.hardware,
        "unsure": list(request.unsure),
        "contradictions": [{"point": entry.point, "values": list(entry.values)} for entry in request.contradictions],
    }
