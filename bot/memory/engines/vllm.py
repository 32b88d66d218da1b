"""vLLM, and Aphrodite of the same family: utilization is filled, and the cache gets what is left.

Source: vLLM 0.33, vllm/v1/worker/gpu_worker.py (determine_available_memory: total * utilization less all that the
profiling run took), vllm/v1/core/kv_cache_planning.py (_check_enough_kv_cache_memory: one request must fit).
"""

from dataclasses import replace
from typing import Final

from bot.base.languages import Text
from bot.memory.engines.paged_cache import BLOCK, PagedCache, paged_cache
from bot.memory.engines.pictures import picture_bytes
from bot.memory.engines.sharding import left_of_unpacking
from bot.memory.engines.usage import GIB, EngineUsage
from bot.memory.engines.vllm_needs import Needs
from bot.memory.engines.vllm_settings import VllmSettings, check_vllm
from bot.memory.serving import Engine, Serving
from bot.models.shape import Model, ModelShape

SHORTEST: Final = 2048  # tokens of context below which an advice is of no use


def vllm(model: Model, settings: VllmSettings, engine: Engine = "vllm") -> EngineUsage:
    """What each card holds, and what can be served.

    Raises:
        UserError: options that the engine refuses.
    """
    check_vllm(model, settings)
    needs = Needs.of(model, settings)
    cache = paged_cache(model.shape, settings.cache)
    if not settings.vram:
        return replace(_for_one_request(engine, needs, cache, settings), notes=_notes(model, settings))
    free = max(0.0, settings.vram * settings.utilization - needs.usual)
    serving = Serving(
        tokens=(cache.group_tokens if settings.counts_groups else cache.tokens)(free),
        concurrency=cache.concurrency(free),
        bytes_per_token=cache.bytes_per_token,
        starts=cache.holds_one(free),
        longest=longest_context(model.shape, settings, free),
        counted_bytes=cache.group_token_bytes if settings.counts_groups else 0.0,
    )
    held = cache.blocks(free) * cache.block_bytes
    return replace(_usage(engine, needs, held, serving, settings), notes=_notes(model, settings))


def _notes(model: Model, settings: VllmSettings) -> tuple[Text, ...]:
    kept = left_of_unpacking(model, settings.tensor_parallel) if settings.keeps_unpacked else 0
    if not kept:
        return ()
    text = Text(
        "{size} GiB of the weights are left over from unpacking AWQ: vLLM's branch for gfx906 cards (MI50, MI60, "
        "Radeon VII) keeps them up to 0.10.0. From 0.10.1 on the cache gets that room.",
        "权重里有 {size} GiB 是解包 AWQ 时剩下的：gfx906 显卡（MI50、MI60、Radeon VII）专用的 vLLM 分支在 0.10.0 "
        "及以前不会释放它。升级到 0.10.1 以后，这部分显存就归缓存用。",
    )
    return (text.format(size=f"{kept / GIB:.1f}"),)


def _for_one_request(engine: Engine, needs: "Needs", cache: PagedCache, settings: VllmSettings) -> EngineUsage:
    counted = cache.group_token_bytes if settings.counts_groups else 0.0
    serving = Serving(settings.context, 1.0, cache.bytes_per_token, True, settings.context, counted)
    return _usage(engine, needs, cache.request_bytes, serving, settings)


def _usage(engine: Engine, needs: "Needs", cache: int, serving: Serving, settings: VllmSettings) -> EngineUsage:
    return EngineUsage(
        engine=engine,
        weights=needs.weights,
        cache=cache,
        tokens=serving.tokens,
        activations=needs.activations,
        other=needs.other,
        gpus=settings.gpus,
        usual_activations=needs.usual_activations,
        usual_other=needs.usual_other,
        serving=serving,
    )


def longest_context(shape: ModelShape, settings: VllmSettings, free: float) -> int:
    """The longest context that one request could have in `free` bytes, in whole blocks of 16 tokens."""
    low, high = 0, -(-settings.context // BLOCK)
    while low < high:
        half = (low + high + 1) // 2
        tried = paged_cache(shape, replace(settings, context=half * BLOCK).cache)
        low, high = (half, high) if tried.holds_one(free) else (low, half - 1)
    return min(settings.context, low * BLOCK)


def advice(model: Model, settings: VllmSettings, usage: EngineUsage) -> Text | None:
    """The options with which the engine would start; None where it does already."""
    if usage.serving is None or usage.serving.starts:
        return None
    for changed in (settings, *_frugal(settings, model.shape)):
        found = vllm(model, changed).serving
        if found is not None and (found.longest >= SHORTEST or found.starts):
            options = _differences(settings, replace(changed, context=found.longest))
            return Text("It would start with {options}.", "加上这些参数就能启动：{options}。").format(options=options)
    return Text(
        "The weights alone are too large for this card: take a smaller quantization or a smaller model, or more cards.",
        "光权重就放不进这张卡：请换更小的量化或更小的模型，或者加卡。",
    )


def _differences(given: VllmSettings, changed: VllmSettings) -> str:
    """The options of `vllm serve` that turn one into the other."""
    words = [
        f"{option} {value}"
        for option, value, before in (
            ("--max-model-len", changed.context, given.context),
            ("--max-num-seqs", changed.seats, given.seats),
            ("--gpu-memory-utilization", changed.utilization, given.utilization),
        )
        if value != before
    ]
    if changed.cache_bits != given.cache_bits:
        words.append("--kv-cache-dtype fp8")
    if changed.text_only and not given.text_only:
        words.append("--language-model-only")
    if changed.eager and not given.eager:
        words.append("--enforce-eager")
    return " ".join(words)


def starting(model: Model, settings: VllmSettings) -> tuple[VllmSettings, EngineUsage]:
    """The first settings with which the engine starts: as given, else with fewer requests at once and less waste.

    The given ones where none does.
    """
    tried = ((changed, vllm(model, changed)) for changed in (settings, *_frugal(settings, model.shape)))
    return next(
        (pair for pair in tried if pair[1].serving and pair[1].serving.starts), (settings, vllm(model, settings))
    )


def _frugal(settings: VllmSettings, shape: ModelShape) -> tuple[VllmSettings, ...]:
    """The same with less and less besides the weights."""
    few = replace(settings, sequences=min(8, settings.seats))
    full = replace(few, utilization=max(settings.utilization, 0.97))
    blind = replace(full, text_only=True) if picture_bytes(shape) else full
    return few, full, blind, replace(blind, eager=True, cache_bits=min(8, settings.cache_bits))
