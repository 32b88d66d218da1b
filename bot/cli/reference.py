"""`wenzhen faq` and `wenzhen term`."""

import click

from bot.answers.reference import question_answer, term_answer
from bot.base.languages import Language
from bot.cli.common import language_option, preferred_language, write_json
from bot.clinic.door import Clinic
from bot.knowledge.lookup import Found
from bot.knowledge.reference import Question, Term


@click.command()
@click.argument("question", nargs=-1, required=True)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def faq(question: tuple[str, ...], language: str | None, as_json: bool) -> None:
    """Answers a frequent question."""
    found = Clinic().questions.find(" ".join(question))
    chosen = preferred_language(language)
    if as_json:
        write_json(_questions_document(" ".join(question), found, chosen))
        return
    from bot.cli.terminal import show

    show(question_answer(found), chosen)


@click.command()
@click.argument("word", nargs=-1, required=True)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def term(word: tuple[str, ...], language: str | None, as_json: bool) -> None:
    """Explains a term or a setting."""
    found = Clinic().terms.find(" ".join(word))
    chosen = preferred_language(language)
    if as_json:
        write_json(_terms_document(" ".join(word), found, chosen))
        return
    from bot.cli.terminal import show

    show(term_answer(found), chosen)


def _questions_document(asked: str, found: Found[Question], language: Language) -> dict[str, object]:
    return {
        "question": asked,
        "id": found.sure.id if found.sure else None,
        "answer": [
            {"text": step.text.in_language(language), "commands": [command.code for command in step.commands]}
            for step in (found.sure.answer if found.sure else ())
        ],
        "candidates": [
            {"id": hit.item.id, "question": hit.item.question.in_language(language), "score": hit.score}
            for hit in found.candidates
        ],
    }


def _terms_document(word: str, found: Found[Term], language: Language) -> dict[str, object]:
    return {
        "word": word,
        "id": found.sure.id if found.sure else None,
        "meaning": found.sure.meaning.in_language(language) if found.sure else None,
        "candidates": [
            {"id": hit.item.id, "name": hit.item.name.in_language(language), "score": hit.score}
            for hit in found.candidates
        ],
    }
