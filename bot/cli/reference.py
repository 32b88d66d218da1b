"""`wenzhen faq`, `wenzhen term` and `wenzhen loader`: what is looked up."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from bot.base.errors import UserError
from bot.base.languages import Language, told
from bot.cli.common import language_option, preferred_language, write_json, wrong_usage
from bot.cli.lines import answer_each_line
from bot.clinic.door import Clinic
from bot.clinic.looking_up import Looked

F = TypeVar("F", bound=Callable[..., Any])


def lookup_options(command: F) -> F:
    """The options that all of them share."""
    for option in (
        click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input: id, question."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        language_option,
    ):
        command = option(command)
    return command


@click.command()
@click.argument("question", nargs=-1)
@lookup_options
def faq(question: tuple[str, ...], language: str | None, as_json: bool, as_jsonl: bool) -> None:
    """Answer a frequent question."""
    _look_up(Clinic().faq, _asked(question, as_jsonl), preferred_language(language), as_json=as_json, as_jsonl=as_jsonl)


@click.command()
@click.argument("word", nargs=-1)
@lookup_options
def term(word: tuple[str, ...], language: str | None, as_json: bool, as_jsonl: bool) -> None:
    """Explain a term or a setting."""
    _look_up(Clinic().term, _asked(word, as_jsonl), preferred_language(language), as_json=as_json, as_jsonl=as_jsonl)


@click.command()
@click.argument("name", nargs=-1)
@lookup_options
def loader(name: tuple[str, ...], language: str | None, as_json: bool, as_jsonl: bool) -> None:
    """Tell how to install and set up a loader; without NAME, which ones there are."""
    _look_up(Clinic().loader, " ".join(name), preferred_language(language), as_json=as_json, as_jsonl=as_jsonl)


def _asked(words: tuple[str, ...], as_jsonl: bool) -> str:
    if not words and not as_jsonl:
        raise wrong_usage(
            "Say what you want to know, for example: wenzhen faq how many GPU layers",
            "请写出想问什么，例如：wenzhen faq GPU 层数填多少",
        )
    return " ".join(words)


def _look_up(
    find: Callable[[str], Looked], question: str, language: Language, *, as_json: bool, as_jsonl: bool
) -> None:
    if as_jsonl:
        answer_each_line(lambda case: looked_document(find(_question(case)), language))
        return
    found = find(question)
    if as_json:
        write_json({"id": question or None, **looked_document(found, language)})
        return
    from bot.cli.terminal import show

    show(found.answer, language)


def looked_document(found: Looked, language: Language) -> dict[str, object]:
    """The JSON contract of everything that is looked up."""
    from bot.answers.markdown import blocks_as_markdown

    return {
        "answer": {
            "id": found.found.id,
            "title": told(found.found.title, language),
            "text": blocks_as_markdown(found.answer.blocks, language),
        }
        if found.found
        else None,
        "sure": found.found is not None,
        "candidates": [
            {"id": entry.id, "title": told(entry.title, language), "score": round(entry.score, 4)}
            for entry in found.candidates
        ],
    }


def _question(case: Mapping[str, Any]) -> str:
    question = case.get("question", case.get("text"))
    if not isinstance(question, str):
        raise UserError(
            'A line has no question: each is {"id": ..., "question": "..."}',
            '有一行没有问题：每行应为 {"id": ..., "question": "..."}',
        )
    return question
