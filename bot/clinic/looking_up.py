"""What is looked up: frequent questions, terms, loaders, names of models, each with its answer and the candidates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.answers.aspects import Topic, topic_answer
from bot.answers.blocks import Answer, Paragraph
from bot.answers.names import explain_answer
from bot.answers.reference import loader_answer, loaders_answer, term_answer
from bot.base.languages import Text, Words, joined
from bot.intake.facts import Facts
from bot.intake.vocabulary import Names
from bot.knowledge.asking import Wordings
from bot.knowledge.lookup import Found, Lookup
from bot.knowledge.reference import Condition, Format, Loader, Term
from bot.models.catalog import Catalog
from bot.models.name_facts import NameFacts, name_facts
from bot.models.names import ModelName, parse_name

T = TypeVar("T", Topic, Term)
SURELY = 0.9  # of terms that are compared
_BESIDE = Text(" or ", "、")
ALIKE = 0.5  # the score of a loader that is named among others
MOST = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that may be meant. `score` from 0 to 1."""

    id: str
    title: Words
    score: float


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found: `found` when it is meant for sure. `answer` shows that, or the candidates, or "not known"."""

    answer: Answer
    found: Entry | None = None
    candidates: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """What a model's name says: its parts, what follows from them, and both in words."""

    name: ModelName
    facts: NameFacts
    answer: Answer


def frequent_question(asked: str, topics: Lookup[Topic]) -> Looked:
    """What `asked` asks for, of all that can be asked, in whatever words."""
    found = topics.find(asked)
    return _looked(found, topic_answer(found), lambda item: item.title)


def compared_terms(asked: str, terms: Lookup[Term], wordings: Wordings) -> Looked | None:
    """Two or three terms side by side, where their difference is asked for; None where it is not."""
    hits = [hit for side in wordings.sides(asked) for hit in terms.find(side).candidates[:1]]
    found = [hit.item for hit in hits if hit.score == 1]
    meant = tuple(dict.fromkeys(found))[:MOST]
    if len(meant) < 2:
        return None
    title = joined([each.name for each in meant], _BESIDE)
    entry = Entry("terms:" + ":".join(each.id for each in meant), title, SURELY)
    answer = Answer(title, "neutral", tuple(Paragraph(each.meaning, each.name) for each in meant))
    return Looked(answer, entry, (entry,))


def term(word: str, terms: Lookup[Term]) -> Looked:
    """The term or setting that a word names."""
    found = terms.find(word)
    return _looked(found, term_answer(found), lambda item: item.name)


def loader(asked: str, loaders: Mapping[str, Loader], conditions: Mapping[str, Condition], names: Names) -> Looked:
    """The loader or front end that `asked` names; when it is none, or several, all that there are."""
    named = _named_loaders(asked, loaders, names)
    if len(named) == 1:
        (only,) = named
        entry = Entry(only.name, only.name, 1.0)
        return Looked(loader_answer(only, conditions, Facts(), {}), entry, (entry,))
    candidates = tuple(Entry(each.name, each.name, ALIKE) for each in named[:MOST])
    return Looked(loaders_answer(named or tuple(loaders.values()), conditions), None, candidates)


def explained(text: str, catalog: Catalog, loaders: Sequence[Loader], formats: Sequence[Format]) -> Explained:
    """What a model's name, file name, link or tag says."""
    name = parse_name(text, catalog.called)
    facts = name_facts(name, catalog, loaders)
    return Explained(name, facts, explain_answer(name, facts, formats))


def _named_loaders(asked: str, loaders: Mapping[str, Loader], names: Names) -> list[Loader]:
    exact = next((each for name, each in loaders.items() if name.casefold() == asked.strip().casefold()), None)
    if exact is not None:
        return [exact]
    mentioned = dict.fromkeys(mention.program.name for mention in names.programs_in(asked))
    return [loaders[name] for name in mentioned if name in loaders]


def _looked(found: Found[T], answer: Answer, title: Callable[[T], Words]) -> Looked:
    candidates = tuple(Entry(hit.item.id, title(hit.item), hit.score) for hit in found.candidates)
    sure = next((entry for entry in candidates if found.sure is not None and entry.id == found.sure.id), None)
    return Looked(answer, sure, candidates)
