"""What a context takes beside the weights: the KV cache, and the states of layers that have none."""

from bot.memory import kv_cache, recurrent
from bot.memory.layout import Layout
from bot.memory.settings import Settings
from bot.models.shape import Model, ModelShape


def kept_by_layer(shape: ModelShape, layout: Layout) -> list[int]:
    """Bytes that each layer keeps, cache and state together."""
    caches, states = kv_cache.layer_bytes(shape, layout), recurrent.layer_bytes(shape, layout)
    return [sum(each) for each in zip(caches, states, strict=True)]


def kept_bytes(model: Model, context: int, cache_type: str = "f16") -> int:
    """Bytes that one sequence of `context` tokens keeps, keys and values in the same type of cache."""
    layout = Layout(model.shape, Settings(context=context, cache_type_k=cache_type, cache_type_v=cache_type))
    return sum(kept_by_layer(model.shape, layout))
