"""Bytes of the key/value cache.

Source, llama.cpp b11434: src/llama-kv-cache.cpp (constructor), src/llama-kv-cache-iswa.cpp, src/llama-model.cpp
(create_memory: which layers keep a cache).
"""

from functools import lru_cache

from bot.memory.layout import Layout
from bot.memory.settings import Settings, cache_row_bytes, padded, unplaced
from bot.memory.wiring import wiring_of
from bot.models import tensors
from bot.models.shape import Compression, ModelShape
from bot.models.tensors import OVERLAPPING


def layer_bytes(shape: ModelShape, layout: Layout) -> tuple[int, ...]:
    """Bytes of each layer's cache.

    Grouped attention: cells * kv_heads * (key_length * bytes of K + value_length * bytes of V). A window layer has
    fewer cells; a layer that reuses an earlier one's cache, or has no attention, has none. Latent attention keeps one
    compressed key of kv_rank + rope_length numbers and no values.
    """
    return _layer_bytes(shape, unplaced(layout.settings))


@lru_cache(maxsize=256)
def _layer_bytes(shape: ModelShape, settings: Settings) -> tuple[int, ...]:
    layout = Layout(shape, settings)
    if not wiring_of(shape).cached:
        return (0,) * shape.layers
    if shape.compression is not None:
        return tuple(_compressed_bytes(shape, layout, shape.compression, ratio) for ratio in shape.compression.ratios)
    own = shape.layers - shape.shared_kv_layers
    known: dict[tuple[int, bool], int] = {}  # by what layers differ in: heads, and whether there is a window
    sizes = []
    beside = _block_index_bytes(shape, layout)
    for layer, heads in enumerate(shape.kv_heads):
        if layer >= own or not heads:
            sizes.append(0)
            continue
        window = layout.is_window(layer)
        size = known.get((heads, window))
        if size is None:
            cells = (layout.window_cells if window else layout.cells) * settings.streams
            size = known[heads, window] = cells * cell_bytes(shape, layout, layer)
        sizes.append(size + (index_bytes(shape, layout) if has_own_index(shape, layer) else 0) + beside)
    return tuple(sizes)


def _compressed_bytes(shape: ModelShape, layout: Layout, kept: Compression, ratio: int) -> int:
    """One layer of DeepSeek V4: keys of a window, one compressed key for `ratio` tokens, and in F32 the sums and scores
    of the tokens that wait for compression. Where ratios are small, windows overlap and an index has such keys too.

    llama.cpp b11739, src/llama-kv-cache-dsv4.cpp (constructor, llama_dsv4_comp_state): nothing is shared by slots.
    """
    settings, width = layout.settings, shape.key_length
    kind = settings.cache_type_k
    size = raw_cells(kept, layout) * cache_row_bytes(kind, width)
    if ratio:
        cells = compressed_cells(layout, ratio)
        size += cells * cache_row_bytes(kind, width)
        overlap = 2 if ratio < OVERLAPPING else 1
        widths = [width] if shape.sparse_index is None or overlap == 1 else [width, shape.sparse_index.key_length]
        size += sum(2 * 4 * overlap * each * overlap * ratio for each in widths)
        size += sum(cells * cache_row_bytes(kind, each) for each in widths[1:])
    return size * settings.parallel


def raw_cells(kept: Compression, layout: Layout) -> int:
    """Cells of the keys that are kept as they are, of one slot."""
    settings = layout.settings
    seen = layout.cells if settings.full_window else kept.window + min(settings.ubatch, settings.batch)
    return padded(min(layout.cells, seen), 256)


def compressed_cells(layout: Layout, ratio: int) -> int:
    """Cells of the compressed keys of one slot."""
    return padded(-(-layout.cells // ratio), 256)


def layer_parts(shape: ModelShape, layout: Layout, layer: int) -> tuple[int, int]:
    """Bytes of one layer's (keys, values) for all its cells."""
    settings = layout.settings
    cells = (layout.window_cells if layout.is_window(layer) else layout.cells) * settings.streams
    heads = shape.kv_heads[layer]
    key_length, value_length = layout.head_lengths(layer)
    return (
        cells * cache_row_bytes(settings.cache_type_k, heads * key_length),
        cells * cache_row_bytes(settings.cache_type_v, heads * value_length),
    )


def unpacked_bytes(shape: ModelShape, layout: Layout) -> tuple[int, ...]:
    """Bytes on each GPU for one layer's keys and values in 16 bits, which flash attention unpacks to read a prompt.

    llama.cpp b10488, ggml/src/ggml-cuda/fattn.cu (ggml_cuda_flash_attn_ext_get_alloc_size; older builds took it from
    the pool): all cells of the layer, of what is not in 16 bits already; latent values are a view of the keys. Of
    Qwen3.8 27B with a q4_0 cache 131,072 tokens more took 2944 MiB: 2304 of cache, 128 of mask, 512 of this.
    """
    settings = layout.settings
    packed = {settings.cache_type_k, settings.cache_type_v} != {"f16"}
    if not packed or settings.backend not in _UNPACKING or settings.kv_on_host or not settings.flash_attention:
        return (0,) * layout.gpus
    each = _unpacked_layers(shape, unplaced(settings))
    return tuple(max(each[first:end], default=0) for first, end in layout.gpu_ranges)


_UNPACKING = ("cuda", "rocm")


@lru_cache(maxsize=256)
def _unpacked_layers(shape: ModelShape, settings: Settings) -> tuple[int, ...]:
    layout = Layout(shape, settings)
    known: dict[tuple[int, bool], int] = {}  # by what layers differ in
    each = []
    for layer, heads in enumerate(shape.kv_heads):
        kind = (heads, layout.is_window(layer))
        if kind not in known:
            known[kind] = _unpacked_layer(shape, layout, layer)
        each.append(known[kind])
    return tuple(each)


def _unpacked_layer(shape: ModelShape, layout: Layout, layer: int) -> int:
    settings, heads = layout.settings, shape.kv_heads[layer]
    cells = (layout.window_cells if layout.is_window(layer) else layout.cells) * settings.streams
    keys, values = (kind != "f16" for kind in (settings.cache_type_k, settings.cache_type_v))
    if shape.latent is not None:
        return 2 * cells * (shape.latent.kv_rank + shape.latent.rope_length) * (keys and heads > 0)
    key_length, value_length = layout.head_lengths(layer)
    return 2 * cells * heads * (key_length * keys + value_length * values)


def cell_bytes(shape: ModelShape, layout: Layout, layer: int) -> int:
    """Bytes that one token takes in one layer."""
    settings = layout.settings
    latent = shape.latent
    if latent is not None:
        size = cache_row_bytes(settings.cache_type_k, latent.kv_rank + latent.rope_length)
        if settings.habits.latent_values:
            size += cache_row_bytes(settings.cache_type_v, latent.kv_rank)
    else:
        heads = shape.kv_heads[layer]
        key_length, value_length = layout.head_lengths(layer)
        values = heads * value_length if settings.flash_attention else layout.widest_values
        size = cache_row_bytes(settings.cache_type_k, heads * key_length)
        size += cache_row_bytes(settings.cache_type_v, values)
    return size


def index_bytes(shape: ModelShape, layout: Layout) -> int:
    """Bytes of one layer's cache of index keys."""
    assert shape.sparse_index is not None
    cells = layout.cells * layout.settings.streams
    parts = POOLED.get(shape.architecture, 1)
    return cells * cache_row_bytes(layout.settings.cache_type_k, parts * shape.sparse_index.key_length)


def _block_index_bytes(shape: ModelShape, layout: Layout) -> int:
    """Bytes of one layer's index of blocks (MiniMax M3), which has room for values too; 0 without one.

    llama.cpp b11739, src/llama-kv-cache-msa.cpp.
    """
    if shape.architecture != "minimax-m3" or shape.sparse_index is None:
        return 0
    settings, length = layout.settings, shape.sparse_index.key_length
    row = cache_row_bytes(settings.cache_type_k, length) + cache_row_bytes(settings.cache_type_v, length)
    return layout.cells * settings.streams * row


def is_indexed(shape: ModelShape) -> bool:
    """Whether sparse attention chooses keys by an index."""
    return shape.sparse_index is not None and shape.architecture in INDEXED


def has_own_index(shape: ModelShape, layer: int) -> bool:
    """Whether this layer keeps index keys; some use the choice of an earlier layer."""
    return is_indexed(shape) and tensors.has_own_index(shape, layer)


# Architectures with a cache of index keys beside the main one (create_memory: llama_kv_cache_dsa).
INDEXED = frozenset(("deepseek32", "dots3note", "glm-dsa", "glm5-next", "hy_v4", "qwen4exp"))
# Keys a token in the cache of an index over pools: its own, its weight in its pool where that is learnt, the pool's.
POOLED = {"glm5-next": 3, "qwen4exp": 2}
