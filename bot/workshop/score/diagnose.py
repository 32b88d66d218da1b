"""How often the right failure is named: labelled logs, also with damaged characters."""

import random
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.clinic.door import Clinic
from bot.clinic.reading import Candidate
from bot.workshop.score.report import (
    Metric,
    Report,
    ReportTable,
    json_lines_in,
)

_LETTERS = string.ascii_letters + string.digits + " "
_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: what was expected and what was found, best first."""

    id: str
    label: str
    accepted: frozenset[str]
    findings: tuple[Candidate, ...]

    @property
    def first(self) -> str:
        return self.findings[0].failure_class if self.findings else "none"

    def is_right(self, within: int) -> bool:
        """Whether an accepted class is among the first `within`; for `none`, whether nothing was claimed."""
        if self.label == "none":
            return not self.findings or self.findings[0].failure_class in self.accepted
        return any(finding.failure_class in self.accepted for finding in self.findings[:within])


def evaluate(path: Path, damage: float = 0.0, seed: int = 1, misses: bool = False) -> Report:
    """Judges every case of `path`/logs.jsonl (keys id, text, label, also). `damage`: share of characters made wrong."""
    clinic = Clinic()
    chance = random.Random(seed)
    judged = []
    for case in json_lines_in(path, "logs.jsonl"):
        text = damaged(case["text"], damage, chance) if damage else case["text"]
        accepted = frozenset([case["label"], *case.get("also", [])])
        judged.append(Judged(case["id"], case["label"], accepted, clinic.diagnose(text).candidates))
    return _report(judged, misses)


def damaged(text: str, share: float, chance: random.Random) -> str:
    """`text` with that share of the characters of every line replaced, dropped, doubled or swapped; line ends stay."""
    return "\n".join(_damaged_line(line, share, chance) for line in text.split("\n"))


def _damaged_line(line: str, share: float, chance: random.Random) -> str:
    characters = list(line)
    for i in range(len(characters)):
        if chance.random() < share:
            characters[i] = chance.choice((chance.choice(_LETTERS), "", characters[i] + chance.choice(_LETTERS)))
    return "".join(characters)


def _report(judged: Sequence[Judged], misses: bool) -> Report:
    failures = [case for case in judged if case.label != "none"]
    healthy = [case for case in judged if case.label == "none"]
    metrics = (
        Metric("top-1", _share(case.is_right(1) for case in failures)),
        Metric("top-3", _share(case.is_right(3) for case in failures)),
        Metric("top-1, none included", _share(case.is_right(1) for case in judged)),
        Metric("false claims on none", 100.0 - _share(case.is_right(1) for case in healthy)),
        Metric("nothing said about a failure", _share(not case.findings for case in failures)),
        Metric("right when something is said", _share(case.is_right(1) for case in judged if case.findings)),
        Metric("calibration error", 100 * _calibration_error(judged)),
    )
    tables = [_confusions(judged), _calibration(judged)]
    if misses:
        tables.append(_missed(judged))
    return Report("Diagnosis", len(judged), metrics, tuple(tables))


def _share(outcomes: Iterable[bool]) -> float:
    values = list(outcomes)
    return 100 * sum(values) / len(values) if values else 0.0


def _confusions(judged: Sequence[Judged]) -> ReportTable:
    wrong = Counter((case.label, case.first) for case in judged if not case.is_right(1))
    rows = tuple((label, first, count) for (label, first), count in wrong.most_common(20))
    return ReportTable("Taken for another", ("label", "said first", "cases"), rows)


def _calibration(judged: Sequence[Judged]) -> ReportTable:
    rows = []
    for low, high in pairwise(_BINS):
        inside = [case for case in judged if case.findings and low <= case.findings[0].score < high]
        if inside:
            mean = sum(case.findings[0].score for case in inside) / len(inside)
            rows.append(
                (f"{low:.2f}-{min(high, 1.0):.2f}", len(inside), 100 * mean, _share(c.is_right(1) for c in inside))
            )
    return ReportTable("Score against truth", ("score", "answers", "mean score %", "right %"), tuple(rows))


def _calibration_error(judged: Sequence[Judged]) -> float:
    """Mean distance between score and truth over the bins, each weighted by its answers."""
    total = error = 0.0
    for low, high in pairwise(_BINS):
        inside = [case for case in judged if case.findings and low <= case.findings[0].score < high]
        if inside:
            scores = sum(case.findings[0].score for case in inside)
            error += abs(scores - sum(case.is_right(1) for case in inside))
            total += len(inside)
    return error / total if total else 0.0


def _missed(judged: Sequence[Judged]) -> ReportTable:
    rows = tuple((case.id, case.label, _said(case.findings)) for case in judged if not case.is_right(1))
    return ReportTable("Missed", ("id", "label", "said"), rows)


def _said(findings: Sequence[Candidate]) -> str:
    return ", ".join(f"{f.id} {f.score:.2f} (line {f.line})" for f in findings) or "-"
