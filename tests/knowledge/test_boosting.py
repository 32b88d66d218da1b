"""Trees that are added up learn what no sum of weights can, the same from the same rows, and never against a sign."""

from itertools import pairwise
from random import Random

import pytest

from bot.knowledge.boosting import Row, boosted

DRAWN = Random(7)
POINTS = [(DRAWN.random(), DRAWN.random()) for _ in range(600)]
EITHER = [Row(point, (point[0] > 0.5) != (point[1] > 0.5)) for point in POINTS]
NOISY = [Row(point, DRAWN.random() < point[0]) for point in POINTS]


def test_what_matters_only_beside_something_else_is_learnt() -> None:
    trees = boosted(EITHER, (0, 0), 40)
    right = sum((trees.odds(row.values) > 0) == row.is_right for row in EITHER)
    assert right / len(EITHER) > 0.95


def test_the_same_rows_teach_the_same_trees() -> None:
    assert boosted(NOISY, (1, 0), 5) == boosted(NOISY, (1, 0), 5)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_trait_never_speaks_against_its_sign(sign: int) -> None:
    trees = boosted(
        [Row((sign * first, second), row.is_right) for (first, second), row in zip(POINTS, NOISY, strict=True)],
        (sign, 0),
        40,
    )
    for second in (0.1, 0.5, 0.9):
        odds = [trees.odds((sign * step / 50, second)) for step in range(50)]
        assert all(before <= after + 1e-9 for before, after in pairwise(odds))
        assert odds[-1] > odds[0] + 1


def test_a_row_of_more_weight_counts_more() -> None:
    rows = [Row((float(number % 2),), number % 3 == 0) for number in range(300)]
    heavy = [Row(row.values, row.is_right, 5.0 if row.is_right else 1.0) for row in rows]
    assert boosted(heavy, (0,), 20).odds((1.0,)) > boosted(rows, (0,), 20).odds((1.0,)) + 1


def test_rows_that_are_all_alike_teach_how_many_are_right() -> None:
    trees = boosted([Row((1.0,), number < 30) for number in range(40)], (1,), 10)
    assert trees.odds((0.0,)) == trees.odds((2.0,)) == pytest.approx(1.04, abs=0.1)
