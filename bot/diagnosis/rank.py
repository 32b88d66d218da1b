"""The order of findings: root causes first, the specific before the general, at most three."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.diagnosis.finding import Finding
from bot.knowledge import Failure

MOST = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A finding on its way: how much its line counts, how specific its signature is."""

    finding: Finding
    standing: float  # 0 to 1, see Log.standings
    detail: int  # how specific the matching signature is: characters that it fixes, more for conditions met


def rank(found: Sequence[Ranked]) -> list[Finding]:
    """Root causes first: a finding stands behind every finding that explains it."""
    consequences = explained([each.finding.entry for each in found])
    ordered = sorted(found, key=lambda each: _key(each, consequences))
    return [each.finding for each in ordered]


def _key(each: Ranked, consequences: frozenset[str]) -> tuple[object, ...]:
    entry = each.finding.entry
    return (
        entry.kind == "symptom",
        entry.id in consequences,
        entry.severity == "warning",
        -round(each.finding.score * each.standing, 2),
        each.finding.evidence.line,
        -each.detail,
    )


def explained(entries: Iterable[Failure]) -> frozenset[str]:
    """Ids of those entries that are consequences of another one among them, at one or several removes."""
    present = list(entries)
    consequences: set[str] = set()
    for entry in present:
        consequences |= _explained_by(entry, present) - {entry.id}
    return frozenset(consequences)


def _explained_by(entry: Failure, present: Sequence[Failure]) -> set[str]:
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
