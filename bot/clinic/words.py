"""Which terms of the glossary a text uses, explained."""

import re
from collections.abc import Iterable

from bot.answers.blocks import Answer, Paragraph
from bot.base.languages import Text
from bot.knowledge.reference import Term

MOST_TERMS = 8  # that are explained at once
NO_WORDS_TEXT = Text("I know no special word in this message.", "这条消息里没有我能解释的术语。")
NO_WORDS = Text("No special words", "没有术语")
WORDS_TITLE = Text("The words in this message", "这条消息里的词")


def words_answer(terms: Iterable[Term], text: str) -> Answer:
    """The terms that a text uses, explained, in order of their first mention."""
    found = mentioned(terms, text)[:MOST_TERMS]
    if not found:
        return Answer(NO_WORDS, "neutral", (Paragraph(NO_WORDS_TEXT),))
    return Answer(WORDS_TITLE, "neutral", tuple(Paragraph(term.meaning, term.name) for term in found))


def mentioned(terms: Iterable[Term], text: str) -> list[Term]:
    """Terms of which a name stands in the text, in order of their first mention."""
    lowered = text.lower()
    places: list[tuple[int, Term]] = []
    for term in terms:
        found = [
            place for name in (*term.names, term.name.en, term.name.zh) if (place := _place(name.lower(), lowered)) >= 0
        ]
        if found:
            places.append((min(found), term))
    return [term for _, term in sorted(places, key=lambda pair: pair[0])]


def _place(name: str, text: str) -> int:
    """Where a name stands as a whole word; Chinese has no blanks between words."""
    if len(name) < 2:
        return -1
    edge = r"(?<![a-z0-9])" if name[0].isascii() else ""
    end = r"(?![a-z0-9])" if name[-1].isascii() else ""
    match = re.search(f"{edge}{re.escape(name)}{end}", text)
    return match.start() if match else -1
