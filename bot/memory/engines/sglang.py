"""SGLang: a fixed share of the card is for weights and cache, the rest stays free for the work.

Source: SGLang 0.5.23, sglang/srt/arg_groups/memory_hook.py (chunked_prefill_size, max_bs and mem_fraction_static by the
card's memory), srt/mem_cache/kv_cache_configurator.py (_profile_available_bytes, _calculate_mamba_ratio), srt/
server_args.py (swa_full_tokens_ratio 0.8, mamba_full_memory_ratio 0.9). It starts as soon as anything is left for the
cache; a request that is longer than the cache is refused.
"""

from typing import Final

from bot.base.languages import Text
from bot.memory.engines.paged_cache import CacheSettings, token_bytes
from bot.memory.engines.pictures import picture_bytes
from bot.memory.engines.sharding import draft_bytes, rank_weights
from bot.memory.engines.usage import GIB, MIB, EngineUsage
from bot.memory.engines.vllm_settings import USUAL_UTILIZATION, VllmSettings, check_vllm
from bot.memory.serving import Serving
from bot.memory.settings import Interval
from bot.models.shape import Model, ModelShape

# Up to this many GiB of a card: tokens of one piece of a prompt, largest batch with CUDA graphs (with 4 cards or more).
_TIERS: Final = (
    (20, 2048, 8, 8),
    (35, 4096, 48, 160),
    (60, 4096, 32, 160),
    (160, 8192, 256, 512),
    (1 << 20, 16384, 512, 512),
)
_WINDOW_SHARE: Final = 0.8
_STATE_SHARE: Final = 0.9
_GRAPH: Final = 2 * MIB  # for each size of a batch


def reserved(settings: VllmSettings) -> int:
    """Bytes that stay free: 1.5 MiB a token of a piece, graphs, half a GiB, 10 GiB at least from 60 GiB on."""
    size = settings.vram / GIB
    _, tokens, few, many = next(tier for tier in _TIERS if size < tier[0])
    batch = min(few if settings.tensor_parallel < 4 else many, settings.sequences or 1 << 20)
    kept = 512 * MIB + max(settings.batched_tokens or tokens, 2048) * 3 * MIB // 2 + settings.gpus * GIB // 8
    kept += 0 if settings.eager else batch * _GRAPH
    return max(kept, 10 * GIB) if size > 60 else kept


def sglang(model: Model, settings: VllmSettings) -> EngineUsage:
    """What each card holds, and what can be served; `utilization` is --mem-fraction-static where it is not the default.

    Raises:
        UserError: options that the engine refuses.
    """
    check_vllm(model, settings)
    shape, kept = model.shape, reserved(settings)
    weights = rank_weights(model, settings.tensor_parallel, settings.pipeline_parallel)
    weights += picture_bytes(shape) // settings.tensor_parallel
    if settings.drafts:
        weights += draft_bytes(model, settings.drafting, settings.tensor_parallel)
    if settings.utilization != USUAL_UTILIZATION:
        kept = round(settings.vram * (1 - settings.utilization))
    each = bytes_per_token(shape, settings)
    free = max(0.0, left_of(settings, kept) - weights) if settings.vram else each * settings.context
    tokens = int(free / each) if each else 0
    serving = Serving(tokens, tokens / settings.context, each, tokens > 0, min(tokens, settings.context))
    return EngineUsage(
        engine="sglang",
        weights=weights,
        cache=int(tokens * each),
        tokens=tokens,
        activations=Interval(kept // 4, kept),
        other=Interval(300 * MIB, 900 * MIB),
        notes=_notes(settings, tokens),
        gpus=settings.gpus,
        usual_activations=kept // 2,
        serving=serving,
    )


def left_of(settings: VllmSettings, kept: int) -> float:
    """Bytes for weights and cache: the static share of what is left of a card once CUDA and NCCL have started.

    Printed as "Load weight begin. avail mem": 22.9 of 23.6 GiB on two cards, 93.6 of 95.1 on eight with NVLink.
    """
    begun = 512 * MIB if settings.gpus == 1 else 1024 * MIB
    return (settings.vram - begun) * (1 - kept / settings.vram)


def bytes_per_token(shape: ModelShape, settings: VllmSettings) -> float:
    """Bytes of one token on a card: windows have a pool of 0.8 times the tokens, states one of 0.9 times the bytes."""
    cache: CacheSettings = settings.cache
    layers = range(shape.layers - shape.shared_kv_layers)
    full = sum(
        token_bytes(shape, layer, cache) * (_WINDOW_SHARE if _windowed(shape, layer) else 1)
        for layer in layers
        if shape.kv_heads[layer]
    )
    share = 1 + _STATE_SHARE if any(shape.recurrent_layers) else 1
    return full * share / settings.pipeline_parallel


def _windowed(shape: ModelShape, layer: int) -> bool:
    return bool(shape.window_layers) and shape.window_layers[layer] and shape.window > 0


def _notes(settings: VllmSettings, tokens: int) -> tuple[Text, ...]:
    if tokens >= settings.context or not settings.vram:
        return ()
    if not tokens:
        text = Text(
            "Nothing is left for the cache: SGLang does not start. Raise --mem-fraction-static or take a smaller "
            "quantization.",
            "没有剩余显存给缓存，SGLang 启动不了。请调大 --mem-fraction-static，或换更小的量化。",
        )
        return (text,)
    text = Text(
        "It starts, but refuses requests longer than {tokens} tokens: set --context-length {tokens}, or raise "
        "--mem-fraction-static, or use --kv-cache-dtype fp8_e4m3.",
        "能启动，但超过 {tokens} token 的请求会被拒绝：把 --context-length 设成 {tokens}，"
        "或者调大 --mem-fraction-static，或用 --kv-cache-dtype fp8_e4m3。",
    )
    return (text.format(tokens=tokens),)
