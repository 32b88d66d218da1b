"""Whether somebody sounds like one who tells of a trouble of their own, or like one who needs nothing.

Thanks, advice, news and jokes speak of the same things as complaints do, in other turns of phrase. Two views together,
as in the second reader: wordings (bayes.py) and what they mean (senses.py), each of all told sentences against those of
people who need no help. Languages are learnt apart: learnt together, Chinese complaints sounded half as troubled as
English ones, and 75 % of the pairs of a complaint and a message to be left alone were told apart, 87 % since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bot.base.late import late
from bot.base.phrases import folded
from bot.diagnosis.bayes import Bayes, Learnt, Text, learnt_from
from bot.diagnosis.features import plain
from bot.diagnosis.senses import Leanings, Likeness, Placed, Senses, leanings_of
from bot.knowledge.told import LEFT

_TELLS = "tells"  # the name of all told sentences together
_EVEN = 0.5  # exponent by which each side's sentences count less: there are far more complaints
_LEAST = 30  # sentences of those who need no help from which on there is anything to learn
_CHINESE = late(r"[\u3040-\u9fff]")


class Kind(msgspec.Struct, frozen=True):
    """What was learnt of how people sound in one kind of writing."""

    wording: Learnt
    meaning: Leanings


class Heard(msgspec.Struct, frozen=True):
    """What was learnt of how people sound, in Latin letters and in Chinese signs."""

    latin: Kind
    chinese: Kind


@dataclass(frozen=True, slots=True)
class _Weights:
    """What the meaning counts beside the wording, and what both are multiplied by: few words of Chinese are rare."""

    meant: float
    scale: float


_IN_LATIN, _IN_CHINESE = _Weights(2.0, 1.0), _Weights(1.0, 2.1)
_NO_KIND = Kind(learnt_from(()), Leanings((), ()))
NOTHING_HEARD = Heard(_NO_KIND, _NO_KIND)


def heard_in(told: Mapping[str, Sequence[str]], senses: Senses | None) -> Heard:
    """What sentences by class teach, those of people who need no help under `LEFT`."""
    sides = {
        _TELLS: [sentence for name, own in told.items() if name != LEFT for sentence in own],
        LEFT: list(told.get(LEFT, ())),
    }
    return Heard(*(_kind_in(_of_writing(sides, is_chinese=is_chinese), senses) for is_chinese in (False, True)))


def _of_writing(sides: Mapping[str, Sequence[str]], *, is_chinese: bool) -> dict[str, list[str]]:
    return {name: [each for each in own if bool(_CHINESE.search(each)) == is_chinese] for name, own in sides.items()}


def _kind_in(sides: Mapping[str, Sequence[str]], senses: Senses | None) -> Kind:
    if len(sides[LEFT]) < _LEAST:
        return _NO_KIND
    texts = [Text(name, (_line(each),), len(own) ** -_EVEN) for name, own in sides.items() for each in own]
    placed = [Placed(text.name, senses.vector(text.lines), text.weight) for text in texts] if senses else []
    return Kind(learnt_from(texts), leanings_of([each for each in placed if each.vector]))


class Voices:
    """Rates how somebody sounds."""

    def __init__(self, heard: Heard, senses: Senses | None) -> None:
        self._latin = _Voice(heard.latin, senses, _IN_LATIN)
        self._chinese = _Voice(heard.chinese, senses, _IN_CHINESE)

    def tells(self, text: str) -> float | None:
        """How much more somebody sounds as if they told of a trouble: about 0.4 for what needs no help, 1.2 for a
        complaint; None where nothing was learnt or said.
        """
        line = _line(text)
        return (self._chinese if _CHINESE.search(line) else self._latin).tells(line)


class _Voice:
    """Rates how somebody sounds in one kind of writing."""

    def __init__(self, kind: Kind, senses: Senses | None, weights: _Weights) -> None:
        self._wording = Bayes(kind.wording)
        self._meaning = Likeness(kind.meaning)
        self._senses = senses
        self._weights = weights

    def tells(self, line: str) -> float | None:
        """The same of a line (see features.plain)."""
        if not (self._wording.classes and line.strip()):
            return None
        said = _lead(self._wording.classes, self._wording.scores([(1.0, line)]))
        vector = self._senses.vector([line]) if self._senses and self._meaning.classes else []
        meant = _lead(self._meaning.classes, self._meaning.scores(vector)) if vector else 0.0
        return self._weights.scale * (said + self._weights.meant * meant)


def _lead(classes: Sequence[str], scores: Sequence[float]) -> float:
    rated = dict(zip(classes, scores, strict=True))
    return rated.get(_TELLS, 0.0) - rated.get(LEFT, 0.0)


def _line(text: str) -> str:
    return plain(" ".join(folded(text).split()))
