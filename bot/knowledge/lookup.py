"""Search by wording, in Chinese and English: what is asked and what is known are read into the same tokens.

Rare tokens tell more than common ones. A misspelt word counts by its likeness to the nearest known one. A name that is
asked for and that an item does not speak of (another loader, another format) counts against the item. Of the nearest
by their words, what the words mean (nearness.py) and all that speaks for an item decide along (ranking.py).
"""

import math
import re
import sys
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from heapq import nlargest
from itertools import accumulate, chain, pairwise
from typing import Generic, Protocol, TypeVar

from rapidfuzz import fuzz, process

from bot.knowledge.asking import ELSEWHERE, MARKS, MEANING, NAME
from bot.knowledge.belonging import Belonging
from bot.knowledge.evidence import Evidence, Marked, Sides, Standing, Whole
from bot.knowledge.nearness import Near, Nearness
from bot.knowledge.ranking import Traits, rating
from bot.knowledge.sureness import SURE, sureness

POSSIBLE = 0.3  # from here on a candidate is worth naming
# So close behind the answer the next one is shown with it. Of 304 questions put anew the first was right in 91 %, one
# of the first two in 96 %.
CLOSE, CLOSE_FROM = 0.08, 0.5
LIKE = 80.0  # percent of likeness from which a word is a misspelt other one
MOST_ALIKE = 0.98  # the same tokens in other words; only the same words score 1
SUBJECT = 0.4  # how far the item as a whole makes up for a wording that is put differently
SAID = 0.6  # of a token that only the answer holds
BY_CHANCE = 0.5  # of the score of an item that has no more than a model's name in common with a question
BY_NAME = 0.75  # and of one that has no more than a program's or format's name in common with it
CHARACTER_WEIGHT = 0.4  # of a single Chinese character: its pairs tell more
FORM_WEIGHT = 0.35  # of the question's form ("how", "what"): it says little of the subject
NAME_WEIGHT = 1.6
RATED = 8  # items that are nearest by their words; among these the meaning of the words decides along
SAME_WORDS = 0.9  # score from which on a wording is the question in the same words, whatever else is rated
_HARDLY = 0.12  # so much less of a score is hardly behind
_BEST = 3  # wordings of an item that are looked at beside its best one
_MOST_SAID = 600  # characters of an answer whose meaning is looked at
_KEPT = 4096  # words whose nearest is kept
ONE_WORD = 0.75  # how far one word alone proves a wording that has more of them
ALL_OF_IT = 0.85  # score from which on one word alone asks for what was found
UNKNOWN_WORD, UNKNOWN_PAIR = 0.9, 0.4  # of a usual token: what nothing known uses, a name perhaps, or a turn of phrase
_NO_NAMES: frozenset[str] = frozenset()
FORMS = frozenset(f"{MEANING}ask-{form}" for form in ("how", "what", "why", "which", "whether"))


class Worded(Protocol):
    """Something that is asked for in several wordings."""

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything by which it is asked for."""

    @property
    def says(self) -> str:
        """More of what it is about, such as its answer; tells less than the wordings."""

    @property
    def is_narrow(self) -> bool:
        """Whether it answers nothing but what it is: a question that says more is hardly about it."""


T = TypeVar("T", bound=Worded)


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """Something found. `score` from 0 to 1."""

    item: T
    score: float


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """The answer when one is meant for sure, else None; `candidates` best first, at most three. `beside`: what may be
    meant as well, and is worth showing under it. `sureness`: that the first, or what is beside it, is meant (0 to 1).
    """

    sure: T | None
    candidates: tuple[Hit[T], ...]
    beside: T | None = None
    sureness: float = 0.0
    evidence: Evidence | None = None  # of the first; None where a wording is the question, or nothing was found


@dataclass(frozen=True, slots=True)
class _Wording:
    """One wording of an item: which of its tokens are names, and how long it is in what they weigh."""

    number: int  # of the item
    names: frozenset[str]
    length: float  # the root of what all of them weigh
    is_narrow: bool  # of the item


class Lookup(Generic[T]):
    """Finds items by any of their wordings; `read` makes tokens of a text, `bare` finds what it asks for."""

    def __init__(
        self,
        items: Iterable[T],
        read: Callable[[str], list[str]],
        proves_nothing: Callable[[str], bool] = lambda _: False,
        bare: Callable[[str], Iterable[str]] = lambda _: (),
        nearness: Nearness | None = None,
        foreign: Iterable[str] = (),
        unanswered: Iterable[str] = (),
        tokens: Callable[[str], list[str]] | None = None,
    ) -> None:
        """`proves_nothing`: of a token that may stand in a question about anything, such as a model's name. `nearness`:
        how near wordings are by what their words mean; None: one goes by the words alone. `foreign`: questions of other
        fields; `unanswered`: of this one, which no item answers. `tokens`: what `read` makes of all these, where that
        is known without reading them.
        """
        self._proves_nothing = proves_nothing
        self.items = tuple(items)
        self._read = read
        self._bare = bare
        self._nearness = nearness
        known = partial(_tokens, tokens or read)
        worded = [[known(text) for text in item.wordings] for item in self.items]
        told = [frozenset[str]().union(*texts) for texts in worded]
        self._asked_of = _places(told)
        self._said_by = _places(known(item.says) - own for item, own in zip(self.items, told, strict=True))
        spread = Counter(token for own in told for token in own)
        self._weights = _weights(spread, len(told))
        elsewhere = [known(text) for text in foreign]
        self._belonging = Belonging(spread, len(told), elsewhere)
        elsewhere += [known(text) for text in unanswered]
        self._refused = frozenset(_plain(text) for text in (*foreign, *unanswered))
        self._rarest = math.log(1 + max(1, len(told)))  # what a word of one item weighs
        self._wordings = [
            _Wording(number, _names(own), math.sqrt(self._weight(own)), self.items[number].is_narrow)
            for number, texts in enumerate(worded)
            for own in texts
        ]
        ends = list(accumulate(map(len, worded), initial=0))
        self._of_item = [range(first, end) for first, end in pairwise(ends)]  # its wordings by number
        self._holders = _places(own for texts in worded for own in texts)
        self._unanswered = _places(elsewhere)
        self._unanswered_lengths = [math.sqrt(self._weight(own)) for own in elsewhere]
        self._written = _places([_plain(text)] for item in self.items for text in item.wordings)
        self._words = [token for token in self._weights if token.isascii() and token[0] not in MARKS]
        self._nearest = lru_cache(maxsize=_KEPT)(self._nearest_of)  # a post asks for the same words many times

    def find(self, question: str, limit: int = 3) -> Found[T]:
        """What `question` asks for."""
        asked = self._known(self._read(question))
        exact = self._exact(question)
        shared = self._shared(asked)
        scores = self._scores(asked, shared)
        traits: Mapping[int, Traits] = {}
        if self._nearness and (near := self._nearness.of(question)):
            traits = self._traits_of(asked, scores, shared, near)
            scores = {number: _rated(scores[number], each) for number, each in traits.items()}
        scores.update({number: scores[number] * BY_CHANCE for number in self._by_chance(asked) & scores.keys()})
        scores.update({number: scores[number] * BY_NAME for number in self._by_name(asked) & scores.keys()})
        scores.update({self._wordings[number].number: 1.0 for number in exact})
        found = sorted(number for number, score in scores.items() if score > POSSIBLE)
        hits = [Hit(self.items[number], round(scores[number], 4)) for number in found]
        hits.sort(key=lambda hit: (-hit.score, hit.item.is_narrow))  # of equals the first in the data stands first
        if not hits:
            return Found(None, ())
        if exact:
            return Found(hits[0].item, tuple(hits[:limit]), None, 1.0)
        first = next(at for at in found if self.items[at] is hits[0].item)
        beside = _beside(hits)
        rivals = hits[1:] if beside is None else hits[2:]  # where two are shown it is enough that one of them is meant
        evidence = self._evidence(asked, first, hits, rivals, shared, traits)
        how_sure = sureness(evidence)
        is_meant = how_sure >= SURE and not _is_thin(asked, hits[0].score) and self._speaks_of_more(asked, first)
        is_meant = is_meant and _plain(question) not in self._refused
        sure, beside = (hits[0].item, beside) if is_meant else (None, None)
        return Found(sure, tuple(hits[:limit]), beside, how_sure, evidence)

    def _traits_of(
        self,
        asked: Mapping[str, float],
        scores: Mapping[int, float],
        shared: Mapping[int, float],
        near: Near,
    ) -> dict[int, Traits]:
        """Of the items by number that are nearest by their words: what each has in common with the question."""
        best = nlargest(RATED, scores, key=scores.__getitem__)
        length = math.sqrt(self._weight(asked))
        telling = {token: self._weight_of(token) for token in asked if token not in FORMS}
        return {
            number: self._traits(number, telling, scores[number], self._alike(number, shared, length), near)
            for number in best
        }

    def _alike(self, number: int, shared: Mapping[int, float], length: float) -> list[float]:
        """The likeness of the wordings of an item that are most like a question of this length, best first."""
        likenesses = [self._likeness(at, shared) for at in self._of_item[number] if at in shared]
        return [likeness / length for likeness in nlargest(_BEST, likenesses)]

    def _likeness(self, at: int, shared: Mapping[int, float]) -> float:
        """How alike a wording by number and a question are, as if the question were of length 1."""
        return shared[at] / self._wordings[at].length

    def _traits(
        self,
        number: int,
        telling: Mapping[str, float],
        score: float,
        alike: Sequence[float],
        near: Near,
    ) -> Traits:
        """What a question and an item by number have in common. `telling`: what each token of the question weighs;
        `alike`: the likeness of the item's wordings most like it, best first; `near`: how near texts are to it.
        """
        item = self.items[number]
        total = sum(telling.values()) or 1.0
        nearest = near.nearest(item.wordings, _BEST)
        missed = Counter(_kind(token) for token in telling if number not in self._asked_of.get(token, ()))
        return Traits(
            words=score,
            likeness=alike[0],
            likenesses=sum(alike) / _BEST,
            nearest=nearest[0],
            near=sum(nearest) / len(nearest),
            answer=near.to(item.says[:_MOST_SAID]) if item.says else 0.0,
            asked=self._share(telling, number, self._asked_of) / total,
            said=self._share(telling, number, self._said_by) / total,
            names=missed[NAME],
            meanings=missed[MEANING],
        )

    @staticmethod
    def _share(telling: Mapping[str, float], number: int, places: Mapping[str, Sequence[int]]) -> float:
        """What those tokens weigh that an item by number holds."""
        return sum(weight for token, weight in telling.items() if number in places.get(token, ()))

    def is_written(self, question: str) -> bool:
        """Whether a question is known word for word."""
        return _plain(question) in self._written

    def _exact(self, question: str) -> Sequence[int]:
        """Wordings that are the question as it is written, or the word whose meaning is asked for."""
        for text in (question, *self._bare(question)):
            if (plain := _plain(text)) and (found := self._written.get(plain)):
                return found
        return ()

    def _evidence(
        self,
        asked: Mapping[str, float],
        number: int,
        hits: Sequence[Hit[T]],
        rivals: Sequence[Hit[T]],
        shared: Mapping[int, float],
        traits: Mapping[int, Traits],
    ) -> Evidence:
        """What speaks for and against the first of what was found, an item by number. `rivals`: of the others those
        that are not shown beside it, best first.
        """
        total = self._weight(asked)
        best = max((at for at in self._of_item[number] if at in shared), key=lambda at: self._likeness(at, shared))
        own = frozenset(self._read(self.items[number].wordings[best - self._of_item[number].start]))
        sides = self._sides(asked, own, number)
        alike = self._alike(number, shared, math.sqrt(total))
        return Evidence(
            _standing(hits, rivals, alike, number, traits),
            sides.left_over(
                covers=shared[best] / total,
                covered=shared[best] / self._wordings[best].length ** 2,
                bare=self._bare_likeness(asked, number),
                missed_near=self._missed_near(sides, number),
            ),
            self._marked(asked, own, sides),
            self._whole(asked, total, sides),
        )

    def _sides(self, asked: Iterable[str], own: Iterable[str], number: int) -> Sides:
        """What a question tells, and one of an item's wordings says."""
        question, wording = self._shares(asked), self._shares(own)
        spoken = {token for token in question if number in self._asked_of.get(token, ())}
        said = {token for token in question if token not in spoken and number in self._said_by.get(token, ())}
        elsewhere = {token for token in question if token in self._weights and token not in spoken | said}
        return Sides(question, wording, spoken, said, elsewhere)

    def _shares(self, tokens: Iterable[str]) -> dict[str, float]:
        """What each token weighs of the rarest there is; forms of asking left out."""
        return {token: self._weight_of(token) / self._rarest for token in tokens if token not in FORMS}

    def _bare_likeness(self, asked: Mapping[str, float], number: int) -> float:
        """How alike a question and an item's best wording are when names are left out on both sides."""
        own, told, length = self._of_item[number], dict[int, float](), 0.0
        for token, share in asked.items():
            if token[0] != NAME and token not in FORMS:
                weight = self._weight_of(token)
                length += weight
                places = self._holders.get(token, ())
                for at in places[bisect_left(places, own.start) : bisect_left(places, own.stop)]:
                    told[at] = told.get(at, 0.0) + weight * share
        lengths = ((weight, self._bare_length(at)) for at, weight in told.items())
        return max((weight / own_length for weight, own_length in lengths), default=0.0) / math.sqrt(length or 1.0)

    def _missed_near(self, sides: Sides, number: int) -> float:
        """How near an item is to what it does not hold of a question; 1 where nothing is left or can be said."""
        missed = " ".join(sides.missed)
        if not missed or not self._nearness or not (near := self._nearness.of(missed)):
            return 1.0
        return near.nearest(self.items[number].wordings, 1)[0]

    def _bare_length(self, at: int) -> float:
        """The length of a wording by number without its names."""
        wording = self._wordings[at]
        return math.sqrt(max(0.1, wording.length**2 - self._weight(wording.names)))

    def _marked(self, asked: Mapping[str, float], own: Collection[str], sides: Sides) -> Marked:
        forms, own_forms = FORMS & asked.keys(), FORMS.intersection(own)
        unknown = sum(token not in self._weights for token in sides.question)
        misspelt = sum(1 - share for share in asked.values())
        return sides.marked(bool(forms and own_forms and not forms & own_forms), unknown, misspelt)

    def _whole(self, asked: Mapping[str, float], total: float, sides: Sides) -> Whole:
        return Whole(
            length=sum(sides.question.values()) or 1.0,
            belongs=self._belonging.of(asked),
            elsewhere=sum(token[0] == ELSEWHERE and token not in sides.spoken for token in asked),
            unanswered=self._like_unanswered(asked, total),
        )

    def _like_unanswered(self, asked: Mapping[str, float], total: float) -> float:
        """How alike the question is that no answer fits and that is most alike."""
        alike: dict[int, float] = {}
        for token, share in asked.items():
            if places := self._unanswered.get(token):
                weight = self._weight_of(token) * share
                for at in places:
                    alike[at] = alike.get(at, 0.0) + weight
        lengths = self._unanswered_lengths
        return max((weight / lengths[at] for at, weight in alike.items()), default=0.0) / math.sqrt(total)

    def _speaks_of_more(self, asked: Mapping[str, float], number: int) -> bool:
        """Whether an item has more in common with a question than a name, where more is asked than a name."""
        words = asked.keys() - _names(asked) - FORMS
        more = [token for token in words if not self._proves_nothing(token)]
        return not words or any(number in self._asked_of.get(token, ()) for token in more)

    def _by_chance(self, asked: Iterable[str]) -> frozenset[int]:
        """Items by number of which all that they have in common with a question may stand in any."""
        return self._only_by({token for token in asked if self._proves_nothing(token)}, asked)

    def _by_name(self, asked: Iterable[str]) -> frozenset[int]:
        """Items by number that are only named in a question that asks for something of what it names, or tells that it
        does something that may be told of anything.
        """
        names, telling = _names(asked), [token for token in asked if token not in FORMS]
        few = names.union(token for token in telling if self._proves_nothing(token))
        return self._only_by(few, telling) if names and len(telling) > len(names) else frozenset()

    def _only_by(self, few: Collection[str], asked: Iterable[str]) -> frozenset[int]:
        """Items by number that have none but these few tokens in common with what is asked."""
        if not few:
            return frozenset()
        telling = (self._asked_of.get(token, ()) for token in asked if token not in few)
        return frozenset(chain.from_iterable(self._asked_of.get(token, ()) for token in few)).difference(*telling)

    def compared(self, question: str, wording: str) -> float:
        """How alike a question and a wording are that need not be known here, from 0 to 1, by what each token tells."""
        if _plain(question) == _plain(wording):
            return 1.0
        asked, own = self._known(self._read(question)), frozenset(self._read(wording))
        both = own.intersection(asked) - FORMS
        if not both:
            return 0.0
        shared = sum(self._weight_of(token) * share for token, share in asked.items() if token in own)
        alike = MOST_ALIKE * shared / math.sqrt(self._weight(asked) * self._weight(own))
        return alike if len(both) > 1 or own - FORMS == both else alike * ONE_WORD

    def _scores(self, asked: Mapping[str, float], shared: Mapping[int, float]) -> dict[int, float]:
        """Items by number that have anything in common with what is asked, each with the score of its best wording.

        A question may say more than the wording does, as long as the item speaks of it. `shared`: of wordings by
        number the weight of what they have in common with the question.
        """
        total = self._weight(asked)
        length, names = math.sqrt(total), _names(asked)
        spoken = self._spoken({token: share * self._weight_of(token) / total for token, share in asked.items()})
        wordings = self._wordings
        scores: dict[int, float] = {}
        for at, weight in shared.items():
            known = wordings[at]
            likeness = weight / (length * known.length)
            score = likeness + SUBJECT * (1 - likeness) * spoken.get(known.number, 0.0)
            if names is not known.names:
                score *= _agreement(names, known.names)
            if known.is_narrow:
                score *= weight / total
            if score > scores.get(known.number, 0.0):
                scores[known.number] = score
        return {number: MOST_ALIKE * score for number, score in scores.items()}

    def _shared(self, asked: Mapping[str, float]) -> dict[int, float]:
        """Wordings by number that share more than the form of the question: the weight of what they share."""
        shared: dict[int, float] = {}
        for token, share in asked.items():
            if token not in FORMS and (places := self._holders.get(token)):
                weight = self._weights[token] * share
                for number in places:
                    shared[number] = shared.get(number, 0.0) + weight
        for token in FORMS & asked.keys():
            for number in shared.keys() & frozenset(self._holders.get(token, ())):
                shared[number] += self._weights[token] * asked[token]
        return shared

    def _known(self, asked: Sequence[str]) -> Mapping[str, float]:
        """The tokens asked for, each with the share by which it is a known one: misspelt words count less."""
        return dict(self._nearest(token) for token in asked)

    def _nearest_of(self, token: str) -> tuple[str, float]:
        if token in self._weights or len(token) < 5 or not token.isascii() or token[0] in MARKS:
            return token, 1.0
        near = process.extractOne(token, self._words, scorer=fuzz.ratio, score_cutoff=LIKE)
        return (near[0], near[1] / 100) if near else (token, 1.0)

    def _spoken(self, weighed: Mapping[str, float]) -> dict[int, float]:
        """Items by number: how much of what is asked any of their wordings, or their answer, speaks of."""
        spoken: dict[int, float] = {}
        for places, share in ((self._asked_of, 1.0), (self._said_by, SAID)):
            for token, weight in weighed.items():
                for number in places.get(token, ()):
                    spoken[number] = spoken.get(number, 0.0) + share * weight
        return spoken

    def _weight(self, tokens: Iterable[str]) -> float:
        return sum(self._weight_of(token) for token in tokens)

    def _weight_of(self, token: str) -> float:
        return self._weights.get(token) or _unknown_weight(token) * math.log(1 + len(self.items) / 2)


def _standing(
    hits: Sequence[Hit[T]],
    rivals: Sequence[Hit[T]],
    alike: Sequence[float],
    number: int,
    traits: Mapping[int, Traits],
) -> Standing:
    """How the first, an item by number, stands beside the others. `alike`: its likenesses by words, best first; they
    stand for what is unknown of the meaning.
    """
    first, own = hits[0].score, traits.get(number)
    nearest = own.nearest if own else alike[0]
    others = (each.nearest for at, each in traits.items() if at != number)
    return Standing(
        score=first,
        lead=first - (rivals[0].score if rivals else 0.0),
        ahead=first - (hits[1].score if len(hits) > 1 else 0.0),
        rivals=sum(first - hit.score < _HARDLY for hit in hits[1:]),
        likeness=alike[0],
        likenesses=sum(alike) / _BEST,
        nearest=nearest,
        near=own.near if own else alike[0],
        nearer=nearest - max(others, default=0.0),
        answer=own.answer if own else 0.0,
    )


def _rated(score: float, traits: Traits) -> float:
    """The score of an item by all that it has in common with a question."""
    return min(MOST_ALIKE, max(0.0, score if score >= SAME_WORDS else 0.0, rating(traits)))


def _is_thin(asked: Mapping[str, float], score: float) -> bool:
    """Whether one word is all that is asked, and what was found says more: "which one is for a mac?"."""
    return len(asked.keys() - FORMS) == 1 and score < ALL_OF_IT


def _names(tokens: Iterable[str]) -> frozenset[str]:
    return frozenset(token for token in tokens if token[0] == NAME) or _NO_NAMES


def _agreement(asked: frozenset[str], own: frozenset[str]) -> float:
    """Less than 1 where one side names something that the other does not."""
    if own - asked:
        return 0.6
    return 0.85 if asked - own else 1.0


def _tokens(read: Callable[[str], list[str]], text: str) -> frozenset[str]:
    """Those of a text that is known; each exists once, however many texts hold it."""
    return frozenset(map(sys.intern, read(text)))


def _places(keys: Iterable[Iterable[str]]) -> dict[str, Sequence[int]]:
    """Where each key stands, ascending. There are many and they stay in memory: keys of one place share what tells it,
    several numbers are packed.
    """
    places: dict[str, Sequence[int]] = {}
    for number, own in enumerate(keys):
        alone = (number,)
        for key in own:
            before = places.get(key)
            if isinstance(before, array):
                before.append(number)
            else:
                places[key] = alone if before is None else array("I", (*before, number))
    return places


def _weights(spread: Mapping[str, int], items: int) -> dict[str, float]:
    """How much a token tells: rare ones more. By items (`spread`), so that an item's own repetitions do not count."""
    return {token: _kind_weight(token) * math.log(1 + items / count) for token, count in spread.items()}


def _kind_weight(token: str) -> float:
    if token in FORMS:
        return FORM_WEIGHT
    if len(token) == 1 and not token.isascii():
        return CHARACTER_WEIGHT
    return NAME_WEIGHT if _kind(token) == NAME else 1.0


def _kind(token: str) -> str:
    """What a token begins with; a setting as it is written in a file or command ("chunk_size") is a name too."""
    return NAME if "_" in token and token[0] not in MARKS else token[0]


def _unknown_weight(token: str) -> float:
    if token[0] in MARKS:
        return UNKNOWN_PAIR * _kind_weight(token)
    if token.isascii():
        return UNKNOWN_WORD if len(token) > 2 and not token.isdigit() else UNKNOWN_PAIR
    return UNKNOWN_PAIR * _kind_weight(token)


def _beside(hits: Sequence[Hit[T]]) -> T | None:
    """What stands so close behind the first that it may be meant as well."""
    first, *others = hits
    is_close = bool(others) and others[0].score >= CLOSE_FROM and first.score - others[0].score < CLOSE
    return others[0].item if is_close else None


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
