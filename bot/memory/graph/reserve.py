"""The graph that llama.cpp reserves its compute buffers for, reduced to the tensors that take room.

Sources, llama.cpp b11434: src/llama-graph.cpp (build_inp_embd, build_ffn, build_moe_ffn) and src/models/*.cpp.
What is written over its input or only looks at it (reshape, view, permute, bias, rope, scale, activation of one
input) takes no room and does not appear. Sizes in bytes, float32 unless said.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from bot.memory import kv_cache
from bot.memory.graph import attention as attention_graph
from bot.memory.graph import blockwise, checkpoints, compressed, cycles, gated, indexer, lightning, mixtures, pooled
from bot.memory.graph import gemma as gemma_graph
from bot.memory.graph import hashed as hashed_graph
from bot.memory.graph import recurrent as recurrent_graph
from bot.memory.graph import rwkv as rwkv_graph
from bot.memory.graph import streams as streams_graph
from bot.memory.graph.build import Build, Cache
from bot.memory.graph.planner import (
    FIRST,
    HOST,
    Value,
)
from bot.memory.settings import quantized
from bot.models.shape import Experts


class _Way(NamedTuple):
    """How the residual goes: from the embeddings into the layers, through each, and out of the last."""

    begin: Callable[[Value], Value]
    layer: Callable[[Value, int], Value]
    end: Callable[[Value], Value]


def _unchanged(stream: Value) -> Value:
    return stream


class Reservation(Build):
    """Builds the graph for one shape and settings; `peaks` gives the two buffers' sizes."""

    blocks: blockwise.Blocks | None = None
    pools: pooled.WeightedPools | None = None
    mean_pools: pooled.MeanPools | None = None
    hashed: hashed_graph.Hashed | None = None

    def peaks(self) -> tuple[int, tuple[int, ...]]:
        """Bytes on the host and on each GPU."""
        layers = self.layout.sample
        self.place(layers[0])
        gemma = gemma_graph.Extras(self)
        altup = self.wiring.residual == "altup"
        if not altup:
            gemma.look_up()
        stream = self._embed()
        if altup:
            gemma.look_up()
        self._make_inputs()
        way = self._way(gemma)
        stream = way.begin(self._prepared(stream))
        for at, layer in enumerate(layers):
            self.following = layers[at + 1] if at + 1 < len(layers) else None
            self.place(layer)
            stream = way.layer(stream, layer)
        self._output(way.end(stream))
        if self.index is not None:
            indexer.hold_zeros(self)
        return self.graph.peaks(self.layout.gpus, self.layout.rounds)

    def _way(self, gemma: gemma_graph.Extras) -> "_Way":
        match self.wiring.residual:
            case "streams":
                each = streams_graph
                return _Way(partial(each.begin, self), partial(each.layer, self), partial(each.end, self))
            case "compressed":
                kept = compressed.Compressed(self)
                return _Way(kept.begin, kept.layer, kept.end)
            case "pooled":
                each_pooled = pooled.Pooled(self, self.pools)
                return _Way(partial(mixtures.begin, self), each_pooled.layer, each_pooled.end)
            case "gated":
                way = gated.Gated(self, self.mean_pools, self.hashed)
                return _Way(partial(mixtures.begin, self), way.layer, way.end)
            case "lightning":
                return _Way(_unchanged, lightning.Lightning(self).layer, _unchanged)
            case "cycles":
                turns = cycles.Turns(self)
                return _Way(_unchanged, turns.layer, turns.end)
            case "rwkv6" | "rwkv7":
                mixing = rwkv_graph.Six if self.wiring.residual == "rwkv6" else rwkv_graph.Seven
                return _Way(_unchanged, mixing(self).layer, _unchanged)
            case "checkpoints":
                bank = checkpoints.Bank(self)
                return _Way(_unchanged, bank.layer, bank.end)
            case "altup":
                return _Way(gemma.begin, gemma.altup_layer, gemma.end)
        return _Way(gemma.begin, lambda value, at: gemma.after_layer(self._layer(value, at), at), gemma.end)

    # --- beginning ---------------------------------------------------------------------------------------------------

    def _embed(self) -> Value:
        """Token embeddings. A batch may mix tokens and picture embeddings, so room for both is kept."""
        graph, tokens = self.graph, self.tokens
        device = graph.device
        widths = 1 + self.shape.deepstack_layers
        wide = self.wide * widths
        graph.device = HOST
        self.numbers = graph.input(4 * tokens)
        stream = graph.op(self.wide, self.numbers)
        if widths > 1:
            stream = graph.op(wide, stream, free=True)
        if self.habits.mixed_inputs and self.wiring.mixed_inputs:
            graph.expand(stream)
            self._mix(wide)
        if not self.wiring.mixed_inputs:
            graph.input(wide)
        if self.wiring.scaled_rows:
            stream = graph.op(self.wide, stream, graph.input(4 * tokens), over=FIRST, free=True)
        if self.wiring.scaled_embedding or "scaled_embedding" in self.shape.traits:
            stream = graph.expand(graph.op(self.wide, stream, over=FIRST, free=True))
        graph.device = device
        return stream

    def _prepared(self, stream: Value) -> Value:
        """The embeddings with what some architectures do to them before the first layer."""
        graph, device = self.graph, self.graph.device
        if self.wiring.learned_positions:
            assert self.positions is not None
            graph.device = HOST  # tables are looked up where they lie
            looked_up = graph.op(self.wide, self.positions)
            graph.device = device
            return self.add(stream, looked_up)
        if self.wiring.embedding_norm == "mean":
            stream = graph.op(self.wide, graph.op(self.wide, stream, free=True), over=FIRST)
        elif self.wiring.embedding_norm:
            stream = graph.op(self.wide, stream, over=FIRST, free=True)
        self.skip = stream if self.wiring.skips else None
        return stream

    def _mix(self, wide: int) -> None:
        """Tokens looked up into a batch of picture embeddings; made beside the plain path, whichever is taken."""
        graph, tokens = self.graph, self.tokens
        numbers = graph.input(4 * tokens)
        graph.input(wide)
        slots = graph.input(8 * tokens)
        embeddings = graph.input(wide)
        looked_up = graph.op(self.wide, numbers)
        if wide > self.wide:
            looked_up = graph.op(wide, looked_up, free=True)
        graph.expand(looked_up)
        merged = graph.expand(graph.op(wide, embeddings, free=True))
        graph.use(looked_up, slots, merged, free=True)
        graph.keep(merged)

    def _make_inputs(self) -> None:
        graph, tokens, layout = self.graph, self.tokens, self.layout
        if self.shape.recurrent is not None and not self.wiring.parallel_state:
            self.state = graph.input(4 * self.slots)
        if self.wiring.positions:
            self.positions = graph.input(4 * tokens * self.wiring.positions)
        if layout.has_attention and self.wiring.residual != "compressed":
            self._make_attention_inputs()
        if self.wiring.block_index and blockwise.is_built(self):
            self.blocks = blockwise.Blocks(self)
        if self.shape.hashed is not None:
            self.hashed = hashed_graph.Hashed(self, self.shape.hashed)
        if self.wiring.parallel_state:
            self.state = graph.input(4 * self.slots)
        if not self.wiring.every_row:
            self.wanted = graph.input(4 * self.rows)

    def _make_attention_inputs(self) -> None:
        """Those of the first layer's kind of attention before those of the other."""
        layout = self.layout
        windowed = layout.is_window(layout.sample[0])
        for window in (windowed, not windowed):
            if layout.has_window_layers if window else layout.has_full_layers:
                self.caches[window] = self._cache(window)
            if kv_cache.is_indexed(self.shape) and not window:
                self._make_index_inputs()
            if self.wiring.attention_scale and window == windowed:
                self.scale = self.graph.input(4 * self.tokens)

    def _make_index_inputs(self) -> None:
        if self.wiring.residual == "pooled":
            self.pools = pooled.WeightedPools(self)
        elif self.wiring.residual == "gated":
            self.mean_pools = pooled.MeanPools(self)
        else:
            self.index = indexer.inputs(self)

    def _cache(self, window: bool) -> Cache:
        """llama.cpp, src/llama-kv-cache.cpp: build_input_k_idxs, build_input_v_idxs, build_input_k_rot; the mask is
        f16 with flash attention, else f32 (src/llama-graph.cpp, build_attn_inp_kq_mask).
        """
        graph, shape, layout = self.graph, self.shape, self.layout
        if not self.wiring.cached:  # each token of the batch sees the whole batch, and nothing is stored
            mask = graph.input(self.tokens * self.tokens * (2 if self.settings.flash_attention else 4))
            return Cache(self.tokens, Value(0, HOST), None, mask)
        cells = layout.window_cells if window else layout.cells
        keys, values = self._row_indices()
        found = Cache(cells, keys, values, self._mask(cells))
        is_hybrid = shape.recurrent is not None and layout.has_window_layers  # build_inp_mem_hybrid_iswa
        if not shape.latent and not is_hybrid:
            found.key_rotation, found.value_rotation = self._rotations(window)
        return found

    def _row_indices(self) -> tuple[Value, Value | None]:
        """Where the keys and values of a batch go: 8 bytes a row."""
        stored = self.tokens * (1 if self.settings.flash_attention else self.layout.widest_values)
        keys = self.graph.input(8 * self.tokens if self.habits.row_indices else 0)
        has_values = self.habits.row_indices and not self.shape.latent
        return keys, self.graph.input(8 * stored) if has_values else None

    def _mask(self, cells: int) -> Value:
        flash, half = self.settings.flash_attention, self.habits.half_mask
        mask = self.graph.input(cells * self.tokens * (2 if flash and half else 4))
        return self.graph.op(cells * self.tokens * 2, mask, free=True) if flash and not half else mask

    def _rotations(self, window: bool) -> tuple[Value | None, Value | None]:
        """The Hadamard matrices for the keys and values of a quantized cache."""
        key_length, value_length = self.layout.lengths(window)
        keys = values = None
        if quantized(self.settings.cache_type_k) and key_length % 64 == 0:
            side = key_length & -key_length  # the largest power of two in it
            keys = self.graph.input(4 * side * side)
        if quantized(self.settings.cache_type_v) and value_length % 64 == 0:
            values = self.graph.input(4 * 64 * 64)
        return keys, values

    # --- a layer -----------------------------------------------------------------------------------------------------

    def _layer(self, stream: Value, layer: int) -> Value:
        if self.wiring.residual == "single":
            return self._single_layer(stream, layer)
        if self.wiring.residual == "arctic":
            return self._arctic_layer(stream, layer)
        normed = self.norm(stream) if self.wiring.norm else stream
        if self.wiring.residual != "sequential":
            return self._parallel_layer(stream, normed, layer)
        self.routed = stream if self.wiring.router_first else None
        out = self.mixer(normed, layer, stream)
        if self.following is None:
            out, stream = self._last_rows(out, stream)
        stream = self.join(out, stream, layer)
        normed = self.norm(stream) if self.wiring.ffn_norm else stream
        out = self.feed_forward(normed, layer, stream)
        if self.wiring.post_ffn_norm:
            out = self.norm(out)
        out = self.join(out, stream)
        out.free = not self.wiring.scaled_layer
        return out if self.skip is None else self.add(out, self.graph.op(self.wide, self.skip))

    def _last_rows(self, out: Value, stream: Value) -> tuple[Value, Value]:
        """The wanted rows of what attention gave, of the stream, and of what else goes on beside it."""
        kept = [value for value in (self.routed, self.skip) if value is not None]
        out, stream, *others = self.only_wanted(out, stream, *kept)
        if self.skip is not None:
            self.skip = others.pop()
        if self.routed is not None:
            self.routed = others.pop()
        return out, stream

    def _parallel_layer(self, stream: Value, normed: Value, layer: int) -> Value:
        """Attention and feed-forward part side by side, from the same norm."""
        graph, kind = self.graph, self.wiring.residual
        mixed = attention_graph.mixed(self, normed, layer)
        last = self.following is None
        if kind == "phi2" or last:
            mixed = graph.op(self.wide, mixed)
        if last:
            mixed, stream, normed = self.only_wanted(mixed, stream, normed)
        out = self.feed_forward(normed, layer, stream)
        if kind == "phi2":
            return self.add(self.add(mixed, out), stream)
        if kind == "command-r":
            total = self.add(out, stream)
            attended = mixed if last else graph.op(self.wide, mixed)
            return self.add(total, attended)
        attended = mixed if last else graph.op(self.wide, mixed)
        return self.add(self.add(out, attended), stream)

    def _single_layer(self, stream: Value, layer: int) -> Value:
        """Nemotron-H: each layer is one thing behind one norm."""
        normed = self.norm(stream)
        if self.layout.is_recurrent(layer) or self.shape.kv_heads[layer]:
            out = self.mixer(normed, layer, stream)
        else:
            out = self.feed_forward(normed, layer, stream)
        if self.following is None:
            out, stream = self.only_wanted(out, stream)
        return self.join(out, stream, layer)

    def _arctic_layer(self, stream: Value, layer: int) -> Value:
        """Arctic: a dense part behind attention, and experts beside both that see the layer's input."""
        out = self.mixer(self.norm(stream), layer, stream)
        if self.following is None:
            out, stream = self.only_wanted(out, stream)
        attended = self.join(out, stream, layer)
        dense = self.add(self.dense(self.norm(attended), self.shape.feed_forward[layer]), attended)
        return self.add(self._experts(self.norm(stream), layer), dense)

    def mixer(self, normed: Value, layer: int, stream: Value) -> Value:
        """Attention, or what stands in its place."""
        if self.wiring.parallel_state:
            attended = attention_graph.attention(self, normed, layer)
            return self.add(attended, recurrent_graph.mixed(self, self.norm(stream)))
        if self.layout.is_recurrent(layer):
            return recurrent_graph.mixed(self, normed)
        if self.shape.latent:
            return attention_graph.latent_attention(self, normed, layer)
        if self.blocks is not None and self.layout.has_experts(layer):  # leading dense layers attend to all
            return self.graph.op(self.wide, self.blocks.mixed(normed, layer))
        return attention_graph.attention(self, normed, layer)

    # --- feed-forward ------------------------------------------------------------------------------------------------

    def feed_forward(self, normed: Value, layer: int, stream: Value) -> Value:
        """The dense part, experts, or both side by side."""
        if not self.layout.has_experts(layer):
            return self.dense(normed, self.shape.feed_forward[layer])
        if self.wiring.idle_experts:
            return self.graph.op(normed.size, normed, over=FIRST, free=True)
        if not self.wiring.dense_beside:
            return self._experts(normed, layer)
        beside = self.dense(normed, self.shape.feed_forward[layer])
        return self.add(beside, self._experts(self.norm(stream), layer))

    def _experts(self, normed: Value, layer: int) -> Value:
        """build_moe_ffn, and the shared expert that many architectures add."""
        graph, experts = self.graph, self.shape.experts
        assert experts is not None
        shared = None
        if self.wiring.shared_first and experts.shared_feed_forward:
            shared = graph.expand(self._shared(normed))
        weights, order = self._chosen(normed if self.routed is None else self.routed, layer)
        narrow = self.unit * experts.latent if self.wiring.latent_experts and experts.latent else self.wide
        source = normed if narrow == self.wide else graph.op(narrow, normed)
        spread = graph.expand(self._spread(source, weights, order, layer))
        out = graph.expand(graph.op(narrow, spread, *((spread,) if experts.used > 1 else ()), free=True))
        for _ in range(experts.used - 2):
            graph.use(spread, free=True)
        if narrow != self.wide:
            out = graph.op(self.wide, out)
        if experts.shared_feed_forward:
            out = self.add(out, shared or self._shared(normed))
        return out

    def _spread(self, normed: Value, weights: Value, order: Value, layer: int) -> Value:
        """What each chosen expert makes of each token, times its weight."""
        graph, experts, weights_before = self.graph, self.shape.experts, self.wiring.weights_before
        assert experts is not None
        size = normed.size * experts.used
        source = normed
        if weights_before:
            source = graph.op(size, normed, free=True)
            source = graph.op(size, source, weights, over=FIRST, free=True)
        device = graph.device
        if layer < self.settings.experts_on_host:
            graph.device = HOST
        spread = graph.op(size, self._hidden(source, order, experts), order)
        graph.device = device
        return spread if weights_before else graph.op(size, spread, weights, over=FIRST, free=True)

    def _hidden(self, source: Value, order: Value, experts: Experts) -> Value:
        graph = self.graph
        size = self.unit * experts.used * experts.feed_forward
        if self.wiring.bent_gate:
            return self.bent(graph.op(size, source, order), graph.op(size, source, order))
        if "gate_up_exps" in self.shape.traits:
            return graph.op(size, graph.op(2 * size, source, order), free=True)
        if not self.shape.gated:
            return graph.op(size, source, order)
        over = FIRST if self.wiring.clamped_experts or not self.habits.fused_gate else 0
        return graph.op(size, graph.op(size, source, order), graph.op(size, source, order), over=over, free=True)

    def _chosen(self, normed: Value, layer: int) -> tuple[Value, Value]:
        """(weights, order) of the experts for each token."""
        graph, wiring, experts = self.graph, self.wiring, self.shape.experts
        assert experts is not None
        unit, used = self.unit, experts.used
        scores = graph.op(unit * experts.count, normed)
        chances, choice = scores, scores
        if wiring.separate_choice:
            chances = graph.op(unit * experts.count, scores, free=True)
        if layer < experts.by_token:
            order = graph.op(unit * used, self.numbers)
            return self._weighed(graph.op(unit * used, chances, order, free=True), used), order
        if wiring.selection_bias:
            choice = graph.op(unit * experts.count, chances, over=FIRST)
        if experts.groups > 1:
            choice = self._masked_groups(choice, experts.count, experts.groups)
        order = graph.op(unit * experts.count, choice, free=True)
        return self._weighed(graph.op(unit * used, chances, order, free=True), used), order

    def _weighed(self, weights: Value, used: int) -> Value:
        """The weights of the chosen experts, normed as the architecture does."""
        graph, unit = self.graph, self.unit
        if self.wiring.softmax_weights:
            weights = graph.op(unit * used, weights, free=True)
        if self.wiring.normed_weights:
            weights = graph.op(unit * used, weights, graph.op(unit, weights, free=True), free=True)
        return graph.expand(weights)

    def _masked_groups(self, choice: Value, count: int, groups: int) -> Value:
        """Only the best groups of experts may be chosen from (DeepSeek V3)."""
        graph, unit = self.graph, self.unit
        best = graph.op(unit * count, choice, free=True)
        scores = graph.op(unit * 2 * groups, choice, best, free=True)
        order = graph.op(unit * groups, graph.op(unit * groups, scores, free=True), free=True)
        filled = graph.op(unit * count, choice, free=True)
        kept = graph.op(unit * count // 2, choice, order, free=True)
        graph.use(kept, order, filled, free=True)
        return filled

    def _shared(self, normed: Value) -> Value:
        experts = self.shape.experts
        assert experts is not None
        out = self.dense(normed, experts.shared_feed_forward)
        if self.wiring.gated_shared:
            opened = self.graph.op(self.unit, normed)
            opened = self.graph.op(self.unit, opened, over=FIRST, free=True)
            out = self.graph.op(self.wide, out, opened, over=FIRST, free=True)
        return out

    # --- end ---------------------------------------------------------------------------------------------------------

    def _output(self, stream: Value) -> None:
        graph = self.graph
        graph.device = HOST if self.layout.output_gpu is None else 1 + self.layout.output_gpu
        normed = stream
        if self.wiring.last_norm:
            normed = graph.op(stream.size, stream, over=0 if self.wiring.layer_norm else FIRST)
        if self.shape.architecture in _EMBEDDING_AS_OUTPUT:
            graph.device = HOST
        logits = graph.op(4 * self.rows * self.shape.vocabulary, normed)
        if self.shape.architecture == "chameleon":  # logits of picture tokens are hidden
            hidden = graph.op(4 * 8192, graph.leaf(4 * 8192), over=FIRST, free=True)
            logits = graph.op(logits.size, logits, hidden, free=True)
        graph.expand(logits)


# Architectures that multiply by the embedding itself, which lies on the host (src/models/bitnet.cpp).
_EMBEDDING_AS_OUTPUT = frozenset(("bitnet",))
