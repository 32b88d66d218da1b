"""How sure it is that what was found is what a question asks for.

Fitted (logistic regression) on 2,000 known wordings, an eighth left out of the search at a time, on 470 questions read
by hand, and on 450 questions of other fields, which no answer fits, a quarter of them not counted at a time. What an
answer knows nothing of has lowered its score already (ranking.py); words of another field weigh against it here too,
and words that are likelier to be asked elsewhere (belonging.py).
"""

import math
from dataclasses import dataclass

from bot.knowledge.belonging import MOST

# From here on one answer is given. Of 69 questions that nothing had been fitted after, 46 are answered rightly and 3
# wrongly (from 0.5 on 48 and 6); of 406 of other fields, each left out of the counts, 19 are above 0.5 (45 before it
# was counted what is asked there).
SURE = 0.65
_MOST_LEAD, _MOST_ELSEWHERE = 0.3, 2  # what is above tells no more
_START = -6.96
_SCORE, _LEAD, _ELSEWHERE, _BELONGS = 7.36, 6.37, -2.99, 0.61


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a question and what was found for it fit."""

    score: float
    lead: float  # over the next
    elsewhere: int  # words of other fields, for which the answer is not asked
    belongs: float = MOST  # how much likelier its words are in this field than in others


def sureness(fit: Fit) -> float:
    """From 0 to 1; see `SURE`."""
    total = (
        _START
        + _SCORE * fit.score
        + _LEAD * min(fit.lead, _MOST_LEAD)
        + _ELSEWHERE * min(fit.elsewhere, _MOST_ELSEWHERE)
        + _BELONGS * fit.belongs
    )
    return 1 / (1 + math.exp(-total))
