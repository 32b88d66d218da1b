"""RWKV 6 and 7 in the reserved graph: a mixture over time, and one over channels or a usual feed-forward part; mixtures
are made with the token before.

Source, llama.cpp b11739: src/models/rwkv6.cpp, rwkv6-base.cpp, rwkv6qwen2.cpp, rwkv7.cpp, rwkv7-base.cpp, arwkv7.cpp.
"""

from bot.memory.graph import recurrent
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, SECOND, Value


class _Mixing:
    """The layers of one graph."""

    def __init__(self, build: Build) -> None:
        found = build.shape.recurrent
        assert found is not None
        self.build = build
        self.state_numbers = build.shape.embedding * found.head_length
        self.heads = build.shape.embedding // found.head_length
        self.ranks = found.low_ranks
        self.shifts = found.token_shifts
        self.groups = found.groups or self.heads

    def layer(self, stream: Value, number: int) -> Value:
        """One layer: the history of both mixtures is read before anything runs, and written behind the second norm."""
        build = self.build
        graph = build.graph
        before = recurrent.load(build, self.shifts * build.shape.embedding)
        state = recurrent.load(build, self.state_numbers)
        normed = self._normed(stream)
        if self.shifts == 1:
            return self._with_usual_part(normed, before, state, stream, number)
        mixed = self._over_time(normed, self._shifted(normed, before), state)
        stream = build.add(mixed, stream)
        channels = self._normed(stream)
        shifted = self._shifted(*self._seen_from(number, channels, before))
        last = graph.op(4 * build.slots * 2 * build.shape.embedding, normed, channels, free=True)
        recurrent.store(build, last, last.size)
        if build.following is None:
            stream, channels, shifted = build.only_wanted(stream, channels, shifted)
        return build.add(self._over_channels(channels, shifted, number), stream)

    def _with_usual_part(self, normed: Value, before: Value, state: Value, stream: Value, number: int) -> Value:
        """A layer of RWKV in the place of another model's attention, whose feed-forward part stays."""
        build = self.build
        mixed = self._over_time(normed, self._shifted(normed, before), state)
        recurrent.store(build, normed, 4 * build.slots * build.shape.embedding)
        stream = build.add(mixed, stream, over=0)  # both are seen in another form
        if build.following is None:
            stream = build.only_wanted(mixed, stream)[1]
        return build.add(build.feed_forward(self._normed(stream), number, stream), stream)

    def _over_time(self, normed: Value, shifted: Value, state: Value) -> Value:
        raise NotImplementedError

    def _over_channels(self, normed: Value, shifted: Value, number: int) -> Value:
        raise NotImplementedError

    def _normed(self, stream: Value) -> Value:
        """A norm; with a mean it is never written over its input."""
        build = self.build
        if not build.wiring.layer_norm:
            return build.norm(stream)
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


class Seven(_Mixing):
    """RWKV 7: the values of the first layer are seen by all others."""

    first_values: Value | None = None

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
        is_normed = self.shifts > 1
        shown = graph.op(wide, graph.op(wide, out, free=True), over=FIRST) if is_normed else out
        own = graph.op(wide, graph.op(wide, key, asked, free=True), over=FIRST)
        own = graph.op(wide, value, graph.op(unit * self.heads, own, free=True), free=True)
        shown = graph.op(wide, shown, own, over=FIRST if is_normed else 0, free=True)
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


class Six(_Mixing):
    """RWKV 6, and Qwen 2.5 with it in the place of attention, whose keys and values have fewer heads."""

    def _over_channels(self, normed: Value, shifted: Value, number: int) -> Value:
        build = self.build
        graph, wide = build.graph, build.wide
        difference = graph.op(wide, shifted, normed, over=FIRST, free=True)
        asked, key = (self._towards(difference, normed) for _ in range(2))
        opened = graph.op(wide, asked)
        hidden = graph.op(build.unit * build.shape.feed_forward[number], key)
        return graph.op(wide, opened, graph.op(wide, hidden), over=EITHER, free=True)

    def _towards(self, difference: Value, normed: Value) -> Value:
        """A share of the step from the token before to this one."""
        graph, wide = self.build.graph, self.build.wide
        return graph.op(wide, graph.op(wide, difference, over=FIRST), normed, over=FIRST, free=True)

    def _over_time(self, normed: Value, shifted: Value, state: Value) -> Value:
        build, (mix_rank, decay_rank) = self.build, self.ranks
        graph, wide, unit = build.graph, build.wide, build.unit
        is_linear = self.shifts == 1
        difference = graph.op(wide, shifted, normed, over=FIRST, free=True)
        mixes = graph.op(unit * 5 * mix_rank, self._towards(difference, normed))
        mixes = graph.op(5 * wide, graph.op(mixes.size, mixes, free=True))
        apart = "split_mixtures" in build.shape.traits
        if not apart:
            mixes = self._mixture(mixes, difference, normed, over=FIRST)
        few = unit * self.groups * (build.shape.embedding // self.heads)
        key, value, asked, decay, gate = (
            self._mixture(mixes, difference, normed) if apart else mixes for _ in range(5)
        )
        key, value = (self._spread(graph.op(few, each)) for each in (key, value))
        asked = graph.op(wide, asked)
        decay = graph.op(wide, graph.op(unit * decay_rank, decay))
        if is_linear:
            key = graph.op(wide, key, graph.op(wide, key, decay, free=True), over=SECOND, free=True)
        size = wide + 4 * self.state_numbers * build.slots
        out = graph.op(size, key, value, asked, decay, state, free=True)
        recurrent.store(build, out, 4 * self.state_numbers * build.slots)
        shown = out if is_linear else graph.op(wide, graph.op(wide, out, free=True), over=FIRST)
        gate = graph.op(wide, gate)
        return graph.op(wide, graph.op(wide, shown, gate, over=SECOND if is_linear else EITHER, free=True))

    def _mixture(self, mixes: Value, difference: Value, normed: Value, over: int = 0) -> Value:
        """Shares and a weight of their own, times the step from the token before, and this token."""
        graph = self.build.graph
        size = mixes.size if over else self.build.wide  # apart, each mixture begins as a part of all
        mixed = graph.op(size, mixes, over=over)
        return graph.op(size, graph.op(size, mixed, difference, over=FIRST, free=True), normed, over=FIRST, free=True)

    def _spread(self, value: Value) -> Value:
        """As many heads as queries have."""
        return value if self.groups == self.heads else self.build.graph.op(self.build.wide, value, free=True)
