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
from bot.diagnosis.rank import Ranked

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


# Of claims that rest on likeness to printed failures: a logistic regression on the first suspect's score and the
# standing of the printed failure. Fitted on 564 labelled logs and posts that were silent once the signatures and
# examples that know them were taken away, whole programs left out in turn: 82 % of those above LEAST_LIKELY were right
# (of those between it and 0.8 three of four); healthy logs count as wrong.
LEAST_LIKELY = 0.68
_SCORE, _STANDING, _BASE = 0.34, 1.24, -5.41


def likely(score: float, standing: float = 0.0) -> float:
    """The probability that the failure which a text with a printed one resembles most is the right one."""
    return 1 / (1 + exp(-(_SCORE * score + _STANDING * standing + _BASE)))


# Of claims that rest on somebody's words alone, where the class is also the one whose told sentences they resemble
# most: of 1,084 labelled logs and posts 92 such complaints were silent otherwise, and right in 13 of 17 from LEAST_TOLD
# to 18.4, in 17 of 20 from there to 22, in 49 of 55 above. What neither complains nor asks was right in 7 of 8 from
# LEAST_STATED. Part of the sentences learnt were written after some of these posts; of a round read before any of its
# kind was written, 3 of 3 were right up to 18.4.
LEAST_TOLD, LEAST_STATED = 16.0, 20.5
_TOLD_SCORE, _TOLD_BASE = 0.12, -1.0


def told_likely(score: float) -> float:
    """The probability that the failure which somebody's words resemble most is the right one."""
    return 1 / (1 + exp(-(_TOLD_SCORE * score + _TOLD_BASE)))


# Of 590 claims on labelled logs 98 % were right; of the 25 whose class the second reader finds so much less like the
# text than another one 80 %.
_ALIEN, _DOUBT = 6.0, 0.85


def doubted(finding: Finding, alike: Sequence[Suspect]) -> Finding:
    """A finding with a lower probability where the text is much more like another class. `alike`: what it is like,
    best first.
    """
    own = next((each.score for each in alike if each.entry.failure_class == finding.entry.failure_class), None)
    if not alike or alike[0].score - (alike[-1].score if own is None else own) < _ALIEN:
        return finding
    return replace(finding, score=round(finding.score * _DOUBT, 3))
