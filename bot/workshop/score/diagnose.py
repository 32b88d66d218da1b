"""How often the right failure is named: labelled logs, also with damaged characters."""

import random
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
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

_SHOWN = 3
_LETTERS = string.ascii_letters + string.digits + " "
_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: what was expected, what was claimed, best first, and what was only named to look at."""

    id: str
    label: str
    accepted: frozenset[str]
    findings: tuple[Candidate, ...]
    nearest: tuple[Candidate, ...] = ()
    program: str = ""
    file: str = ""
    year: int | None = None

    @property
    def first(self) -> str:
        """The class found first, "none" where nothing was."""
        return self.findings[0].failure_class if self.findings else "none"

    @property
    def shown(self) -> tuple[Candidate, ...]:
        """Claims and look-at-these together, as a reader sees them."""
        return (*self.findings, *self.nearest)[:_SHOWN]

    @property
    def is_failure(self) -> bool:
        """Whether the label names a failure."""
        return self.label != "none"

    def is_right(self, within: int) -> bool:
        """Whether an accepted class is among the first `within` claims; for `none`, whether nothing was claimed."""
        if not self.is_failure:
            return not self.findings or self.findings[0].failure_class in self.accepted
        return self._holds(self.findings[:within])

    def is_shown(self) -> bool:
        """Whether an accepted class is among all that is shown."""
        return self._holds(self.shown)

    def _holds(self, candidates: Iterable[Candidate]) -> bool:
        return any(candidate.failure_class in self.accepted for candidate in candidates)


def evaluate(path: Path, damage: float = 0.0, seed: int = 1, misses: bool = False) -> Report:
    """Judges every case of a file, or of all .jsonl files of a folder (keys id, text, label, also, component).
    `damage`: share of characters made wrong.
    """
    return _report(judged_cases(path, damage, seed), misses)


def judged_cases(path: Path, damage: float = 0.0, seed: int = 1) -> list[Judged]:
    """The cases of a file or folder with what is said of each."""
    clinic = Clinic()
    chance = random.Random(seed)
    judged = []
    for file in files_in(path):
        for case in json_lines_in(file, file.name):
            text = damaged(case["text"], damage, chance) if damage else case["text"]
            accepted = frozenset([case["label"], *case.get("also", [])])
            reading = clinic.diagnose(text)
            judged.append(
                Judged(
                    id=case["id"],
                    label=case["label"],
                    accepted=accepted,
                    findings=reading.candidates,
                    nearest=reading.nearest,
                    program=str(case.get("component", "")),
                    file=file.stem,
                    year=case.get("year"),
                )
            )
    return judged


def files_in(path: Path) -> list[Path]:
    """The labelled files of a folder, or the file itself."""
    return sorted(path.glob("*.jsonl")) or [path / "logs.jsonl"] if path.is_dir() else [path]


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
    metrics = (
        *_found(_failures(judged)),
        *_claimed(judged),
        Metric("calibration error", 100 * _calibration_error(judged)),
    )
    tables = [_groups("By program", judged, lambda case: case.program), _confusions(judged), _calibration(judged)]
    if len({case.file for case in judged}) > 1:
        tables.insert(0, _groups("By file", judged, lambda case: case.file))
    if misses:
        tables.append(_missed(judged))
    return Report("Diagnosis", len(judged), metrics, tuple(tables))


def _failures(judged: Iterable[Judged]) -> list[Judged]:
    return [case for case in judged if case.is_failure]


def _healthy(judged: Iterable[Judged]) -> list[Judged]:
    return [case for case in judged if not case.is_failure]


def _claimed(judged: Sequence[Judged]) -> Iterator[Metric]:
    """How far a claim can be trusted, and what is said of logs without a failure."""
    healthy = _healthy(judged)
    yield Metric("false claims on none", 100.0 - _share(case.is_right(1) for case in healthy))
    yield Metric("top-1, none included", _share(case.is_right(1) for case in judged))
    yield Metric("nothing claimed about a failure", _share(not case.findings for case in _failures(judged)))
    yield Metric("right when something is claimed", _share(case.is_right(1) for case in judged if case.findings))
    yield Metric("something to look at on none", _share(bool(case.nearest) for case in healthy))


def _found(failures: Sequence[Judged]) -> tuple[Metric, ...]:
    """How many of the failures are named, first or at all, and how many by a wrong name."""
    return (
        Metric("top-1", _share(case.is_right(1) for case in failures)),
        Metric("top-3", _share(case.is_right(3) for case in failures)),
        Metric("among the three shown", _share(case.is_shown() for case in failures)),
        Metric("wrong claims", _share(bool(case.findings) and not case.is_right(1) for case in failures)),
    )


def _groups(title: str, judged: Iterable[Judged], key: Callable[[Judged], str]) -> ReportTable:
    """The main figures of each group, the largest group first."""
    groups: dict[str, list[Judged]] = {}
    for case in judged:
        groups.setdefault(key(case), []).append(case)
    largest_first = sorted(groups.items(), key=lambda group: -len(group[1]))
    rows = tuple(_group_row(name, cases) for name, cases in largest_first)
    return ReportTable(title, ("", "cases", "top-1 %", "shown %", "wrong", "false"), rows)


def _group_row(name: str, cases: Sequence[Judged]) -> tuple[str, int, float, float, int, int]:
    failures = _failures(cases)
    return (
        name,
        len(cases),
        _share(case.is_right(1) for case in failures),
        _share(case.is_shown() for case in failures),
        sum(bool(case.findings) and not case.is_right(1) for case in failures),
        sum(not case.is_right(1) for case in _healthy(cases)),
    )


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
    rows = tuple(
        (case.id, case.label, _said(case.findings), ", ".join(each.id for each in case.nearest))
        for case in judged
        if not case.is_right(1)
    )
    return ReportTable("Missed", ("id", "label", "said", "to look at"), rows)


def _said(findings: Sequence[Candidate]) -> str:
    return ", ".join(f"{f.id} {f.score:.2f} (line {f.line})" for f in findings) or "-"
