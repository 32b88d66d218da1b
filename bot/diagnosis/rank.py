"""The order of findings: root causes first, the specific before the general, at most three."""

from collections.abc import Iterable, Mapping
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
    present = {entry.id: entry for entry in entries}
    of_class: dict[str, set[str]] = {}
    for entry in present.values():
        of_class.setdefault(f"class:{entry.failure_class}", set()).add(entry.id)
    named = {
        entry.id: {id_ for name in entry.explains for id_ in of_class.get(name, {name} & present.keys())} - {entry.id}
        for entry in present.values()
    }
    counts = dict.fromkeys(present, 0)
    for id_ in present:
        for explained in _reached(id_, named):
            counts[explained] += 1
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


def _reached(id_: str, named: Mapping[str, set[str]]) -> set[str]:
    """Ids of those that an entry explains, at one or several removes, itself left out."""
    reached: set[str] = set()
    waiting = [id_]
    while waiting:
        further = named[waiting.pop()] - reached - {id_}
        reached |= further
        waiting += further
    return reached
