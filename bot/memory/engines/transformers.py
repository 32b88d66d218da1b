"""transformers (text-generation-webui's loader of that name): everything on the card, a cache that grows.

Source: huggingface/transformers 4.57, cache_utils.py (DynamicCache; sliding layers keep their window),
integrations/bitsandbytes.py (linear layers but the head), and PyTorch's CUDA context with cuBLAS.
"""

from typing import Final

from bot.memory.engines.checkpoint import stored
from bot.memory.engines.paged_cache import CacheSettings, state_bytes, token_bytes
from bot.memory.engines.pictures import picture_bytes
from bot.memory.engines.pytorch import allocated
from bot.memory.engines.usage import MIB, EngineUsage, widest
from bot.memory.settings import Interval, Settings
from bot.models.shape import Model, ModelShape

_CONTEXT: Final = Interval(350 * MIB, 900 * MIB)


def transformers(model: Model, settings: Settings) -> EngineUsage:
    """Bytes on the GPU with one sequence of the whole context."""
    shape = model.shape
    weights = sum(allocated(part.bytes) for part in stored(model)) + picture_bytes(shape)
    cache = int(cache_bytes(shape, settings.context))
    step = step_bytes(shape, settings.context)
    slack = (weights + cache) // 12  # freed blocks that PyTorch keeps
    return EngineUsage(
        engine="transformers",
        weights=weights,
        cache=cache,
        tokens=settings.context,
        activations=Interval(step // 2, 2 * step),
        other=Interval(_CONTEXT.low, _CONTEXT.high + slack),
        usual_activations=step,
        usual_other=600 * MIB + slack // 4,
    )


def cache_bytes(shape: ModelShape, tokens: int) -> float:
    """Keys and values in 16 bits, states in 32."""
    plain = CacheSettings(tokens)
    own = shape.layers - shape.shared_kv_layers
    kept = sum(
        _kept(shape, layer, tokens) * token_bytes(shape, layer, plain) for layer in range(own) if shape.kv_heads[layer]
    )
    return kept + 2 * sum(shape.recurrent_layers) * state_bytes(shape, plain)


def _kept(shape: ModelShape, layer: int, tokens: int) -> int:
    windowed = bool(shape.window_layers) and shape.window_layers[layer] and shape.window > 0
    return min(tokens, shape.window) if windowed else tokens


def step_bytes(shape: ModelShape, tokens: int) -> int:
    """The prompt goes through in one piece: hidden states and the widest layer in 16 bits; of the logits one row."""
    return 2 * tokens * (4 * shape.embedding + 2 * widest(shape)) + 4 * shape.vocabulary
