"""Whether and how a model runs on a machine: all on the GPU, split, on the CPU, or not at all.

Everything is searched over the exact estimate; nothing here knows a formula of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from bot.hardware.machine import Machine
from bot.memory.engines import (
    VllmSettings,
    as_estimate,
    engine_estimate,
    parallel_sizes,
    reported_memory,
    starting,
    usual_engine,
)
from bot.memory.estimate import Estimate, estimate
from bot.memory.overrides import naming, refused_elsewhere
from bot.memory.searching import balanced_split, freed_by_experts, freed_by_layers, freed_by_tokens, least
from bot.memory.settings import ALL, Backend, Settings, check
from bot.memory.speed import Speed, speed
from bot.memory.weights import weigh
from bot.models.quantization import parse_quant
from bot.models.shape import Model

Verdict = Literal["gpu", "split", "cpu", "no"]
RANK: dict[Verdict, int] = {"gpu": 0, "split": 1, "cpu": 2, "no": 3}

USUAL_CONTEXT = 8192
CONTEXT_STEP = 1024
LARGEST_CONTEXT = 1 << 20
_NEAR = 1.5  # contexts of which one is less than so many times the other
_ENOUGH_BITS = 7.0  # Q6_K has 6.6
_PHONE_BITS = 5.1  # Q4_K_M has 4.9
FOUR_BITS = 4.0  # bits per weight below which quality falls quickly, see knowledge/formats


_estimated = lru_cache(maxsize=64)(estimate)  # a search comes back to what was tried before it


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model goes. `settings` are what to start the loader with, `serving` what vLLM is to be started with;
    `engine`: the one that was asked for, empty where the format decides; `cache`: ExLlama's cache type, where given;
    `loader`: the program that starts it, by name: the one asked for, else the usual one for the engine.
    """

    verdict: Verdict
    settings: Settings
    estimate: Estimate
    serving: VllmSettings | None = None
    engine: str = ""
    cache: str = ""
    loader: str = ""

    @property
    def gpu_layers(self) -> int:
        """Layers on the card, the output layer included; 0 where it does not run."""
        return self.estimate.gpu_layers if self.verdict != "no" else 0


@dataclass(frozen=True, slots=True)
class Option:
    """One file (or quantization) of the model and how it would run."""

    name: str
    size: int
    verdict: Verdict
    gpu_layers: int
    bits_per_weight: float = 0.0


@dataclass(frozen=True, slots=True)
class RamCheck:
    """What a split model needs of RAM, bytes, and whether it is there.

    `lasting`: what stays in RAM, with mmap or without (today's llama.cpp family reads a tensor, hands it to the card
    and reuses the buffer: src/llama-model-loader.cpp, load_all_data). `whole_file`: what the old rule asks for, that
    all of the file fit in RAM; it held for loaders of 2023 without mmap.
    """

    lasting: int
    whole_file: int
    usable: int

    @property
    def fits(self) -> bool:
        """Whether what stays in RAM fits."""
        return self.lasting <= self.usable

    @property
    def whole_file_fits(self) -> bool:
        """Whether the whole file would fit, as the old rule asks."""
        return self.whole_file <= self.usable


@dataclass(frozen=True, slots=True)
class Substitute:
    """A model, or another quantization of the one asked for, that fits where that does not. `size` of its files in
    bytes; `related`: the very model, or one of its family.
    """

    name: str
    quant: str
    size: int
    verdict: Verdict
    speed: Speed | None
    related: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole answer to "can I run it". `max_context` is for the same verdict; 0 when there is none.

    `cache_saver`: the placement with a q8_0 KV cache, where that makes the verdict better or the context much longer.
    """

    model: Model
    machine: Machine
    placement: Placement
    max_context: int
    options: tuple[Option, ...]
    best: Option | None  # what to download
    ram: RamCheck
    speed: Speed | None
    cache_saver: Placement | None = None
    cache_saver_context: int = 0
    instead: Substitute | None = None  # where nothing of the model fits

    @property
    def verdict(self) -> Verdict:
        """Whether and where it runs."""
        return self.placement.verdict


@dataclass(frozen=True, slots=True)
class LayersThatFit:
    """The most layers on the GPUs of a machine, experts and all."""

    model: Model
    machine: Machine
    settings: Settings
    estimate: Estimate

    @property
    def nominal_vram(self) -> int:
        """Bytes of VRAM as the maker states them."""
        return sum(device.memory for device in self.machine.devices)

    @property
    def rule_of_thumb(self) -> int:
        """The tutorial's formula: layers times VRAM over file size, at most all layers."""
        layers = self.model.shape.layers
        return min(layers, layers * self.nominal_vram // max(1, self.model.file_bytes))


def layers_that_fit(model: Model, machine: Machine, settings: Settings) -> LayersThatFit:
    """The most layers that fit in the usable VRAM, driver included; RAM is not looked at."""
    settings = replace(settings, tensor_split=settings.tensor_split or even_split(machine))
    if any(machine.usable_vram) and (whole := _whole(model, machine, settings, _spare_on_gpus)) is not None:
        return LayersThatFit(model, machine, *whole)
    some = _with_some_layers(model, machine, settings) if any(machine.usable_vram) else None
    count = some.gpu_layers if some else 0
    chosen = settings.with_gpu_layers(count)
    return LayersThatFit(model, machine, chosen, some.estimate if some else estimate(model, chosen))


def backend_of(machine: Machine) -> Backend:
    """The driver whose overhead counts; Vulkan is what cards of several makers have in common."""
    cards = [device.card for device in machine.devices if device.card is not None]
    if machine.system == "macos":
        return "metal"
    if len({card.vendor for card in cards}) > 1:
        return "vulkan"
    return _BACKENDS[cards[0].backend] if cards else "cuda"


_BACKENDS: Mapping[str, Backend] = {
    "CUDA": "cuda",
    "ROCm": "rocm",
    "Vulkan": "vulkan",
    "Metal": "metal",
    "CANN": "cann",
    "MUSA": "musa",
    "CPU": "cpu",
}


def usual_context(model: Model, asked: int | None) -> int:
    """The context asked for, else 8192 or what the model was trained for where that is less."""
    if asked is not None:
        return asked
    return min(USUAL_CONTEXT, model.shape.trained_context or USUAL_CONTEXT)


def base_settings(machine: Machine, context: int, cache_type: str = "f16") -> Settings:
    """Settings of a llama.cpp-like loader on this machine; checked."""
    return check(
        Settings(
            context=context,
            cache_type_k=cache_type,
            cache_type_v=cache_type,
            tensor_split=even_split(machine),
            backend=backend_of(machine),
        )
    )


def even_split(machine: Machine) -> tuple[float, ...]:
    """Each card's share of the layers, by its usable VRAM; empty for a single card."""
    vram = machine.usable_vram
    total = sum(vram)
    return tuple(size / total for size in vram) if len(vram) > 1 and total else ()


def place(model: Model, machine: Machine, settings: Settings) -> Placement:
    """The best placement under these settings: GPU before split before CPU."""
    if not_for_cpu(model):
        return _place_on_gpu_only(model, machine, settings)
    if any(machine.usable_vram) and not _too_heavy(model, machine):
        if (whole := place_whole(model, machine, settings)) is not None:
            return whole
        for split in _split_ways(settings):
            found = split(model, machine, settings, 0)
            if found is not None and _fits(found.estimate, machine):
                return found
    nothing = estimate(model, replace(settings, gpu_layers=0))
    fits = nothing.host.total <= machine.usable_ram
    return Placement("cpu" if fits else "no", replace(settings, gpu_layers=0), nothing)


def _too_heavy(model: Model, machine: Machine) -> bool:
    """Whether the weights alone are more than all memory, wherever they go."""
    return weigh(model).total > machine.usable_ram + (0 if machine.unified else sum(machine.usable_vram))


def _split_ways(settings: Settings) -> tuple["_Way", ...]:
    """How a model may be split, the better way first."""
    return (_with_some_layers,) if settings.kept_in_ram else (_with_experts_in_ram, _with_some_layers)


def _spare_when_split(model: Model, machine: Machine, settings: Settings, last: dict["_Way", tuple[int, int]]) -> int:
    """Bytes of RAM left where the cards are full; negative where no part of the model runs on them. `last`: with what
    context how many parts left the cards, which is where to begin for one that is not far from it; written anew.
    """
    left = -1
    for way in _split_ways(settings):
        context, parts = last.get(way, (0, 0))
        near = settings.context < _NEAR * context and context < _NEAR * settings.context
        found = way(model, machine, settings, parts if near else 0)
        if found is not None:
            last[way] = settings.context, found.settings.experts_on_host or model.shape.offloadable - found.gpu_layers
            left = _spare_in_ram(found.estimate, machine)
            if left >= 0:
                break
    return left


def place_whole(model: Model, machine: Machine, settings: Settings) -> Placement | None:
    """Everything on the GPUs but what is to stay in RAM; None where that does not fit. For formats that a processor
    runs too.
    """
    whole = _whole(model, machine, settings, _spare) if any(machine.usable_vram) else None
    return None if whole is None else Placement("split" if settings.kept_in_ram else "gpu", *whole)


def _whole(
    model: Model, machine: Machine, settings: Settings, spare: Callable[[Estimate, Machine], int]
) -> tuple[Settings, Estimate] | None:
    """All layers on the GPUs, where nothing lacks by `spare`. Where ROCm's driver takes too much, Vulkan's may do."""
    for backend in (settings.backend, *(("vulkan",) if settings.backend == "rocm" else ())):
        tried = replace(settings, backend=backend, gpu_layers=ALL)
        whole = _estimated(model, tried)
        if spare(whole, machine) >= 0:
            return replace(tried, gpu_layers=whole.gpu_layers), whole
    return None


def not_for_cpu(model: Model) -> bool:
    """Whether only a GPU runs the format: everything but GGUF."""
    quant = parse_quant(model.quant) if model.quant else None
    return quant is not None and quant.format not in {"GGUF", "MXFP4", "FLOAT"}


def _place_on_gpu_only(model: Model, machine: Machine, settings: Settings) -> Placement:
    """For the engines that keep the whole model on the GPUs: ExLlama its own formats, vLLM the others."""
    engine = usual_engine(model)
    if engine not in {"exllamav2", "exllamav3"}:
        return _place_in_vllm(model, machine, settings)
    whole = engine_estimate(model, settings, engine)
    fits = 0 < whole.gpu.total <= sum(machine.usable_vram)
    return Placement("gpu" if fits else "no", replace(settings, gpu_layers=whole.gpu_layers), whole)


def _place_in_vllm(model: Model, machine: Machine, settings: Settings) -> Placement:
    """As many like cards as there are, each as large as the smallest; all seats taken where that starts."""
    cards = [device.shown for device in machine.devices if device.memory]
    tensor, pipeline = parallel_sizes(model.shape, max(1, len(cards)))
    asked = VllmSettings(
        reported_memory(min(cards, default=0)), settings.context, tensor_parallel=tensor, pipeline_parallel=pipeline
    )
    chosen, usage = starting(model, asked)
    starts = bool(cards) and usage.serving is not None and usage.serving.starts
    whole = as_estimate(usage, model)
    return Placement("gpu" if starts else "no", replace(settings, gpu_layers=whole.gpu_layers), whole, chosen)


def _fits(tried: Estimate, machine: Machine) -> bool:
    return _spare(tried, machine) >= 0


def _spare(tried: Estimate, machine: Machine) -> int:
    """Bytes left where it is tightest, on a GPU or in RAM; negative where something does not fit."""
    return min(_spare_on_gpus(tried, machine), _spare_in_ram(tried, machine))


def _spare_in_ram(tried: Estimate, machine: Machine) -> int:
    return machine.usable_ram - tried.host.needed - (tried.gpu.needed if machine.unified else 0)


def _spare_on_gpus(tried: Estimate, machine: Machine) -> int:
    """Bytes left on the fullest GPU, room for a matrix that comes over for a prompt included."""
    budgets = zip(tried.gpus, machine.usable_vram, strict=False)
    return min((budget - usage.needed for usage, budget in budgets), default=0)


_Way: TypeAlias = Callable[[Model, Machine, Settings, int], Placement | None]


def _with_experts_in_ram(model: Model, machine: Machine, settings: Settings, start: int = 0) -> Placement | None:
    """All layers on the GPU, the experts of as few of them as need be in RAM (--n-cpu-moe); None without experts.

    `start`: about how many these are, where that is known.
    """
    if model.shape.experts is None:
        return None

    def with_experts(count: int) -> Settings:
        shared = replace(settings, gpu_layers=ALL, experts_on_host=count)
        split = balanced_split(model, shared, machine.usable_vram)
        return shared if split == shared.tensor_split else replace(shared, tensor_split=split)

    def tried(count: int) -> Estimate:
        return _estimated(model, with_experts(count))

    freed = freed_by_experts(model, settings)
    count = least(model.shape.layers, lambda number: _spare_on_gpus(tried(number), machine), freed, start=start)
    if count is None:
        return None
    found = tried(count)
    return Placement("split", replace(with_experts(count), gpu_layers=found.gpu_layers), found)


def _with_some_layers(model: Model, machine: Machine, settings: Settings, start: int = 0) -> Placement | None:
    """As many layers on the GPU as fit; None when not one does. `start`: about how many do not, where that is known."""
    whole = model.shape.offloadable

    def tried(count: int) -> Estimate:
        return _estimated(model, replace(settings, gpu_layers=ALL if count == whole else count))

    freed = freed_by_layers(model, settings)
    fewer = least(whole, lambda number: _spare_on_gpus(tried(whole - number), machine), freed, start=start)
    if fewer is None or fewer >= whole:
        return None
    count = whole - fewer
    return Placement("split", replace(settings, gpu_layers=count), tried(count))


def largest_context(model: Model, machine: Machine, settings: Settings, verdict: Verdict) -> int:
    """The most context, in steps of 1024, that keeps the verdict; 0 when none does."""
    if verdict == "no":
        return 0
    most = min(model.shape.trained_context or LARGEST_CONTEXT, LARGEST_CONTEXT) // CONTEXT_STEP

    last: dict[_Way, tuple[int, int]] = {}

    def spare(steps: int) -> int:
        tried = replace(settings, context=max(1, steps) * CONTEXT_STEP, experts_on_host=0, gpu_layers=ALL)
        if verdict == "gpu" and not not_for_cpu(model):
            return _spare(_estimated(model, tried), machine)
        if verdict == "split" and not not_for_cpu(model):
            return _spare_when_split(model, machine, tried, last)
        placed = place(model, machine, tried)
        left = machine.usable_ram - placed.estimate.host.needed
        return max(0, left) if RANK[placed.verdict] <= RANK[verdict] else min(-1, left)

    freed = freed_by_tokens(model, settings, CONTEXT_STEP, most)
    planned = settings.context // CONTEXT_STEP if settings.context % CONTEXT_STEP == 0 else 0
    left = spare(planned) if 1 <= planned <= most else -1
    known = (most - planned, left) if left >= 0 else None
    fewer = least(max(0, most - 1), lambda number: spare(most - number), freed, known)
    return 0 if fewer is None else (most - fewer) * CONTEXT_STEP


def make_plan(
    model: Model,
    machine: Machine,
    *,
    context: int | None = None,
    cache_type: str = "f16",
    others: Sequence[tuple[str, Model]] = (),
    free_choice: bool = False,
    beside: int = 0,
    kept_in_ram: tuple[str, ...] = (),
) -> Plan:
    """The plan for `model`, and how each of `others` (name, model in another quantization) would run.

    `free_choice`: nobody asked for this quantization, so the best of the others is planned in its stead. `beside`:
    bytes that go to the card with the model, such as its picture part or a draft model. `kept_in_ram`: patterns of
    tensors that are to stay in RAM.

    Raises:
        UserError: a context or cache type that no loader takes, or patterns that no tensor has.
    """
    if kept_in_ram and not_for_cpu(model):
        raise refused_elsewhere()
    settings = base_settings(machine, usual_context(model, context), cache_type)
    settings = replace(settings, mmproj_bytes=beside, kept_in_ram=naming(model, kept_in_ram))
    options = tuple(_option(name, other, machine, settings) for name, other in others)
    best = recommended(options, phone=machine.phone)
    if free_choice and best is not None and best.name != model.quant:
        model = dict(others)[best.name]
    placement = place(model, machine, settings)
    saver = _cache_saver(model, machine, settings, placement)
    return Plan(
        model=model,
        machine=machine,
        placement=placement,
        max_context=largest_context(model, machine, placed_as(settings, placement), placement.verdict),
        options=options,
        best=best,
        ram=RamCheck(placement.estimate.host.total, model.file_bytes, machine.usable_ram),
        speed=placement_speed(model, machine, placement),
        cache_saver=saver,
        cache_saver_context=largest_context(model, machine, saver.settings, saver.verdict) if saver else 0,
    )


def placed_as(settings: Settings, placement: Placement) -> Settings:
    """The settings with what the placement chose of drivers."""
    return replace(settings, backend=placement.settings.backend)


def estimate_at(plan: Plan, context: int) -> Estimate:
    """The planned model with all layers on the GPU, at another context."""
    if not_for_cpu(plan.model):
        return place(plan.model, plan.machine, replace(plan.placement.settings, context=context)).estimate
    whole = replace(plan.placement.settings, context=context, gpu_layers=ALL, experts_on_host=0)
    return estimate(plan.model, replace(whole, tensor_split=even_split(plan.machine)))


def _option(name: str, model: Model, machine: Machine, settings: Settings) -> Option:
    placed = place(model, machine, settings)
    parameters = weigh(model).elements
    bits = model.file_bytes * 8 / parameters if parameters else 0.0
    return Option(name, model.file_bytes, placed.verdict, placed.gpu_layers, bits)


def recommended(options: Iterable[Option], *, phone: bool = False) -> Option | None:
    """What to download: the largest that runs all on the GPU with at least four bits (Q6_K is enough, on a phone
    Q4_K_M); else the one nearest to Q4_K_M that runs split or on the CPU; else the largest below four bits, on the CPU
    alone only where no card takes a part.
    """
    able = [option for option in options if option.verdict != "no"]
    four = [option for option in able if option.bits_per_weight >= FOUR_BITS]
    most = _PHONE_BITS if phone else _ENOUGH_BITS
    on_gpu = [option for option in four if option.verdict == "gpu" and option.bits_per_weight < most]
    if four and not on_gpu:
        return min(four, key=lambda option: (RANK[option.verdict], abs(option.bits_per_weight - 4.85)))
    return max(on_gpu or _with_card(able) or able, key=lambda option: option.size, default=None)


def _with_card(options: Iterable[Option]) -> list[Option]:
    return [option for option in options if option.verdict != "cpu"]


def _cache_saver(model: Model, machine: Machine, settings: Settings, placement: Placement) -> Placement | None:
    if settings.cache_type_k != "f16" or placement.verdict == "gpu" or not_for_cpu(model):
        return None
    saved = place(model, machine, replace(settings, cache_type_k="q8_0", cache_type_v="q8_0"))
    better = RANK[saved.verdict] < RANK[placement.verdict] or (
        saved.verdict == placement.verdict == "split"
        and saved.gpu_layers - saved.settings.experts_on_host
        > placement.gpu_layers - placement.settings.experts_on_host
    )
    return saved if better else None


def placement_speed(model: Model, machine: Machine, placement: Placement) -> Speed | None:
    """How fast a placed model writes; None when it does not run."""
    if placement.verdict == "no":
        return None
    cards = [device.card for device in machine.devices]
    ranks = placement.serving.tensor_parallel if placement.serving is not None else 1
    ram, unified = machine.ram_speed, machine.unified
    return speed(model, placement.estimate, placement.settings, cards, unified=unified, ranks=ranks, ram=ram)
