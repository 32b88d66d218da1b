"""A small knowledge base for tests: enough of an entry to be matched and ranked."""

from typing import Any

import msgspec

from bot.diagnosis.complaint import load_complaints
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.finding import Finding
from bot.intake.cleaning import clean
from bot.knowledge.failures import Failure
from bot.knowledge.files import knowledge_root

COMPLAINTS = load_complaints(knowledge_root())
TEXT = {"en": "text", "zh": "文字"}


def entry(id_: str, *signatures: str | dict[str, Any], **more: Any) -> Failure:
    """An entry with these signatures; other keys as in YAML."""
    document: dict[str, Any] = {
        "id": id_,
        "class": id_,
        "severity": "blocking",
        "title": TEXT,
        "cause": TEXT,
        "steps": [{"text": TEXT}],
        "signatures": [{"text": item} if isinstance(item, str) else item for item in signatures],
        "examples": [],
        "near_misses": [],
        "sources": [],
    }
    return msgspec.convert({**document, **more}, Failure)


def diagnosed(text: str, *entries: Failure, loader: str | None = None) -> list[Finding]:
    return list(Diagnoser(entries, complaints=COMPLAINTS).diagnose(clean(text), loader=loader))


def ids(text: str, *entries: Failure, loader: str | None = None) -> list[str]:
    return [finding.entry.id for finding in diagnosed(text, *entries, loader=loader)]
