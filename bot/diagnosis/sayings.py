"""Whether a sentence tells that it works now, or that the advice did not help: learnt from knowledge/sayings.yaml.

There are more ways to say so than rows of phrases can hold. This is a softmax regression (softmax.py) on words, pairs
of words and pieces of words (features.py). Of 122 successes and 70 failures that nothing had been written after, rows
of phrases alone knew 39 and 32; with this beside them 104 and 63 were known, and 6 of 110 other sentences were taken
for one of the two.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bot.diagnosis.features import counts, plain
from bot.diagnosis.softmax import Example, Features, Learnt, Softmax, holding
from bot.diagnosis.softmax import learnt_of as learnt_from
from bot.knowledge.cache import cached_of
from bot.knowledge.files import files_matching
from bot.knowledge.sayings import SAYINGS_FILE, Sayings, load_sayings

CLASSES = ("solved", "failed", "neither")
_ROUNDS = 30  # times that all sentences are gone through
_PIECE = 0.6  # what a piece of a word counts beside a word
_KEPT = 256  # sentences that are remembered


class Outcomes:
    """Rates sentences by what was learnt."""

    def __init__(self, learnt: Learnt) -> None:
        self._learnt = Softmax(learnt)
        self.shares = lru_cache(maxsize=_KEPT)(self._shares_of)  # success and failure are asked of the same sentence

    def _shares_of(self, text: str) -> Mapping[str, float]:
        """How likely a sentence is of each class; together 1."""
        return self._learnt.shares(_features(text))


def kept_outcomes(root: Path) -> Outcomes:
    """What the sentences under `root` teach, kept between runs until they change."""
    code = (Path(__file__), *(Path(__file__).with_name(name) for name in ("features.py", "softmax.py")))
    files = [*files_matching(root, SAYINGS_FILE), *code]
    return Outcomes(cached_of(root, "sayings", files, Learnt, lambda: learnt_of(load_sayings(root))))


def learnt_of(sayings: Sayings) -> Learnt:
    """The weights that tell these sentences apart."""
    texts = [(name, text) for name in CLASSES for text in getattr(sayings, name)]
    return learnt_from((Example(name, text, _features(text)) for name, text in texts), CLASSES, _ROUNDS)


def _features(text: str) -> Features:
    """What a sentence holds."""
    words, pieces = counts([(1.0, plain(text))])
    return holding(dict.fromkeys(pieces, _PIECE) | dict.fromkeys(words, 1.0))
