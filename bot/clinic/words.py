"""Which terms of the glossary a text uses."""

import re
from collections.abc import Iterable

from bot.knowledge.reference import Term

MOST_TERMS = 8  # that are explained at once


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
