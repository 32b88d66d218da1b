"""Scores behave like probabilities: they rise with the strength and never reach certainty."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from small_knowledge import diagnosed, entry

from bot.diagnosis.calibration import LEAST_PRINTED, is_doubtful, of_printed, probability
from bot.diagnosis.finding import Evidence, Finding, Suspect
from bot.diagnosis.rank import Ranked
from bot.knowledge.failures import Signature

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


ENTRY = entry("it", "it went wrong")
LIKENESS = st.floats(0, 30)


def printed(strength: float, likeness: float = 0.0, named: bool = True, standing: float = 1.0) -> Finding:
    found = Finding(ENTRY, strength, Evidence(1, "it went wrong", Signature("it went wrong")))
    alike = [Suspect(ENTRY, likeness, None)] if likeness else []
    return of_printed(found, Ranked(found, standing, 0), alike, named)


@given(STRENGTHS, STRENGTHS, LIKENESS, LIKENESS)
def test_what_a_program_printed_is_the_surer_the_stronger_it_is_and_the_more_the_log_is_like_it(
    first: float, second: float, like: float, liker: float
) -> None:
    weaker, stronger = sorted((first, second))
    little, much = sorted((like, liker))
    assert printed(weaker, little).score <= printed(stronger, much).score < 1
    assert printed(weaker, little, named=False).score <= printed(weaker, little).score
    assert printed(weaker, little, standing=0.7).score <= printed(weaker, little).score


def test_a_weak_wording_in_a_log_that_is_like_something_else_is_only_looked_at() -> None:
    weak, strong = printed(0.75, named=False), printed(1.0, 12.0)
    assert weak.score < LEAST_PRINTED < 0.85 < strong.score
    assert is_doubtful(weak, is_printed=True)
    assert not is_doubtful(weak, is_printed=False)  # somebody's words are weighed elsewhere
    assert not is_doubtful(weak, True, [Ranked(printed(0.8), 1.0, 0), Ranked(replace(strong, score=1.0), 1.0, 0)])
    assert not is_doubtful(strong, is_printed=True)
