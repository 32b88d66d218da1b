"""What each reader is worth of what is told is fitted so that the right classes are likeliest."""

import random
from collections.abc import Sequence
from math import exp
from operator import mul
from pathlib import Path

import pytest

from bot.diagnosis.hearing import TRAITS
from bot.workshop.hearing import Case, fitted, report, shares_of, threads_in

TRUE = [1.5, 0.0, -1.0, *([0.0] * (len(TRAITS) - 3))]


def drawn(chance: random.Random, count: int) -> list[Case]:
    """Cases whose right class is drawn with the likelihoods that the true weights give."""
    cases = []
    for _ in range(count):
        rows = [tuple(chance.gauss(0, 1) for _ in TRAITS) for _ in range(4)]
        raised = [exp(sum(map(mul, TRUE, row))) for row in rows]
        right = chance.choices(range(4), raised)[0]
        cases.append(Case((rows[right], *(row for row in rows if row is not rows[right])), 1))
    return cases


def test_the_weights_that_drew_the_cases_are_found() -> None:
    found = fitted(drawn(random.Random(1), 1500))
    assert found == pytest.approx(TRUE, abs=0.25)


def test_any_of_several_right_classes_may_be_likeliest() -> None:
    rows: Sequence[tuple[float, ...]] = [(float(at), *([0.0] * (len(TRAITS) - 1))) for at in (3, -3, -1)]
    assert fitted([Case(tuple(rows), 2)])[0] > 0


def test_what_is_reported_was_not_learnt() -> None:
    chance = random.Random(2)
    groups = [drawn(chance, 40), drawn(chance, 40)]
    lines = list(report(groups, drawn(chance, 100)))
    assert lines
    assert sum(int(line.split()[1]) for line in lines) == 80


def test_shares_are_together_one() -> None:
    assert sum(shares_of(drawn(random.Random(3), 1)[0], TRUE)) == pytest.approx(1.0)


def test_threads_are_read_with_all_that_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "threads.jsonl"
    path.write_text('{"text": "it hangs", "label": "engine-hang", "also": ["symptom-slow"]}\n')
    (thread,) = threads_in(path)
    assert thread.accepted == {"engine-hang", "symptom-slow"}
