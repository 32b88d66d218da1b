"""Can I run it, and with how many layers: from what people type to a plan, with the answer to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bot.answers.blocks import Answer, Code
from bot.answers.commands import ModelFiles, loader_commands, with_loader
from bot.answers.fit.brief import brief_plan_answer
from bot.answers.layers import layers_answer
from bot.answers.plan import fitting_values, memory_advice, plan_answer
from bot.base.errors import UserError
from bot.base.languages import Text
from bot.clinic.reading import Advice
from bot.clinic.standing_in import stand_in
from bot.hardware.amounts import Device, parse_vram
from bot.hardware.cards import CardIndex
from bot.hardware.fields import devices_in, ram_in, with_shared_memory
from bot.hardware.machine import Machine
from bot.hardware.planned import PlannedMachine, are_apples
from bot.hardware.systems import System, system_family
from bot.hardware.told import Kind, MachineReader
from bot.intake.facts import Facts
from bot.knowledge.advice import Advice as MachineAdvice
from bot.knowledge.reference import Loader
from bot.knowledge.translations import Translations
from bot.memory.engine_plan import engine_plan
from bot.memory.engines import SERVERS, Engine
from bot.memory.estimate import Estimate
from bot.memory.instead import smaller_whole, substitute
from bot.memory.plan import LayersThatFit, Plan, base_settings, layers_that_fit, make_plan, not_for_cpu, usual_context
from bot.memory.settings import Settings
from bot.models.catalog import Catalog
from bot.models.named import QUANT_ASSUMED, as_published
from bot.models.recommended import Recommendations
from bot.models.requested import HubLike, RequestedModel, requested_model
from bot.models.shape import Model

NO_TRANSLATIONS = Translations()
UNKNOWN_RAM = 1 << 40  # bytes; more than any machine has


@dataclass(frozen=True)
class Prospect:
    """The answer to "can I run it": the plan, what to download, and what had to be assumed."""

    plan: Plan
    files: ModelFiles
    notes: tuple[Text, ...]
    translations: Translations = NO_TRANSLATIONS
    advice: MachineAdvice | None = None
    loader: str | None = None  # the one that was named
    loaders: Mapping[str, Loader] = field(default_factory=dict)

    def started_by(self, loaders: Mapping[str, Loader], named: str = "") -> "Prospect":
        """The same with the loaders that there are, started by the one `named` or the usual one."""
        return replace(self, plan=with_loader(self.plan, loaders, named), loader=named or None, loaders=loaders)

    @cached_property
    def commands(self) -> Mapping[str, Code]:
        """Loader name -> what to type or set, best loader first."""
        return loader_commands(self.plan, self.files, self.loaders)

    @cached_property
    def answer(self) -> Answer:
        """The result in words."""
        return self.translations.of(plan_answer(self.plan, self.files, self.notes, self.commands))

    @cached_property
    def brief(self) -> Answer:
        """The same for a chat: the verdict as title, a few lines, one command; the rest as details."""
        machine = self.plan.machine
        kind: Kind = "phone" if machine.phone else "unified" if machine.unified else "desktop"
        assumed = dict.fromkeys(device.assumed for device in machine.devices if device.assumed)
        planned = PlannedMachine(machine, kind, tuple(assumed))
        answer = brief_plan_answer(self.plan, self.files, self.notes, planned, self.advice, self.loader, self.commands)
        return self.translations.of(answer)


@dataclass(frozen=True)
class FittingLayers:
    """The answer to "how many layers"."""

    found: LayersThatFit
    translations: Translations = NO_TRANSLATIONS

    @property
    def result(self) -> Estimate:
        """The estimate with as many layers."""
        return self.found.estimate

    @cached_property
    def answer(self) -> Answer:
        """The result in words."""
        return self.translations.of(layers_answer(self.found))


def prospect(
    wanted: RequestedModel,
    machine: Machine,
    context: int | None,
    cache_type: str,
    beside: int = 0,
    kept_in_ram: tuple[str, ...] = (),
) -> Prospect:
    """The best plan for a model on a machine. `beside`: bytes that go to the card with it; `kept_in_ram`: patterns of
    tensors that stay in RAM.

    Raises UserError for a context that no loader takes, and for patterns that no tensor has.
    """
    plan = make_plan(
        wanted.model,
        machine,
        context=context,
        cache_type=cache_type,
        others=wanted.quants,
        free_choice=not wanted.chosen,
        beside=beside,
        kept_in_ram=kept_in_ram,
    )
    return Prospect(plan, _files(wanted, plan.model.quant), wanted.notes)


def with_substitute(
    found: Prospect, catalog: Catalog, recommendations: Callable[[], Recommendations], *, wants_smaller: bool = False
) -> Prospect:
    """The same; where neither the model nor another quantization of it fits, with what to take in its place.
    `wants_smaller`: that is asked for where it is only split, too.
    """
    plan = found.plan
    is_no = plan.verdict == "no" and plan.best is None
    if not (is_no or (wants_smaller and plan.verdict != "gpu")):
        return found
    engine = plan.placement.engine
    if is_no:
        other = substitute(plan.model, plan.machine, catalog, recommendations(), engine)
    else:
        other = smaller_whole(plan.model, plan.machine, catalog)
    return replace(found, plan=replace(plan, instead=other))


def engine_prospect(
    wanted: RequestedModel, machine: Machine, engine: Engine, context: int | None, options: Mapping[str, Any]
) -> Prospect:
    """The plan for an engine that keeps the whole model on the cards; original weights where no format was named.

    Raises UserError for options or a context that the engine refuses.
    """
    model = wanted.model
    if engine in (*SERVERS, "transformers") and not wanted.chosen and wanted.repository is None:
        model = as_published(model.shape)
    plan = engine_plan(model, machine, engine, context, options)
    return Prospect(plan, ModelFiles(wanted.repository.id if wanted.repository else wanted.typed_repository, ""), ())


def _ram_of(devices: Sequence[Device], ram: str, reader: MachineReader) -> int:
    """Bytes of RAM as typed; of a chip that shares one memory with its graphics one amount is enough."""
    if ram.strip():
        return ram_in(ram, reader)
    if (shared := _shared_memory(devices)) is not None:
        return shared
    raise UserError(
        "Tell me the RAM too, for example 32. Only a Mac or another computer whose graphics share its memory needs no"
        " second amount.",
        "请再告诉我内存大小，比如 32。只有 Mac 这类显卡和内存共用的电脑才不用另填。",
    )


def _shared_memory(devices: Sequence[Device]) -> int | None:
    """Bytes of the one memory that a chip shares with its graphics; None for cards with memory of their own."""
    if devices and all(device.card is not None and device.card.unified for device in devices):
        return devices[0].memory
    return None


def typed_machine(vram: str, ram: str | None, system: System, reader: MachineReader, held: str = "") -> Machine:
    """A machine as people type it; `ram` None is more of it than anybody has, empty is the memory that a chip shares
    with its graphics. `held`: what another program holds. A chip of Apple's runs macOS, whatever `system` says.

    Raises UserError for what is no card and no amount, and where a machine with a card of its own lacks the RAM.
    """
    devices = devices_in(vram, reader)
    memory = (_shared_memory(devices) or UNKNOWN_RAM) if ram is None else _ram_of(devices, ram, reader)
    devices = devices if ram is None else with_shared_memory(devices, memory)
    return Machine(devices, memory, "macos" if are_apples(devices) else system, ram_in(held, reader) if held else 0)


def fitting_layers(
    model: Model, machine: Machine, context: int | None, cache_type: str, settings: Settings | None = None
) -> FittingLayers:
    """How many layers of `model` fit, with these settings or the usual ones for the context and cache type.

    Raises UserError for a context that no loader takes.
    """
    settings = settings or base_settings(machine, usual_context(model, context), cache_type)
    return FittingLayers(layers_that_fit(model, machine, settings))


def requested(text: str, catalog: Catalog, hub: HubLike | None, *, local_files: bool) -> RequestedModel:
    """The model that a text asks for. Raises UserError."""
    return requested_model(text, catalog, hub, local_files=local_files)


def advice_for(
    facts: Facts, catalog: Catalog, cards: CardIndex, recommendations: Callable[[], Recommendations]
) -> Advice:
    """What of a log's model fits the log's card; none when the log does not tell both. Where somebody told a size and
    no name, a model of that size stands for it.
    """
    plan = (
        plan_for(facts, catalog, cards)
        if facts.parameters is None
        else _plan_of_size(facts, catalog, cards, recommendations())
    )
    return Advice() if plan is None else Advice(memory_advice(plan, facts), fitting_values(plan))


# Loaders that take weights as they were published where nothing else is told.
_LOADS_WHOLE = frozenset({"vLLM", "SGLang", "Aphrodite", "transformers"})


def _plan_of_size(facts: Facts, catalog: Catalog, cards: CardIndex, recommendations: Recommendations) -> Plan | None:
    assert facts.parameters is not None
    told = facts.quant.value if facts.quant else ""
    wanted = stand_in(facts.parameters.value, catalog, recommendations, lambda _: told)
    return None if wanted is None else _plan_of(wanted.model, facts, cards)


def plan_for(facts: Facts, catalog: Catalog, cards: CardIndex) -> Plan | None:
    """The plan for a log's model on the log's card; None when the log does not tell both."""
    name = facts.model_file or facts.model
    if name is None or not (facts.vram or facts.gpus):
        return None
    try:
        wanted = requested_model(named(name.value, facts), catalog)
    except UserError:
        return None
    if QUANT_ASSUMED in wanted.model.notes and facts.loader and facts.loader.value in _LOADS_WHOLE:
        return None  # the usual GGUF says nothing of weights as they were published
    return _plan_of(wanted.model, facts, cards)


def _plan_of(model: Model, facts: Facts, cards: CardIndex) -> Plan | None:
    machine, context = machine_of(facts, cards), facts.context.value if facts.context else None
    try:
        return None if machine is None else make_plan(model, machine, context=context)
    except UserError:
        return None


def machine_of(facts: Facts, cards: CardIndex) -> Machine | None:
    """The machine that a log's facts describe; None when its card is not known. RAM that is not told rules nothing
    out: what is said is about the card. A chip's own memory is all that there is.
    """
    if not (facts.vram or facts.gpus):
        return None
    try:
        devices = _devices(facts, cards)
        ram = facts.ram.value if facts.ram else _shared_memory(devices) or UNKNOWN_RAM
        return Machine(devices, ram, _system(facts))
    except UserError:
        return None


def _devices(facts: Facts, cards: CardIndex) -> tuple[Device, ...]:
    """The cards that the log names, with the memory it states; raises UserError when they are not known."""
    if facts.vram is not None and len(facts.gpus) <= 1:
        name = facts.gpus[0].value if facts.gpus else ""
        return (Device(facts.vram.value, name, cards.find(name) if name else None),)
    return parse_vram("+".join(gpu.value for gpu in facts.gpus), cards)


def named(name: str, facts: Facts) -> str:
    """The model with its quantization, where the log tells it apart from the name."""
    told = facts.quant is not None and facts.quant.value.lower() not in name.lower()
    return f"{name} {facts.quant.value}" if told and facts.quant else name


def _system(facts: Facts) -> System:
    family = system_family(facts.system.value) if facts.system else "windows"
    return "macos" if family == "macos" else "windows" if family == "windows" else "linux"


def _files(wanted: RequestedModel, quant: str) -> ModelFiles:
    """What to download for a quantization: real names where the repository is known, else the usual one."""
    repository = wanted.repository.id if wanted.repository else ""
    weights = wanted.files.get(quant) if wanted.files else None
    if weights is not None:
        return ModelFiles(repository, weights.first.path, tuple(file.path for file in weights.files))
    if not_for_cpu(wanted.model):
        return ModelFiles(wanted.typed_repository, "")  # the whole folder
    name = wanted.name.base or wanted.model.shape.name
    return ModelFiles("", f"{name}-{quant}.gguf")
