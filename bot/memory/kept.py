"""What a context takes beside the weights: the KV cache, and the states of layers that have none."""

from bot.memory import kv_cache, recurrent
from bot.memory.layout import Layout
from bot.memory.settings import Settings
from bot.models.shape import Model


def kept_bytes(model: Model, context: int, cache_type: str = "f16") -> int:
    """Bytes that one sequence of `context` tokens keeps, keys and values in the same type of cache."""
    layout = Layout(model.shape, Settings(context=context, cache_type_k=cache_type, cache_type_v=cache_type))
    cache, states = kv_cache.layer_bytes(model.shape, layout), recurrent.layer_bytes(model.shape, layout)
    return int(sum(cache)) + int(sum(states))
