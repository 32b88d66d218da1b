"""Questions of knowledge asked in a post: what of all that can be asked answers them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from msgspec import structs

from bot.answers.aspects import Topic
from bot.answers.blocks import Answer, Paragraph
from bot.answers.markdown import blocks_as_markdown
from bot.base.languages import Text, Words, joined
from bot.base.late import late
from bot.clinic.looking_up import SURELY, compared_terms
from bot.clinic.message import Kind, Part
from bot.clinic.parts import Parts
from bot.intake.questions import is_asked
from bot.knowledge.asking import NAME
from bot.knowledge.lookup import FORMS, Found, Hit
from bot.knowledge.sureness import PLAIN, SURE

# Of a form: no question of the author's.
_HEADINGS = late(r"^[ \t]{0,40}(?:\*\*.*\*\*[ \t]{0,40}|#{1,9} .*|【[^】\n]*】[ \t]{0,40})$", re.MULTILINE)
# A link with what names it ("log: https://..."), and the mark of a picture.
_NO_WORDS = late(
    r"(?:\b[a-z]{2,12}\s?[:：]\s?|[\u3400-\u9fff]{2,4}\s?[:：]\s?)?https?://\S+|\[screenshot\]", re.IGNORECASE
)
_SENTENCES = late(r"(?<=[?？])|[\n。！!；;]|(?<!approx)(?<!\bvs)(?<!\betc)(?<!e\.g)(?<!i\.e)\.\s")
_TITLE = late(r"([^\n]{8,90})\n")  # of a post
_PIECES = late(r"[^\n。！!，,；;]*[\n。！!，,；;]?")
_CLAUSES = late(r"[,，、：]|:\s|(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])|\s-+\s")
_LONGEST = 160  # characters of a question that is looked up whole
_MOST_SENTENCES = 5
_MOST_TOLD = 3  # of which nothing is asked
_MOST_LOOKED_UP = 12
_LEAST_CONTENT = 1.5  # of a question, beyond a plea: less asks for help, not for an answer
_SHORTEST = 4  # characters of a question
# Two names to choose between: "kobold or ollama, which is better", "用ollama还是lm studio".
_EITHER = late(
    r"[a-z][a-z.\-]{2,20}(?: [a-z]{2,10}){0,3}? (?:or|vs\.?|versus) [a-z][a-z.\-]{2,20}(?: [a-z]{2,10})?"
    r"|[a-z][a-z.\- ]{2,20}?\s?(?:还是|或者|vs)\s?(?:用|选)?[a-z][a-z.\- ]{2,20}"
)
_PERHAPS = 0.42  # score from which on the best candidate is shown as "perhaps this"
_POSSIBLE = 0.32  # and from which on it is named at least
_SURE = 0.5  # and so much of it in a piece of a text, for sure
_LEAST_TOLD, _ENOUGH_TOLD = 2, 8  # telling words of a question; so many make a piece as good as the whole
_LEAST_NAMED = 3  # telling words of a question that the only program of the text is added to
_LEFT_OUT = 0.88  # how far a piece can be trusted that leaves out one of the programs that a text names
_PIECE, _ASIDE = 0.5, 0.8  # what the smallest piece of a text is worth, and a term in a piece
_PAIR = 2  # programs that are set side by side
_UNMET = 0.6  # what an answer is worth that knows nothing of what is named letter by letter: it is never sure
# Words in quotation marks, a long option, a variable: what a question names letter by letter.
_TO_THE_LETTER = late(
    r"\"[^\"\n]{3,40}\"|“[^”\n]{2,40}”|「[^」\n]{2,40}」|(?<![\w-])--[a-z][a-z0-9-]{2,40}|\b[A-Z]{3,20}_[A-Z_]{3,40}\b"
)
_MARKS = ' "“”「」-.?!'
_MOST_TOGETHER = 3  # answers to one question about several names
_ALSO = Text("Perhaps also: {titles}", "也可能是想问：{titles}")
_QUOTED, _BETWEEN = Text("“{title}”", "“{title}”"), Text(", ", "")
_MEANT = Text("Perhaps this: {title}", "可能是这个：{title}")
_UNSURE = Text("Not sure what you mean; perhaps one of these", "没太确定你想问哪个，可能是这些")


@dataclass(frozen=True, slots=True)
class Known:
    """An answer of the knowledge. `sure`: it is meant, not merely near; `sureness`: how likely that is, from 0 to 1."""

    id: str
    title: Words
    score: float
    answer: Answer
    sure: bool
    sureness: float = 0.0

    @property
    def is_plain(self) -> bool:
        """Whether it is meant so surely that it is said without a doubt."""
        return self.sureness >= PLAIN

    def part(self, kind: Kind = "howto", *, is_guess: bool = False) -> Part:
        """The answer as one of those to a message."""
        return Part(kind, self.id, self.title, self.score, self.answer, is_guess=is_guess)


def known(text: str, parts: Parts) -> Known | None:
    """What answers the question that a text asks: for sure, else perhaps; None where nothing is near."""
    asked = _without_pleas(text, parts)
    found = list(_found(asked, parts))
    sure = [(hits, worth, each.sureness) for each, worth in found if (hits := _sure(each, worth))]
    best_score = max((hits[0].score for hits, _, _ in sure), default=0.0)
    if best_score < SURELY and len(asked) <= _LONGEST and (both := compared_terms(asked, parts.terms, parts.wordings)):
        return Known(both.found.id, both.found.title, both.found.score, both.answer, sure=True) if both.found else None
    if sure:
        hits, worth, sureness = max(sure, key=lambda each: each[0][0].score * each[1])
        answer = replace(_known(hits), sureness=sureness * worth)
        return answer if answer.is_plain or _are_of_several_names(hits) else _said_with_doubt(answer)
    best, worth = max(found, key=lambda each: each[0].candidates[0].score * each[1], default=(None, 0.0))
    if best is None or best.candidates[0].score < _POSSIBLE:
        return None
    return replace(_guess(best), sureness=best.sureness * worth)


def _said_with_doubt(answer: Known) -> Known:
    """The answer under a title that leaves it open whether it was meant."""
    title = _MEANT.format(title=answer.title)
    return replace(answer, title=title, answer=structs.replace(answer.answer, title=title))


def _sure(found: Found[Topic], worth: float) -> list[Hit[Topic]]:
    """The answer that is meant for sure; several where the same was asked of several names ("do A or B load C?")."""
    first, *_ = found.candidates
    if _are_of_several_names(found.candidates) and found.candidates[-1].score >= _PERHAPS:
        return list(found.candidates[:_MOST_TOGETHER])
    if found.sure is None or first.score * worth < _SURE or found.sureness * worth < SURE:
        return []
    return [first] if found.beside is None else list(found.candidates[:2])


def _are_of_several_names(hits: Sequence[Hit[Topic]]) -> bool:
    """Whether all of them tell the same of several names."""
    aspects = {_aspect(hit.item) for hit in hits}
    return len(hits) > 1 and len(aspects) == 1 and None not in aspects


def _aspect(topic: Topic) -> str | None:
    """What is asked of a name: None where the topic is no part of the data of a loader or format."""
    kind, *rest = topic.id.split(":")
    return f"{kind}:{rest[-1]}" if len(rest) > 1 and kind != "compare" else None


# ---- what is looked up


def _without_pleas(text: str, parts: Parts) -> str:
    """The text without the clauses that only ask for help: "求助，" asks nothing about how to ask."""
    said = [piece for piece in _PIECES.findall(text) if any(map(str.isalnum, parts.reader.cues.without_plea(piece)))]
    return "".join(said) or text


def _asking(text: str, parts: Parts) -> Iterator[str]:
    """The questions of a text that ask for something, each once; however short, where one is known word for word."""
    for each in dict.fromkeys(questions_in(text)):
        is_known = parts.topics.is_written(each) and is_asked(each.lower())
        if is_known or parts.reader.cues.content(each) >= _LEAST_CONTENT:
            yield each


def _found(text: str, parts: Parts) -> Iterator[tuple[Found[Topic], float]]:
    """What the questions of a text find, each with how far it can be trusted (0 to 1): a piece of a long text says less
    than the whole.
    """
    read = parts.wordings.read
    named = _names(read(text), parts)
    most = len(_telling(read(text)))
    quoted = _quoted(text)
    for question in islice(chain(_asking(text, parts), _either(text, named, parts)), _MOST_LOOKED_UP):
        tokens = read(question)
        told = len(_telling(tokens))
        if told < min(_LEAST_TOLD, most):
            continue
        if len(named) == 1 and told >= _LEAST_NAMED and not _names(tokens, parts):
            question = f"{named[0]} {question}"
        if (found := parts.topics.find(question)).candidates:
            whole = min(1.0, told / max(1, min(most, _ENOUGH_TOLD)))
            # A term stands in many a question about something else.
            is_aside = found.candidates[0].item.is_narrow and told < most
            is_part = len(named) > 1 and not set(named) <= set(_names(tokens, parts))
            worth = (_ASIDE if is_aside else 1.0) * (_LEFT_OUT if is_part else 1.0)
            if quoted and not _is_met(quoted, found.candidates[0].item):
                worth *= _UNMET
            yield found, worth * (_PIECE + (1 - _PIECE) * whole)


def _quoted(text: str) -> frozenset[str]:
    """What a question names letter by letter; nothing in a long text, which quotes for other reasons."""
    if len(text) > _LONGEST:
        return frozenset()
    return frozenset(each.strip(_MARKS).casefold() for each in _TO_THE_LETTER.findall(text))


def _is_met(quoted: Iterable[str], topic: Topic) -> bool:
    """Whether an answer or its wordings hold any of what is named letter by letter."""
    told = " ".join((*topic.wordings, *(blocks_as_markdown(topic.blocks, language) for language in ("en", "zh"))))
    return any(each in told.casefold() for each in quoted)


def _either(text: str, named: Sequence[str], parts: Parts) -> Iterator[str]:
    """The two programs between which a text chooses, as they are compared."""
    if len(named) != _PAIR:
        return
    for found in _EITHER.finditer(text.lower()):
        if set(_names(parts.wordings.read(found[0]), parts)) == set(named):
            yield f"{named[0]} or {named[1]}"
            return


def _telling(tokens: Iterable[str]) -> frozenset[str]:
    """The tokens that say more than that something is asked."""
    return frozenset(tokens) - FORMS


def _names(tokens: Iterable[str], parts: Parts) -> list[str]:
    return [name for token in dict.fromkeys(tokens) if (name := token.removeprefix(NAME)) in parts.loaders]


def questions_in(text: str) -> Iterator[str]:
    """The text, when it is short; those of its sentences that ask, with what stands before; and their clauses."""
    text = _NO_WORDS.sub(" ", _HEADINGS.sub("", text)).strip()
    if len(text) <= _LONGEST:
        yield text
    sentences = [piece.strip() for piece in _SENTENCES.split(text) if len(piece.strip()) >= _SHORTEST]
    asking = [number for number, each in enumerate(sentences) if is_asked(each.lower())][:_MOST_SENTENCES]
    for number in asking:
        yield sentences[number]
        if number:
            yield " ".join(sentences[number - 1 : number + 1])[-_LONGEST:]
    asked = [sentences[number] for number in asking]
    yield from _under_title(text, asked)
    yield from chain.from_iterable(map(_clauses, asked))
    if not asking:
        yield from sentences[:_MOST_TOLD]


def _under_title(text: str, asking: Sequence[str]) -> Iterator[str]:
    """The first question of a post behind its title, which names what the question calls "this"."""
    title = _TITLE.match(text)
    question = next((each for each in asking if title is None or each != title[1]), None)
    if title is not None and question is not None:
        yield f"{title[1]} {question}"[:_LONGEST]


def _clauses(sentence: str) -> Iterator[str]:
    """The clauses of a sentence that ask, alone and with a neighbour."""
    clauses = [clause for piece in _CLAUSES.split(sentence) if (clause := piece.strip())]
    for number, clause in enumerate(clauses):
        if len(clauses) > 1 and is_asked(clause.lower()):
            yield from (clause, *(" ".join(clauses[at : at + 2]) for at in (number - 1, number) if at >= 0))


# ---- what is said


def _known(hits: Sequence[Hit[Topic]]) -> Known:
    first = hits[0]
    blocks = first.item.blocks
    for hit in hits[1:]:
        blocks += (Paragraph("", hit.item.title), *hit.item.blocks)
    answer = Answer(first.item.title, "neutral", blocks)
    return Known(first.item.id, first.item.title, first.score, answer, sure=True)


def _guess(found: Found[Topic]) -> Known:
    """The best candidate under a careful title; where none leads, the two nearest in brief."""
    first, *others = found.candidates
    if first.score < _PERHAPS:
        return _nearest(found.candidates[:2])
    title = _MEANT.format(title=first.item.title)
    blocks = first.item.blocks
    if others:
        blocks += (
            Paragraph(_ALSO.format(titles=joined([_QUOTED.format(title=hit.item.title) for hit in others], _BETWEEN))),
        )
    answer = Answer(title, "neutral", blocks, choices=tuple(hit.item.title for hit in others))
    return Known(first.item.id, title, first.score, answer, sure=False)


def _nearest(hits: Sequence[Hit[Topic]]) -> Known:
    blocks = [block for hit in hits for block in (Paragraph("", hit.item.title), *hit.item.blocks[:1])]
    answer = Answer(_UNSURE, "neutral", tuple(blocks), choices=tuple(hit.item.title for hit in hits))
    return Known("candidates", _UNSURE, hits[0].score, answer, sure=False)
