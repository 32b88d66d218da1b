"""How sure: strengths to probabilities, so that of the answers given at 0.8 about 80 % are right.

Method. On the labelled logs (335 cases; not part of the project) the strength of the first finding was compared with
whether its class was an accepted one, in five settings: the text as it is (weight 1), with 3 % and 6 % of its
characters damaged (0.2 and 0.1), and, as a stand-in for failures that nobody has described yet, with every entry of the
case's own classes taken out of the knowledge, undamaged and damaged (0.2 and 0.1): whatever is then claimed is wrong.
Healthy logs, other programs' failures and near misses count as cases in which any claim is wrong.
1,272 claims, 1,161 of them right, gave this share of right ones by strength:

    0.50-0.60  0.00      0.70-0.75  0.33      0.80-0.85  0.90      0.90-0.95  0.96
    0.60-0.70  0.04      0.75-0.80  0.74      0.85-0.90  0.96      0.95-1.00  0.97

hence `rank.LEAST_STRENGTH` 0.7 and the rising curve below, a little under the measured shares at its upper end, because
the knowledge has seen those cases and will not do as well on others. Claims proven by a line that a logger calls a
warning or information were right less often (0.75 and 0.8). Left-out classes in five folds changed no share above
0.75 by more than 0.02. A further finding was an accepted answer in 98 % of cases when it is of the same class as a
better one (the general entry behind the specific), else in 50 %.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import exp

from bot.diagnosis.finding import Finding, Suspect
from bot.diagnosis.hearing import shipped_weights
from bot.diagnosis.rank import Ranked
from bot.knowledge.failures import Failure

_STRENGTHS = (0.7, 0.75, 0.8, 0.85, 0.9, 1.0)
_PROBABILITIES = (0.5, 0.65, 0.8, 0.88, 0.92, 0.95)
_DOUBTFUL_STANDING, _DOUBTFUL = 0.75, 0.85  # a warning or information: the factor of its probability
_SECOND = 0.55  # probability that a finding of another class than the better ones is right too, of its own


def calibrated(ranked: Iterable[Ranked]) -> list[Finding]:
    """The findings in the same order, with probabilities as scores."""
    findings: list[Finding] = []
    classes: set[str] = set()
    for each in ranked:
        entry = each.finding.entry
        score = probability(each.finding.score, each.standing)
        if classes and entry.failure_class not in classes:
            score *= _SECOND
        classes.add(entry.failure_class)
        findings.append(Finding(entry, round(score, 3), each.finding.evidence, each.finding.captured))
    return findings


def probability(strength: float, standing: float = 1.0) -> float:
    """The probability that a first finding of this strength is right; rises with both."""
    at = min(max(bisect_right(_STRENGTHS, strength), 1), len(_STRENGTHS) - 1)
    low, high = _STRENGTHS[at - 1], _STRENGTHS[at]
    part = (min(max(strength, _STRENGTHS[0]), 1.0) - low) / (high - low)
    found = _PROBABILITIES[at - 1] + part * (_PROBABILITIES[at] - _PROBABILITIES[at - 1])
    return found * (_DOUBTFUL if standing < _DOUBTFUL_STANDING else 1.0)


# Claims that rest on likeness: logistic regressions on those of 436 failures and 125 healthy or foreign texts where no
# signature made a claim, read with the knowledge as it was before any of them was looked at; whole rounds left out in
# turn. Healthy logs count as wrong.
#
# To printed failures, on the first suspect's score and its lead over the second: from LEAST_LIKELY 14 of 17 were right.
LEAST_LIKELY = 0.6
_SCORE, _LEAD, _BASE = 0.179, 0.154, -3.095


def likely(score: float, lead: float) -> float:
    """The probability that the failure which a text with a printed one resembles most is the right one."""
    return 1 / (1 + exp(-(_SCORE * score + _LEAD * lead + _BASE)))


# To somebody's words alone, on the score, on how much nearer to the told sentences of another class they are (0 or
# below), and on whether they complain: from LEAST_TOLD 37 of 50 were right.
LEAST_TOLD, LEAST_OBVIOUS = 0.6, 0.7
_TOLD_SCORE, _TOLD_GAP, _COMPLAINT, _TOLD_BASE = 0.071, 0.147, 0.698, -1.944


def told_likely(score: float, gap: float, complains: bool = True) -> float:
    """The probability that the failure which somebody's words resemble most is the right one."""
    return 1 / (1 + exp(-(_TOLD_SCORE * score + _TOLD_GAP * gap + _COMPLAINT * complains + _TOLD_BASE)))


# Of what is only told and was weighed by all readers (hearing.py): of 376 threads, each read by readers that knew only
# what was known before it, with weights fitted without its round, 251 of the 297 at 0.4 or more were right: 12 % of all
# were wrong there. `MOST_HEARD`: as sure as words alone are taken to be.
LEAST_HEARD, MOST_HEARD = 0.4, 0.89
# From here on it is named first, as a guess, before checks for anything: between 0.2 and 0.5 every second was right.
LEAST_GUESSED = 0.2


# Of 18 complaints in which nothing else was claimed and an older version was told to work, 15 were of the new version's
# own faults; where only a new driver or an earlier day was named, fewer.
WORKED_BEFORE = 0.75
KNOWN_FAULT = 0.85  # words and version fit a fault that this version is known to have
LEAST_BESIDE_KNOWN = 0.75  # of a claim by likeness where a known fault fits too: below it the fault was right, 3 of 3
# values of the fact `worked_before` that name no version
NO_REGRESSION = frozenset({"driver", "kernel", "system", "before"})


# Of 590 claims on labelled logs 98 % were right; of the 25 whose class the second reader finds so much less like the
# text than another one 80 %.
_ALIEN, _DOUBT = 6.0, 0.85


def doubted(finding: Finding, alike: Sequence[Suspect]) -> Finding:
    """A finding with a lower probability where the text is much more like another class. `alike`: what it is like,
    best first.
    """
    if _strangeness(finding, alike) < _ALIEN:
        return finding
    return replace(finding, score=round(finding.score * _DOUBT, 3))


# First claims on what a program printed: a logistic regression on 265 of them, on 454 logs of six rounds, each as it
# first came out (231 right; claims on healthy logs count as wrong), whole rounds left out in turn. At 0.9 and above
# (178, 0.93 on average) 94 % were right, below 0.8 (43, 0.70) 70 %; the curve above, which the knowledge's own cases
# drew, showed 0.95 where 90 % were right, and 0.92 where two thirds were. What speaks for a claim beside its strength:
# that the wording stands there whole, that the second reader finds the text like the same class (up to a degree), and
# that a program of this field is named (by the log, the wording or the entry).
LEAST_PRINTED = 0.5
_WHOLE, _LIKE_ENOUGH = 0.99, 14.0
_PRINTED_STRENGTH, _PRINTED_WHOLE, _PRINTED_LIKE, _UNNAMED, _PRINTED_BASE = 0.515, 1.345, 0.0614, -0.887, -0.13


def of_printed(finding: Finding, ranked: Ranked, alike: Sequence[Suspect], is_named: bool) -> Finding:
    """A first finding that a program printed, with its probability. `alike`: what the text is like, best first;
    `is_named`: whether a program of this field is.
    """
    strength, likeness = ranked.finding.score, min(_likeness(finding, alike) or 0.0, _LIKE_ENOUGH)
    rating = (
        _PRINTED_BASE
        + _PRINTED_STRENGTH * strength
        + _PRINTED_WHOLE * (strength >= _WHOLE)
        + _PRINTED_LIKE * likeness
        + _UNNAMED * (not is_named)
    )
    score = (_DOUBTFUL if ranked.standing < _DOUBTFUL_STANDING else 1.0) / (1 + exp(-rating))
    return replace(finding, score=round(score, 3))


def is_doubtful(finding: Finding, is_printed: bool, others: Iterable[Ranked] = ()) -> bool:
    """Whether what a wording found is so unlike the rest of the log that it is only something to look at; not where a
    whole wording of `others` found beside it says that something failed.
    """
    if not is_printed or finding.evidence.signature is None or finding.score >= LEAST_PRINTED:
        return False
    return all(each.finding.score < _WHOLE for each in others)


# What somebody sees (slow, no answer) beside what they say of its cause: where the text is so much more like a failure
# than like the symptom found, the failure was right in 3 of 3, the symptom in 1. The same of what was found by a hint
# (below `_PLAIN`): there the other was right in 6 of 9, what was found in 4.
_BEHIND, _HINTED, _PLAIN = 9.0, 7.0, 0.91
# How likely another class is, by all readers together, from which on what was found gives way, and how likely that is
# at most.
_HEARD_BEHIND, _HEARD_AS_WELL = 0.6, 0.2
# The first where the words that were found are left out of account: of 430 threads two of two were that class.
_HEARD_BEHIND_ALL = 0.8


def is_behind(finding: Finding, alike: Sequence[Suspect]) -> bool:
    """Whether a symptom was found, or a failure by a mere hint, and the text is far more like a failure that may be its
    cause: what lets nothing run is not that of something that runs badly.
    """
    if alike and alike[0].likelihood is not None:
        return _is_outweighed(finding, alike)
    if not alike or _is_symptom(alike[0].entry):
        return False
    if _is_symptom(finding.entry):
        may_be_cause = finding.entry.severity == "blocking" or alike[0].entry.severity != "blocking"
        return may_be_cause and _strangeness(finding, alike) >= _BEHIND
    is_hint = finding.evidence.signature is not None and finding.score < _PLAIN  # what is concluded is no hint
    return is_hint and _strangeness(finding, alike) >= _HINTED


def _is_outweighed(finding: Finding, alike: Sequence[Suspect]) -> bool:
    """Whether all readers together are sure of another class than a symptom or a hint tells of, and not of this one;
    or all others are surer, without the very words that it was found by.
    """
    is_hint = finding.score < _PLAIN or _is_symptom(finding.entry)
    with_words = _own_and_best(finding, alike, 1.0)
    without = _own_and_best(finding, alike, exp(-shipped_weights().found * finding.score))
    is_less = any(
        own < _HEARD_AS_WELL and best >= least
        for (own, best), least in ((with_words, _HEARD_BEHIND), (without, _HEARD_BEHIND_ALL))
    )
    return is_hint and is_less


def _own_and_best(finding: Finding, alike: Sequence[Suspect], times: float) -> tuple[float, float]:
    """How likely the class of a finding is, counted so many times, and how likely the best of the others."""
    likely = {each.entry.failure_class: each.likelihood or 0.0 for each in reversed(alike)}
    found = likely.pop(finding.entry.failure_class, 0.0)
    own, whole = times * found, 1 - found + times * found
    return own / whole, max(likely.values(), default=0.0) / whole


def instead_of(finding: Finding, alike: Sequence[Suspect]) -> tuple[Suspect, ...]:
    """What else a text is like, as likely as it is without the words that a finding rests on."""
    others = [each for each in alike if each.entry.failure_class != finding.entry.failure_class]
    if not alike or alike[0].likelihood is None:
        return tuple(others)
    found = sum(each.likelihood or 0.0 for each in alike if each not in others)
    whole = 1 - found + found * exp(-shipped_weights().found * finding.score)
    return tuple(replace(each, likelihood=(each.likelihood or 0.0) / whole) for each in others)


def _is_symptom(entry: Failure) -> bool:
    """Whether an entry's class names what one sees, not what is wrong."""
    return entry.failure_class.startswith("symptom-")


def _strangeness(finding: Finding, alike: Sequence[Suspect]) -> float:
    """How much more like another class a text is than like the one found."""
    own = _likeness(finding, alike)
    return alike[0].score - (alike[-1].score if own is None else own) if alike else 0.0


def _likeness(finding: Finding, alike: Sequence[Suspect]) -> float | None:
    """How like the class of a finding a text is; None where it is among none that are looked at."""
    return next((each.score for each in alike if each.entry.failure_class == finding.entry.failure_class), None)
