"""Kimi K3's residual: every few layers the stream is banked and starts anew, and each part reads a mixture of all
banked streams and the current one.

Source, llama.cpp b11739: src/models/kimi-k3.cpp (res_push, res_mix).
"""

from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, HOST, Value


class Bank:
    """The banked streams of one graph."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.count = 0
        self.banked: Value | None = None

    def layer(self, stream: Value, number: int) -> Value:
        """One layer; all tokens go through all layers."""
        build = self.build
        mixed = self._mixture(stream)
        starts_anew = number % build.shape.residual_block == 0
        if starts_anew:
            self._put(stream)
        normed = build.graph.expand(build.norm(mixed))
        out = build.mixer(normed, number, stream)
        total = out if starts_anew else build.add(stream, out)
        given = build.feed_forward(build.norm(self._mixture(total)), number, total)
        return build.add(total, given)

    def end(self, stream: Value) -> Value:
        """The last mixture, of the rows that are wanted."""
        return self.build.only_wanted(self._mixture(stream))[0]

    def _put(self, stream: Value) -> None:
        build = self.build
        graph = build.graph
        self.count += 1
        if self.banked is not None:
            self.banked = graph.op(self.count * build.wide, self.banked, stream, free=True)
            return
        self.banked = stream
        if stream.device == HOST and build.layout.on_gpu(0):  # a view, which is copied for itself
            graph.keep(stream)
            self.banked = graph.outside(build.wide, HOST)

    def _mixture(self, stream: Value) -> Value:
        """The weighted sum of banked streams and the current one; both are scored apart."""
        if self.banked is None:
            return stream
        build, count = self.build, self.count
        graph, wide, unit = build.graph, build.wide, build.unit
        scores = graph.op(unit * count, graph.op(count * wide, self.banked), free=True)
        own = graph.op(unit, graph.op(wide, stream), free=True)
        shares = graph.op(unit * (count + 1), scores, own, free=True)
        held = graph.op(wide, self.banked, graph.op(unit * count, shares, free=True), free=True)
        current = graph.op(wide, stream, graph.op(unit, shares, free=True), over=FIRST, free=True)
        return build.add(held, current, over=EITHER)
