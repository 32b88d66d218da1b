"""MiniMax 01 in the reserved graph: layers of lightning attention, which keep a matrix a head, between usual ones; the
residual is what the norms give, not what they get.

Source, llama.cpp b11739: src/models/minimax-01.cpp.
"""

from bot.memory.graph import attention, recurrent
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, Value


class Lightning:
    """Inputs and layers of one graph."""

    def __init__(self, build: Build) -> None:
        input_ = build.graph.input
        self.build = build
        self.heads = max(build.shape.heads)
        self.length = build.shape.key_length
        self.slopes = input_(4 * self.heads)
        self.query_decay = input_(build.unit * self.heads)
        self.key_decay = input_(build.unit * self.heads)
        self.among = build.unit * self.heads * (build.tokens // build.slots)  # of each token with those of its slot
        self.decay = input_(self.among)

    def layer(self, stream: Value, number: int) -> Value:
        """One layer."""
        build = self.build
        normed = build.norm(stream)
        mixer = self._mixed if build.layout.is_recurrent(number) else attention.attention
        out = mixer(build, normed, number)
        if build.following is None:
            out, normed = build.only_wanted(out, normed)
        stream = build.add(out, self._scaled(normed))
        normed = build.norm(stream)
        return build.add(build.feed_forward(normed, number, stream), self._scaled(normed))

    def _scaled(self, value: Value) -> Value:
        return self.build.graph.op(value.size, value, over=FIRST, free=True)

    def _decay(self, exponents: Value) -> Value:
        return self.build.graph.op(exponents.size, exponents, free=True)

    def _mixed(self, build: Build, normed: Value, _: int) -> Value:
        graph, size = build.graph, build.unit * self.heads * self.length
        recurrent.load(build, 0)
        state = recurrent.load(build, self.heads * self.length * self.length)
        joint = graph.op(3 * size, normed)
        asked = graph.op(size, joint, self._decay(self.query_decay), free=True)
        earlier = graph.op(size, state, asked, free=True)
        values = graph.op(size, joint, free=True)
        scores = graph.op(
            self.among, graph.op(self.among, joint, free=True), self._decay(self.decay), over=EITHER, free=True
        )
        out = graph.expand(build.add(earlier, graph.op(size, values, scores, free=True)))
        old = graph.op(state.size, state, self._decay(self.slopes), over=FIRST, free=True)
        keys = graph.op(size, joint, self._decay(self.key_decay), free=True)
        new = graph.op(state.size, graph.op(size, keys, free=True), values, free=True)
        new = build.add(old, new)
        recurrent.store(build, new, new.size)
        gate = graph.op(size, normed)
        shown = graph.op(size, graph.op(size, out, free=True))
        return graph.op(build.wide, graph.op(size, gate, shown, over=EITHER, free=True))
