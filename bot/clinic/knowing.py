"""Questions of knowledge asked in a post: what of all that can be asked answers them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.answers.aspects import Topic
from bot.answers.blocks import Answer, Paragraph
from bot.base.languages import COMMA, Text, Words, joined
from bot.clinic.parts import Parts
from bot.intake.questions import is_asked
from bot.knowledge.lookup import Found, Hit

_SENTENCES = re.compile(r"[\n。!?！？;；]|\.\s")
_LONGEST = 160  # characters of a question that is looked up whole
_MOST_SENTENCES = 5
_PERHAPS = 0.42  # score from which on the best candidate is shown as "perhaps this"
_POSSIBLE = 0.32  # and from which on it is named at least
_ALSO = Text("Perhaps also: {titles}", "也可能是想问：{titles}")
_MEANT = Text("Perhaps this: {title}", "可能是这个：{title}")
_WHICH = Text("Which of these do you mean? {titles}", "你是想问哪一个？{titles}")
_UNSURE = Text("I am not sure what is asked", "没太确定你想问什么")


@dataclass(frozen=True, slots=True)
class Known:
    """An answer of the knowledge. `sure`: it is meant, not merely near."""

    id: str
    title: Words
    score: float
    answer: Answer
    sure: bool


def known(text: str, parts: Parts) -> Known | None:
    """What answers the question that a text asks: for sure, else perhaps; None where nothing is near."""
    found = [each for question in questions_in(text) if (each := parts.topics.find(question)).candidates]
    sure = [each for each in found if each.sure is not None]
    if sure:
        best = max(sure, key=_score)
        return _known(best.candidates[0], best.candidates[0].item.title, best.candidates[0].item, sure=True)
    best_guess = max(found, key=_score, default=None)
    if best_guess is None or _score(best_guess) < _POSSIBLE:
        return None
    return _guess(best_guess)


def _score(found: Found[Topic]) -> float:
    return found.candidates[0].score


def questions_in(text: str) -> Iterator[str]:
    """The text, when it is short, and those of its sentences that ask."""
    if len(text) <= _LONGEST:
        yield text
    sentences = [piece.strip() for piece in _SENTENCES.split(text) if len(piece.strip()) > 3]
    asking = [each for each in sentences if is_asked(each.lower()) and each != text]
    yield from asking[:_MOST_SENTENCES]
    if len(text) > _LONGEST and not asking:
        yield text[:_LONGEST]


def _known(hit: Hit[Topic], title: Words, item: Topic, *, sure: bool) -> Known:
    return Known(item.id, title, hit.score, Answer(title, "neutral", item.blocks), sure)


def _guess(found: Found[Topic]) -> Known:
    """The best candidate under a careful title, or the candidates by their titles."""
    first, *others = found.candidates
    if first.score >= _PERHAPS:
        title = _MEANT.format(title=first.item.title)
        guess = _known(first, title, first.item, sure=False)
        blocks = guess.answer.blocks
        if others:
            blocks += (Paragraph(_ALSO.format(titles=joined([hit.item.title for hit in others], COMMA))),)
        return Known(guess.id, title, guess.score, Answer(title, "neutral", blocks), sure=False)
    said = _WHICH.format(titles=joined([hit.item.title for hit in found.candidates], COMMA))
    return Known("candidates", _UNSURE, first.score, Answer(_UNSURE, "neutral", (Paragraph(said),)), sure=False)
