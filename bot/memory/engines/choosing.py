"""The estimate of whichever engine is asked for, and which one a format asks for."""

from typing import Final

from bot.memory.engines.exllama import exllamav2, exllamav3
from bot.memory.engines.sglang import sglang
from bot.memory.engines.transformers import transformers
from bot.memory.engines.usage import EngineUsage, as_estimate
from bot.memory.engines.vllm import advice, vllm
from bot.memory.engines.vllm_settings import VllmSettings
from bot.memory.estimate import Estimate, estimate
from bot.memory.serving import Engine
from bot.memory.settings import Settings, check, quantized
from bot.models.quantization import parse_quant
from bot.models.shape import Model

SERVERS: Final[tuple[Engine, ...]] = ("vllm", "sglang", "aphrodite")


def usual_engine(model: Model) -> Engine:
    """Who runs the format: llama.cpp GGUF, ExLlama its own, transformers the rest."""
    quant = model.quant.upper()
    if quant.startswith("EXL"):
        return "exllamav3" if quant.startswith("EXL3") else "exllamav2"
    if model.shape.source == "gguf":
        return "llama.cpp"
    parsed = parse_quant(model.quant) if model.quant else None
    return "llama.cpp" if parsed is not None and parsed.format == "GGUF" else "transformers"


def engine_estimate(
    model: Model,
    settings: Settings,
    engine: Engine,
    vram: int = 0,
    serving: VllmSettings | None = None,
    cache: str = "",
    drafts: int = 0,
) -> Estimate:
    """The estimate for any engine. `vram` = bytes of the card, which vLLM fills; `serving` = vLLM's own options;
    `cache` = ExLlama's cache type ("q6", "q8,q4"; keys, values), where it is none of llama.cpp's; `drafts` = tokens
    that its next-token layer proposes at once.

    Raises:
        UserError: settings that no loader takes.
    """
    check(settings)
    if engine == "llama.cpp":
        return estimate(model, settings)
    if engine in SERVERS:
        return serving_estimate(model, serving or _as_serving(settings, vram), engine)
    return as_estimate(_whole(model, settings, engine, cache, drafts), model)


def serving_estimate(model: Model, settings: VllmSettings, engine: Engine) -> Estimate:
    """The estimate of vLLM with what to change where it does not start.

    Aphrodite is a branch of it; SGLang has an accounting of its own.
    """
    if engine == "sglang":
        return as_estimate(sglang(model, settings), model)
    usage = vllm(model, settings, engine)
    result = as_estimate(usage, model)
    return result.with_notes(*filter(None, [advice(model, settings, usage)]))


def _as_serving(settings: Settings, vram: int) -> VllmSettings:
    bits = 8.0 if quantized(settings.cache_type_k) else 16.0
    return VllmSettings(vram, settings.context, cache_bits=bits)


def _whole(model: Model, settings: Settings, engine: Engine, cache: str, drafts: int) -> EngineUsage:
    """The engines that put all of the model and the cache on the card."""
    if engine == "transformers":
        return transformers(model, settings)
    kinds = cache.lower().split(",") if cache else (settings.cache_type_k, settings.cache_type_v)
    keys, values = (kinds[at].strip().partition("_")[0] for at in (0, -1))
    if engine == "exllamav2":
        return exllamav2(model, settings, keys)
    return exllamav3(model, settings, _bits(keys), _bits(values), drafts)


def _bits(kind: str) -> float:
    """Bits of a cache type such as "q4" or "4"; 16 for an unpacked one."""
    digits = kind.removeprefix("q")
    return float(digits) if digits.isdigit() and 2 <= int(digits) <= 8 else 16.0
