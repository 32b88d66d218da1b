"""Which failure somebody tells of who shows no output: what every reader thinks of every class, weighed together.

No reader is right often enough alone, and none is always the best. Each gives every class a number; a conditional
logistic regression says what each number is worth, so that what comes out are probabilities. The weights
(hearing.json) are fitted by bot/workshop/hearing.py on told sentences, each read by readers that had not learnt it, and
on openings of threads, read by readers that had learnt only what was known before them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest
from math import exp
from operator import mul
from pathlib import Path
from types import MappingProxyType

import msgspec

from bot.knowledge.told import TEXT

Scores = Mapping[str, float]  # by class
Traits = tuple[float, ...]  # of a class, in the order of `TRAITS`

TRAITS = ("said", "meant", "whole", "of_text", "alien", "share", "found", "often", "near")
LEARNT = Path(__file__).with_name("hearing.json")
LOOKED_AT = 12  # classes of which it is asked how near their sentences are: the likeliest by all else
_UNHEARD = -1.0  # where no sentence of a class was ever heard


class Weights(msgspec.Struct, frozen=True):
    """What was learnt: what likeness to told sentences counts in words and in meaning, and likeness to all that is
    known; that it is a fault of a written text, of which nothing but sentences is known; that a class has entries for
    other programs only; the share of a signature's words, and the strength of a signature that was found; how often a
    class is told (the logarithm of its sentences); how near the nearest of them are.
    """

    said: float
    meant: float
    whole: float
    of_text: float
    alien: float
    share: float
    found: float
    often: float
    near: float

    @property
    def row(self) -> Traits:
        """In the order of `TRAITS`."""
        return tuple(getattr(self, name) for name in TRAITS)


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """What lies beside this module; read once."""
    return msgspec.json.decode(LEARNT.read_bytes(), type=Weights)


@dataclass(frozen=True, slots=True)
class Views:
    """What each reader thinks. `said`, `meant` and `whole` are distances from their mean in standard deviations;
    `programs` is below 0 for a class with entries for other programs than those named only;
    `found` is how sure the signatures are, `shares` what part of the words of one stands in a line;
    `often` is the logarithm of how many sentences of a class were heard, `near` how near the nearest lie.
    """

    said: Scores
    meant: Scores
    whole: Scores
    programs: Scores
    shares: Scores
    found: Scores = field(default_factory=lambda: MappingProxyType({}))
    often: Scores = field(default_factory=lambda: MappingProxyType({}))
    near: Callable[[str], float] | None = None

    def likelihoods(self) -> dict[str, float]:
        """How likely each class is the one that is told of; together 1."""
        weights = shipped_weights()
        rated = self._rated(weights)
        if self.near is not None:
            for name in nlargest(LOOKED_AT, rated, key=rated.__getitem__):
                rated[name] += weights.near * self.near(name)
        highest = max(rated.values(), default=0.0)
        raised = {name: exp(rating - highest) for name, rating in rated.items()}
        whole = sum(raised.values())
        return {name: value / whole for name, value in raised.items()}

    def looked_at(self) -> list[str]:
        """The likeliest classes by all but how near their sentences are, best first."""
        rated = self._rated(shipped_weights())
        return nlargest(LOOKED_AT, rated, key=rated.__getitem__)

    def traits(self, name: str) -> Traits:
        """What the readers think of one class, in the order of `TRAITS`."""
        return (*self._cheap(name), self.near(name) if self.near else 0.0)

    def _rated(self, weights: Weights) -> dict[str, float]:
        names = [*self.whole, *(name for name in self.said if name.startswith(TEXT))]
        row = weights.row[:-1]
        return {name: sum(map(mul, row, self._cheap(name))) for name in names}

    def _cheap(self, name: str) -> Traits:
        """All but how near the sentences are."""
        return (
            self.said.get(name, _UNHEARD),
            self.meant.get(name, _UNHEARD),
            self.whole.get(name, 0.0),
            float(name.startswith(TEXT)),
            float(self.programs.get(name, 0.0) < 0),
            self.shares.get(name, 0.0),
            self.found.get(name, 0.0),
            self.often.get(name, 0.0),
        )
