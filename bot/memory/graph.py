"""The graph that llama.cpp reserves its compute buffers for, reduced to the tensors that take room.

Sources, llama.cpp b11434: src/llama-graph.cpp (build_inp_embd, build_attn, build_attn_mha, build_ffn, build_moe_ffn,
build_rs) and src/models/*.cpp. What is written over its input or only looks at it (reshape, view, permute, bias,
rope, scale, activation of one input) takes no room and does not appear. Sizes in bytes, float32 unless said.
"""

from dataclasses import dataclass

from bot.memory.layout import Layout
from bot.memory.planner import GPU, HOST, Graph, Value
from bot.memory.settings import Settings, quantized
from bot.memory.wiring import Wiring, wiring_of
from bot.models.shape import ModelShape


@dataclass(slots=True)
class _Cache:
    """Inputs of one key/value cache: where to store, and which cells each token may see."""

    cells: int
    keys: Value
    values: Value | None
    mask: Value
    key_rotation: Value | None = None
    value_rotation: Value | None = None


class Reservation:
    """Builds the graph for one shape and settings; `peaks` gives the two buffers' sizes."""

    def __init__(self, shape: ModelShape, settings: Settings, layout: Layout) -> None:
        self.shape = shape
        self.settings = settings
        self.layout = layout
        self.wiring: Wiring = wiring_of(shape)
        self.graph = Graph()
        self.tokens = settings.tokens
        self.rows = settings.output_rows
        self.wide = 4 * self.tokens * shape.embedding  # one residual stream
        self._caches: dict[bool, _Cache] = {}
        self._state: Value | None = None
        self._leaves_host = False

    def peaks(self) -> tuple[int, int]:
        """(host, GPU) bytes."""
        layers = self.layout.sample
        self._place(layers[0])
        stream = self._embed()
        self._make_inputs()
        for at, layer in enumerate(layers):
            following = layers[at + 1] if at + 1 < len(layers) else None
            stream = self._layer(stream, layer, following)
        self._output(stream)
        return self.graph.peaks()

    # --- where things run --------------------------------------------------------------------------------------------

    def _place(self, layer: int) -> None:
        """Following operations run where this layer's weights are."""
        self.graph.device = GPU if self.layout.on_gpu(layer) else HOST

    # --- beginning ---------------------------------------------------------------------------------------------------

    def _embed(self) -> Value:
        """Token embeddings. A batch may mix tokens and picture embeddings, so room for both is kept."""
        graph, tokens, wide = self.graph, self.tokens, self.wide
        device = graph.device
        wide_input = wide * self.wiring.input_widths
        numbers = graph.input(4 * tokens)
        graph.input(wide_input)
        mixed_numbers = graph.input(4 * tokens)
        mixed = graph.input(wide_input)
        slots = graph.input(8 * tokens)
        graph.device = HOST
        stream = graph.op(wide_input, numbers)
        looked_up = graph.op(wide_input, mixed_numbers)
        graph.device = device
        merged = graph.op(wide_input, mixed)
        graph.use(looked_up, slots, merged)
        graph.keep(merged)
        if self.wiring.scaled_embedding:
            stream = graph.op(wide, stream, graph.input(4 * tokens), over=1)
        return stream

    def _make_inputs(self) -> None:
        graph, tokens = self.graph, self.tokens
        if self.wiring.positions:
            self.positions = graph.input(4 * tokens * self.wiring.positions)
        if self.layout.has_attention:
            if self.layout.has_full_layers or not self.layout.has_window_layers:
                self._caches[False] = self._cache(self.layout.cells)
            if self.layout.has_window_layers:
                self._caches[True] = self._cache(self.layout.window_cells)
        if self.shape.recurrent is not None:
            self._state = graph.input(4 * self.settings.parallel)
        self.wanted = graph.input(4 * self.rows)

    def _cache(self, cells: int) -> _Cache:
        """llama.cpp, src/llama-kv-cache.cpp: build_input_k_idxs, build_input_v_idxs, build_input_k_rot; the mask is
        f16 with flash attention, else f32 (src/llama-graph.cpp, build_attn_inp_kq_mask).
        """
        graph, settings, shape = self.graph, self.settings, self.shape
        flash = settings.flash_attention
        stored = self.tokens * (1 if flash else self.layout.widest_values)
        keys = graph.input(8 * self.tokens)
        values = None if shape.latent else graph.input(8 * stored)
        mask = graph.input(cells * self.tokens * (2 if flash else 4))
        found = _Cache(cells, keys, values, mask)
        length = shape.key_length
        if not shape.latent and quantized(settings.cache_type_k) and length % 64 == 0 and self.layout.one_key_length:
            side = 64
            while length % (2 * side) == 0:
                side *= 2
            found.key_rotation = graph.input(4 * side * side)
        if not shape.latent and quantized(settings.cache_type_v) and shape.value_length % 64 == 0:
            found.value_rotation = graph.input(4 * 64 * 64)
        return found

    # --- a layer -----------------------------------------------------------------------------------------------------

    def _layer(self, stream: Value, layer: int, following: int | None) -> Value:
        self._place(layer)
        graph, layout = self.graph, self.layout
        normed = graph.op(self.wide, stream, over=1)
        out = self._mixer(normed, layer)
        last = following is None
        if last and not self.wiring.rows_at_end:
            narrow = 4 * self.rows * self.shape.embedding
            out = graph.op(narrow, out, self.wanted)
            stream = graph.op(narrow, stream, self.wanted)
            self.tokens = self.rows
            self.wide = narrow
        stream = graph.op(self.wide, out, stream, over=2)
        normed = graph.op(self.wide, stream, over=1)
        self._leaves_host = following is not None and layout.on_gpu(following) and not layout.on_gpu(layer)
        out = self._feed_forward(normed, layer)
        return graph.op(self.wide, out, stream, over=2)

    def _after_weights(self) -> None:
        """What follows the last weights of a layer has none of its own and runs where the next layer is."""
        if self._leaves_host:
            self.graph.device = GPU

    def _mixer(self, normed: Value, layer: int) -> Value:
        """Attention, or what stands in its place."""
        shape = self.shape
        if self.layout.is_recurrent(layer):
            return self._delta_net(normed)
        if shape.latent:
            return self._latent_attention(normed, layer)
        return self._attention(normed, layer)

    def _attention(self, normed: Value, layer: int) -> Value:
        graph, shape = self.graph, self.shape
        heads, kv_heads = shape.heads[layer], shape.kv_heads[layer]
        window = self.layout.is_window(layer)
        key_length, value_length = self.layout.head_lengths(layer)
        cache = self._caches[window]
        unit = 4 * self.tokens
        gate = None
        size = unit * heads * key_length
        if self.wiring.gated_attention:
            gate = graph.op(2 * size, normed)
            query = graph.op(size, gate)
            graph.use(self.positions)
        else:
            query = self._headed(graph.op(size, normed))
        query = self._rotated(query, cache.key_rotation)
        if self.layout.has_window_layers:
            key = self._rotated(self._key(normed, unit * kv_heads * key_length), cache.key_rotation)
            value = self._rotated(graph.op(unit * kv_heads * value_length, normed), cache.value_rotation)
        else:
            value = self._rotated(graph.op(unit * kv_heads * value_length, normed), cache.value_rotation)
            key = self._rotated(self._key(normed, unit * kv_heads * key_length), cache.key_rotation)
        graph.use(key, cache.keys)
        graph.use(value, *((cache.values,) if cache.values else ()))
        mixed = self._mixed(query, cache, heads, value_length)
        if cache.value_rotation is not None:
            mixed = graph.op(mixed.size, mixed, cache.value_rotation)
        if gate is not None:
            opened = graph.op(size, gate)
            mixed = graph.op(size, opened, mixed, over=1)
        return graph.op(self.wide, mixed)

    def _key(self, normed: Value, size: int) -> Value:
        return self._headed(self.graph.op(size, normed))

    def _headed(self, value: Value) -> Value:
        """Norm per head and rope: seen as heads, a value cannot be written over."""
        if not (self.wiring.positions or self.wiring.head_norm):
            return value
        out = self.graph.op(value.size, value)
        if self.wiring.positions:
            self.graph.use(self.positions)
        return out

    def _rotated(self, value: Value, rotation: Value | None) -> Value:
        return value if rotation is None else self.graph.op(value.size, value, rotation)

    def _mixed(self, query: Value, cache: _Cache, heads: int, value_length: int) -> Value:
        """build_attn_mha: with flash attention one operation, without it all scores at once."""
        graph, tokens = self.graph, self.tokens
        size = 4 * tokens * heads * value_length
        if self.settings.flash_attention:
            return graph.op(size, query, cache.mask)
        scores = graph.op(4 * tokens * heads * cache.cells, query)
        graph.use(cache.mask)
        mixed = graph.op(size, scores)
        return graph.op(size, mixed)

    def _latent_attention(self, normed: Value, layer: int) -> Value:
        """src/models/deepseek2.cpp, with the key and value matrices absorbed into the query."""
        graph, shape = self.graph, self.shape
        latent = shape.latent
        assert latent is not None
        heads = shape.heads[layer]
        cache = self._caches[False]
        unit = 4 * self.tokens
        key_width = latent.kv_rank + latent.rope_length
        query = normed
        if latent.query_rank:
            query = graph.op(unit * latent.query_rank, normed)
        query = graph.op(unit * heads * (latent.nope_length + latent.rope_length), query)
        absorbed = graph.op(unit * heads * latent.kv_rank, query)
        turned = graph.op(unit * heads * latent.rope_length, query, self.positions)
        query = graph.op(unit * heads * key_width, absorbed, turned)
        query = self._rotated(query, cache.key_rotation)
        compressed = graph.op(unit * key_width, normed)
        values = graph.op(unit * latent.kv_rank, compressed)
        turned = graph.op(unit * latent.rope_length, compressed, self.positions)
        key = self._rotated(graph.op(unit * key_width, values, turned), cache.key_rotation)
        graph.use(key, cache.keys)
        size = unit * heads * latent.value_length
        if self.settings.flash_attention:
            mixed = graph.op(unit * heads * latent.kv_rank, query, cache.mask)
        else:
            scores = graph.op(unit * heads * cache.cells, query)
            graph.use(cache.mask)
            mixed = graph.op(unit * heads * latent.kv_rank, scores)
        mixed = graph.op(size, mixed)
        mixed = graph.op(size, mixed)
        return graph.op(self.wide, mixed)

    def _delta_net(self, normed: Value) -> Value:
        """Gated delta net, src/models/qwen3next.cpp and delta-net-base.cpp."""
        graph, recurrent = self.graph, self.shape.recurrent
        assert recurrent is not None
        assert self._state is not None
        tokens, slots = self.tokens, self.settings.parallel
        unit = 4 * tokens
        kernel, state, inner = recurrent.conv_kernel, recurrent.state_size, recurrent.inner_size
        channels = inner + 2 * recurrent.groups * state
        conv_state = graph.op(4 * (kernel - 1) * channels * slots, self._state)
        mixed = graph.op(unit * channels, normed)
        conv_input = graph.op(4 * (kernel - 1 + tokens) * channels, conv_state, mixed)
        graph.use(conv_input)
        kept = graph.op(4 * state * inner * slots, self._state)
        conv = graph.op(unit * channels, conv_input)
        heads, groups = recurrent.time_step_rank, recurrent.groups
        query = graph.op(unit * groups * state, conv)
        if heads != groups:
            query = graph.op(unit * heads * state, query)
        key = graph.op(unit * groups * state, conv)
        if heads != groups:
            key = graph.op(unit * heads * state, key)
        both = graph.op(unit * 2 * heads, normed)
        alpha = graph.op(unit * heads, both)
        beta = graph.op(unit * heads, both)
        out = graph.op(4 * inner * (tokens + state), query, key, conv, alpha, beta, kept)
        graph.use(out)
        shown = graph.op(unit * inner, out)
        gate = graph.op(unit * inner, normed)
        shown = graph.op(unit * inner, shown, graph.op(unit * inner, gate), over=1)
        return graph.op(self.wide, shown)

    # --- feed-forward ------------------------------------------------------------------------------------------------

    def _feed_forward(self, normed: Value, layer: int) -> Value:
        shape = self.shape
        if self.layout.has_experts(layer):
            return self._experts(normed)
        return self._dense(normed, shape.feed_forward[layer])

    def _dense(self, normed: Value, width: int, shared: bool = False) -> Value:
        graph, size = self.graph, 4 * self.tokens * width
        if self.wiring.fused_gate:
            hidden = graph.op(size, graph.op(2 * size, normed))
        elif self.shape.gated:
            gate = graph.op(size, normed)
            hidden = graph.op(size, gate, graph.op(size, normed))
        else:
            hidden = graph.op(size, normed)
        out = graph.op(self.wide, hidden)
        if not shared:
            self._after_weights()
        return out

    def _experts(self, normed: Value) -> Value:
        graph, wiring, experts = self.graph, self.wiring, self.shape.experts
        assert experts is not None
        unit = 4 * self.tokens
        used = experts.used
        chances = graph.op(unit * experts.count, normed)
        choice = chances
        if wiring.selection_bias:
            choice = graph.op(unit * experts.count, chances, over=1)
        order = graph.op(unit * experts.count, choice)
        weights = graph.op(unit * used, chances, order)
        if wiring.normed_weights:
            total = graph.op(unit, weights)
            weights = graph.op(unit * used, weights, total)
        if wiring.softmax_weights:
            weights = graph.op(unit * used, weights)
        size = unit * used * experts.feed_forward
        gate = graph.op(size, normed, order)
        up = graph.op(size, normed, order)
        hidden = graph.op(size, gate, up)
        spread = graph.op(self.wide * used, hidden, order)
        if not experts.shared_feed_forward:
            self._after_weights()
        spread = graph.op(spread.size, spread, weights, over=1)
        out = graph.op(self.wide, spread, *((spread,) if used > 1 else ()))
        for _ in range(used - 2):
            graph.use(spread)
        if experts.shared_feed_forward:
            shared = self._dense(normed, experts.shared_feed_forward, shared=True)
            if wiring.gated_shared:
                opened = graph.op(unit, normed)
                self._after_weights()
                shared = graph.op(self.wide, shared, graph.op(unit, opened, over=1), over=1)
            self._after_weights()
            out = graph.op(self.wide, out, shared, over=2)
        return out

    # --- end ---------------------------------------------------------------------------------------------------------

    def _output(self, stream: Value) -> None:
        graph = self.graph
        graph.device = GPU if self.layout.output_on_gpu else HOST
        normed = graph.op(stream.size, stream, over=1)
        if self.wiring.rows_at_end:
            normed = graph.op(4 * self.rows * self.shape.embedding, normed, self.wanted)
        graph.op(4 * self.rows * self.shape.vocabulary, normed)
