"""How sure it is that what was found is what a question asks for, by how much of the question it speaks of.

Fitted (logistic regression) on 3,100 known wordings, an eighth left out of the search at a time, on 330 questions read
by hand, and on 170 questions of other fields, which no answer fits. The parts of a question that an answer knows
nothing of weigh against it: what it names, what it means, and most of all words of another field.
"""

import math
from dataclasses import dataclass

# From here on one answer is given. Of 40 questions put anew that have an answer 35 are above it, two of them answered
# wrongly; of 20 of other fields four. At 0.6 it would be 29, one, and one.
SURE = 0.5
_MOST_LEAD, _MOST_NAMES, _MOST_MEANINGS, _MOST_ELSEWHERE, _LONGEST = 0.3, 2, 3, 2, 8  # what is above tells no more
_START = -5.23
_SCORE, _LEAD, _TOLD, _UNKNOWN = 4.85, 3.1, 1.71, -2.41
_NAME, _MEANING, _ELSEWHERE, _LENGTH = -1.51, -0.63, -3.47, 1.03


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a question and what was found for it fit. `told` and `unknown` are shares of what the question tells."""

    score: float
    lead: float  # over the next
    told: float  # what the answer speaks of
    unknown: float  # what nothing known uses
    names: int  # of programs and formats, those that the answer does not speak of
    meanings: int  # likewise
    elsewhere: int  # words of other fields, for which the answer is not asked
    length: int  # in tokens


def sureness(fit: Fit) -> float:
    """From 0 to 1; see `SURE`."""
    total = (
        _START
        + _SCORE * fit.score
        + _LEAD * min(fit.lead, _MOST_LEAD)
        + _TOLD * fit.told
        + _UNKNOWN * fit.unknown
        + _NAME * min(fit.names, _MOST_NAMES)
        + _MEANING * min(fit.meanings, _MOST_MEANINGS)
        + _ELSEWHERE * min(fit.elsewhere, _MOST_ELSEWHERE)
        + _LENGTH * math.log(min(fit.length, _LONGEST) + 1)
    )
    return 1 / (1 + math.exp(-total))
