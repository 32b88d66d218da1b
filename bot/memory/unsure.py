"""Between which bounds memory lies for an architecture whose graph is not known.

Llama's graph stands in for it. What the file tells of windows, compressed caches, an index or several residual streams
widens the bounds; they held the truth for all architectures of llama.cpp b11739 when each was taken for unknown.
"""

from bot.memory.layout import Layout
from bot.memory.settings import Interval
from bot.memory.wiring import JOINED_OUTPUT
from bot.models.shape import ModelShape

_INDEX_SCORES = 12  # copies of one score per cell and token that an index may need at once
_STREAMS = 48  # residual streams that may be held at once, where a model has several
_BLOCK_MASKS = 10  # bytes a token, head and cell: two in F32 and one in F16
_INDEX_BYTES = 4  # of a number in the cache of an index, at most


def cache_bounds(shape: ModelShape, layout: Layout, size: int, share: float) -> Interval:
    """Bounds of a device's cache of `size` bytes that holds `share` of the layers."""
    if shape.compression is not None:  # worked out as the loader does
        return Interval(size, size)
    low = 0.0 if shape.traits & {"unread_window", "compressed_cache", "not_causal"} else 0.9
    index = 0
    if shape.sparse_index is not None:
        cells = layout.cells * layout.settings.streams
        index = round(_INDEX_BYTES * cells * shape.sparse_index.key_length * shape.layers * share)
    return Interval(round(size * low), round(size * 1.1) + index)


def compute_bounds(shape: ModelShape, layout: Layout, size: int) -> Interval:
    """Bounds of a compute buffer of `size` bytes, were it Llama's."""
    if not size:
        return Interval(0, 0)
    tokens = layout.settings.tokens
    more = 0
    if shape.sparse_index is not None:
        more += _INDEX_SCORES * 4 * tokens * layout.cells
    if "several_streams" in shape.traits:
        more += _STREAMS * 4 * tokens * shape.embedding
    low = 0.1 if "not_causal" in shape.traits else 0.4
    return Interval(round(size * low), (6 if shape.recurrent is not None else 2) * size + more)


def near_bounds(shape: ModelShape, layout: Layout, size: int) -> Interval:
    """Bounds of a compute buffer of `size` bytes whose graph is nearly the same as the loader's: a few values may lie
    elsewhere, each as large as the widest of a layer.
    """
    if not size:
        return Interval(0, 0)
    settings = layout.settings
    share = _near_share(shape, layout)
    streams = 8 if shape.recurrent is not None and shape.recurrent.kind == "rwkv" else 4  # RWKV mixes six at once
    reach = max(round(size * share), streams * 4 * settings.tokens * shape.embedding)
    heads = max(shape.heads)
    if settings.kv_on_host and not settings.flash_attention:  # scores may be there as well
        reach += 4 * settings.tokens * heads * layout.cells
    if "f32" in (settings.cache_type_k, settings.cache_type_v):  # unpacked for each device
        reach += 4 * layout.cells * settings.streams * max(shape.kv_heads) * (shape.key_length + shape.value_length)
    if shape.architecture in JOINED_OUTPUT:  # a second copy, on either side
        reach += 4 * settings.output_rows * (shape.vocabulary + shape.embedding)
    index = shape.sparse_index
    if index is not None and index.block:  # masks of an index of blocks may be there twice
        reach += _BLOCK_MASKS * settings.tokens * index.heads * layout.cells
    return Interval(max(0, size - reach), size + reach + _parted_streams(shape, layout))


def _parted_streams(shape: ModelShape, layout: Layout) -> int:
    """Bytes of views that are copied each by itself where layers of several streams lie on both sides: four parts of
    each stream look at all of them (GLM 5 Next, whose fused operation then is taken apart).
    """
    if shape.sparse_index is None or not shape.sparse_index.pool or layout.full_offload or not layout.gpu_layers:
        return 0
    return 4 * layout.settings.tokens * shape.embedding * shape.residual_streams**3


def _near_share(shape: ModelShape, layout: Layout) -> float:
    """The share of a nearly known buffer by which it may be off: more where the cache lies apart from what reads it."""
    if layout.settings.experts_on_host and shape.architecture == "llama4":  # whose experts get weighted inputs
        return 1.3
    if layout.settings.kv_on_host and shape.compression is not None:  # most of its graph reads compressed keys
        return 2.0
    if layout.settings.kv_on_host:
        return 0.5 if shape.latent is None and shape.recurrent is None else 0.8
    if not layout.gpu_layers or shape.value_experts[0]:
        return 0.3
    return 0.2 if layout.gpus > 1 or shape.hashed is not None else 0.1
