"""A graph being built: its inputs, and the operations that every kind of layer uses."""

from dataclasses import dataclass

from bot.memory.graph.planner import EITHER, FIRST, HOST, SECOND, Graph, Value
from bot.memory.layout import Layout
from bot.memory.settings import Settings
from bot.memory.wiring import Wiring, wiring_of
from bot.models.shape import ModelShape


@dataclass(slots=True)
class Cache:
    """Inputs of one key/value cache: where to store, and which cells each token may see."""

    cells: int
    keys: Value
    values: Value | None
    mask: Value
    key_rotation: Value | None = None
    value_rotation: Value | None = None


@dataclass(slots=True)
class IndexInputs:
    """Inputs of the indexer: where to store its keys, which cells are seen, and the rotation before the store."""

    keys: Value
    mask: Value
    rotation: Value | None


class Build:
    """The graph of one shape and settings, and where it stands: device, rows, residual stream."""

    def __init__(self, shape: ModelShape, settings: Settings, layout: Layout) -> None:
        self.shape = shape
        self.settings = settings
        self.layout = layout
        self.wiring: Wiring = wiring_of(shape)
        self.habits = settings.habits
        self.graph = Graph()
        self.tokens = settings.tokens
        self.rows = settings.tokens if self.wiring.every_row else settings.output_rows
        self.slots = settings.parallel
        self.unit = 4 * self.tokens  # one number for each token
        self.wide = self.unit * shape.embedding  # one residual stream
        self.caches: dict[bool, Cache] = {}
        self.positions: Value | None = None
        self.scale: Value | None = None
        self.state: Value | None = None
        self.state_slots: Value | None = None
        self.other_slots: Value | None = None
        self.following: int | None = None
        self.index: IndexInputs | None = None
        self.top: Value | None = None  # the keys that sparse attention chose last
        self.routed: Value | None = None  # by what experts are chosen, where that is not their input
        self.skip: Value | None = None  # what is added behind every layer
        self.numbers: Value = Value(0, HOST)  # the tokens; set when they are looked up
        self.wanted: Value = Value(0, HOST)  # the rows that logits are wanted for; set with the inputs

    def place(self, layer: int) -> None:
        """Operations made next have this layer's weights."""
        self.graph.device = self.layout.device(self.stored_as(layer))

    def stored_as(self, layer: int) -> int:
        """The layer under whose number the weights are stored: two stacks may serve many turns."""
        cycles = self.shape.cycles
        if cycles is None:
            return layer
        turn, place = divmod(layer, cycles.stack)
        return place + (cycles.stack if turn % (cycles.low + 1) == cycles.low else 0)

    def holds_cache(self, layer: int) -> int:
        """The device on which a layer's cache lies."""
        return HOST if self.settings.kv_on_host else self.layout.device(layer)

    def store(self, value: Value, target: Value) -> None:
        """Stores a value in a cache, where that lies."""
        device = self.graph.device
        if self.settings.kv_on_host:
            self.graph.device = HOST
        self.graph.use(value, target)
        self.graph.device = device

    def norm(self, value: Value) -> Value:
        """A norm, written over its input when nobody else needs that."""
        if self.wiring.grouped_norm:
            if not value.free and value.device != self.graph.device:  # a view of it is copied by itself
                value = self.graph.outside(value.size, value.device)
            return self.graph.op(value.size, self.graph.op(value.size, value, free=True))
        if self.layout.gpus > 1:  # the norm itself has no weights and may run on the card before
            value = self.graph.op(value.size, value, over=FIRST, free=True)
        return self.graph.op(value.size, value, over=FIRST)

    def add(self, value: Value, other: Value, over: int = EITHER) -> Value:
        """The sum of two values, in the place of one of them where `over` says so."""
        return self.graph.op(value.size, value, other, over=over, free=True)

    def join(self, out: Value, stream: Value, layer: int | None = None) -> Value:
        """Adds a part's result to the residual stream; some recurrent parts end in a view, which stays as it is."""
        view = layer is not None and self.layout.is_recurrent(layer) and self._ends_in_view
        if self.wiring.stream_first:
            return self.add(stream, out, over=FIRST if view else EITHER)
        return self.add(out, stream, over=SECOND if view else EITHER)

    @property
    def _ends_in_view(self) -> bool:
        recurrent = self.shape.recurrent
        return recurrent is not None and recurrent.kind in ("mamba", "short_conv", "delta_net")

    def mixer(self, normed: Value, layer: int, stream: Value) -> Value:
        """Attention, or what stands in its place; made by the whole graph, which knows of all kinds."""
        raise NotImplementedError

    def feed_forward(self, normed: Value, layer: int, stream: Value) -> Value:
        """A layer's feed-forward part; made by the whole graph, which knows of experts."""
        raise NotImplementedError

    def only_wanted(self, *values: Value) -> tuple[Value, ...]:
        """From here on only the rows that logits are wanted for."""
        if self.wiring.every_row:
            return values
        narrow = 4 * self.rows * self.shape.embedding
        chosen = tuple(self.graph.op(narrow, value, self.wanted, free=True) for value in values)
        self.tokens, self.unit, self.wide = self.rows, 4 * self.rows, narrow
        return chosen

    def dense(self, normed: Value, width: int) -> Value:
        """build_ffn: gate and upward matrix side by side, their product, and back to the stream's width."""
        graph, size = self.graph, self.unit * width
        if self.wiring.fused_gate:
            hidden = graph.op(size, graph.op(2 * size, normed), free=True)
        elif self.wiring.bent_gate:
            hidden = self.bent(graph.op(size, normed), graph.op(size, normed))
        elif self.shape.gated:
            over = 0 if self.habits.fused_gate else FIRST
            hidden = graph.op(size, graph.op(size, normed), graph.op(size, normed), over=over, free=True)
        else:
            hidden = graph.op(size, normed)
        return graph.op(self.wide, hidden)

    def bent(self, gate: Value, up: Value) -> Value:
        """Kimi K3's activation: the bent gate times its sigmoid times the bent upward part, in single operations."""
        graph, size = self.graph, gate.size
        bent = graph.op(size, gate, free=True)
        opened = graph.op(size, bent, graph.op(size, gate, over=FIRST, free=True), over=EITHER, free=True)
        return graph.op(size, opened, up, over=EITHER, free=True)
