"""Which signatures a line may match at all: found by rare words, so that cost does not grow with lines x signatures.

Every signature is filed under its rarest words only, as many as it takes that a line which shares at least
`SHARE` of the signature's weight must share one of them (the prefix filter of set-similarity joins: Chaudhuri,
Ganti, Kaushik, "A primitive operator for similarity joins in data cleaning", 2006). A word weighs what it is rare.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import msgspec
from rapidfuzz.distance import OSA

from bot.diagnosis.kept_words import KeptLists, KeptMapping, KeptWords, Numbers, Spelt, Words, by_key, view
from bot.diagnosis.near_words import LONGEST, KeptForms, NearWords, is_mendable
from bot.diagnosis.signature import Pattern
from bot.diagnosis.words import FILLERS, NEGATIONS, is_code, same_digits

SHARE = 0.55  # of a signature's weight that must stand in a line before it is compared closely
NEAR = 0.8  # of it that stands in a line which is compared although nothing in it speaks of a failure
BROKEN = 0.85  # of it that stands in a line and the one it was wrapped into
SHARES = (SHARE, NEAR, BROKEN)
MENDED = 0.9  # what a word with one wrong character counts
_FEW, _STANDS_OUT = 2, 0.4  # words; difference of weights by which the rarest word of a signature stands out
_SHORTEST_SPLIT = 7  # characters of a word that may be several
_LONGEST_MERGED = 160  # characters of a line without blanks that is still taken apart
_COVERED = 0.8  # of it that known words must make up

K = TypeVar("K")
V = TypeVar("V")

_REMEMBERED, _REMEMBERED_LINES = 100_000, 20_000  # words, and sets of the words of a line
_REMEMBERED_ALIKE = 2_000  # sets of words of which many signatures hold a little
# Weights are multiples of this: such floats add up to the same in any order, and the order of a set is no two runs'.
_UNIT = 2.0**-24


class Reading(NamedTuple):
    """The words of a line: those that signatures use, and others that may be damaged ones (no numbers)."""

    known: frozenset[str]
    strange: frozenset[str]


class _Made(dict[Any, Any]):
    """What is made for the words and numbers that were asked for."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> Any:
        made = self[key] = self._make(key)
        return made


class _Headed(NamedTuple):
    """The numbers of the patterns that have a rarest word: without another word, and under one that they also have,
    which are the `seconds`.
    """

    alone: list[int]
    beside: dict[str, list[int]]
    seconds: frozenset[str]


class Posted(NamedTuple):
    """The numbers of patterns under the numbers of words, as in `KeptPosted`."""

    alone: Mapping[int, Sequence[int]]
    paired: Mapping[int, Sequence[int]]


class KeptPosted(msgspec.Struct, frozen=True, array_like=True):
    """The numbers of patterns under words: who holds enough of one holds a word that it stands under in `alone`, or two
    of those in `paired`.
    """

    alone: KeptLists
    paired: KeptLists


class Measured(msgspec.Struct, frozen=True):
    """What is measured of all patterns once, in flat arrays that are read where they lie. `weights` (C type d): how
    much each of `words` tells; `totals` (d): how much the words of each pattern do together; `held`: the numbers of
    these words. Under each word numbers of patterns: `filed`, of which a line holds such a word that holds `SHARE` of
    the pattern; `headed`, of which it is the rarest word; `posted`, more of them, for lines that hold as much as each
    of `SHARES`. `near`: the words that may be damaged.
    """

    words: KeptWords
    weights: memoryview
    totals: memoryview
    held: KeptLists
    filed: KeptLists
    headed: KeptLists
    posted: tuple[KeptPosted, ...]
    near: KeptForms


class Index:
    """The words of all signatures, and for a line the signatures it may match."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        measured: Measured | None = None,
        spelt: Mapping[int, frozenset[str]] | None = None,
    ) -> None:
        """`measured`: what was measured of these patterns before; they are not looked at then. `spelt`: their words."""
        self.patterns = patterns
        self.measured = kept = measured or _measured(patterns)
        self._vocabulary = Words(kept.words)
        self._heaviness = kept.weights.cast("d")
        self.weights: Mapping[str, float] = KeptMapping(self._vocabulary, self._heaviness)
        self.totals: Sequence[float] = kept.totals.cast("d")
        self._words = Spelt(self._vocabulary, kept.held) if spelt is None else spelt
        self._held = Numbers(kept.held)
        self._near = NearWords(kept.near, self._vocabulary)
        # What was met so far of all that is known: of many thousand words a log has a few hundred.
        self._met: set[str] = set()
        self._number = _Made(self._vocabulary.number)
        self._filed = _posted_under(kept.filed)
        self._headed = _Made(self._headed_by)
        self._headed_under = _posted_under(kept.headed)
        self._posted = {
            share: Posted(_posted_under(posted.alone), _posted_under(posted.paired))
            for share, posted in zip(SHARES, kept.posted, strict=True)
        }
        # What was learnt of words that no signature uses; only ever a memory, never a difference.
        self._mended: dict[str, tuple[str, ...]] = {}
        self._numbers: set[str] = set()
        self._strange: set[str] = set()
        self._foreign: set[str] = set()
        self._candidates: dict[tuple[frozenset[str], float], tuple[tuple[int, float], ...]] = {}
        self._alike: dict[tuple[frozenset[str], float], tuple[tuple[int, float], ...]] = {}
        self._broken: dict[tuple[frozenset[str], frozenset[str]], tuple[tuple[int, float], ...]] = {}
        self._rarest: dict[int, frozenset[str]] = {}

    def read(self, words: Iterable[str]) -> Reading:
        """What signatures know of the words of a line. A word with one wrong character, or several without the blank
        between them, counts as what it was meant to be.
        """
        distinct = frozenset(words)
        known = self._met & distinct
        unknown = distinct - known
        if not unknown:
            return Reading(frozenset(known), frozenset())
        strange = self._strange & unknown
        for word in unknown - strange - self._numbers:
            meant = self._mended.get(word) or self._learn(word)
            known.update(meant)
            if not meant and word in self._strange:
                strange.add(word)
        return Reading(frozenset(known), frozenset(strange))

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """The words of a line that signatures use, as they stand there: damaged ones are none."""
        distinct = frozenset(words)
        known = self._met & distinct
        if len(known) < len(distinct):
            new = distinct - known - self._foreign
            known.update(filter(self._is_known, new))
            self._foreign |= new - known
        return frozenset(known)

    def _is_known(self, word: str) -> bool:
        if word not in self.weights:
            return False
        self._met.add(word)
        return True

    def _learn(self, word: str) -> tuple[str, ...]:
        """Files a word seen for the first time as known, under the words it stands for, as a number, or as strange."""
        if word in self.weights:
            self._met.add(word)
            return (word,)
        meant = () if is_code(word) else self._meant(word)
        if meant:
            self._mended[word] = meant
        elif is_code(word):
            self._numbers.add(word)
        else:
            self._strange.add(word)
        return meant

    def candidates(self, known: frozenset[str], least: float = SHARE) -> tuple[tuple[int, float], ...]:
        """(number of a signature, share of its weight found), best first, for the words of one line; `least`: `SHARE`
        or `NEAR`. Of two that stand there as completely the one that says more is better.
        """
        found = self._candidates.get((known, least))
        if found is None:
            best = sorted(self._shared(self._near_to(known, least), known, least), key=self._best_first)
            found = _kept(self._candidates, (known, least), tuple(best), _REMEMBERED_LINES)
        return found

    def whole(self, words: frozenset[str]) -> list[int]:
        """The signatures that programs print all of whose words are among these, best first."""
        words_of, found = self._words, list[int]()
        for head in words & self._heads:
            headed = self._headed[head]
            if headed is None:
                self._heads.discard(head)
                continue
            found += headed.alone
            for second in words & headed.seconds:
                found += [number for number in headed.beside[second] if words_of[number] <= words]
        return sorted(found, key=self._longest_first)

    @cached_property
    def _heads(self) -> set[str]:
        """Words that may be the rarest of a signature, all at hand for the many lines of a long log."""
        return set(self.weights)

    def _headed_by(self, word: str) -> "_Headed | None":
        """The printed signatures whose rarest word this is, by the longest word that each has beside it; None without
        any.
        """
        headed_by = self._headed_under[self._number[word]]
        numbers = [number for number in headed_by if not self.patterns[number].is_told]
        if not numbers:
            return None
        beside: dict[str, list[int]] = defaultdict(list)
        for number in numbers:
            beside[max(self._words[number] - {word}, key=_by_length, default="")].append(number)
        alone = beside.pop("", [])
        return _Headed(alone, beside, frozenset(beside))

    def alike(self, known: frozenset[str], least: float) -> tuple[tuple[int, float], ...]:
        """(number of a signature, share of its weight) of those that share a rare word and at least that share, by
        number.
        """
        found = self._alike.get((known, least))
        if found is None:
            filed = set(chain.from_iterable(map(self._filed.__getitem__, self._numbers_of(known))))
            shared = self._shared(sorted(filed), known, least)
            found = _kept(self._alike, (known, least), tuple(shared), _REMEMBERED_ALIKE)
        return found

    def _numbers_of(self, known: frozenset[str]) -> frozenset[int]:
        """The numbers of known words."""
        return frozenset(map(self._number.__getitem__, known))

    def _near_to(self, known: frozenset[str], share: float) -> set[int]:
        """All signatures that may hold one of `SHARES` in these words, and others."""
        alone, paired = self._posted[share]
        words = self._numbers_of(known)
        near = set(chain.from_iterable(map(alone.__getitem__, words)))
        *shorter, longest = sorted(map(paired.__getitem__, words), key=len) or ((),)
        seen: set[int] = set()
        for posted in shorter:
            near.update(seen.intersection(posted))
            seen.update(posted)
        return near.union(seen.intersection(longest))

    def broken(self, first: frozenset[str], second: frozenset[str]) -> tuple[tuple[int, float], ...]:
        """(number of a signature, share of its weight), best first, of those that neither of two lines is a candidate
        for, but of which both together hold `BROKEN`.
        """
        found = self._broken.get((first, second))
        if found is None:
            together = tuple(self._held_together(first, second))
            found = _kept(self._broken, (first, second), together, _REMEMBERED_ALIKE)
        return found

    def _held_together(self, first: frozenset[str], second: frozenset[str]) -> list[tuple[int, float]]:
        together = first | second
        shared = self._shared(self._near_to(together, BROKEN), together, BROKEN)
        numbers = [number for number, _ in shared]
        apart = {number for known in (first, second) for number, _ in self._shared(numbers, known, SHARE)}
        return sorted((each for each in shared if each[0] not in apart), key=self._best_first)

    def _shared(self, numbers: Iterable[int], known: frozenset[str], least: float) -> list[tuple[int, float]]:
        """(number, share of its weight) of those of these signatures of which a line holds at least that share."""
        weights = {word: self._heaviness[word] for word in self._numbers_of(known)}
        weight, totals, starts, held = weights.get, self.totals, self._held.starts, self._held.numbers
        most = sum(weights.values()) / least + _UNIT  # of what weighs more these words are not enough
        found: list[tuple[int, float]] = []
        for number in numbers:
            total = totals[number]
            if total <= most:
                share = sum(filter(None, map(weight, held[starts[number] : starts[number + 1]]))) / (total or 1.0)
                if share >= least:
                    found.append((number, share))
        return found

    def rarest(self, pattern: Pattern) -> frozenset[str]:
        """The one word that stands out as the rarest of a signature; none when several are as rare."""
        found = self._rarest.get(pattern.number)
        if found is None:
            found = _kept(self._rarest, pattern.number, self._rarest_of(pattern), _REMEMBERED_LINES)
        return found

    def _rarest_of(self, pattern: Pattern) -> frozenset[str]:
        ordered = sorted((self.weights[word] for word in pattern.words), reverse=True)
        if len(ordered) < _FEW or ordered[0] - ordered[1] < _STANDS_OUT:
            return frozenset()
        return frozenset(word for word in pattern.words if self.weights[word] == ordered[0])

    def forget(self) -> None:
        """Drops what was remembered of the last log's words when that has grown large."""
        if len(self._mended) + len(self._numbers) + len(self._strange) + len(self._foreign) > _REMEMBERED:
            self._foreign.clear()
            self._mended.clear()
            self._numbers.clear()
            self._strange.clear()

    def _best_first(self, pair: tuple[int, float]) -> tuple[float, float, int]:
        """Of those of which the same share stands there the longer first."""
        return -pair[1], -self.totals[pair[0]], pair[0]

    def _longest_first(self, number: int) -> tuple[float, int]:
        return -self.totals[number], number

    def _meant(self, word: str) -> tuple[str, ...]:
        """The known words that an unknown one stands for, if any."""
        if len(word) > _LONGEST_MERGED or not is_mendable(word):
            return ()
        if len(word) > LONGEST:
            return self._parts_of(word)
        near = [known for known in self._near.to(word) if same_digits(word, known) and _within_one(word, known)]
        if near:
            return (max(near, key=lambda known: (self.weights[known], known)),)
        if len(word) < _SHORTEST_SPLIT or "_" in word:
            return ()
        return self._split(word) or self._split_at_wrong_letter(word)

    @cached_property
    def _known(self) -> frozenset[str]:
        """All known words at hand, for words that may be several."""
        return frozenset(self.weights)

    def _split(self, word: str) -> tuple[str, ...]:
        """The fewest known words that `word` is made of; none when it is not made of known words only."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for start in range(len(word)):
            before = best[start]
            if before is None:  # no known words end here
                continue
            for end in range(start + 2, len(word) + 1):
                current = best[end]
                if word[start:end] in self._known and (current is None or len(before) < len(current)):
                    best[end] = (*before, word[start:end])
        parts = best[-1]
        return parts if parts and 2 <= len(parts) <= 5 else ()

    def _parts_of(self, word: str) -> tuple[str, ...]:
        """The known words in a line that lost all its blanks; none unless they make up most of it."""
        covered: list[tuple[int, tuple[str, ...]]] = [(0, ())]
        for end in range(1, len(word) + 1):
            best = covered[end - 1]
            for start in range(max(0, end - LONGEST), end - 1):
                if word[start:end] in self._known and covered[start][0] + end - start > best[0]:
                    best = (covered[start][0] + end - start, (*covered[start][1], word[start:end]))
            covered.append(best)
        length, parts = covered[-1]
        return parts if length >= _COVERED * len(word) else ()

    def _split_at_wrong_letter(self, word: str) -> tuple[str, ...]:
        """Two known words where a letter took the place of the blank between them: "freexmemory"."""
        for at in range(2, len(word) - 2):
            if word[:at] in self._known and word[at + 1 :] in self._known:
                return word[:at], word[at + 1 :]
        return ()


def _kept(memory: dict[K, V], key: K, found: V, most: int) -> V:
    """What was found, remembered from now on; a memory that is full begins anew."""
    if len(memory) > most:
        memory.clear()
    memory[key] = found
    return found


def _posted_under(lists: KeptLists) -> _Made:
    """The numbers of patterns under each word."""
    numbers = Numbers(lists)
    return _Made(lambda word: numbers[word] if word >= 0 else ())


def _measured(patterns: Sequence[Pattern]) -> Measured:
    weights = _weights(patterns)
    totals = [sum(weights[word] for word in pattern.words) for pattern in patterns]
    ordered = [sorted(pattern.words, key=lambda word: (-weights[word], word)) for pattern in patterns]
    filed: dict[str, list[int]] = defaultdict(list)
    headed: dict[str, list[int]] = defaultdict(list)
    for pattern, words, total in zip(patterns, ordered, totals, strict=True):
        for word in words[:1]:
            headed[word].append(pattern.number)
        for word in _lacking(words, weights, (1 - SHARE) * total):
            filed[word].append(pattern.number)
    known = sorted(weights, key=by_key)
    numbers = {word: number for number, word in enumerate(known)}

    def under(lists: Mapping[str, Sequence[int]]) -> KeptLists:
        return KeptLists.of([lists.get(word, ()) for word in known])

    return Measured(
        words=KeptWords.of(known),
        weights=view(array("d", map(weights.__getitem__, known))),
        totals=view(array("d", totals)),
        held=KeptLists.of([sorted(map(numbers.__getitem__, words)) for words in ordered]),
        filed=under(filed),
        headed=under(headed),
        posted=tuple(KeptPosted(*map(under, _posted(ordered, weights, totals, share))) for share in SHARES),
        near=KeptForms.of(known),
    )


def _posted(
    ordered: Sequence[Sequence[str]], weights: Mapping[str, float], totals: Sequence[float], share: float
) -> tuple[Mapping[str, Sequence[int]], Mapping[str, Sequence[int]]]:
    """Every pattern under its rarest words: who lacks all but one of them lacks too much, if not one is enough. See
    `KeptPosted`.
    """
    alone: dict[str, list[int]] = defaultdict(list)
    paired: dict[str, list[int]] = defaultdict(list)
    for number, (words, total) in enumerate(zip(ordered, totals, strict=True)):
        budget = (1 - share) * total + (weights[words[0]] if words else 0.0)
        chosen = _lacking(words, weights, budget)
        posted = alone if sum(map(weights.__getitem__, chosen)) <= budget else paired
        for word in chosen:
            posted[word].append(number)
    return alone, paired


def _lacking(ordered: Iterable[str], weights: Mapping[str, float], budget: float) -> list[str]:
    """The first of these words that together weigh more than `budget`; all of them where they do not."""
    chosen: list[str] = []
    for word in ordered:
        chosen.append(word)
        budget -= weights[word]
        if budget < 0:
            break
    return chosen


def _weights(patterns: Sequence[Pattern]) -> dict[str, float]:
    """How much a word tells: the fewer entries use it, the more. Negations always count, fillers hardly."""
    entries: dict[str, set[str]] = defaultdict(set)
    for pattern in patterns:
        users = {use.entry.id for use in pattern.uses}
        for word in pattern.words:
            entries[word] |= users
    total = len({use.entry.id for pattern in patterns for use in pattern.uses}) + 1
    weights = {word: 0.3 + math.log(total / len(users)) for word, users in sorted(entries.items())}
    return {word: round(_adjusted(word, weight) / _UNIT) * _UNIT for word, weight in weights.items()}


def _adjusted(word: str, weight: float) -> float:
    if word in NEGATIONS:
        return max(weight, 1.5)
    return min(weight, 0.5) if word in FILLERS else weight


def _by_length(word: str) -> tuple[int, str]:
    return len(word), word


def _within_one(first: str, second: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns one word into the other."""
    return OSA.distance(first, second, score_cutoff=1) <= 1
