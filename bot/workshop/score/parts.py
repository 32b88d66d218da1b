"""The outcome for one kind of row, and shares of outcomes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.workshop.score.report import Metric, ReportTable

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome for one kind of row: how many were judged, the figures, and the details."""

    cases: int
    metrics: tuple[Metric, ...]
    tables: tuple[ReportTable, ...] = ()


def share(outcomes: Iterable[bool]) -> float:
    """Percent that are true; all of none."""
    values = list(outcomes)
    return 100 * sum(values) / len(values) if values else 100.0
