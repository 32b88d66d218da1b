"""Attention in the reserved graph.

Sources, llama.cpp b11434: src/llama-graph.cpp (build_qkv, build_attn, build_attn_mha) and src/models/deepseek2.cpp.
"""

from bot.memory import kv_cache
from bot.memory.graph import indexer
from bot.memory.graph.build import Build, Cache
from bot.memory.graph.planner import (
    FIRST,
    HOST,
    SECOND,
    Value,
)


def attention(build: Build, normed: Value, layer: int) -> Value:
    """Grouped-query attention with its output matrix."""
    return build.graph.op(build.wide, mixed(build, normed, layer))


def mixed(build: Build, normed: Value, layer: int) -> Value:
    """Grouped-query attention without its output matrix: heads * value_length numbers a token."""
    graph, wiring, layout = build.graph, build.wiring, build.layout
    heads, kv_heads = build.shape.heads[layer], build.shape.kv_heads[layer]
    key_length, value_length = layout.head_lengths(layer)
    cache = build.caches[layout.is_window(layer)]
    unit = build.unit
    size = unit * heads * key_length
    shares = layer >= build.shape.layers - build.shape.shared_kv_layers
    gate = None
    if wiring.fused_qkv:
        fused = graph.op(size + unit * kv_heads * (key_length + value_length), normed)
        query, key, value = _headed(build, fused, size, layer, query=True), fused, fused
        key = _headed(build, fused, unit * kv_heads * key_length, layer)
        if wiring.value_norm or not build.settings.flash_attention:
            value = graph.op(unit * kv_heads * value_length, fused, free=True)
    else:
        if wiring.gated_attention == "in_query":
            gate = graph.op(2 * size, normed)
            query = _headed(build, gate, size, layer, query=True)
        else:
            query = _headed(build, graph.op(size, normed), size, layer, query=True)
        key = graph.op(unit * kv_heads * key_length, normed)
        plain = key
        key = _headed(build, key, key.size, layer)
        by_key = "key_as_value" in build.shape.traits and not layout.is_window(layer)
        value = plain if by_key else graph.op(unit * kv_heads * value_length, normed)
        if wiring.value_norm:
            value = graph.op(value.size, value, free=True)
    query = graph.expand(_rotated(build, query, cache.key_rotation, size))
    if not wiring.cached:
        out = graph.expand(_attended_at_once(build, query, graph.expand(key), graph.expand(value), layer))
        return _gated(build, out, gate, normed, heads)
    if not shares:
        key = _rotated(build, key, cache.key_rotation, unit * kv_heads * key_length)
        value = _rotated(build, value, cache.value_rotation, unit * kv_heads * value_length)
        for each in (key, value) if layout.has_window_layers else (value, key):
            graph.expand(each)
        _store(build, cache, key, value)
    out = graph.expand(_attended(build, query, cache, heads, value_length, layer))
    if cache.value_rotation is not None:
        out = graph.op(out.size, out, cache.value_rotation, free=True)
    return _gated(build, out, gate, normed, heads)


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


def _store(build: Build, cache: Cache, key: Value, value: Value) -> None:
    graph = build.graph
    device = graph.device
    if build.settings.kv_on_host:
        graph.device = HOST
    graph.use(key, cache.keys)
    graph.use(value, *((cache.values,) if cache.values is not None else ()))
    graph.device = device


def _headed(build: Build, value: Value, size: int, layer: int, query: bool = False) -> Value:
    """Norm per head and rope: what is seen as heads cannot be written over."""
    rope = _has_rope(build, layer)
    if not (rope or build.wiring.head_norm):
        return value if build.scale is None or not query else build.graph.op(size, value, build.scale, free=True)
    assert build.positions is not None or not rope
    out = build.graph.op(size, value) if build.wiring.head_norm else value
    if build.positions is not None and rope:
        over = FIRST if build.wiring.head_norm else 0
        out = build.graph.op(size, out, build.positions, over=over, free=True)
    if build.scale is not None and query and not rope:
        out = build.graph.op(size, out, build.scale, over=FIRST, free=True)
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
    held = HOST if build.settings.kv_on_host else layout.device(owner)
    key, value = kv_cache.layer_parts(shape, layout, owner)
    return build.graph.outside(key, held), build.graph.outside(value, held)


def latent_attention(build: Build, normed: Value, layer: int) -> Value:
    """src/models/deepseek2.cpp, with the key and value matrices absorbed into the query."""
    graph, latent = build.graph, build.shape.latent
    assert latent is not None
    heads, unit = build.shape.heads[layer], build.unit
    cache = build.caches[build.layout.is_window(layer)]
    key_width = latent.kv_rank + latent.rope_length
    turns = () if build.positions is None else (build.positions,)
    indexed = build.index is not None
    if indexed and kv_cache.has_own_index(build.shape, layer):
        indexer.store_key(build, normed)
    query = compressed_query = graph.op(unit * latent.query_rank, normed) if latent.query_rank else normed
    if indexed and kv_cache.has_own_index(build.shape, layer):
        build.top = indexer.chosen(build, normed, compressed_query, layer)
    query = graph.op(unit * heads * (latent.nope_length + latent.rope_length), query)
    absorbed = graph.op(unit * heads * latent.kv_rank, query)
    turned = graph.op(unit * heads * latent.rope_length, query, *turns, free=True) if turns else query
    query = graph.op(unit * heads * key_width, absorbed, turned, free=True)
    compressed = graph.op(unit * key_width, normed)
    values = graph.op(unit * latent.kv_rank, compressed)
    turned = graph.op(unit * latent.rope_length, compressed, *turns, free=True) if turns else compressed
    key = graph.op(unit * key_width, values, turned, free=True)
    graph.expand(query)
    graph.expand(key)
    device = graph.device
    if build.settings.kv_on_host:
        graph.device = HOST
    graph.use(key, cache.keys)
    graph.device = device
    chosen = None if build.layout.is_window(layer) else build.top
    mask = cache.mask if chosen is None else indexer.masked(build, cache, chosen)
    held = HOST if build.settings.kv_on_host else build.layout.device(layer)
    keys = graph.outside(cache.cells * kv_cache.cell_bytes(build.shape, build.layout, layer), held)
    if build.settings.flash_attention:
        read: tuple[Value, ...] = (keys,)
        if build.settings.cache_type_k == "f32":
            values = graph.op(2 * cache.cells * latent.kv_rank, keys, free=True)
            read = (graph.op(keys.size // 2, keys, free=True), values)
        out = graph.op(unit * heads * latent.kv_rank, query, *read, mask, free=True)
    else:
        values = graph.op(2 * cache.cells * latent.kv_rank, keys, free=True)
        scores = graph.op(unit * heads * cache.cells, keys, query, free=True)
        scores = graph.op(scores.size, scores, mask, over=FIRST, free=True)
        out = graph.op(unit * heads * latent.kv_rank, values, scores, free=True)
    size = unit * heads * latent.value_length
    out = graph.expand(graph.op(size, graph.op(size, out), free=True))
    return graph.op(build.wide, out)
