"""The knowledge proves itself: every example must select its entry, every near miss must not, texts must be usable."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.base.languages import Text
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.finding import Finding
from bot.intake.cleaning import clean
from bot.knowledge.failures import Example, Failure, FieldWords, NearMiss
from bot.knowledge.files import Fault

_CJK = re.compile("[\u3400-\u9fff]")
_QUOTED = re.compile(r"[\"“”'‘’「」(].*?[\"“”'‘’「」)]")
# One Chinese character says about as much as two or three Latin ones; a text far outside is not the same text.
_SHORTEST, _LONGEST = 0.12, 1.1


def check_entries(items: Sequence[tuple[str, Failure]], field: FieldWords) -> Iterator[Fault]:
    """Runs every example and near miss of sound entries (file, entry) against all of them, and reads their texts."""
    diagnoser = Diagnoser((entry for _, entry in items), field)
    titles: dict[str, str] = {}
    for file, entry in items:
        for key, problem in check_entry(entry, diagnoser):
            yield Fault(file, key, problem)
        other = titles.setdefault(entry.title.en, entry.id)
        if other != entry.id:
            yield Fault(file, "title.en", f"is also the title of {other}; say how the two differ")


def check_entry(entry: Failure, diagnoser: Diagnoser) -> Iterator[tuple[str, str]]:
    """(key, problem) of one entry."""
    for number, example in enumerate(entry.examples):
        yield from ((f"examples[{number}]{key}", problem) for key, problem in _example(entry, example, diagnoser))
    for number, miss in enumerate(entry.near_misses):
        if problem := _near_miss(entry, miss, diagnoser):
            yield f"near_misses[{number}].text", problem
    yield from _texts(entry)


def _example(entry: Failure, example: Example, diagnoser: Diagnoser) -> Iterator[tuple[str, str]]:
    findings = diagnoser.diagnose(clean(example.text))
    if not findings or findings[0].entry.id != entry.id:
        yield ".text", f"must select {entry.id} first, but {_said(findings)}"
        return
    yield from _captures(example.captures, findings[0].captured)


def _captures(declared: Mapping[str, str], captured: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in declared.items():
        if captured.get(name) != value:
            yield f".captures.{name}", f"must be {value!r}, captured was {captured.get(name)!r}"


def _near_miss(entry: Failure, miss: NearMiss, diagnoser: Diagnoser) -> str | None:
    findings = diagnoser.diagnose(clean(miss.text))
    if miss.selects is not None:
        first = findings[0].entry.id if findings else None
        return None if first == miss.selects else f"must select {miss.selects} first, but {_said(findings)}"
    if any(finding.entry.id == entry.id for finding in findings):
        return f"must not select {entry.id}, but {_said(findings)}"
    return None


def _said(findings: Sequence[Finding]) -> str:
    if not findings:
        return "nothing was recognised"
    first = findings[0]
    others = ", ".join(f"{finding.entry.id} {finding.score:.2f}" for finding in findings[1:])
    said = (
        f"{first.entry.id} {first.score:.2f} was, by line {first.evidence.line} and {first.evidence.signature.text!r}"
    )
    return said + (f"; then {others}" if others else "")


def _texts(entry: Failure) -> Iterator[tuple[str, str]]:
    for key, text in _both_languages(entry):
        if not _CJK.search(text.zh):
            yield f"{key}.zh", "holds no Chinese; write what `en` says in Chinese"
        if _CJK.search(_QUOTED.sub("", text.en)):
            yield f"{key}.en", "holds Chinese outside quotes"
        if "`" in text.en or "`" in text.zh:
            yield key, "has backticks; put commands into `commands`, name options plainly"
        ratio = len(text.zh) / len(text.en)
        if len(text.en) > 60 and not _SHORTEST <= ratio <= _LONGEST:
            longer = "zh" if ratio > 1 else "en"
            yield key, f"{longer} says much more than the other language ({len(text.en)} and {len(text.zh)} characters)"


def _both_languages(entry: Failure) -> Iterator[tuple[str, Text]]:
    yield "title", entry.title
    yield "cause", entry.cause
    for number, step in enumerate(entry.steps):
        yield f"steps[{number}].text", step.text
    for number, question in enumerate(entry.questions):
        yield f"questions[{number}]", question
