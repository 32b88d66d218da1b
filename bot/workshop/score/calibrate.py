"""Whether a probability that is shown means what it says: on labelled logs, with whole groups left out.

For every program, year and class in turn the curve from score to truth is fitted on all the other logs (isotonic
regression by pooling adjacent violators) and tried on those left out. Where the curves of the others tell the truth
no better than the scores themselves, the scores need no fitting.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from bot.workshop.score.diagnose import Judged, judged_cases
from bot.workshop.score.report import Metric, Report, ReportTable

_BINS = (0.0, 0.6, 0.7, 0.8, 0.9, 1.01)
_HIGH = 0.9
_LEAST = 5  # claims of a group that is worth a row
Claim = tuple[float, bool]  # score, right
_KEYS: tuple[tuple[str, Callable[[Judged], str]], ...] = (
    ("program", lambda case: case.program),
    ("year", lambda case: str(case.year or "?")),
    ("class", lambda case: case.label),
)


def evaluate(path: Path) -> Report:
    """Judges every claim about the cases of a file or folder (keys as for `diagnose`, and `year`)."""
    cases = [case for case in judged_cases(path) if case.findings]
    claims = [_claim(case) for case in cases]
    high = [claim for claim in claims if claim[0] >= _HIGH]
    metrics = [
        Metric("claims", len(claims), ""),
        Metric("right", _right(claims)),
        Metric(f"mean score of those at {_HIGH} and above", _mean(score for score, _ in high)),
        Metric(f"right of those at {_HIGH} and above", _right(high)),
        Metric("distance of scores from truth", _distance(claims)),
        *(Metric(f"the same, fitted without the {name}", _left_out(cases, key)) for name, key in _KEYS),
    ]
    return Report("Calibration", len(cases), tuple(metrics), (_bins(claims), _by_program(cases)))


def fitted(claims: Sequence[Claim]) -> Callable[[float], float]:
    """The curve from score to share of right ones that rises with the score (pool adjacent violators)."""
    pools: list[list[float]] = []  # sum of right ones, count, lowest score
    for score, right in sorted(claims):
        pools.append([float(right), 1.0, score])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            last = pools.pop()
            pools[-1][0] += last[0]
            pools[-1][1] += last[1]

    def share(score: float) -> float:
        below = [pool for pool in pools if pool[2] <= score] or pools[:1]
        return below[-1][0] / below[-1][1] if below else score

    return share


def _left_out(cases: Sequence[Judged], key: Callable[[Judged], str]) -> float:
    """The distance from truth when each group is scored by the curve of all others."""
    rescored: list[Claim] = []
    for group in dict.fromkeys(map(key, cases)):
        curve = fitted([_claim(case) for case in cases if key(case) != group])
        rescored += [(curve(_claim(case)[0]), _claim(case)[1]) for case in cases if key(case) == group]
    return _distance(rescored)


def _claim(case: Judged) -> Claim:
    return case.findings[0].score, case.is_right(1)


def _distance(claims: Sequence[Claim]) -> float:
    """Mean distance between score and share of right ones over the bins, each weighted by its claims; per cent."""
    inside = [_within(claims, low, high) for low, high in pairwise(_BINS)]
    apart = (abs(sum(score for score, _ in each) - sum(right for _, right in each)) for each in inside)
    return 100 * sum(apart) / len(claims) if claims else 0.0


def _bins(claims: Sequence[Claim]) -> ReportTable:
    rows = [
        (f"{low:.1f}-{min(high, 1.0):.1f}", len(each), _mean(score for score, _ in each), _right(each))
        for low, high in pairwise(_BINS)
        if (each := _within(claims, low, high))
    ]
    return ReportTable("Score against truth", ("score", "claims", "mean score %", "right %"), tuple(rows))


def _by_program(cases: Sequence[Judged]) -> ReportTable:
    groups: dict[str, list[Claim]] = {}
    for case in cases:
        groups.setdefault(case.program, []).append(_claim(case))
    rows = [
        (name, len(claims), _mean(score for score, _ in claims), _right(claims))
        for name, claims in sorted(groups.items(), key=lambda group: -len(group[1]))
        if len(claims) >= _LEAST
    ]
    return ReportTable("By program", ("", "claims", "mean score %", "right %"), tuple(rows))


def _within(claims: Iterable[Claim], low: float, high: float) -> list[Claim]:
    return [claim for claim in claims if low <= claim[0] < high]


def _right(claims: Sequence[Claim]) -> float:
    return 100 * sum(right for _, right in claims) / len(claims) if claims else 0.0


def _mean(scores: Iterable[float]) -> float:
    values = list(scores)
    return 100 * sum(values) / len(values) if values else 0.0
