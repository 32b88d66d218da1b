"""Scores behave like probabilities: they rise with the strength and never reach certainty."""

from hypothesis import given
from hypothesis import strategies as st
from small_knowledge import diagnosed, entry

from bot.diagnosis.calibration import probability

STRENGTHS = st.floats(0, 1)


@given(STRENGTHS, STRENGTHS)
def test_a_stronger_match_is_never_less_likely(first: float, second: float) -> None:
    assert probability(min(first, second)) <= probability(max(first, second))


@given(STRENGTHS)
def test_probabilities_are_never_certain(strength: float) -> None:
    assert 0.4 < probability(strength) <= 0.95


def test_a_warning_is_less_likely_the_cause() -> None:
    assert probability(1.0, 0.7) < probability(1.0, 0.94)


def test_an_alternative_of_another_class_is_less_likely_than_one_of_the_same() -> None:
    first = entry("first", "alpha beta gamma went wrong", explains=["same", "other"])
    same = entry("same", "delta epsilon broke", **{"class": "first"})
    other = entry("other", "zeta eta theta failed")
    found = diagnosed("alpha beta gamma went wrong\ndelta epsilon broke\nzeta eta theta failed", first, same, other)
    scores = {finding.entry.id: finding.score for finding in found}
    assert scores["first"] == scores["same"] > scores["other"]
