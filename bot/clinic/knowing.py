"""Questions of knowledge asked in a post: the frequent question, term or loader that answers them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.answers.blocks import Answer
from bot.base.languages import Words
from bot.clinic.looking_up import Looked, frequent_question, loader, term
from bot.clinic.parts import Parts
from bot.intake.posts import PostReading

_SENTENCES = re.compile(r"[\n。!?！？;；]|\.\s")
_LONGEST = 160  # characters of a question that is looked up whole
_MOST_SENTENCES = 6
_POSSIBLE = 0.45  # from here on a candidate is offered as "perhaps this"


@dataclass(frozen=True, slots=True)
class Known:
    """An answer of the knowledge. `sure`: it is meant, not merely near."""

    id: str
    title: Words
    score: float
    answer: Answer
    sure: bool


def known(post: PostReading, text: str, parts: Parts) -> Iterator[Known]:
    """What answers a question of knowledge, the surest first; at most one that is only likely."""
    found = sorted(_looked(post, text, parts), key=lambda each: (not each.sure, -each.score))
    if found and (found[0].sure or found[0].score >= _POSSIBLE):
        yield found[0]


def _looked(post: PostReading, text: str, parts: Parts) -> Iterator[Known]:
    for question in _questions(text):
        yield from _known(frequent_question(question, parts.topics), "faq")
        yield from _known(term(question, parts.terms), "term")
    if post.loaders and (post.has("how-to") or post.has("what-is")):
        yield from _known(loader(post.loaders[0], parts.loaders, parts.conditions, parts.vocabulary), "loader", 0.5)


def _questions(text: str) -> list[str]:
    """The text, when it is short, and its sentences."""
    sentences = [piece.strip() for piece in _SENTENCES.split(text) if len(piece.strip()) > 3]
    whole = [text] if len(text) <= _LONGEST else []
    return list(dict.fromkeys([*whole, *sentences[:_MOST_SENTENCES]]))


def _known(looked: Looked, kind: str, share: float = 1.0) -> Iterator[Known]:
    best = looked.found or next(iter(looked.candidates), None)
    if best is not None:
        yield Known(f"{kind}:{best.id}", best.title, best.score * share, looked.answer, looked.found is not None)
