"""Attention in the reserved graph.

Sources, llama.cpp b11434: src/llama-graph.cpp (build_qkv, build_attn, build_attn_mha) and src/models/deepseek2.cpp.
"""

from dataclasses import replace
from typing import NamedTuple

from bot.memory import kv_cache
from bot.memory.graph import indexer
from bot.memory.graph.build import Build, Cache
from bot.memory.graph.planner import (
    FIRST,
    HOST,
    SECOND,
    Value,
)
from bot.models.shape import LatentAttention


def attention(build: Build, normed: Value, layer: int) -> Value:
    """Grouped-query attention with its output matrix."""
    return build.graph.op(build.wide, mixed(build, normed, layer))


def mixed(build: Build, normed: Value, layer: int, mask: Value | None = None) -> Value:
    """Grouped-query attention without its output matrix: heads * value_length numbers a token. `mask`: which cells an
    index left, where there is one.
    """
    graph, layout, heads = build.graph, build.layout, build.shape.heads[layer]
    cache = build.caches[layout.is_window(layer)]
    cache = cache if mask is None else replace(cache, mask=mask)
    size, key_size, value_size = _sizes(build, layer)
    split = _from_one_matrix if build.wiring.fused_qkv else _from_own_matrices
    query, key, value, gate = split(build, normed, layer)
    query = graph.expand(_rotated(build, query, cache.key_rotation, size))
    if not build.wiring.cached:
        out = graph.expand(_attended_at_once(build, query, graph.expand(key), graph.expand(value), layer))
        return _gated(build, out, gate, normed, heads)
    if layer < build.shape.layers - build.shape.shared_kv_layers:
        key = _rotated(build, key, cache.key_rotation, key_size)
        value = _rotated(build, value, cache.value_rotation, value_size)
        for each in (key, value) if layout.has_window_layers else (value, key):
            if each is not value or not _is_view(build):
                graph.expand(each)
        _store(build, cache, key, value, layer)
    out = graph.expand(_attended(build, query, cache, heads, layout.head_lengths(layer)[1], layer))
    if cache.value_rotation is not None:
        out = graph.op(out.size, out, cache.value_rotation, free=True)
    return _gated(build, out, gate, normed, heads)


def stored(build: Build, normed: Value, layer: int, cache: Cache) -> Value:
    """The layer's queries; keys and values go into the cache on the way."""
    size, key_size, value_size = _sizes(build, layer)
    query, key, value, _ = _from_own_matrices(build, normed, layer)
    query = build.graph.expand(_rotated(build, query, cache.key_rotation, size))
    key = build.graph.expand(_rotated(build, key, cache.key_rotation, key_size))
    value = build.graph.expand(_rotated(build, value, cache.value_rotation, value_size))
    _store(build, cache, key, value, layer)
    return query


class _Split(NamedTuple):
    """Query, key and value of a layer. `gate`: what the query's matrix gave, where it holds a gate as well."""

    query: Value
    key: Value
    value: Value
    gate: Value | None = None


def _sizes(build: Build, layer: int) -> tuple[int, int, int]:
    """Bytes of all queries, keys and values of a batch."""
    key_length, value_length = build.layout.head_lengths(layer)
    kept = build.unit * build.shape.kv_heads[layer]
    return build.unit * build.shape.heads[layer] * key_length, kept * key_length, kept * value_length


def _from_one_matrix(build: Build, normed: Value, layer: int) -> _Split:
    """All three from one matrix: views, but for a value that is normed or turned for the scores."""
    graph = build.graph
    size, key_size, value_size = _sizes(build, layer)
    whole = 3 * build.wide if build.shape.architecture == "qwen" else size + key_size + value_size
    fused = graph.op(whole, normed)
    query = _headed(build, fused, size, layer, query=True)
    key = _headed(build, fused, key_size, layer)
    is_copied = build.wiring.value_norm or not build.settings.flash_attention
    return _Split(query, key, graph.op(value_size, fused, free=True) if is_copied else fused)


def _is_view(build: Build) -> bool:
    """Whether a layer's values are a part of one matrix's result, which is copied only where they are stored."""
    return build.wiring.fused_qkv and not build.wiring.value_norm


def _from_own_matrices(build: Build, normed: Value, layer: int) -> _Split:
    graph = build.graph
    size, key_size, value_size = _sizes(build, layer)
    has_gate = build.wiring.gated_attention == "in_query"
    plain_query = graph.op(2 * size if has_gate else size, normed)
    query = _headed(build, plain_query, size, layer, query=True)
    plain_key = graph.op(key_size, normed)
    key = _headed(build, plain_key, key_size, layer)
    by_key = "key_as_value" in build.shape.traits and not build.layout.is_window(layer)
    value = plain_key if by_key else _value(build, normed, value_size, layer)
    if build.wiring.value_norm:
        value = graph.op(value.size, value, free=True)
    return _Split(query, key, value, plain_query if has_gate else None)


def _value(build: Build, normed: Value, size: int, layer: int) -> Value:
    """Values from their matrix, or from those that each token chooses (src/models/k2-horizon.cpp)."""
    graph, (count, used) = build.graph, build.shape.value_experts
    if not (count and build.layout.has_experts(layer)):
        return graph.op(size, normed)
    scores = graph.op(build.unit * count, normed)
    choice = graph.op(scores.size, scores) if "expert_bias" in build.shape.traits else scores
    order = graph.op(build.unit * count, choice, free=True)
    weights = graph.op(build.unit * used, scores, order, free=True)
    if build.wiring.normed_weights:
        weights = graph.op(weights.size, weights, graph.op(build.unit, weights, free=True), free=True)
    spread = graph.op(size * used, normed, order)
    spread = graph.op(spread.size, spread, weights, over=FIRST, free=True)
    total = graph.op(size, spread, free=True)
    for _ in range(used - 2):
        total = graph.op(size, total, spread, over=FIRST, free=True)
    return total


def _gated(build: Build, out: Value, gate: Value | None, normed: Value, heads: int) -> Value:
    """What attention gave, times its gate: a part of the query, a matrix of its own, or one number a head."""
    graph = build.graph
    match build.wiring.gated_attention:
        case "own":
            return graph.op(out.size, out, graph.op(out.size, normed), over=SECOND, free=True)
        case "per_head":  # src/models/step35-iswa.cpp
            return graph.op(out.size, out, graph.op(build.unit * heads, normed), free=True)
    if gate is None:
        return out
    return graph.op(out.size, out, graph.op(out.size, gate, free=True), over=SECOND, free=True)


def _store(build: Build, cache: Cache, key: Value, value: Value, layer: int) -> None:
    graph = build.graph
    device = graph.device
    graph.device = build.holds_cache(layer)
    graph.use(key, cache.keys)
    graph.use(value, *((cache.values,) if cache.values is not None else ()))
    graph.device = device


def _headed(build: Build, value: Value, size: int, layer: int, query: bool = False) -> Value:
    """Norm per head, then rope, else a query's scale: what is seen as heads cannot be written over."""
    graph, head_norm = build.graph, build.wiring.head_norm
    out = graph.op(size, value) if head_norm else value
    over = FIRST if head_norm else 0
    if _has_rope(build, layer):
        assert build.positions is not None
        return graph.op(size, out, build.positions, over=over, free=True)
    if query and build.scale is not None:
        return graph.op(size, out, build.scale, over=over, free=True)
    return out


def _has_rope(build: Build, layer: int) -> bool:
    rope = build.wiring.rope
    if rope == "window":
        return build.layout.is_window(layer)
    if rope == "three of four":
        return (layer + 1) % 4 != 0
    return rope == "all"


def _rotated(build: Build, value: Value, rotation: Value | None, size: int = 0) -> Value:
    """Hadamard rotation, which llama.cpp puts before a quantized cache; a part (`size`) of a larger value is copied."""
    if rotation is None:
        return value
    whole = value if size in (0, value.size) else build.graph.op(size, value, free=True)
    return build.graph.op(whole.size, whole, rotation, free=True)


def _attended(build: Build, query: Value, cache: Cache, heads: int, value_length: int, layer: int) -> Value:
    """build_attn_mha: with flash attention one operation, without it all scores at once."""
    graph = build.graph
    size = build.unit * heads * value_length
    read = _cache_read(build, layer)
    if build.settings.flash_attention:
        read = _in_halves(build, read)
        return graph.op(size, query, *read, cache.mask, free=True)
    scores = graph.op(build.unit * heads * cache.cells, *read[:1], query, free=True)
    if build.shape.softcap:
        scores = graph.op(scores.size, scores, over=FIRST, free=True)
    scores = graph.op(scores.size, scores, cache.mask, over=FIRST, free=True)
    out = graph.op(size, *read[1:], scores, free=True)
    device = graph.device
    graph.device = HOST if build.settings.kv_on_host else device
    out = graph.op(size, out, free=not build.settings.kv_on_host)
    graph.device = device
    return out


def _in_halves(build: Build, read: tuple[Value, ...]) -> tuple[Value, ...]:
    """Flash attention takes no f32: such a cache is converted for it."""
    kinds = (build.settings.cache_type_k, build.settings.cache_type_v)
    return tuple(
        build.graph.op(part.size // 2, part, free=True) if kind == "f32" else part
        for part, kind in zip(read, kinds, strict=True)
    )


def _attended_at_once(build: Build, query: Value, key: Value, value: Value, layer: int) -> Value:
    """Attention among the tokens of one batch: flash attention takes keys and values in f16, the other turns values."""
    graph, cache = build.graph, build.caches[build.layout.is_window(layer)]
    heads, kv_heads = build.shape.heads[layer], build.shape.kv_heads[layer]
    key_length, value_length = build.layout.head_lengths(layer)
    size = build.unit * heads * value_length
    if build.settings.flash_attention:
        halves = [
            graph.op(build.unit * kv_heads * length // 2, each, free=True)
            for each, length in ((key, key_length), (value, value_length))
        ]
        return graph.op(size, query, *halves, cache.mask, free=True)
    scores = graph.op(build.unit * heads * cache.cells, key, query, free=True)
    scores = graph.op(scores.size, scores, cache.mask, over=FIRST, free=True)
    turned = graph.op(build.unit * kv_heads * value_length, value, free=True)
    return graph.op(size, graph.op(size, turned, scores, free=True), free=True)


def _cache_read(build: Build, layer: int) -> tuple[Value, ...]:
    """A layer's cached keys and values. Where attention runs on the other device they are copied for each layer."""
    layout, shape = build.layout, build.shape
    owner = layout.cache_owner(layer)
    held = build.holds_cache(owner)
    key, value = kv_cache.layer_parts(shape, layout, owner)
    return build.graph.outside(key, held), build.graph.outside(value, held)


def latent_attention(build: Build, normed: Value, layer: int) -> Value:
    """src/models/deepseek2.cpp, with the key and value matrices absorbed into the query."""
    graph, latent = build.graph, build.shape.latent
    assert latent is not None
    query = _latent_query(build, latent, normed, layer)
    key = _latent_key(build, latent, normed)
    graph.expand(query)
    graph.expand(key)
    build.store(key, build.caches[build.layout.is_window(layer)].keys)
    chosen = None if build.layout.is_window(layer) else build.top
    cache = build.caches[build.layout.is_window(layer)]
    mask = cache.mask if chosen is None else indexer.masked(build, cache, chosen)
    out = latent_attended(build, latent, query, layer, mask)
    size = build.unit * build.shape.heads[layer] * latent.value_length
    out = graph.expand(graph.op(size, graph.op(size, out), free=True))
    return graph.op(build.wide, _gated(build, out, None, normed, build.shape.heads[layer]))


def _latent_query(build: Build, latent: LatentAttention, normed: Value, layer: int) -> Value:
    """The query in the space of the compressed keys; where the layer has an index, what it chooses is kept too."""
    graph, unit = build.graph, build.unit * build.shape.heads[layer]
    has_index = build.index is not None and kv_cache.has_own_index(build.shape, layer)
    if has_index:
        indexer.store_key(build, normed)
    compressed = graph.op(build.unit * latent.query_rank, normed) if latent.query_rank else normed
    if has_index:
        build.top = indexer.chosen(build, normed, compressed, layer)
    query = graph.op(unit * (latent.nope_length + latent.rope_length), compressed)
    absorbed = graph.op(unit * latent.kv_rank, query)
    turned = _turned(build, query, unit * latent.rope_length)
    return graph.op(unit * (latent.kv_rank + latent.rope_length), absorbed, turned, free=True)


def _latent_key(build: Build, latent: LatentAttention, normed: Value) -> Value:
    """The compressed key of each token, which is its value too, with the part that has rope."""
    graph, unit = build.graph, build.unit
    key_width = latent.kv_rank + latent.rope_length
    compressed = graph.op(unit * key_width, normed)
    values = graph.op(unit * latent.kv_rank, compressed)
    turned = _turned(build, compressed, unit * latent.rope_length)
    return graph.op(unit * key_width, values, turned, free=True)


def _turned(build: Build, value: Value, size: int) -> Value:
    """The part (`size`) of a value that has rope, where the model has it at all."""
    return value if build.positions is None else build.graph.op(size, value, build.positions, free=True)


def latent_attended(build: Build, latent: LatentAttention, query: Value, layer: int, mask: Value) -> Value:
    """The scores of absorbed queries and cached keys, and the compressed values they choose."""
    graph, settings, layout = build.graph, build.settings, build.layout
    unit, cache = build.unit * build.shape.heads[layer], build.caches[layout.is_window(layer)]
    held = build.holds_cache(layer)
    keys = graph.outside(cache.cells * kv_cache.cell_bytes(build.shape, layout, layer), held)
    half = 2 * cache.cells * latent.kv_rank
    if settings.flash_attention:
        read: tuple[Value, ...] = (keys,)
        if settings.cache_type_k == "f32":
            values = graph.op(half, keys, free=True)
            read = (graph.op(keys.size // 2, keys, free=True), values)
        return graph.op(unit * latent.kv_rank, query, *read, mask, free=True)
    values = graph.op(half, keys, free=True)
    scores = graph.op(unit * cache.cells, keys, query, free=True)
    scores = graph.op(scores.size, scores, mask, over=FIRST, free=True)
    return graph.op(unit * latent.kv_rank, values, scores, free=True)
