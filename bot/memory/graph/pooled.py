"""GLM 5 Next in the reserved graph: several residual streams, delta attention in most layers, and in the others latent
attention that an index over pooled keys limits to some of them.

Sources, llama.cpp b11739: src/models/glm5-next.cpp and src/llama-memory-hybrid-idx.cpp (sizes of a full context).
"""

from bot.memory import kv_cache
from bot.memory.graph import attention, mixtures, recurrent
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, HOST, Value
from bot.memory.settings import padded

_LEAST = 64  # pools that a graph has room for, which are a multiple of it


class Pools:
    """Inputs of the index, and what it chooses for each token."""

    def __init__(self, build: Build) -> None:
        index, input_, tokens = build.shape.sparse_index, build.graph.input, build.tokens
        assert index is not None
        self.build = build
        self.index = index
        whole = build.layout.cells // index.pool * build.settings.parallel
        self.count = max(_LEAST, padded(whole + 1, _LEAST))
        self.new = max(whole, 1)
        self.top = min(self.count, index.top // index.pool)
        self.chosen = index.pool * self.top + (index.pool - 1 if index.tail else 0)
        self.keys = input_(8 * tokens)
        self.cells = input_(4 * self.count)
        self.members = input_(4 * index.pool * self.count)
        self.mask = input_(2 * self.count * tokens)
        self.tails = input_(4 * (index.pool - 1) * tokens)
        self._make_own_inputs()
        new_members = input_(4 * index.pool * self.new)
        self.new_members = build.graph.outside(new_members.size, HOST)  # a view of it, which is copied by itself
        self.new_places = input_(8 * self.new)

    def _make_own_inputs(self) -> None:
        """Inputs of one architecture."""

    def cached(self, layer: int) -> Value:
        """A layer's cache of the index."""
        build = self.build
        return build.graph.outside(kv_cache.index_bytes(build.shape, build.layout), build.holds_cache(layer))

    def zeros(self, size: int) -> Value:
        """Zeros, which have their room from the start."""
        return self.build.graph.op(size, self.build.graph.leaf(size), over=FIRST, free=True)

    def pooled(self, total: Value, cached: Value) -> Value:
        """All pools' keys, after those of the new ones are stored."""
        self.build.store(total, self.new_places)
        return self.build.graph.op(4 * self.index.key_length * self.count, cached, self.cells, free=True)

    def cells_of(self, best: Value) -> Value:
        """The cells of the best pools, and those of the unfinished one."""
        graph, unit = self.build.graph, self.build.unit
        cells = graph.op(unit * self.index.pool * self.top, self.members, best, free=True)
        if self.index.tail:
            cells = graph.op(unit * self.chosen, cells, self.tails, free=True)
        return graph.expand(cells)

    def hidden(self) -> tuple[Value, Value]:
        """(a mask that hides all, the zeros that are to show some)."""
        build, graph, cache = self.build, self.build.graph, self.build.caches[False]
        number = cache.mask.size // (cache.cells * build.tokens)
        width, few = number * (cache.cells + self.chosen), number * self.chosen
        return (
            graph.op(width * build.tokens, self.zeros(width), free=True),
            graph.op(few * build.tokens, self.zeros(few), free=True),
        )

    def shown(self, hidden: Value, zeros: Value, cells: Value, aside: Value, alive: Value) -> Value:
        """The mask with all but the chosen cells hidden: dead places go to rows behind the cache."""
        graph, mask = self.build.graph, self.build.caches[False].mask
        places = graph.op(self.build.unit * self.chosen, cells, free=True)
        places = graph.op(places.size, places, aside, over=FIRST, free=True)
        places = graph.op(places.size, places, alive, over=FIRST, free=True)
        places = graph.op(places.size, places, aside, over=FIRST, free=True)
        places = graph.op(places.size, places, free=True)
        return graph.op(mask.size, graph.op(0, zeros, places, hidden, free=True), hidden, mask, free=True)


class WeightedPools(Pools):
    """GLM 5 Next's: each key has learnt weights in its pool."""

    def _make_own_inputs(self) -> None:
        alive = self.build.graph.input(4 * self.chosen * self.build.tokens)
        self.alive = self.build.graph.outside(alive.size, HOST)

    def select(self, normed: Value, query: Value, layer: int) -> Value:
        """The mask of the cells that each token may see; `query` is the compressed query."""
        graph, unit, index = self.build.graph, self.build.unit, self.index
        asked = graph.op(unit * index.heads * index.key_length, query)
        self._store(normed)
        pooled = self._pooled(self.cached(layer))
        weights = graph.op(unit * index.heads, normed)
        scores = graph.op(unit * self.count, asked, pooled, weights, self.mask, free=True)
        cells = self.cells_of(self._ordered(scores))
        hidden, zeros = self.hidden()
        alive = graph.op(unit * self.chosen, self.alive, free=True)
        return self.shown(hidden, zeros, cells, graph.op(4 * self.chosen, free=True), alive)

    def _store(self, normed: Value) -> None:
        graph, size = self.build.graph, self.build.unit * self.index.key_length
        key = graph.op(size, graph.op(size, graph.op(size, normed)), over=FIRST)
        both = graph.op(2 * size, key, graph.op(size, normed), free=True)
        self.build.store(graph.op(3 * size, both, self.zeros(size), free=True), self.keys)

    def _pooled(self, cached: Value) -> Value:
        graph, index = self.build.graph, self.index
        width = 4 * index.key_length * self.new
        size = index.pool * width
        rows = graph.op(2 * size, cached, self.new_members, free=True)
        weights = graph.op(size, graph.op(size, rows), free=True)
        weights = graph.op(size, weights, over=FIRST, free=True)
        keys = graph.op(size, rows, free=True)
        total = graph.op(width, graph.op(size, weights, keys, over=EITHER, free=True), free=True)
        return self.pooled(total, cached)

    def _ordered(self, scores: Value) -> Value:
        """The best pools, best first."""
        graph, size = self.build.graph, self.build.unit * self.top
        best = graph.op(size, scores, free=True)
        order = graph.op(size, graph.op(size, scores, best, free=True), free=True)
        best = graph.op(size, graph.op(size, best, free=True), order, free=True)
        return graph.op(size, graph.op(size, best, free=True), free=True)


class MeanPools(Pools):
    """Qwen 4's: a pool's key is the mean of its tokens' keys, normed and turned."""

    def _make_own_inputs(self) -> None:
        self.positions = self.build.graph.input(16 * self.new)

    def select(self, normed: Value, layer: int) -> Value:
        """The mask of the cells that each token may see."""
        graph, unit, index = self.build.graph, self.build.unit, self.index
        size = unit * index.key_length
        self.build.store(graph.op(2 * size, graph.op(size, normed), self.zeros(size), free=True), self.keys)
        pooled = self._pooled(self.cached(layer))
        assert self.build.positions is not None
        asked = graph.op(index.heads * size, graph.op(index.heads * size, normed))
        asked = graph.op(asked.size, asked, self.build.positions, over=FIRST, free=True)
        weights = self.zeros(unit * index.heads)
        scores = graph.op(unit * self.count, asked, pooled, weights, self.mask, free=True)
        best = graph.op(unit * self.top, scores, free=True)
        cells = self.cells_of(best)
        hidden, zeros = self.hidden()
        alive = self._alive(scores, best)
        aside = graph.op(alive.size, graph.op(alive.size, alive, free=True), free=True)
        return self.shown(hidden, zeros, cells, aside, alive)

    def _pooled(self, cached: Value) -> Value:
        graph, width = self.build.graph, 4 * self.index.key_length * self.new
        rows = graph.op(self.index.pool * width, cached, self.new_members, free=True)
        total = graph.op(width, rows, free=True)
        for _ in range(self.index.pool - 1):
            total = graph.op(width, total, rows, over=FIRST, free=True)
        total = graph.op(width, total, over=FIRST)
        return self.pooled(graph.op(width, total, self.positions, free=True), cached)

    def _alive(self, scores: Value, best: Value) -> Value:
        """Which of the chosen places hold a cell that may be seen."""
        graph, unit = self.build.graph, self.build.unit
        pools = graph.op(unit * self.top, scores, best, free=True)
        pools = graph.op(unit * self.index.pool * self.top, pools, free=True)
        tails = graph.op(unit * (self.index.pool - 1), self.tails, free=True)
        return graph.op(unit * self.chosen, pools, tails, free=True)


class Pooled:
    """Layers of one graph."""

    def __init__(self, build: Build, pools: WeightedPools | None) -> None:
        self.build = build
        self.pools = pools
        self.mask: Value | None = None  # of the last layer with an index of its own

    def layer(self, streams: Value, number: int) -> Value:
        """One layer; all tokens go through all layers."""
        build = self.build
        mixes = mixtures.mixes(build, streams)
        normed = build.graph.expand(build.norm(mixtures.mixed(build, streams, mixes)))
        is_recurrent = build.layout.is_recurrent(number)
        out = recurrent.mixed(build, normed) if is_recurrent else self._attention(normed, number)
        streams = mixtures.left(build, streams, out, *mixtures.shares(build, mixes))
        mixes = mixtures.mixes(build, streams)
        normed = build.norm(mixtures.mixed(build, streams, mixes))
        out = build.feed_forward(normed, number, normed)
        return mixtures.left(build, streams, out, *mixtures.shares(build, mixes))

    def end(self, streams: Value) -> Value:
        """The streams' mean for the output, of the rows that are wanted."""
        build, graph = self.build, self.build.graph
        rows = mixtures.wanted_rows(build, streams)
        total = graph.op(build.wide, rows, free=True)
        for _ in range(build.shape.residual_streams - 2):
            total = graph.op(build.wide, total, rows, over=FIRST, free=True)
        return total

    def _attention(self, normed: Value, layer: int) -> Value:
        """Latent attention without positions, over what the index chose."""
        build, latent = self.build, self.build.shape.latent
        assert latent is not None
        graph, unit = build.graph, build.unit
        heads = unit * build.shape.heads[layer]
        compressed = graph.op(unit * latent.query_rank, normed)
        query = graph.op(heads * latent.nope_length, compressed)
        key = graph.op(unit * latent.kv_rank, normed)
        absorbed = graph.op(heads * latent.kv_rank, query)
        if self.pools is not None and kv_cache.has_own_index(build.shape, layer):
            self.mask = self.pools.select(normed, compressed, layer)
        graph.expand(absorbed)
        graph.expand(key)
        build.store(key, build.caches[False].keys)
        out = attention.latent_attended(build, latent, absorbed, layer, self.mask or build.caches[False].mask)
        size = heads * latent.value_length
        return graph.op(build.wide, graph.op(size, graph.op(size, out), free=True))
