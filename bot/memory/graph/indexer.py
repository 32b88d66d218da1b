"""The lightning indexer of sparse attention in the reserved graph: which keys each query may see.

Sources, llama.cpp b11739: src/models/deepseek32.cpp, glm-dsa.cpp, and src/llama-graph.cpp (build_attn_inp_k_dsa_impl,
build_attn with llm_graph_input_attn_k_dsa). It keeps a cache of its own keys beside the main one.
"""

from bot.memory import kv_cache
from bot.memory.graph.build import Build, Cache, IndexInputs
from bot.memory.graph.planner import FIRST, Value


def inputs(build: Build) -> IndexInputs:
    """The inputs, made behind those of the main cache."""
    index = build.shape.sparse_index
    assert index is not None
    side = 64
    while index.key_length % (2 * side) == 0:
        side *= 2
    keys = build.graph.input(8 * build.tokens)
    mask = build.graph.input(2 * build.layout.cells * build.tokens)
    rotation = None if build.shape.architecture in _UNTURNED else build.graph.input(4 * side * side)
    return IndexInputs(keys, mask, rotation)


# Architectures whose index does not turn its queries and keys by a Hadamard matrix.
_UNTURNED = frozenset(("hy_v4",))


def store_key(build: Build, normed: Value) -> None:
    """The layer's key for the indexer, into its cache."""
    assert build.index is not None
    assert build.shape.sparse_index is not None
    graph, size = build.graph, build.unit * build.shape.sparse_index.key_length
    key = graph.op(size, graph.op(size, graph.op(size, normed)), over=FIRST)
    key = graph.op(size, key, *_turns(build), free=True)
    key = _rotated(build, key)
    build.store(key, build.index.keys)


def chosen(build: Build, normed: Value, query: Value, layer: int) -> Value:
    """The numbers of the keys with the best scores; `query` is the compressed query."""
    index = build.shape.sparse_index
    assert index is not None
    assert build.index is not None
    graph, cells = build.graph, build.layout.cells
    size = build.unit * index.heads * index.key_length
    asked = graph.op(size, graph.op(size, query), *_turns(build), free=True)
    asked = _rotated(build, asked)
    weights = graph.op(build.unit * index.heads, normed)
    weights = graph.op(weights.size, weights, over=FIRST, free=True)
    cached = graph.outside(kv_cache.index_bytes(build.shape, build.layout), build.holds_cache(layer))
    scores = graph.op(build.unit * cells, asked, cached, weights, build.index.mask, free=True)
    top = build.unit * min(cells, index.top)
    return graph.op(top, graph.op(top, scores, free=True), free=True)


def masked(build: Build, cache: Cache, top: Value) -> Value:
    """The mask with all but the chosen keys hidden: zeros, which are there from the start, are set into a full one."""
    graph = build.graph
    zeros = graph.op(top.size, graph.leaf(top.size), over=FIRST, free=True)
    hidden = graph.op(cache.mask.size, cache.mask, free=True)
    shown = graph.op(0, zeros, top, hidden, free=True)
    return graph.op(cache.mask.size, shown, hidden, cache.mask, free=True)


def hold_zeros(build: Build) -> None:
    """The zeros of layers that the sample leaves out: they have their room while the first layers run."""
    assert build.shape.sparse_index is not None
    settings = build.settings
    size = 4 * settings.tokens * min(build.layout.cells, build.shape.sparse_index.top)
    for device, layers in enumerate(build.layout.left_out):
        build.graph.device = device
        build.graph.keep(build.graph.leaf(layers * size))


def _rotated(build: Build, value: Value) -> Value:
    assert build.index is not None
    rotation = build.index.rotation
    return value if rotation is None else build.graph.op(value.size, rotation, value, free=True)


def _turns(build: Build) -> tuple[Value, ...]:
    return () if build.positions is None else (build.positions,)
