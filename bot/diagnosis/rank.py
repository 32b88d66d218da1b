"""The order of findings: root causes first, the specific before the general, at most three."""

from collections.abc import Iterable, Sequence

from bot.diagnosis.finding import Finding
from bot.knowledge import Failure

MOST = 3
_SEVERITY = {"blocking": 0, "degraded": 1, "warning": 2}


def rank(findings: Sequence[Finding]) -> list[Finding]:
    """Root causes first: a finding stands behind every finding that explains it."""
    consequences = explained([finding.entry for finding in findings])
    return sorted(
        findings,
        key=lambda f: (
            f.entry.kind == "symptom",
            f.entry.id in consequences,
            _SEVERITY[f.entry.severity] == 2,
            -f.score,
            f.evidence.line,
        ),
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
