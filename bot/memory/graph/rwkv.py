"""RWKV 7 in the reserved graph: a mixture over time and one over channels, each with the token before.

Source, llama.cpp b11739: src/models/rwkv7.cpp, rwkv7-base.cpp.
"""

from bot.memory.graph import recurrent
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, Value


class TimeMixing:
    """The layers of one graph; the values of the first one are seen by all others."""

    def __init__(self, build: Build) -> None:
        found = build.shape.recurrent
        assert found is not None
        self.build = build
        self.state_numbers = build.shape.embedding * found.head_length
        self.heads = build.shape.embedding // found.head_length
        self.ranks = found.low_ranks
        self.first_values: Value | None = None

    def layer(self, stream: Value, number: int) -> Value:
        """One layer: the history of both mixtures is read before anything runs, and written behind the second norm."""
        build = self.build
        graph = build.graph
        before = recurrent.load(build, 2 * build.shape.embedding)
        state = recurrent.load(build, self.state_numbers)
        normed = self._normed(stream)
        mixed = self._over_time(normed, self._shifted(normed, before), state)
        stream = build.add(mixed, stream)
        channels = self._normed(stream)
        shifted = self._shifted(*self._seen_from(number, channels, before))
        last = graph.op(4 * build.slots * 2 * build.shape.embedding, normed, channels, free=True)
        recurrent.store(build, last, last.size)
        if build.following is None:
            stream, channels, shifted = build.only_wanted(stream, channels, shifted)
        return build.add(self._over_channels(channels, shifted, number), stream)

    def _normed(self, stream: Value) -> Value:
        """A norm with a mean; it is never written over its input."""
        build = self.build
        if build.layout.gpus > 1:
            stream = build.graph.op(stream.size, stream, free=True)
            return build.graph.op(stream.size, stream, over=FIRST)
        return build.graph.op(stream.size, stream)

    def _seen_from(self, number: int, normed: Value, before: Value) -> tuple[Value, Value]:
        """Norm and history for the channels, which are joined where the next layer is: on another device their views
        are copied.
        """
        build, place = self.build, self.build.layout.device
        if build.following is None or place(number) == place(build.following):
            return normed, before
        build.graph.keep(normed)
        build.graph.keep(before)
        row = 4 * build.slots * build.shape.embedding
        here = place(number)
        return build.graph.outside(build.wide - row, here), build.graph.outside(row, here)

    def _shifted(self, normed: Value, before: Value) -> Value:
        """Each token's predecessor: the history's end, and the batch without its last token."""
        return self.build.graph.op(self.build.wide, before, normed, free=True)

    def _over_channels(self, normed: Value, shifted: Value, number: int) -> Value:
        build = self.build
        graph = build.graph
        mixed = graph.op(build.wide, shifted, normed, over=FIRST, free=True)
        mixed = graph.op(build.wide, mixed, normed, over=FIRST)
        return graph.op(build.wide, graph.op(build.unit * build.shape.feed_forward[number], mixed))

    def _over_time(self, normed: Value, shifted: Value, state: Value) -> Value:
        build, (decay_rank, rate_rank, value_rank, gate_rank) = self.build, self.ranks
        graph, wide, unit = build.graph, build.wide, build.unit
        difference = graph.op(wide, shifted, normed, over=FIRST, free=True)
        kinds = 6 if gate_rank else 5
        mixes = graph.op(kinds * wide, difference, free=True)
        mixes = graph.op(kinds * wide, graph.op(kinds * wide, mixes, over=FIRST), normed, over=FIRST, free=True)
        asked = graph.op(wide, mixes)
        decay = graph.op(wide, graph.op(unit * decay_rank, mixes))
        key = graph.op(wide, mixes)
        value = self._value(mixes, value_rank)
        rate = graph.op(wide, graph.op(unit * rate_rank, mixes))
        kept = graph.op(wide, key)
        added = graph.op(wide, graph.op(wide, rate, kept, over=FIRST, free=True), kept, over=FIRST, free=True)
        unit_key = graph.op(wide, graph.op(wide, key, over=FIRST), free=True)
        key = graph.op(wide, key, added, over=EITHER, free=True)
        removed = graph.op(wide, unit_key, over=FIRST, free=True)
        learnt = graph.op(wide, unit_key, rate, over=EITHER, free=True)
        size = wide + 4 * self.state_numbers * build.slots
        out = graph.op(size, asked, decay, key, value, removed, learnt, state, free=True)
        recurrent.store(build, out, 4 * self.state_numbers * build.slots)
        shown = graph.op(wide, graph.op(wide, out, free=True), over=FIRST)
        own = graph.op(wide, graph.op(wide, key, asked, over=EITHER, free=True), over=FIRST)
        own = graph.op(wide, value, graph.op(unit * self.heads, own, free=True), over=FIRST, free=True)
        shown = graph.op(wide, shown, own, over=EITHER, free=True)
        if gate_rank:
            gate = graph.op(wide, graph.op(unit * gate_rank, mixes))
            shown = graph.op(wide, shown, gate, over=EITHER, free=True)
        return graph.op(wide, shown)

    def _value(self, mixes: Value, rank: int) -> Value:
        """The layer's values, mixed with those of the first layer."""
        build = self.build
        graph, wide = build.graph, build.wide
        value = graph.op(wide, mixes)
        if self.first_values is None:
            self.first_values = value
            return value
        difference = graph.op(wide, self.first_values, value, over=FIRST, free=True)
        share = graph.op(wide, graph.op(build.unit * rank, mixes))
        difference = graph.op(wide, difference, share, over=EITHER, free=True)
        return graph.op(wide, value, difference, over=EITHER, free=True)
