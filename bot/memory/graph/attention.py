"""Attention in the reserved graph.

Sources, llama.cpp b11434: src/llama-graph.cpp (build_qkv, build_attn, build_attn_mha) and src/models/deepseek2.cpp.
"""

from bot.memory import kv_cache
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
    query = graph.expand(_rotated(build, query, cache.key_rotation))
    if not shares:
        key = _rotated(build, key, cache.key_rotation)
        value = _rotated(build, value, cache.value_rotation)
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
    return out


def _has_rope(build: Build, layer: int) -> bool:
    rope = build.wiring.rope
    if rope == "window":
        return build.layout.is_window(layer)
    if rope == "three of four":
        return (layer + 1) % 4 != 0
    return rope == "all"


def _rotated(build: Build, value: Value, rotation: Value | None) -> Value:
    """Hadamard rotation, which llama.cpp puts before a quantized cache."""
    return value if rotation is None else build.graph.op(value.size, value, rotation, free=True)


def _attended(build: Build, query: Value, cache: Cache, heads: int, value_length: int, layer: int) -> Value:
    """build_attn_mha: with flash attention one operation, without it all scores at once."""
    graph = build.graph
    size = build.unit * heads * value_length
    read = _cache_read(build, layer)
    if build.settings.flash_attention:
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
    cache = build.caches[False]
    key_width = latent.kv_rank + latent.rope_length
    turns = () if build.positions is None else (build.positions,)
    query = normed
    if latent.query_rank:
        query = graph.op(unit * latent.query_rank, normed)
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
    if build.settings.flash_attention:
        out = graph.op(unit * heads * latent.kv_rank, query, cache.mask, free=True)
    else:
        scores = graph.op(unit * heads * cache.cells, query, free=True)
        scores = graph.op(scores.size, scores, cache.mask, over=FIRST, free=True)
        out = graph.op(unit * heads * latent.kv_rank, scores, free=True)
    size = unit * heads * latent.value_length
    out = graph.expand(graph.op(size, graph.op(size, out), free=True))
    return graph.op(build.wide, out)
