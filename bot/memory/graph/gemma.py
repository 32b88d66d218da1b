"""What Gemma 3n and 4 add to the graph: per-layer embeddings, and four alternating residual streams (AltUp).

Sources, llama.cpp b11434: src/models/gemma3n.cpp and gemma4.cpp.
"""

from bot.memory.graph import attention as attention_graph
from bot.memory.graph.build import Build
from bot.memory.graph.planner import (
    EITHER,
    FIRST,
    HOST,
    Value,
)


class Extras:
    """Per-layer embeddings and AltUp of one graph; does nothing for other architectures."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.width = build.shape.embedding_per_layer or (256 if build.wiring.residual == "altup" else 0)
        self.selected: Value | None = None
        self.projected: Value | None = None

    def look_up(self) -> None:
        """The per-layer embeddings of all tokens, on the host like the token embeddings."""
        if not self.width:
            return
        build = self.build
        graph, device = build.graph, build.graph.device
        numbers = graph.input(4 * build.tokens)
        graph.device = HOST
        self.selected = graph.op(build.unit * self.width * build.shape.layers, numbers)
        graph.device = device
        if build.wiring.residual != "altup":
            graph.expand(self.selected)

    def begin(self, stream: Value) -> Value:
        """After the embeddings: the projection of the per-layer inputs, and for Gemma 3n the other three streams."""
        if not self.width:
            return stream
        build = self.build
        graph = build.graph
        assert self.selected is not None
        size = self.selected.size
        altup = build.wiring.residual == "altup"
        if altup:
            graph.expand(stream)
            copied = FIRST if build.layout.on_gpu(build.layout.sample[0]) else 0  # on the host it is a view
            self.selected = graph.expand(graph.op(size, graph.expand(self.selected), over=copied, free=True))
        projection = graph.op(size, graph.op(size, stream))
        joined = graph.op(size, projection, self.selected, over=FIRST, free=True)
        self.projected = graph.op(size, joined, free=True)
        return self._stacked(stream) if altup else stream

    def _own(self, layer: int) -> Value:
        """One layer's part of the projected inputs: a view, copied by itself for a layer on the GPU."""
        build = self.build
        assert self.projected is not None
        first = build.layout.sample[0]
        own = self.projected
        if build.layout.on_gpu(first) != build.layout.on_gpu(layer):
            build.graph.keep(own)
            own = build.graph.outside(4 * build.settings.tokens * self.width, HOST)
        if build.tokens < build.settings.tokens:
            own = build.graph.op(build.unit * self.width, own, build.wanted, free=True)
        return own

    def _stacked(self, stream: Value) -> Value:
        """The stream and three projections of it, brought to the same magnitude."""
        build = self.build
        graph, wide, unit = build.graph, build.wide, build.unit
        repeated = graph.op(3 * wide, stream)
        others = graph.op(3 * wide, repeated)
        magnitude = graph.op(unit, graph.op(wide, stream))
        scaled = graph.op(3 * wide, others, magnitude)
        new_magnitude = graph.op(3 * unit, graph.op(3 * wide, others, over=FIRST, free=True))
        scaled = graph.op(3 * wide, scaled, new_magnitude, over=FIRST, free=True)
        return graph.op(4 * wide, stream, scaled)

    def after_layer(self, stream: Value, layer: int) -> Value:
        """Gemma 4: the layer's own embedding, gated by the stream, is added."""
        if not self.width:
            return stream
        build = self.build
        graph = build.graph
        gated = graph.op(build.unit * self.width, stream)
        gated = graph.op(gated.size, gated, self._own(layer), over=FIRST, free=True)
        out = graph.op(build.wide, gated)
        return graph.op(build.wide, stream, out, over=EITHER)

    def altup_layer(self, streams: Value, layer: int) -> Value:
        """Gemma 3n: predict all streams, run the layer on the active one, correct the others by the difference."""
        build = self.build
        graph, wide, unit = build.graph, build.wide, build.unit
        turned = graph.op(4 * wide, streams)
        modalities = graph.op(4 * unit, graph.op(wide, streams))
        coefficients = graph.op(16 * unit, modalities)
        product = graph.op(4 * wide, turned, coefficients)
        predictions = graph.op(4 * wide, graph.op(4 * wide, product), streams, over=EITHER, free=True)
        normed = graph.op(wide, predictions)
        attended = attention_graph.attention(build, normed, layer)
        gated = graph.op(wide, attended, predictions, over=FIRST, free=True)
        laurel = graph.op(wide, graph.op(64 * unit, normed))
        laurel = graph.op(wide, laurel, normed, over=EITHER, free=True)
        stream = graph.op(wide, gated, laurel, over=EITHER, free=True)
        out = self._feed_forward(build.norm(stream), layer)
        stream = graph.op(wide, out, stream, over=EITHER, free=True)
        return self._corrected(stream, predictions, layer)

    def _feed_forward(self, normed: Value, layer: int) -> Value:
        """Gelu of the gate times the upward matrix; in the first ten layers only the largest gates stay."""
        build = self.build
        graph, size = build.graph, build.unit * build.shape.feed_forward[layer]
        up, gate = graph.op(size, normed), graph.op(size, normed)
        if layer < 10:
            mean = graph.op(build.unit, gate)
            squared = graph.op(size, gate, mean)
            limit = graph.op(build.unit, mean, graph.op(build.unit, squared), over=FIRST, free=True)
            gate = graph.op(size, gate, limit, over=FIRST, free=True)
        return graph.op(build.wide, graph.op(size, up, gate, over=EITHER, free=True))

    def _corrected(self, stream: Value, predictions: Value, layer: int) -> Value:
        build = self.build
        graph, wide, unit = build.graph, build.wide, build.unit
        innovation = graph.op(wide, stream, predictions)
        repeated = graph.op(4 * wide, innovation)
        modalities = graph.op(4 * unit, build.norm(stream))
        coefficients = graph.op(4 * unit, graph.op(4 * unit, modalities), free=True)
        corrected = graph.op(4 * wide, repeated, coefficients, over=FIRST, free=True)
        corrected = graph.op(4 * wide, corrected, predictions, over=EITHER, free=True)
        gated = graph.op(unit * self.width, graph.op(wide, corrected))
        gated = graph.op(gated.size, gated, self._own(layer), over=FIRST, free=True)
        first = graph.op(wide, gated)
        others = graph.op(3 * wide, corrected, first)
        return graph.op(4 * wide, corrected, others)

    def end(self, stream: Value) -> Value:
        """Gemma 3n: the mean of the four streams, and of that the wanted rows."""
        build = self.build
        if build.wiring.residual != "altup":
            return stream
        graph, wide, unit = build.graph, build.wide, build.unit
        others = graph.op(3 * wide, stream)
        magnitude = graph.op(unit, graph.op(wide, stream))
        scaled = graph.op(3 * wide, others, magnitude)
        new_magnitude = graph.op(3 * unit, graph.op(3 * wide, others, over=FIRST, free=True))
        scaled = graph.op(3 * wide, scaled, new_magnitude, over=FIRST, free=True)
        total = graph.op(wide, stream, scaled)
        total = graph.op(wide, total, scaled, over=FIRST, free=True)
        return graph.op(4 * build.rows * build.shape.embedding, total, build.wanted)
