"""Fuzzy search by wording, for frequent questions and terms, in Chinese and English.

Chinese has no blanks, so it is compared by pairs of characters, English by words; rare ones count more. A misspelt
word counts by its likeness to the nearest known one.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from rapidfuzz import fuzz, process

POSSIBLE = 0.34  # from here on a candidate is worth naming
# One answer is given when it leads: by little where it fits well, by much where it fits loosely.
SURE = ((0.999, 0.0), (0.72, 0.08), (0.42, 0.2))  # (score, lead over the next)

_STOP = frozenset(
    "a an the is are do does can i my me to of in on for it what how why which should with and or you your "
    "的 了 吗 呢 啊 吧 怎 么 什 我 是 在 有".split()
)
_PIECES = re.compile(r"[a-z0-9][a-z0-9_.+/-]*|[\u4e00-\u9fff]+")


class Worded(Protocol):
    """Something that is asked for in several wordings."""

    @property
    def wordings(self) -> tuple[str, ...]: ...


T = TypeVar("T", bound=Worded)


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """Something found. `score` from 0 to 1."""

    item: T
    score: float


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """The answer when one is meant for sure, else None; `candidates` best first, at most three."""

    sure: T | None
    candidates: tuple[Hit[T], ...]


def pieces(text: str) -> list[str]:
    """English words without the commonest, and pairs of Chinese characters (single ones where they stand alone)."""
    found: list[str] = []
    for piece in _PIECES.findall(unicodedata.normalize("NFKC", text).lower()):
        if piece[0] > "\u2fff":
            found += [piece[i : i + 2] for i in range(len(piece) - 1)] or [piece]
        else:
            found.append(piece.strip(".-/") or piece)
    return [piece for piece in found if piece not in _STOP] or found


class Lookup(Generic[T]):
    """Finds items by any of their wordings."""

    def __init__(self, items: Iterable[T]) -> None:
        self.items = tuple(items)
        self._wordings: list[tuple[T, str, Counter[str]]] = [
            (item, _plain(text), Counter(pieces(text))) for item in self.items for text in item.wordings
        ]

    @cached_property
    def _weights(self) -> dict[str, float]:
        """How much a piece tells: rare ones more. By items, so that an item's own repetitions do not count."""
        spread = Counter(
            piece for item in self.items for piece in {piece for text in item.wordings for piece in pieces(text)}
        )
        return {piece: math.log(1 + len(self.items) / count) for piece, count in spread.items()}

    def find(self, question: str, limit: int = 3) -> Found[T]:
        """What `question` asks for."""
        plain, asked = _plain(question), self._known(pieces(question))
        best: dict[int, Hit[T]] = {}
        for item, text, own in self._wordings:
            score = 1.0 if text == plain else self._likeness(asked, own)
            if score > POSSIBLE and (id(item) not in best or score > best[id(item)].score):
                best[id(item)] = Hit(item, round(score, 4))
        hits = sorted(best.values(), key=lambda hit: -hit.score)[:limit]
        return Found(_sure(hits), tuple(hits))

    def _known(self, asked: Sequence[str]) -> dict[str, float]:
        """The pieces asked for, each with the share by which it is a known one: misspelt words count less."""
        known: dict[str, float] = {}
        for piece in asked:
            if piece in self._weights:
                known[piece] = 1.0
            elif len(piece) > 3 and piece.isascii():
                near = process.extractOne(piece, self._weights.keys(), scorer=fuzz.ratio, score_cutoff=75)
                known[near[0] if near else piece] = near[1] / 100 if near else 0.0
            else:
                known[piece] = 0.0
        return known

    def _likeness(self, asked: dict[str, float], own: Counter[str]) -> float:
        """Weight of what both share, against what either has: a long question may say more than the wording does."""
        shared = sum(self._weights[piece] * share for piece, share in asked.items() if piece in own)
        if not shared:
            return 0.0
        usual = math.log(1 + len(self.items) / 2)
        question = sum(self._weights.get(piece, usual * 0.6) for piece in asked)
        wording = sum(self._weights[piece] for piece in own)
        return shared / math.sqrt(question * wording)


def _sure(hits: Sequence[Hit[T]]) -> T | None:
    """The first hit when it leads. Of several exact ones the first in the data counts: general terms stand there."""
    if not hits:
        return None
    lead = hits[0].score - (hits[1].score if len(hits) > 1 else 0.0)
    return hits[0].item if any(hits[0].score >= score and lead >= least for score, least in SURE) else None


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
