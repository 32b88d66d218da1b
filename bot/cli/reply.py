"""`wenzhen reply`: what the bot says to a message in a help channel."""

from collections.abc import Mapping
from typing import Any, get_args

import click

from bot.answers.markdown import markdown
from bot.base.errors import UserError
from bot.cli.common import language_option, preferred_language, text_of, write_json
from bot.cli.lines import answer_each_line
from bot.cli.triage import post_in
from bot.clinic.door import Clinic
from bot.clinic.message import Author, Message, Reply, Said, Where

_WHERE = get_args(Where)
_AUTHORS = get_args(Author)


@click.command()
@click.argument("file", default="-", type=click.Path(allow_dash=True), metavar="[FILE|-]")
@click.option(
    "--where", type=click.Choice(_WHERE), default="forum", show_default=True, help="Where the message stands."
)
@click.option("--title", default="", help="The title of the post.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option(
    "--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input: id, text, title, attachments ..."
)
def reply(file: str, where: Where, title: str, language: str | None, as_json: bool, as_jsonl: bool) -> None:
    """Answer a message as the bot would in a help channel, or leave it alone."""
    clinic = Clinic()
    if as_jsonl:
        answer_each_line(lambda case: document(clinic.reply(_message(case)), language))
        return
    said = clinic.reply(Message(post_in(file), title, where=where))
    if as_json:
        write_json({"id": None, **document(said, language)})
    elif said.answer is None:
        click.echo("The bot leaves this message alone." if said.language == "en" else "这条消息不需要回复。", err=True)
    else:
        from bot.cli.terminal import show

        show(said.answer, preferred_language(language) if language else said.language)


def document(said: Reply, language: str | None = None) -> dict[str, object]:
    """The JSON contract of `wenzhen reply`."""
    shown = preferred_language(language) if language else said.language
    return {
        "language": shown,
        "kind": said.kind,
        "topics": list(said.topics),
        "answers": [
            {"kind": part.kind, "id": part.id, "title": _told(part.title, shown), "score": round(part.score, 3)}
            for part in said.parts
        ],
        "asked": list(said.asked),
        "text": markdown(said.answer, shown) if said.answer else "",
        "state": said.state,
    }


def _told(words: object, language: str) -> str:
    from bot.base.languages import told

    return told(words, language)


def _message(case: Mapping[str, Any]) -> Message:
    """The message in one line of JSON. Raises UserError for a part that is none."""
    return Message(
        text=text_of(case),
        title=_text(case, "title"),
        attachments=tuple(_texts(case, "attachments")),
        thread=tuple(_said(each) for each in _list(case, "thread")),
        where=_one_of(case.get("where") or "forum", _WHERE, "where"),
    )


def _said(each: object) -> Said:
    if not isinstance(each, dict) or not isinstance(each.get("text"), str):
        raise _wrong("thread", '[{"author": "asker", "text": "..."}]')
    return Said(_one_of(each.get("author"), _AUTHORS, "author"), each["text"])


def _text(case: Mapping[str, Any], key: str) -> str:
    value = case.get(key) or ""
    if not isinstance(value, str):
        raise _wrong(key, '"..."')
    return value


def _texts(case: Mapping[str, Any], key: str) -> list[str]:
    values = _list(case, key)
    if not all(isinstance(value, str) for value in values):
        raise _wrong(key, '["..."]')
    return values


def _list(case: Mapping[str, Any], key: str) -> list[Any]:
    value = case.get(key) or []
    if not isinstance(value, list):
        raise _wrong(key, "[...]")
    return value


def _one_of(value: object, options: tuple[Any, ...], key: str) -> Any:
    if value not in options:
        raise _wrong(key, " | ".join(options))
    return value


def _wrong(key: str, shape: str) -> UserError:
    return UserError("{key} must be {shape}.", "{key} 应为 {shape}。").format(key=key, shape=shape)
