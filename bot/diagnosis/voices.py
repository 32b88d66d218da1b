"""Whether somebody sounds like one who tells of a trouble of their own, or like one who needs nothing.

Thanks, advice, news and jokes speak of the same things as complaints do, in other turns of phrase. Two views together,
as in the second reader: wordings (bayes.py) and what they mean (senses.py), each of all told sentences against those of
people who need no help. Of 93 posts that nothing had been written after, wordings alone told 93 % of the pairs of a
request and a message to be left alone apart; both with the signs of topics.yaml 98 %, these by themselves 96 %.
"""

from collections.abc import Mapping, Sequence

import msgspec

from bot.base.phrases import folded
from bot.diagnosis.bayes import Bayes, Learnt, Text, learnt_from
from bot.diagnosis.features import plain
from bot.diagnosis.senses import Leanings, Likeness, Placed, Senses, leanings_of
from bot.knowledge.told import LEFT

_TELLS = "tells"  # the name of all told sentences together
_MEANT = 2.0  # what the meaning counts beside the wording
_EVEN = 0.5  # exponent by which each side's sentences count less: there are far more complaints
_LEAST = 30  # sentences of those who need no help from which on there is anything to learn


class Heard(msgspec.Struct, frozen=True):
    """What was learnt of how people sound."""

    wording: Learnt
    meaning: Leanings


NOTHING_HEARD = Heard(learnt_from(()), Leanings((), ()))


def heard_in(told: Mapping[str, Sequence[str]], senses: Senses | None) -> Heard:
    """What sentences by class teach, those of people who need no help under `LEFT`."""
    sides = {
        _TELLS: [sentence for name, own in told.items() if name != LEFT for sentence in own],
        LEFT: list(told.get(LEFT, ())),
    }
    if len(sides[LEFT]) < _LEAST:
        return NOTHING_HEARD
    texts = [Text(name, (_line(each),), len(own) ** -_EVEN) for name, own in sides.items() for each in own]
    placed = [Placed(text.name, senses.vector(text.lines), text.weight) for text in texts] if senses else []
    return Heard(learnt_from(texts), leanings_of([each for each in placed if each.vector]))


class Voices:
    """Rates how somebody sounds."""

    def __init__(self, heard: Heard, senses: Senses | None) -> None:
        self._wording = Bayes(heard.wording)
        self._meaning = Likeness(heard.meaning)
        self._senses = senses

    def tells(self, text: str) -> float | None:
        """How much more somebody sounds as if they told of a trouble: about 0.2 for what needs no help, 1 for a
        complaint; None where nothing was learnt or said.
        """
        line = _line(text)
        if not (self._wording.classes and line.strip()):
            return None
        said = _lead(self._wording.classes, self._wording.scores([(1.0, line)]))
        vector = self._senses.vector([line]) if self._senses and self._meaning.classes else []
        return said + _MEANT * _lead(self._meaning.classes, self._meaning.scores(vector)) if vector else said


def _lead(classes: Sequence[str], scores: Sequence[float]) -> float:
    rated = dict(zip(classes, scores, strict=True))
    return rated.get(_TELLS, 0.0) - rated.get(LEFT, 0.0)


def _line(text: str) -> str:
    return plain(" ".join(folded(text).split()))
