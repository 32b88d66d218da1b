"""MiniMax M3 in the reserved graph: grouped attention that an index limits to blocks of positions.

Source, llama.cpp b11739: src/models/minimax-m3.cpp (MSA) and src/llama-kv-cache-msa.cpp. It is only built with flash
attention and one stream a slot; else attention is the usual one, though the index keeps its cache.
"""

from bot.memory import kv_cache
from bot.memory.graph import attention
from bot.memory.graph.build import Build
from bot.memory.graph.planner import FIRST, HOST, Value
from bot.memory.settings import cache_row_bytes

_POSITIONS = 256  # that an empty cache is taken to have when the graph is reserved


def is_built(build: Build) -> bool:
    """Whether the index takes part under these settings."""
    settings = build.settings
    index = build.shape.sparse_index
    alone = settings.parallel == 1 or not settings.unified
    return settings.flash_attention and alone and index is not None and index.block > 0


class Blocks:
    """Inputs of one graph, and attention of its sparse layers."""

    def __init__(self, build: Build) -> None:
        index, input_ = build.shape.sparse_index, build.graph.input
        assert index is not None
        self.build = build
        self.index = index
        self.count = -(-_POSITIONS // index.block)
        self.positions = self.count * index.block
        self.keys = input_(8 * build.tokens)
        self.streams = build.settings.streams
        self.tokens = build.tokens // self.streams
        for size in (self.count * build.tokens, self.positions * build.tokens, self.positions * self.streams):
            input_(4 * size)
        input_(4 * build.layout.cells * self.streams)
        self.wide_mask: Value | None = None

    def mixed(self, normed: Value, layer: int) -> Value:
        """Attention without its output matrix."""
        build, index = self.build, self.index
        graph, cache = build.graph, build.caches[False]
        asked = self._headed(normed, index.heads)
        key = self._headed(normed, 1)
        build.store(key, self.keys)
        query = attention.stored(build, normed, layer, cache)
        outs = [self._of_stream(query, asked, layer) for _ in range(self.streams)]
        out = outs[0]
        for number, each in enumerate(outs[1:], 2):
            out = graph.op(number * each.size, out, each, free=True)
        if cache.value_rotation is not None:
            out = graph.op(out.size, out, cache.value_rotation, free=True)
        return out

    def _headed(self, normed: Value, heads: int) -> Value:
        assert self.build.positions is not None
        graph, size = self.build.graph, self.build.unit * heads * self.index.key_length
        return graph.op(size, graph.op(size, graph.op(size, normed)), self.build.positions, over=FIRST, free=True)

    def _seen(self, size: int) -> Value:
        """A view of an input: it is copied for each layer by itself."""
        return self.build.graph.outside(size, HOST)

    def _of_stream(self, query: Value, asked: Value, layer: int) -> Value:
        """One slot's tokens: blocks are scored and chosen, and those not chosen are hidden from attention."""
        build, index, tokens = self.build, self.index, self.tokens
        graph, cells, heads = build.graph, build.layout.cells, index.heads
        held = build.holds_cache(layer)
        row = cache_row_bytes(build.settings.cache_type_k, index.key_length)
        cached = graph.outside(cells * row, held)
        keys = graph.op(4 * self.positions * index.key_length, cached, self._seen(4 * self.positions), free=True)
        scores = graph.op(4 * tokens * heads * self.positions, keys, asked, free=True)
        scores = graph.op(scores.size, scores, self._seen(4 * self.positions * tokens), over=FIRST, free=True)
        best = graph.op(4 * tokens * heads * self.count, scores, free=True)
        bias = self._seen(4 * self.count * tokens)
        best = graph.op(best.size, best, bias, over=FIRST, free=True)
        chosen = graph.op(4 * tokens * heads * min(index.top, self.count), best, free=True)
        zeros = graph.op(chosen.size, graph.op(chosen.size, chosen, free=True), free=True)
        hidden = graph.op(2 * self.count * tokens, graph.op(bias.size, bias, free=True), free=True)
        hidden = graph.op(2 * self.count * tokens * heads, hidden, free=True)
        shown = graph.op(0, zeros, chosen, hidden, free=True)
        turned = graph.op(hidden.size, graph.op(hidden.size, shown, hidden, free=True), free=True)
        spread = graph.op(4 * tokens * heads * cells, turned, self._seen(4 * cells), free=True)
        spread = graph.op(spread.size, spread, free=True)
        spread = graph.op(spread.size, spread, self._wide_mask(), over=FIRST, free=True)
        mask = graph.op(spread.size // 2, spread, free=True)
        key, value = (graph.outside(size, held) for size in kv_cache.layer_parts(build.shape, build.layout, layer))
        size = query.size // self.streams
        return graph.op(size, graph.op(size, query, key, value, mask, free=True), free=True)

    def _wide_mask(self) -> Value:
        """The mask in full width, made once for all layers."""
        if self.wide_mask is None:
            mask = self.build.caches[False].mask
            self.wide_mask = self.build.graph.expand(self.build.graph.op(2 * mask.size, mask, free=True))
        return self.wide_mask
