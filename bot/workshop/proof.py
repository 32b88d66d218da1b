"""The knowledge proves itself: every example must select its entry, every near miss must not, texts must be usable."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.base.languages import Text
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.finding import Finding
from bot.intake.cleaning import clean
from bot.intake.read_facts import FactReader
from bot.knowledge.failures import Example, Failure, NearMiss
from bot.knowledge.files import Fault
from bot.knowledge.messages import Group, Message, Messages
from bot.knowledge.placeholders import VARIABLE
from bot.knowledge.reasons import SLOT, Lead, Reasons, Rule

_CJK = re.compile("[\u3400-\u9fff]")
_QUOTED = re.compile(r"[\"“”'‘’「」(].{0,300}?[\"“”'‘’「」)]")
# One Chinese character says about as much as two or three Latin ones; a text far outside is not the same text.
_SHORTEST, _LONGEST = 0.12, 1.1
# What stands where a message varies when the checker prints it.
_PLAUSIBLE = {"text": "abc", "number": "37", "size": "12.5 GiB", "word": "qwen3", "path": "/home/li/models/qwen3"}


def check_entries(items: Sequence[tuple[str, Failure]], diagnoser: Diagnoser) -> Iterator[Fault]:
    """Runs every example and near miss of sound entries (file, entry) against all of them, and reads their texts."""
    titles: dict[str, str] = {}
    for file, entry in items:
        for key, problem in check_entry(entry, diagnoser):
            yield Fault(file, key, problem)
        other = titles.setdefault(entry.title.en, entry.id)
        if other != entry.id:
            yield Fault(file, "title.en", f"is also the title of {other}; say how the two differ")


def check_messages(files: Iterable[tuple[str, Messages]], diagnoser: Diagnoser, facts: FactReader) -> Iterator[Fault]:
    """Pastes every message alone, under its program's line: each must select its entry first."""
    for file, content in files:
        for place, group in enumerate(content.messages):
            yield from (
                Fault(file, f"messages[{place}].{key}", problem)
                for number, message in enumerate(group.texts)
                for key, problem in _message(message, number, group, content, diagnoser, facts)
            )


def _message(
    message: Message, number: int, group: Group, content: Messages, diagnoser: Diagnoser, facts: FactReader
) -> Iterator[tuple[str, str]]:
    printed = message.example or as_printed(message.text)
    lines = clean(f"{content.shown}\n{printed}")
    findings = diagnoser.diagnose(lines, facts.read(lines))
    if not findings or findings[0].entry.id != group.entry:
        hint = "" if message.example else "; give an example where it needs lines around it or other values"
        yield f"texts[{number}]", f"{printed!r} alone must select {group.entry} first, but {_said(findings)}{hint}"
    if said := message.said or group.said:
        yield from _text(f"texts[{number}].said", said)


def check_reasons(files: Iterable[tuple[str, Reasons]], diagnoser: Diagnoser) -> Iterator[Fault]:
    """Prints every wording of every rule beside what each lead asks for: its entry must be among the findings."""
    for file, content in files:
        for place, rule in enumerate(content.rules):
            for number, lead in enumerate(rule.leads):
                for printed in _printed(rule, lead):
                    found = diagnoser.diagnose(clean(printed))
                    if lead.entry not in {finding.entry.id for finding in found}:
                        key = f"rules[{place}].leads[{number}]"
                        yield Fault(file, key, f"{printed!r} must lead to {lead.entry}, but {_said(found)}")


def _printed(rule: Rule, lead: Lead) -> Iterator[str]:
    """How each wording may stand in a log with the first value, and each value in the first wording."""
    around = " ".join(texts[0] for texts in (lead.requires_any, lead.beside) if texts)
    first = lead.values[0] if lead.values else ""
    for text in rule.texts:
        yield f"llama.cpp: {around}\n{as_printed(text.replace(SLOT, first))}"
    for value in lead.values[1:]:
        yield f"llama.cpp: {around}\n{as_printed(rule.texts[0].replace(SLOT, value))}"


def as_printed(signature: str) -> str:
    """A signature as a program may print it: plausible values stand where it varies."""
    return VARIABLE.sub(lambda found: _PLAUSIBLE.get(found.group(2) or "text", "x1"), signature)


def check_entry(entry: Failure, diagnoser: Diagnoser) -> Iterator[tuple[str, str]]:
    """(key, problem) of one entry."""
    for number, example in enumerate(entry.examples):
        yield from ((f"examples[{number}]{key}", problem) for key, problem in _example(entry, example, diagnoser))
    for number, example in enumerate(entry.todo_examples):
        if _selected(diagnoser.diagnose(clean(example.text)), entry):
            yield f"todo_examples[{number}]", "is recognised now; move it to `examples`"
    for number, miss in enumerate(entry.near_misses):
        if problem := _near_miss(entry, miss, diagnoser):
            yield f"near_misses[{number}].text", problem
    yield from _texts(entry)


def _example(entry: Failure, example: Example, diagnoser: Diagnoser) -> Iterator[tuple[str, str]]:
    findings = diagnoser.diagnose(clean(example.text))
    if not _selected(findings, entry):
        yield ".text", f"must select {entry.id} first, but {_said(findings)}{_way_out(findings)}"
        return
    yield from _captures(example.captures, findings[0].captured)


def _selected(findings: Sequence[Finding], entry: Failure) -> bool:
    return bool(findings) and findings[0].entry.id == entry.id


def _way_out(findings: Sequence[Finding]) -> str:
    """What to do where an example does not select its entry."""
    if not findings:
        return "; write the decisive words of the example as a signature, or keep it under `todo_examples`"
    other = findings[0].entry.id
    return (
        f"; if {other} only follows from this, name it under `explains`; else make this signature longer, "
        f"or give the one of {other} a `requires` or `excludes`"
    )


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
        return f"must not select {entry.id}, but {_said(findings)}; narrow that wording, or give it an `excludes`"
    return None


def _said(findings: Sequence[Finding]) -> str:
    if not findings:
        return "nothing was recognised"
    first = findings[0]
    others = ", ".join(f"{finding.entry.id} {finding.score:.2f}" for finding in findings[1:])
    by = repr(first.evidence.signature.text) if first.evidence.signature else "a computation"
    said = f"{first.entry.id} {first.score:.2f} was, by line {first.evidence.line} and {by}"
    return said + (f"; then {others}" if others else "")


def _texts(entry: Failure) -> Iterator[tuple[str, str]]:
    for key, text in _both_languages(entry):
        yield from _text(key, text)


def _text(key: str, text: Text) -> Iterator[tuple[str, str]]:
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
