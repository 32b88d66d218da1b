"""The front door: what the command line and the chat both call.

A `Clinic` is made once from a knowledge folder and then only read: it may be shared between threads, and a new one is
made when the knowledge changes. Parts load on first use, so that a command pays only for what it needs.
"""

from __future__ import annotations  # types of parts that are imported only when they are used

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answers.blocks import Answer
from bot.base.errors import UserError
from bot.base.languages import Text
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.finding import Diagnosis
from bot.intake.facts import Facts
from bot.intake.read_facts import read_facts
from bot.intake.reading import read_masked
from bot.intake.redaction import Kind, has_secrets
from bot.intake.sources import read_text
from bot.knowledge.files import knowledge_root
from bot.knowledge.load import load_failures, load_field
from bot.knowledge.variables import Variables, load_variables

if TYPE_CHECKING:
    from bot.answers.commands import ModelFiles
    from bot.hardware.amounts import Device
    from bot.hardware.cards import CardIndex
    from bot.hardware.machine import System
    from bot.intake.request import Request, RequestReader
    from bot.intake.vocabulary import Names
    from bot.knowledge.lookup import Lookup
    from bot.knowledge.reference import (
        Condition,
        Loader,
        Question,
        Term,
    )
    from bot.memory.plan import LayersThatFit, Plan
    from bot.models.catalog import Catalog
    from bot.models.requested import HubLike, RequestedModel

# Failures whose cure depends on what fits.
OUT_OF_MEMORY = frozenset(
    {"gpu-out-of-memory", "kv-cache-does-not-fit", "ram-out-of-memory", "ollama-needs-more-system-memory"}
)
UNKNOWN_RAM = 1 << 40  # bytes; more than any machine has


@dataclass(frozen=True)
class Consultation:
    """All that one text told: findings, facts, and how many secrets and personal details were masked in it.

    Nothing in it holds an unmasked secret. `omitted` counts characters of an over-long text that were not read; `text`
    is what was read.
    """

    diagnosis: Diagnosis
    facts: Facts
    masked: tuple[Kind, ...] = ()
    omitted: int = 0
    plan: Plan | None = None  # what would fit, where memory ran out and the log tells model and card
    text: str = ""
    variables: Variables = field(default_factory=Variables)  # what may get into commands

    @cached_property
    def answer(self) -> Answer:
        """The diagnosis in words, with the estimator's advice where it has any."""
        from bot.answers.diagnosis import diagnosis_answer
        from bot.answers.plan import fitting_values, memory_advice

        return diagnosis_answer(
            self.diagnosis,
            self.facts,
            has_secrets=has_secrets(self.masked),
            omitted=self.omitted,
            advice=memory_advice(self.plan, self.facts) if self.plan else (),
            fitting=fitting_values(self.plan) if self.plan else None,
            variables=self.variables,
        )


@dataclass(frozen=True)
class Prospect:
    """The answer to "can I run it": the plan, what to download, and what had to be assumed."""

    plan: Plan
    files: ModelFiles
    notes: tuple[Text, ...]

    @cached_property
    def answer(self) -> Answer:
        """The plan in words."""
        from bot.answers.plan import plan_answer

        return plan_answer(self.plan, self.files, self.notes)


class Clinic:
    """Diagnoses, estimates and triages with the knowledge of one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or knowledge_root()

    @cached_property
    def diagnoser(self) -> Diagnoser:
        return Diagnoser(load_failures(self.root), load_field(self.root))

    @cached_property
    def variables(self) -> Variables:
        return load_variables(self.root)

    @cached_property
    def catalog(self) -> Catalog:
        from bot.models.catalog import load_catalog

        return load_catalog(self.root)

    @cached_property
    def cards(self) -> CardIndex:
        from bot.hardware.cards import CardIndex, load_cards

        return CardIndex(load_cards(self.root))

    @cached_property
    def vocabulary(self) -> Names:
        from bot.intake.vocabulary import Names, load_vocabulary

        return Names(load_vocabulary(self.root))

    @cached_property
    def reader(self) -> RequestReader:
        from bot.intake.cues import load_cues
        from bot.intake.line_kinds import load_line_kinds
        from bot.intake.request import RequestReader
        from bot.intake.template import load_template

        return RequestReader(
            load_template(self.root), load_cues(self.root), load_line_kinds(self.root), self.vocabulary
        )

    @cached_property
    def questions(self) -> Lookup[Question]:
        from bot.knowledge.lookup import Lookup
        from bot.knowledge.reference import load_questions

        return Lookup(load_questions(self.root))

    @cached_property
    def terms(self) -> Lookup[Term]:
        from bot.knowledge.lookup import Lookup
        from bot.knowledge.reference import load_terms

        return Lookup(load_terms(self.root))

    @cached_property
    def loaders(self) -> dict[str, Loader]:
        """Loaders and front ends by canonical name."""
        from bot.knowledge.reference import load_loaders

        return {loader.name: loader for loader in load_loaders(self.root)}

    @cached_property
    def conditions(self) -> dict[str, Condition]:
        from bot.knowledge.reference import load_conditions

        return {condition.id: condition for condition in load_conditions(self.root)}

    def can_run(
        self,
        model: str,
        vram: str,
        ram: str,
        *,
        context: int | None = None,
        cache_type: str = "f16",
        system: System = "windows",
        hub: HubLike | None = None,
        local_files: bool = False,
    ) -> Prospect:
        """Whether and how `model` runs with this VRAM and RAM, all as people type them. `local_files`: the model may be
        a file of this computer; leave it off for what strangers type.

        Raises:
            UserError: a model, amount or card that is not understood, or a context that no loader takes.
        """
        from bot.hardware.amounts import parse_ram, parse_vram
        from bot.hardware.machine import Machine
        from bot.memory.plan import make_plan
        from bot.models.requested import requested_model

        machine = Machine(parse_vram(vram, self.cards), parse_ram(ram), system)
        wanted = requested_model(model, self.catalog, hub, local_files=local_files)
        plan = make_plan(
            wanted.model,
            machine,
            context=context,
            cache_type=cache_type,
            others=wanted.quants,
            free_choice=not wanted.chosen,
        )
        return Prospect(plan, _files(wanted, plan.model.quant), wanted.notes)

    def layers(
        self,
        model: str,
        vram: str,
        *,
        context: int | None = None,
        cache_type: str = "f16",
        system: System = "windows",
        hub: HubLike | None = None,
    ) -> LayersThatFit:
        """How many layers of `model` fit on these cards.

        Raises:
            UserError: a model, amount or card that is not understood, or a context that no loader takes.
        """
        from bot.hardware.amounts import parse_vram
        from bot.hardware.machine import Machine
        from bot.memory.plan import base_settings, layers_that_fit, usual_context
        from bot.models.requested import requested_model

        machine = Machine(parse_vram(vram, self.cards), UNKNOWN_RAM, system)
        wanted = requested_model(model, self.catalog, hub).model
        settings = base_settings(machine, usual_context(wanted, context), cache_type)
        return layers_that_fit(wanted, machine, settings)

    def diagnose(self, text: str, *, loader: str | None = None) -> Consultation:
        """What is wrong, by a pasted text. `loader`: a canonical loader name where the user has said it."""
        source = read_text("", text)
        read = read_masked(source.text)
        lines = read.lines
        facts = read_facts(lines, self.vocabulary)
        findings = self.diagnoser.diagnose(lines, facts, loader)
        diagnosis = Diagnosis(findings, lines, source.omitted > 0)
        ran_out = bool(findings) and findings[0].entry.failure_class in OUT_OF_MEMORY
        plan = self._plan_for(facts) if ran_out else None
        return Consultation(diagnosis, facts, read.kinds, source.omitted, plan, read.text, self.variables)

    def triage(self, text: str, attachments: Sequence[str] = (), *, in_help_forum: bool = False) -> Request:
        """A message read against the question template, secrets masked. In a help forum every post is a request."""
        masked = [read_masked(read_text("", each).text).text for each in (text, *attachments)]
        return self.reader.read(masked[0], masked[1:], in_help_forum=in_help_forum)

    def _plan_for(self, facts: Facts) -> Plan | None:
        """What of the log's model fits the log's card; None when the log does not tell both."""
        from bot.hardware.machine import Machine
        from bot.memory.plan import make_plan
        from bot.models.requested import requested_model

        name = facts.model_file or facts.model
        if name is None or not (facts.vram or facts.gpus):
            return None
        try:
            wanted = requested_model(_named(name.value, facts), self.catalog)
            devices = self._devices(facts)
        except UserError:
            return None
        # RAM that the log does not tell rules nothing out: the advice is about the card
        ram = facts.ram.value if facts.ram else UNKNOWN_RAM
        machine = Machine(devices, ram, _system(facts))
        context = facts.context.value if facts.context else None
        try:
            return make_plan(wanted.model, machine, context=context)
        except UserError:
            return None

    def _devices(self, facts: Facts) -> tuple[Device, ...]:
        """The cards that the log names, with the memory it states; raises UserError when they are not known."""
        from bot.hardware.amounts import Device, parse_vram

        if facts.vram is not None and len(facts.gpus) <= 1:
            name = facts.gpus[0].value if facts.gpus else ""
            return (Device(facts.vram.value, name, self.cards.find(name) if name else None),)
        return parse_vram("+".join(gpu.value for gpu in facts.gpus), self.cards)


def _named(name: str, facts: Facts) -> str:
    """The model with its quantization, where the log tells it apart from the name."""
    told = facts.quant is not None and facts.quant.value.lower() not in name.lower()
    return f"{name} {facts.quant.value}" if told and facts.quant else name


def _system(facts: Facts) -> System:
    from bot.hardware.machine import system_family

    family = system_family(facts.system.value) if facts.system else "windows"
    return "macos" if family == "macos" else "windows" if family == "windows" else "linux"


def _files(wanted: RequestedModel, quant: str) -> ModelFiles:
    """What to download for a quantization: real names where the repository is known, else the usual one."""
    from bot.answers.commands import ModelFiles
    from bot.memory.plan import not_for_cpu

    repository = wanted.repository.id if wanted.repository else ""
    weights = wanted.files.get(quant) if wanted.files else None
    if weights is not None:
        return ModelFiles(repository, weights.first.path, tuple(file.path for file in weights.files))
    if not_for_cpu(wanted.model):
        return ModelFiles(wanted.typed_repository, "")  # the whole folder
    name = wanted.name.base or wanted.model.shape.name
    return ModelFiles("", f"{name}-{quant}.gguf")
