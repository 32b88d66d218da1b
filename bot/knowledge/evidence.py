"""What speaks for and against a found answer being the one that a question asks for.

All of it is counted at the answer that was found: how it stands beside the others, how much of the question it speaks
of, what is left over on either side and how much that tells, names, what is done to what, and how near questions are
that no answer fits. Weights are shares of what a word of a single answer weighs, so that they say the same in a small
and in a large collection; shares and likenesses go from 0 to 1.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from bot.knowledge.asking import MARKS, MEANING, NAME


class Standing(NamedTuple):
    """How the first of what was found stands beside the others."""

    score: float
    lead: float  # of the score over the next that is not shown beside it
    ahead: float  # and over the next, shown or not
    rivals: int  # others that are hardly behind
    likeness: float  # of the best wording, by its words alone
    likenesses: float  # of the best three, what is missing counted as nothing
    nearest: float  # the wording whose meaning is nearest
    near: float  # the mean of the nearest three
    nearer: float  # how much nearer it is than the nearest of the others
    answer: float  # how near the answer's text is


class LeftOver(NamedTuple):
    """What question and answer have in common, and what only one of them says."""

    asked: float  # how much of what the question tells any wording holds
    said: float  # and how much of it only the answer
    covers: float  # how much of the question the best wording holds
    covered: float  # how much of the best wording the question holds
    missed: float  # the weight of what the question tells and neither wordings nor answer hold
    most_missed: float  # and of the one of these words that tells most
    more: float  # the weight of what the best wording says and the question does not
    most_more: float
    shared: float  # the weight of what question and wordings have in common, without names
    most_shared: float
    words: float  # how much of the question's own words, neither names nor meanings, any wording holds
    bare: float  # how alike the best wording is when names are left out on both sides
    missed_elsewhere: float  # the weight of what is missed and other answers are asked for with
    missed_near: float  # how near what is missed is to the answer by its meaning
    pieces: float  # how many of the question's words or pairs of characters any wording holds
    pieces_missed: int  # how many neither wordings nor answer hold
    run_missed: int  # and how many of these stand one behind another


class Marked(NamedTuple):
    """Names, meanings and form of the question, and those of the best wording; words that are unknown or guessed."""

    names: int
    names_missed: int  # of these that no wording holds
    names_more: int  # in the best wording, not in the question
    meanings: int
    meanings_missed: int  # of these that no wording holds
    meanings_apart: int  # in only one of the two
    forms_apart: int  # whether one asks how, and the other why
    unknown: int  # words that nothing known uses
    misspelt: float  # how much of the words is a guess at a misspelt one


class Whole(NamedTuple):
    """Of the whole question."""

    length: float  # what all of it weighs
    belongs: float  # how much likelier its words are in this field than in others
    elsewhere: int  # words of other fields, for which the answer is not asked
    unanswered: float  # how alike the most alike question is that no answer fits


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of a question and the first of what was found."""

    standing: Standing
    left_over: LeftOver
    marked: Marked
    whole: Whole

    @property
    def row(self) -> tuple[float, ...]:
        """All of it, in the order of `NAMES`."""
        return (*self.standing, *self.left_over, *self.marked, *self.whole)


NAMES = (*Standing._fields, *LeftOver._fields, *Marked._fields, *Whole._fields)
_FOR = frozenset(
    """
    score lead ahead likeness likenesses nearest near nearer answer asked covers covered most_shared words bare
    missed_near pieces belongs
    """.split()
)
_AGAINST = frozenset(
    """
    rivals missed most_missed more most_more missed_elsewhere pieces_missed run_missed names_missed names_more
    meanings_missed meanings_apart forms_apart unknown misspelt elsewhere unanswered
    """.split()
)
# Of each trait: 1 if more of it can only speak for an answer, -1 against it, 0 if that depends.
SIGNS = tuple((name in _FOR) - (name in _AGAINST) for name in NAMES)


@dataclass(frozen=True, slots=True)
class Sides:
    """What a question tells and what an answer says, each token with what it weighs, forms of questions left out.

    `spoken`: tokens of the question that any wording holds, `said`: those that only the answer does.
    """

    question: Mapping[str, float]
    wording: Mapping[str, float]  # the best one
    spoken: Collection[str]
    said: Collection[str]
    elsewhere: Collection[str]  # those that neither holds, and other answers do

    def left_over(self, covers: float, covered: float, bare: float, missed_near: float) -> LeftOver:
        """What both have in common, and what is left over; the likenesses of question and best wording are known."""
        told, length = self.question, sum(self.question.values()) or 1.0
        missed = [told[token] for token in told if not self._is_held(token)]
        more = [weight for token, weight in self.wording.items() if token not in told]
        shared = [told[token] for token in self.spoken if token[0] != NAME]
        words = {token: weight for token, weight in told.items() if token[0] not in MARKS}
        pieces = [token for token in words if len(token) > 1]
        runs = self._runs(pieces)
        spoken_words = sum(weight for token, weight in words.items() if token in self.spoken)
        return LeftOver(
            asked=sum(told[token] for token in self.spoken) / length,
            said=sum(told[token] for token in self.said) / length,
            covers=covers,
            covered=covered,
            missed=sum(missed),
            most_missed=max(missed, default=0.0),
            more=sum(more),
            most_more=max(more, default=0.0),
            shared=sum(shared),
            most_shared=max(shared, default=0.0),
            words=spoken_words / sum(words.values()) if words else 1.0,
            bare=bare,
            missed_near=missed_near,
            missed_elsewhere=sum(told[token] for token in self.elsewhere),
            pieces=sum(token in self.spoken for token in pieces) / len(pieces) if pieces else 1.0,
            pieces_missed=sum(runs),
            run_missed=max(runs, default=0),
        )

    @property
    def missed(self) -> list[str]:
        """Words and single characters that neither holds, in the order in which they were asked."""
        left = [token for token in self.question if token[0] not in MARKS and not self._is_held(token)]
        return [token for token in left if token.isascii() or len(token) == 1]

    def _is_held(self, token: str) -> bool:
        return token in self.spoken or token in self.said

    def _runs(self, pieces: Sequence[str]) -> list[int]:
        """How many pieces stand one behind another that neither wordings nor answer hold."""
        return [len(list(run)) for is_held, run in groupby(pieces, self._is_held) if not is_held]

    def marked(self, forms_apart: bool, unknown: int, misspelt: float) -> Marked:
        """Names and meanings on either side; the rest is known."""
        names, own_names = _of(NAME, self.question), _of(NAME, self.wording)
        meanings, own_meanings = _of(MEANING, self.question), _of(MEANING, self.wording)
        return Marked(
            names=len(names),
            names_missed=len(names.difference(self.spoken)),
            names_more=len(own_names - names),
            meanings=len(meanings),
            meanings_missed=len(meanings.difference(self.spoken)),
            meanings_apart=len(meanings ^ own_meanings),
            forms_apart=int(forms_apart),
            unknown=unknown,
            misspelt=misspelt,
        )


def _of(mark: str, tokens: Collection[str]) -> frozenset[str]:
    return frozenset(token for token in tokens if token[0] == mark)
