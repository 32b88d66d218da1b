"""How sure it is that what was found is what a question asks for.

Learnt (boosting.py) from the evidence (evidence.py) of known wordings that were left out of the search, an eighth at a
time, of wordings whose whole answer was left out, of questions of other fields and of this one that no answer fits: see
bot/workshop/sureness.py, which writes sureness.json.
"""

import math
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.knowledge.boosting import Trees
from bot.knowledge.evidence import Evidence

# From here on one answer is given. Of 60 questions that nothing had been fitted after, 44 are answered rightly and 5
# wrongly, of 45 near ones that nothing answers 5 (by a sum of four weights: 47, 5 and 11).
SURE = 0.65
PLAIN = 0.85  # and from here on without a doubt
# Of known wordings so many are found at least as surely; of questions whose own answer was taken out of the knowledge
# 50 % and 24 % get another.
SHARE_SURE, SHARE_PLAIN = 0.71, 0.58
LEARNT = Path(__file__).with_name("sureness.json")


class Sureness(msgspec.Struct, frozen=True):
    """What was learnt, and on which scale it is told: the log odds are stretched and moved."""

    stretch: float
    move: float
    trees: Trees

    def of(self, evidence: Evidence) -> float:
        """From 0 to 1; see `SURE`."""
        return 1 / (1 + math.exp(-(self.stretch * self.trees.odds(evidence.row) + self.move)))


def sureness(evidence: Evidence) -> float:
    """From 0 to 1; see `SURE`."""
    return shipped_sureness().of(evidence)


@lru_cache(maxsize=1)
def shipped_sureness() -> Sureness:
    """What lies beside this module; read once."""
    return msgspec.json.decode(LEARNT.read_bytes(), type=Sureness)


def scaled(trees: Trees, sure: float, plain: float) -> Sureness:
    """Tells log odds of `sure` as `SURE`, and of `plain` as `PLAIN`."""
    stretch = (_odds(PLAIN) - _odds(SURE)) / (plain - sure)
    return Sureness(round(stretch, 5), round(_odds(SURE) - stretch * sure, 5), trees)


def _odds(share: float) -> float:
    return math.log(share / (1 - share))
