"""How many questions are answered right, and how many wrong with confidence."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from bot.answers.blocks import Answer
from bot.answers.markdown import blocks_as_markdown
from bot.base.languages import told
from bot.clinic.door import Clinic
from bot.clinic.looking_up import Explained, Looked
from bot.workshop.score.report import Metric, Report, ReportTable, json_lines_in

_LANGUAGES = ("zh", "en")


class Question(msgspec.Struct, frozen=True):
    """A natural question, the command that should know it, and what a right answer says (any case)."""

    id: str
    question: str
    kind: str  # faq, term, loader, explain
    must: str


def evaluate(path: Path) -> Report:
    """Judges every question of `path`/questions.jsonl; see `Question`."""
    clinic = Clinic()
    cases = [msgspec.convert(case, Question) for case in json_lines_in(path, "questions.jsonl")]
    verdicts = [(case, *_verdict(case, clinic)) for case in cases]
    rows = tuple(
        (verdict, case.question, case.must, nearest) for case, verdict, nearest in verdicts if verdict != "right"
    )
    metrics = tuple(
        Metric(name, 100 * sum(found == verdict for _, found, _ in verdicts) / max(len(cases), 1))
        for name, verdict in (("right", "right"), ("wrong with confidence", "wrong"), ("unsure", "unsure"))
    )
    return Report("Questions", len(cases), metrics, (ReportTable("Missed", ("how", "asked", "must", "nearest"), rows),))


def _verdict(case: Question, clinic: Clinic) -> tuple[str, str]:
    """(right, wrong or unsure; the nearest things known)."""
    ways: dict[str, Callable[[str], Looked | Explained]]
    ways = {"term": clinic.term, "loader": clinic.loader, "explain": clinic.explain}
    looked = ways.get(case.kind, clinic.faq)(case.question)
    says = re.search(case.must, _said(looked.answer), re.IGNORECASE) is not None
    if not isinstance(looked, Looked):
        return ("right" if says else "wrong"), ""
    nearest = ", ".join(f"{entry.id} {entry.score:.2f}" for entry in looked.candidates)
    if looked.found is None:
        return "unsure", nearest
    return ("right" if says else "wrong"), nearest


def _said(answer: Answer) -> str:
    """An answer's text in both languages."""
    return "\n".join(
        f"{told(answer.title, language)}\n{blocks_as_markdown(answer.blocks, language)}" for language in _LANGUAGES
    )
