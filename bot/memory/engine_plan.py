"""Plans for engines that keep the whole model on the cards: vLLM and its family, ExLlama, transformers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.hardware.machine import Machine
from bot.memory.engines import (
    SERVERS,
    Engine,
    VllmSettings,
    checkpoint_cache_bits,
    engine_estimate,
    parallel_sizes,
    reported_memory,
    serving_settings,
    starting,
    told_context,
    vllm,
)
from bot.memory.plan import (
    CONTEXT_STEP,
    LARGEST_CONTEXT,
    Placement,
    Plan,
    RamCheck,
    base_settings,
    placement_speed,
    usual_context,
)
from bot.memory.settings import Settings
from bot.models.shape import Model

WHOLE: Final[tuple[Engine, ...]] = (*SERVERS, "exllamav2", "exllamav3", "transformers")


def engine_plan(
    model: Model,
    machine: Machine,
    engine: Engine,
    context: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> Plan:
    """The plan for one of WHOLE. `options`: the engine's own, under the names that serving_settings takes, and `cache`.

    Raises:
        UserError: options or a context that the engine refuses.
    """
    settings = base_settings(machine, usual_context(model, context or told_context(options or {})))
    placement = place_whole(model, machine, engine, settings, options or {})
    return Plan(
        model=model,
        machine=machine,
        placement=placement,
        max_context=longest(model, machine, engine, placement, options or {}),
        options=(),
        best=None,
        ram=RamCheck(0, model.file_bytes, machine.usable_ram),
        speed=placement_speed(model, machine, placement),
    )


def place_whole(
    model: Model, machine: Machine, engine: Engine, settings: Settings, options: Mapping[str, Any]
) -> Placement:
    """On the GPUs, or nowhere. Where no option is given, the engine's are chosen so that it starts."""
    serving = None
    if engine in SERVERS:
        serving = asked_of(model, machine, settings.context, options)
        if engine != "sglang" and not _chosen(options):
            serving, _ = starting(model, serving)
    cache = str(options.get("cache") or "")
    drafts = int(options.get("num_speculative_tokens") or 0)
    result = engine_estimate(model, settings, engine, serving=serving, cache=cache, drafts=drafts)
    fits = 0 < result.gpu.total <= sum(machine.usable_vram)
    if result.serving is not None:
        fits = any(machine.usable_vram) and result.serving.starts
    chosen = replace(settings, gpu_layers=result.gpu_layers)
    return Placement("gpu" if fits else "no", chosen, result, serving, engine, cache)


_CHOICES: Final = (
    "util",
    "gpu_memory_utilization",
    "seqs",
    "max_num_seqs",
    "kv_cache_dtype",
    "kv_bits",
    "enforce_eager",
)


def _chosen(options: Mapping[str, Any]) -> bool:
    """Whether an option that decides about starting was given, which then stays as it is."""
    return any(options.get(name) for name in _CHOICES)


def asked_of(model: Model, machine: Machine, context: int, options: Mapping[str, Any]) -> VllmSettings:
    """A serving engine's settings on this machine: all cards share the work, each as large as the smallest."""
    cards = [device.shown for device in machine.devices if device.memory] or list(machine.usable_vram)
    tensor, pipeline = parallel_sizes(model.shape, max(1, len(cards)))
    told = {name: value for name, value in options.items() if value is not None and name not in ("vram", "context")}
    if not told.keys() & {"tp", "tensor_parallel_size", "pp", "pipeline_parallel_size"}:
        told |= {"tp": tensor, "pp": pipeline}
    told.setdefault("gpu", " ".join(device.name for device in machine.devices))
    vram = reported_memory(min(cards, default=0))
    return serving_settings({**told, "context": context}, model.shape, vram, checkpoint_cache_bits(model))


def longest(model: Model, machine: Machine, engine: Engine, placement: Placement, options: Mapping[str, Any]) -> int:
    """The longest context with which the same settings work; 0 where even this one does not."""
    if placement.verdict == "no":
        return 0
    most = model.shape.trained_context or LARGEST_CONTEXT
    if placement.serving is not None and placement.estimate.serving is not None:
        if engine == "sglang":
            return min(most, placement.estimate.serving.tokens)
        found = vllm(model, replace(placement.serving, context=most), engine).serving
        return found.longest if found is not None else 0
    return _by_halves(most // CONTEXT_STEP, lambda steps: _holds(model, machine, engine, steps, placement, options))


def _holds(
    model: Model, machine: Machine, engine: Engine, steps: int, placement: Placement, options: Mapping[str, Any]
) -> bool:
    settings = replace(placement.settings, context=max(1, steps) * CONTEXT_STEP)
    return place_whole(model, machine, engine, settings, options).verdict == "gpu"


def _by_halves(most: int, holds: Callable[[int], bool]) -> int:
    """The most steps that hold, in tokens; `holds` is True up to there."""
    low, high = 0, most
    while low < high:
        half = (low + high + 1) // 2
        low, high = (half, high) if holds(half) else (low, half - 1)
    return low * CONTEXT_STEP
