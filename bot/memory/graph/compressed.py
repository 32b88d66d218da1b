"""DeepSeek V4 in the reserved graph: several residual streams, keys that are values too, and in most layers compressed
keys of earlier tokens beside a window of plain ones.

Sources, llama.cpp b11739: src/models/deepseek4.cpp, src/llama-graph.cpp (build_inp_dsv4) and
src/llama-kv-cache-dsv4.cpp (dsv4_build_reserve_comp_plan).
"""

from dataclasses import dataclass

from bot.memory import kv_cache
from bot.memory.graph import mixtures
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, Value
from bot.memory.settings import cache_row_bytes, quantized
from bot.models.shape import Compression, SparseIndex
from bot.models.tensors import OVERLAPPING


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one kind of key is compressed: its inputs, and how many rows each step has."""

    width: int  # numbers of a key
    parts: int  # 2 where windows overlap
    ratio: int
    blocks: int  # keys made from one batch
    kept_rows: int  # tokens that wait for compression, of all slots
    positions: Value
    read: Value
    write: Value
    write_positions: Value
    source: Value
    target: Value
    rotation: Value | None


class Compressed:
    """Inputs and layers of one graph."""

    def __init__(self, build: Build) -> None:
        shape, settings, input_ = build.shape, build.settings, build.graph.input
        assert shape.compression is not None
        assert shape.sparse_index is not None
        self.build = build
        self.kept: Compression = shape.compression
        self.index: SparseIndex = shape.sparse_index
        self.raw = kv_cache.raw_cells(self.kept, build.layout)
        self.number_bytes = 2 if settings.flash_attention else 4
        self.keys = input_(8 * build.tokens)
        self.mask = input_(self.number_bytes * self.raw * build.tokens)
        turned = quantized(settings.cache_type_k)
        side = shape.key_length & -shape.key_length
        rotations = [input_(4 * side * side) if turned else None for _ in range(3)]
        self.rotation = rotations[0]
        index_side = self.index.key_length & -self.index.key_length
        index_rotation = input_(4 * index_side * index_side)
        ratios = {ratio for ratio in self.kept.ratios if ratio}
        self.plans = {
            ratio: self._plan(ratio, shape.key_length, rotation)
            for ratio, rotation in zip(sorted(ratios), rotations[1:], strict=False)
        }
        self.masks = {ratio: input_(self.number_bytes * self._cells(ratio) * build.tokens) for ratio in sorted(ratios)}
        small = [ratio for ratio in sorted(ratios) if ratio < OVERLAPPING]
        self.index_plan = self._plan(small[0], self.index.key_length, index_rotation) if small else None
        self.index_mask = input_(2 * self._cells(small[0]) * build.tokens) if small else None

    def _cells(self, ratio: int) -> int:
        return kv_cache.compressed_cells(self.build.layout, ratio)

    def _plan(self, ratio: int, width: int, rotation: Value | None) -> _Plan:
        build, input_ = self.build, self.build.graph.input
        parts = 2 if ratio < OVERLAPPING else 1
        blocks = build.tokens // ratio + build.slots
        kept = parts * ratio * build.slots
        persisted = 4 * min(build.tokens, kept)
        return _Plan(
            width=width,
            parts=parts,
            ratio=ratio,
            blocks=blocks,
            kept_rows=kept,
            positions=input_(4 * build.tokens),
            read=input_(4 * parts * ratio * blocks),
            write=input_(8 * blocks),
            write_positions=input_(4 * blocks),
            source=input_(persisted),
            target=input_(persisted),
            rotation=rotation,
        )

    # --- residual streams ---------------------------------------------------------------------------------------------

    def begin(self, stream: Value) -> Value:
        """As many copies of the embeddings as there are streams."""
        return mixtures.begin(self.build, stream)

    def layer(self, streams: Value, number: int) -> Value:
        """One layer; all tokens go through all layers."""
        build = self.build
        mixes = mixtures.mixes(build, streams)
        out = self._attention(build.norm(mixtures.mixed(build, streams, mixes)), number)
        streams = build.graph.expand(mixtures.left(build, streams, out, *mixtures.shares(build, mixes)))
        mixes = mixtures.mixes(build, streams)
        post, between = (build.graph.expand(each) for each in mixtures.shares(build, mixes))
        normed = build.norm(mixtures.mixed(build, streams, mixes))
        out = build.feed_forward(normed, number, normed)
        return build.graph.expand(mixtures.left(build, streams, out, post, between))

    def end(self, streams: Value) -> Value:
        """The streams' mixture for the output, of the rows that are wanted."""
        build, count, graph = self.build, self.build.shape.residual_streams, self.build.graph
        rows = mixtures.wanted_rows(build, streams)
        shares = graph.op(build.unit * count, graph.op(rows.size, rows, free=True))
        total = graph.op(build.wide, rows, shares, free=True)
        for _ in range(count - 1):
            total = build.add(total, graph.op(build.wide, rows, shares, free=True))
        return total

    # --- attention ----------------------------------------------------------------------------------------------------

    def _attention(self, normed: Value, layer: int) -> Value:
        build, shape = self.build, self.build.shape
        graph, unit, positions = build.graph, build.unit, build.positions
        assert positions is not None
        ratio = self.kept.ratios[layer]
        if ratio:
            self._compress(normed, self.plans[ratio])
            if ratio < OVERLAPPING and self.index_plan is not None:
                self._compress(normed, self.index_plan)
        size = unit * shape.heads[layer] * shape.key_length
        compressed = graph.op(unit * self.kept.query_rank, normed)
        query = graph.op(size, graph.op(size, compressed), free=True)
        query = graph.op(size, query, positions, over=FIRST, free=True)
        key = graph.op(unit * shape.key_length, graph.op(unit * shape.key_length, normed), positions, free=True)
        rotation = self.rotation
        if rotation is not None:
            query, key = (graph.op(each.size, rotation, each, free=True) for each in (query, key))
        graph.expand(query)
        graph.expand(key)
        self.build.store(key, self.keys)
        keys, mask = self._read(normed, compressed, layer)
        out = self._attended(query, keys, mask)
        if rotation is not None:
            out = graph.op(size, rotation, out, free=True)
        out = graph.op(unit * self.kept.output_width, graph.op(size, out, positions, free=True))
        return graph.op(build.wide, graph.op(out.size, out, free=True))

    def _read(self, normed: Value, compressed: Value, layer: int) -> tuple[Value, Value]:
        """The keys that a layer sees, and which of them each token may see."""
        build, ratio = self.build, self.kept.ratios[layer]
        graph, settings = build.graph, build.settings
        held = build.holds_cache(layer)
        row = cache_row_bytes(settings.cache_type_k, build.shape.key_length) * build.slots
        raw = graph.outside(self.raw * row, held)
        if not ratio:
            return raw, self.mask
        cells = self._cells(ratio)
        keys = graph.op((self.raw + cells) * row, raw, graph.outside(cells * row, held), free=True)
        mask = self.masks[ratio]
        if ratio < OVERLAPPING:
            mask = self._chosen(normed, compressed, mask, cells, held)
        return keys, graph.op(self.number_bytes * (self.raw + cells) * build.tokens, self.mask, mask, free=True)

    def _chosen(self, normed: Value, compressed: Value, mask: Value, cells: int, held: int) -> Value:
        """The mask with all but the best keys of the index hidden."""
        build, index = self.build, self.index
        graph, unit, positions = build.graph, build.unit, build.positions
        assert self.index_plan is not None
        assert self.index_plan.rotation is not None
        assert self.index_mask is not None
        assert positions is not None
        top = min(cells, index.top)
        zeros = graph.op(
            self.number_bytes * build.tokens * top,
            graph.leaf(self.number_bytes * build.tokens * top),
            over=FIRST,
            free=True,
        )
        size = unit * index.heads * index.key_length
        asked = graph.op(size, graph.op(size, compressed), positions, free=True)
        asked = graph.op(size, self.index_plan.rotation, asked, free=True)
        weights = graph.op(unit * index.heads, normed)
        row = cache_row_bytes(build.settings.cache_type_k, index.key_length) * build.slots
        cached = graph.outside(cells * row, held)
        scores = graph.op(unit * cells, asked, cached, weights, self.index_mask, free=True)
        order = graph.op(unit * top, graph.op(unit * top, scores, free=True), free=True)
        hidden = graph.op(mask.size, mask, free=True)
        shown = graph.op(0, zeros, order, hidden, free=True)
        return graph.op(mask.size, shown, hidden, mask, free=True)

    def _attended(self, query: Value, keys: Value, mask: Value) -> Value:
        graph = self.build.graph
        if self.build.settings.flash_attention:
            return graph.op(query.size, query, keys, mask, free=True)
        values = graph.op(keys.size, keys, free=True)
        scores = graph.op(
            query.size // self.build.shape.key_length * (mask.size // self.build.unit), keys, query, free=True
        )
        scores = graph.op(scores.size, scores, mask, over=FIRST, free=True)
        return graph.op(query.size, graph.op(query.size, values, scores, free=True), free=True)

    def _compress(self, normed: Value, plan: _Plan) -> None:
        """Keys of finished blocks into the cache; what waits is kept for the next batch, with its scores."""
        graph, full = self.build.graph, plan.parts * plan.width
        size = self.build.unit * full
        keys = graph.op(size, normed)
        gathered = self._gathered(keys, plan)
        scores = graph.op(size, graph.op(size, normed), graph.op(size, plan.positions), over=EITHER, free=True)
        weighed = graph.op(gathered.size, gathered, self._gathered(scores, plan), over=EITHER, free=True)
        made = 4 * plan.blocks * plan.width
        key = graph.op(made, graph.op(made, weighed, free=True), free=True)
        key = graph.op(made, graph.op(made, key, over=FIRST), plan.write_positions, over=FIRST, free=True)
        if plan.rotation is not None:
            key = graph.op(made, plan.rotation, key, free=True)
        self.build.store(key, plan.write)
        kept = plan.source.size * full
        for value in (keys, scores):
            self.build.store(graph.op(kept, value, plan.source, free=True), plan.target)

    def _gathered(self, value: Value, plan: _Plan) -> Value:
        """The rows of each block side by side, those that waited before those of the batch."""
        graph, full = self.build.graph, plan.parts * plan.width
        rows = plan.kept_rows + self.build.tokens
        joined = graph.op(4 * rows * full, value, free=True)
        if plan.parts > 1:
            none = graph.op(4 * full, joined, free=True)
            joined = graph.op(4 * (rows + 1) * full, joined, none, free=True)
        count = plan.ratio * plan.blocks
        read = graph.op(4 * plan.parts * count * full, joined, plan.read, free=True)
        if plan.parts == 1:
            return graph.op(read.size, read, free=True)
        halves = [graph.op(4 * count * plan.width, read, free=True) for _ in range(plan.parts)]
        both = graph.op(4 * plan.parts * count * plan.width, *halves, free=True)
        return graph.op(both.size, both, free=True)
