"""Qwen 4 in the reserved graph: residual streams that a gate mixes, delta nets in most layers, and in the others
attention that an index over pooled keys limits to some cells.

Source, llama.cpp b11739: src/models/qwen4exp.cpp.
"""

from bot.memory import kv_cache
from bot.memory.graph import attention, hashed, pooled, recurrent
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, Value


class Gated:
    """Layers of one graph."""

    def __init__(self, build: Build, pools: pooled.MeanPools | None, table: hashed.Hashed | None) -> None:
        self.build = build
        self.pools = pools
        self.table = table

    def layer(self, streams: Value, number: int) -> Value:
        """One layer; behind the attention of the last only the wanted rows go on."""
        build = self.build
        if self.table is not None and number == self.table.table.layer:
            streams = self.table.added(streams)
        normed, inject = self._entered(streams)
        build.graph.expand(normed)
        is_recurrent = build.layout.is_recurrent(number)
        out = recurrent.mixed(build, normed) if is_recurrent else self._attention(normed, number)
        if build.following is None:
            out, inject, streams = self._wanted(out, inject, streams)
        streams = self._left(streams, out, inject)
        normed, inject = self._entered(streams)
        return self._left(streams, build.feed_forward(normed, number, normed), inject)

    def end(self, streams: Value) -> Value:
        """The streams' mixture for the output, in single operations."""
        build, graph = self.build, self.build.graph
        normed, gate = self._gate(streams)
        gated = graph.op(streams.size, normed, gate, over=EITHER, free=True)
        total = graph.op(build.wide, gated, free=True)
        for _ in range(build.shape.residual_streams - 1):
            total = graph.op(build.wide, total, gated, over=FIRST, free=True)
        return total

    def _gate(self, streams: Value) -> tuple[Value, Value]:
        """(normed streams, how much of each number goes into a part)."""
        graph = self.build.graph
        normed = graph.op(streams.size, streams)
        return normed, graph.op(streams.size, graph.op(self.build.unit * self.build.shape.stream_rank, normed))

    def _entered(self, streams: Value) -> tuple[Value, Value]:
        """(a part's input, how much of its result each stream gets)."""
        build, graph = self.build, self.build.graph
        normed, gate = self._gate(streams)
        mixed = graph.op(build.wide, normed, gate, free=True)
        return mixed, graph.op(build.unit * build.shape.residual_streams, normed)

    def _left(self, streams: Value, out: Value, inject: Value) -> Value:
        """The streams behind a part."""
        return self.build.graph.op(streams.size, out, streams, inject, free=True)

    def _wanted(self, out: Value, inject: Value, streams: Value) -> tuple[Value, Value, Value]:
        build, count = self.build, self.build.shape.residual_streams
        build.tokens, build.unit = build.rows, 4 * build.rows
        build.wide = build.unit * build.shape.embedding
        sizes = (build.wide, build.unit * count, build.wide * count)
        rows = [
            build.graph.op(size, value, build.wanted, free=True)
            for size, value in zip(sizes, (out, inject, streams), strict=True)
        ]
        return rows[0], rows[1], rows[2]

    def _attention(self, normed: Value, layer: int) -> Value:
        mask = None
        if self.pools is not None and kv_cache.has_own_index(self.build.shape, layer):
            mask = self.pools.select(normed, layer)
        return self.build.graph.op(self.build.wide, attention.mixed(self.build, normed, layer, mask))
