"""How near a place lies to the sentences of a class that are nearest to it."""

import pytest

from bot.diagnosis.nearest import NOWHERE, Nearest, near_of
from bot.diagnosis.senses import Placed

PLACED = [
    Placed("north", [0.0, 1.0], 1.0),
    Placed("east", [1.0, 0.0], 1.0),
    Placed("north", [0.6, 0.8], 0.5),
    Placed("north", [-0.6, 0.8], 0.5),
    Placed("north", [0.0, -1.0], 0.5),
]
NEAREST = Nearest(near_of(PLACED))
SHORT = 0.5  # of a place half as long every cosine is half as large; a byte holds no whole 1


def test_the_nearest_three_sentences_count() -> None:
    assert NEAREST.nearness("north", [0.0, SHORT]) == pytest.approx(SHORT * (0.5 + 0.5 + 0.5) / 3, abs=0.02)


def test_a_class_of_few_sentences_is_taken_to_lie_farther_off() -> None:
    assert NEAREST.nearness("east", [SHORT, 0.0]) == pytest.approx((SHORT * 0.5 - 0.2 - 0.2) / 3, abs=0.02)


def test_what_is_opposite_is_below_zero() -> None:
    assert NEAREST.nearness("east", [-SHORT, 0.0]) < NEAREST.nearness("east", [0.0, SHORT]) < 0


@pytest.mark.parametrize(("name", "vector"), [("south", [0.0, 1.0]), ("north", [])])
def test_what_is_not_known_is_far(name: str, vector: list[float]) -> None:
    assert NEAREST.nearness(name, vector) == pytest.approx(-0.2)


def test_nothing_learnt_is_far_from_everything() -> None:
    assert Nearest(NOWHERE).nearness("north", [1.0]) == pytest.approx(-0.2)
