"""Qwen 4's table of hashed runs of tokens in the reserved graph, and the layer that looks into it.

Source, llama.cpp b11739: src/models/qwen4exp.cpp (build_inp_ple, build_ple, build_conv_state_at).
"""

from bot.memory.graph import recurrent
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, HOST, Value
from bot.models.shape import HashedEmbedding


class Hashed:
    """The rows of all tokens, looked up where the table lies."""

    def __init__(self, build: Build, table: HashedEmbedding) -> None:
        graph, device = build.graph, build.graph.device
        self.build = build
        self.table = table
        numbers = graph.input(4 * table.rows * build.tokens)
        graph.device = HOST
        self.rows = graph.expand(graph.op(build.unit * table.rows * table.width, numbers))
        graph.device = device

    def added(self, streams: Value) -> Value:
        """The streams with what the table says of each token and of those before it."""
        build, graph, size = self.build, self.build.graph, streams.size
        key = graph.op(size, graph.op(size, self.rows))
        query = graph.op(size, streams)
        gate = self._gate(graph.op(size, key, query, over=FIRST, free=True))
        value = graph.op(size, graph.op(build.wide, self.rows), free=True)
        value = graph.op(size, value, gate, over=FIRST, free=True)
        seen = self._convolved(graph.op(size, value))
        return graph.op(size, streams, graph.op(size, value, seen, over=FIRST, free=True), over=EITHER, free=True)

    def _gate(self, products: Value) -> Value:
        """One number for each stream."""
        build, graph = self.build, self.build.graph
        size = build.unit * build.shape.residual_streams
        score = graph.op(size, products, free=True)
        height = graph.op(size, score, free=True)
        sign = graph.op(size, score, over=FIRST, free=True)
        return graph.op(size, sign, height, over=EITHER, free=True)

    def _convolved(self, value: Value) -> Value:
        """A convolution over tokens apart from each other, as a sum of shifted copies."""
        build, graph, table = self.build, self.build.graph, self.table
        channels = build.shape.residual_streams * build.shape.embedding
        state = recurrent.load(build, table.history * channels)
        joined = recurrent.convolved(build, state, value, table.history, channels)
        total: Value | None = None
        for _ in range(table.conv_kernel):
            shifted = graph.op(value.size, joined, free=True)
            shifted = graph.op(value.size, shifted, graph.op(4 * channels), over=FIRST, free=True)
            total = shifted if total is None else graph.op(value.size, total, shifted, over=EITHER, free=True)
        assert total is not None
        total = graph.op(value.size, total, over=FIRST, free=True)
        return graph.op(value.size, total, free=True)
