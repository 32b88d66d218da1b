"""The order of findings: root causes first, the specific before the general, at most three."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.diagnosis.finding import Finding
from bot.knowledge.failures import Failure

MOST = 3
LEAST_STRENGTH = 0.7  # a finding below is not mentioned at all


@dataclass(frozen=True, slots=True)
class Ranked:
    """A finding on its way: how much its line counts, how specific its signature is."""

    finding: Finding
    standing: float  # 0 to 1, see Log.standings
    detail: int  # how specific the matching signature is: characters that it fixes, more for conditions met


def rank(found: Iterable[Ranked]) -> list[Ranked]:
    """Root causes first: a finding stands behind every finding that explains it. Weak findings explain nothing."""
    strong = [each for each in found if each.finding.score >= LEAST_STRENGTH]
    causes = causes_of([each.finding.entry for each in strong])
    return sorted(strong, key=lambda each: _key(each, causes))


def causes_of(entries: Iterable[Failure]) -> dict[str, int]:
    """For each entry's id how many of the others explain it, directly or through others: 0 for a root cause."""
    present = list(entries)
    counts = dict.fromkeys((entry.id for entry in present), 0)
    for entry in present:
        for id_ in _explained_by(entry, present):
            counts[id_] += 1
    return counts


def _key(each: Ranked, causes: Mapping[str, int]) -> tuple[object, ...]:
    entry = each.finding.entry
    return (
        entry.kind == "symptom",
        causes[entry.id],
        entry.severity == "warning",
        entry.general,
        -round(each.finding.score * each.standing, 2),
        each.finding.evidence.line,
        -each.detail,
    )


def _explained_by(entry: Failure, present: Sequence[Failure]) -> set[str]:
    """Ids of those present that `entry` explains, at one or several removes."""
    reached: set[str] = set()
    waiting = [entry]
    while waiting:
        current = waiting.pop()
        for other in present:
            if other.id not in reached and other.id != entry.id and _names(current, other):
                reached.add(other.id)
                waiting.append(other)
    return reached


def _names(entry: Failure, other: Failure) -> bool:
    return other.id in entry.explains or f"class:{other.failure_class}" in entry.explains
