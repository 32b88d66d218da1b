"""The front door: what the command line and the chat both call.

A `Clinic` is made once from a knowledge folder and then only read: it may be shared between threads, and a new one is
made when the knowledge changes. Parts load on first use, so that a command pays only for what it needs.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.answers.blocks import Answer
from bot.answers.diagnosis import diagnosis_answer
from bot.data import knowledge_root
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.finding import Diagnosis
from bot.hardware.cards import CardIndex, load_cards
from bot.intake.cleaning import clean
from bot.intake.facts import Facts
from bot.intake.redaction import Kind, has_secrets, redact
from bot.intake.sources import read_text
from bot.knowledge import load_failures
from bot.languages import Language
from bot.lookup import Lookup
from bot.models.catalog import Catalog, load_catalog
from bot.reference import (
    Condition,
    Loader,
    Question,
    Term,
    load_conditions,
    load_loaders,
    load_questions,
    load_terms,
)


@dataclass(frozen=True, slots=True)
class Consultation:
    """All that one text told: findings, facts, and how many secrets and personal details were masked in it.

    Nothing in it holds an unmasked secret. `omitted` counts characters of an over-long text that were not read.
    """

    diagnosis: Diagnosis
    facts: Facts
    masked: tuple[Kind, ...] = ()
    omitted: int = 0

    def answer(self, language: Language) -> Answer:
        """The diagnosis in words."""
        return diagnosis_answer(
            self.diagnosis, self.facts, language, has_secrets=has_secrets(self.masked), omitted=self.omitted
        )


class Clinic:
    """Diagnoses, estimates and triages with the knowledge of one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or knowledge_root()

    @cached_property
    def diagnoser(self) -> Diagnoser:
        return Diagnoser(load_failures(self.root))

    @cached_property
    def catalog(self) -> Catalog:
        return load_catalog(self.root)

    @cached_property
    def cards(self) -> CardIndex:
        return CardIndex(load_cards(self.root))

    @cached_property
    def questions(self) -> Lookup[Question]:
        return Lookup(load_questions(self.root))

    @cached_property
    def terms(self) -> Lookup[Term]:
        return Lookup(load_terms(self.root))

    @cached_property
    def loaders(self) -> dict[str, Loader]:
        """Loaders and front ends by canonical name."""
        return {loader.name: loader for loader in load_loaders(self.root)}

    @cached_property
    def conditions(self) -> dict[str, Condition]:
        return {condition.id: condition for condition in load_conditions(self.root)}

    def diagnose(self, text: str, *, loader: str | None = None) -> Consultation:
        """What is wrong, by a pasted text. `loader`: a canonical loader name where the user has said it."""
        source = read_text("", text)
        redacted = redact(source.text)
        lines = clean(redacted.text)
        facts = Facts()
        findings = self.diagnoser.diagnose(lines, facts, loader)
        return Consultation(
            Diagnosis(findings, tuple(lines), source.omitted > 0), facts, redacted.kinds, source.omitted
        )
