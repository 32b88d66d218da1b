"""Fits what each reader's opinion is worth of what is told in words (bot/diagnosis/hearing.json).

    python -m bot.workshop.hearing [CASES.jsonl[@KNOWLEDGE] ...]

Learnt from are told sentences (told.yaml), a fifth of them left out at a time and read by readers that did not learn
them, and labelled threads: one a line with `text`, `label` and `also` (a class, or `text:` and first checks). Behind @
stands a folder with knowledge as it was before these threads were looked at, whose sentences are taught instead. It
prints how often the likeliest class is right by how likely it is, files of threads left out in turn. Takes minutes; to
be run again when many sentences were added.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import exp, fsum
from operator import mul
from pathlib import Path

import msgspec

from bot.clinic.diagnosing import facts_of
from bot.clinic.parts import Parts
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.hearing import LEARNT, TRAITS, Traits, Weights
from bot.diagnosis.reader import Lessons, learnt_of
from bot.diagnosis.senses import shipped_senses
from bot.intake.files import without_headers
from bot.intake.reading import read_masked
from bot.intake.sources import read_text
from bot.knowledge.told import LEFT, NOTHING, load_told, load_told_of_entries
from bot.workshop.dealing import is_in_part

_PARTS, _READ = 5, 2  # told sentences are dealt into so many parts, of which so many are left out and read in turn
_THREADS = 10.0  # what all threads together count beside all sentences
_ROUNDS = 10
_CALM = 0.0001  # how strongly weights are held small
_BINS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

Told = Mapping[str, Sequence[str]]
Row = list[float]


@dataclass(frozen=True, slots=True)
class Case:
    """The traits of the likeliest classes, the right ones first: `right` of them."""

    rows: tuple[Traits, ...]
    right: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Thread:
    """A labelled thread."""

    text: str
    accepted: frozenset[str]


class Workshop:
    """Reads texts with readers that learnt what they are given."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._senses = shipped_senses()

    def cases(self, texts: Iterable[Thread], told: Told, of_entries: Told) -> Iterator[Case]:
        """What readers that learnt these sentences think of texts, where an accepted class is known at all."""
        diagnoser = self._diagnoser(learnt_of(self._parts.failures, told, self._senses, of_entries))
        for thread in texts:
            if (case := self._case(thread, diagnoser)) is not None:
                yield case

    def _case(self, thread: Thread, diagnoser: Diagnoser) -> Case | None:
        read = read_masked(read_text("", thread.text).text, self._parts.telling)
        read = replace(read, lines=without_headers(read.lines))
        views = diagnoser.views(read.lines, facts_of(read, self._parts))
        if views is None:
            return None
        known = views.likelihoods()
        right = [name for name in known if name in thread.accepted]
        others = [name for name in views.looked_at() if name not in thread.accepted]
        rows = tuple(views.traits(name) for name in (*right, *others))
        return Case(rows, len(right)) if right else None

    def _diagnoser(self, lessons: Lessons) -> Diagnoser:
        parts = self._parts
        return Diagnoser(
            parts.failures,
            parts.field,
            learnt=lambda: lessons,
            parts=parts.vocabulary.parts,
            complaints=parts.complaints,
            kinds=parts.line_kinds,
            tables=parts.options,
            senses=self._senses,
        )


def sentence_cases(workshop: Workshop, root: Path) -> Iterator[Case]:
    """Told sentences that their readers had not learnt."""
    told, of_entries = load_told(root), load_told_of_entries(root)
    for part in range(_READ):
        kept = {name: _kept(own, part) or own for name, own in told.items()}
        left = [
            Thread(text, frozenset({name}))
            for name, own in told.items()
            if name not in {LEFT, NOTHING}
            for text in own
            if text not in kept[name]
        ]
        yield from workshop.cases(left, kept, {id_: _kept(own, part) for id_, own in of_entries.items()})


def _kept(sentences: Sequence[str], part: int) -> tuple[str, ...]:
    return tuple(text for text in sentences if not is_in_part(text, part, _PARTS))


def threads_in(path: Path) -> list[Thread]:
    """The labelled threads in a file."""
    rows = map(msgspec.json.decode, path.read_bytes().splitlines())
    return [Thread(row["text"], frozenset((row["label"], *row.get("also", ())))) for row in rows]


def fitted(cases: Sequence[Case]) -> Row:
    """The weights under which the right classes are likeliest: Newton's method, with the spread under the present
    weights for the curvature.
    """
    weights = [0.0] * len(TRAITS)
    whole = fsum(case.weight for case in cases)
    for _ in range(_ROUNDS):
        slope = [-_CALM * weight for weight in weights]
        curve = [[_CALM * (at == other) for other in range(len(weights))] for at in range(len(weights))]
        for case in cases:
            _learn(case, weights, case.weight / whole, slope, curve)
        weights = [weight + step for weight, step in zip(weights, _solved(curve, slope), strict=True)]
    return weights


def shares_of(case: Case, weights: Sequence[float]) -> Row:
    """How likely each class of a case is."""
    rated = [fsum(map(mul, weights, row)) for row in case.rows]
    raised = [exp(rating - max(rated)) for rating in rated]
    return [value / fsum(raised) for value in raised]


def _learn(case: Case, weights: Row, times: float, slope: Row, curve: list[Row]) -> None:
    """Adds what one case says of where better weights lie."""
    shares = shares_of(case, weights)
    right = fsum(shares[: case.right])
    wanted = [share / right if at < case.right else 0.0 for at, share in enumerate(shares)]
    usual = _mean(case.rows, shares)
    for at, (is_wanted, is_usual) in enumerate(zip(_mean(case.rows, wanted), usual, strict=True)):
        slope[at] += times * (is_wanted - is_usual)
    for row, share in zip(case.rows, shares, strict=True):
        apart = [value - middle for value, middle in zip(row, usual, strict=True)]
        for at, value in enumerate(apart):
            for other in range(len(apart)):
                curve[at][other] += times * share * value * apart[other]


def _mean(rows: Sequence[Traits], shares: Sequence[float]) -> Row:
    return [fsum(map(mul, shares, column)) for column in zip(*rows, strict=True)]


def _solved(matrix: Sequence[Row], wanted: Sequence[float]) -> Row:
    """What the matrix turns into what is wanted (Gauss's elimination; it has no zeros on its diagonal)."""
    rows = [[*row, value] for row, value in zip(matrix, wanted, strict=True)]
    for at, pivot in enumerate(rows):
        rows[at] = pivot = [value / pivot[at] for value in pivot]
        for other, row in enumerate(rows):
            if other != at:
                rows[other] = [value - row[at] * own for value, own in zip(row, pivot, strict=True)]
    return [row[-1] for row in rows]


def report(groups: Sequence[Sequence[Case]], sentences: Sequence[Case]) -> Iterator[str]:
    """How often the likeliest class was right, by how likely it was; each group left out in turn."""
    told = [each for group in groups for each in _judged(group, groups, sentences)]
    for low, high in zip(_BINS, (*_BINS[1:], 1.1), strict=True):
        own = [is_right for share, is_right in told if low <= share < high]
        wrong = sum(share >= low and not is_right for share, is_right in told)
        if own:
            right = f"{sum(own) / len(own):.0%} right"
            yield f"{low:.1f}  {len(own):4} threads, {right}; from here on {wrong / len(told):.1%} wrong of all"


def _judged(
    group: Sequence[Case], groups: Sequence[Sequence[Case]], sentences: Sequence[Case]
) -> Iterator[tuple[float, bool]]:
    """How likely the likeliest class of each case is without having learnt from its group, and whether it is right."""
    rest = [case for other in groups if other is not group for case in other]
    weights = fitted([*sentences, *_weighed(rest, sentences)])
    for case in group:
        shares = shares_of(case, weights)
        yield max(shares), max(shares) in shares[: case.right]


def _weighed(threads: Iterable[Case], sentences: Sequence[Case]) -> list[Case]:
    """Threads, each counting so much that all of them together count as is meant beside the sentences."""
    threads = list(threads)
    weight = _THREADS * len(sentences) / (len(threads) or 1)
    return [replace(case, weight=weight) for case in threads]


def main(arguments: Sequence[str]) -> None:
    """Fits, prints and keeps."""
    parts = Parts()
    workshop = Workshop(parts)
    sentences = list(sentence_cases(workshop, parts.root))
    groups = []
    for argument in arguments:
        path, _, before = argument.partition("@")
        root = Path(before) if before else parts.root
        groups.append(list(workshop.cases(threads_in(Path(path)), load_told(root), load_told_of_entries(root))))
    threads = [case for group in groups for case in group]
    said = [f"{len(sentences)} sentences, {len(threads)} threads"]
    said += report(groups, sentences) if len(groups) > 1 else ()
    weights = fitted([*sentences, *_weighed(threads, sentences)])
    learnt = Weights(*(round(weight, 3) for weight in weights))
    sys.stdout.write("\n".join([*said, str(learnt), ""]))
    LEARNT.write_bytes(msgspec.json.encode(learnt) + b"\n")


if __name__ == "__main__":
    main(list(islice(sys.argv, 1, None)))
