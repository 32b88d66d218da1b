"""Which failure somebody tells of who shows no output: what every reader thinks of every class, weighed together.

No reader is right often enough alone, and none is always the best. Each gives every class a number; a conditional
logistic regression says what each number is worth, so that what comes out are probabilities. It was fitted on 2,300 of
the told sentences, each read by readers that had not learnt it. Of 760 others the right class came first in 64 % by
their wordings, 47 % by their meaning, 55 % by the whole texts and the programs, 68 % by all together; of 82 titles and
openings of threads that nothing had been written after in 73, 62, 68 and 85 %, in 99 % among three. What was given 0.8
or more was right in 87 % of the former, in 97 % of the latter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp
from types import MappingProxyType

from bot.knowledge.told import TEXT

Scores = Mapping[str, float]  # by class

_SAID, _MEANT, _WHOLE = 0.41, 0.48, 0.16  # likeness to told sentences in words and in meaning, and to all that is known
_OF_TEXT = 1.3  # for a fault of a written text: of such nothing but sentences is known
_OWN, _ALIEN = 0.93, -1.33  # an entry for the program that is named; entries for others only
_SHARE, _FOUND = 0.95, 1.35  # the share of a signature's words, and the strength of a signature that was found
_UNHEARD = -1.0  # where no sentence of a class was ever heard


@dataclass(frozen=True, slots=True)
class Views:
    """What each reader thinks. `said`, `meant` and `whole` are distances from their mean in standard deviations;
    `programs` is above 0 for a class with an entry for a program that is named, below it for one of others only;
    `found` is how sure the signatures are, `shares` what part of the words of one stands in a line.
    """

    said: Scores
    meant: Scores
    whole: Scores
    programs: Scores
    shares: Scores
    found: Scores = field(default_factory=lambda: MappingProxyType({}))

    def likelihoods(self) -> dict[str, float]:
        """How likely each class is the one that is told of; together 1."""
        names = [*self.whole, *(name for name in self.said if name.startswith(TEXT))]
        rated = {name: self._rating(name) for name in names}
        highest = max(rated.values(), default=0.0)
        raised = {name: exp(rating - highest) for name, rating in rated.items()}
        whole = sum(raised.values())
        return {name: value / whole for name, value in raised.items()}

    def _rating(self, name: str) -> float:
        fits = self.programs.get(name, 0.0)
        return (
            _SAID * self.said.get(name, _UNHEARD)
            + _MEANT * self.meant.get(name, _UNHEARD)
            + _WHOLE * self.whole.get(name, 0.0)
            + (_OWN if fits > 0 else _ALIEN if fits < 0 else 0.0)
            + _SHARE * self.shares.get(name, 0.0)
            + _FOUND * self.found.get(name, 0.0)
            + _OF_TEXT * name.startswith(TEXT)
        )
