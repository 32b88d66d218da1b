"""Recurrent layers in the reserved graph: Mamba (three kinds), delta nets with and without channel gates, convolution.

Sources, llama.cpp b11434: src/llama-graph.cpp (build_rs), src/models/mamba-base.cpp, qwen3next.cpp, delta-net-base.cpp,
kimi-linear.cpp, lfm2.cpp, plamo2.cpp.
"""

from collections.abc import Sequence

from bot.memory.graph.build import Build
from bot.memory.graph.planner import (
    FIRST,
    HOST,
    SECOND,
    Value,
)


def mixed(build: Build, normed: Value) -> Value:
    """The recurrent part of a layer, back at the stream's width."""
    recurrent = build.shape.recurrent
    assert recurrent is not None
    kind = recurrent.kind
    if kind == "mamba":
        return _mamba(build, normed)
    if kind == "mamba2":
        return _mamba2(build, normed)
    if kind == "plamo2":
        return _plamo2(build, normed)
    if kind == "short_conv":
        return _short_conv(build, normed)
    if kind == "kimi_delta":
        return _kimi_delta(build, normed)
    return _delta_net(build, normed)


def load(build: Build, numbers: int) -> Value:
    """A layer's history or state of every slot, gathered (build_rs)."""
    assert build.state is not None
    graph, device = build.graph, build.graph.device
    graph.device = HOST if build.settings.kv_on_host else device
    value = graph.expand(graph.op(4 * numbers * build.slots, build.state))
    graph.use(value)
    graph.device = device
    return value


def store(build: Build, value: Value, size: int) -> None:
    """A history's end or a new state, back to where it is kept; the other device gets a copied view of `size`."""
    graph, device = build.graph, build.graph.device
    graph.expand(value)
    if not build.settings.kv_on_host or device == HOST:
        graph.use(value)
        return
    view = graph.outside(size, device)
    graph.device = HOST
    graph.use(view)
    graph.device = device


def _kept_state(build: Build, numbers: int) -> tuple[Value, ...]:
    """States that an operation reads where they lie, as its source where that is the other device."""
    held = 4 * numbers * build.slots
    return (build.graph.outside(held, HOST),) if build.settings.kv_on_host else ()


def _convolved(build: Build, state: Value, value: Value, kernel: int, channels: int) -> Value:
    """History and new tokens side by side; the history's new end is stored."""
    return convolved(build, state, value, kernel - 1, channels)


def convolved(build: Build, state: Value, value: Value, history: int, channels: int) -> Value:
    """`history` tokens and the new ones side by side; the history's new end is stored."""
    size = 4 * (history * build.slots + build.tokens) * channels
    joined = build.graph.op(size, state, value, free=True)
    if build.wiring.copied_tail:
        tail = 4 * history * build.slots * channels
        store(build, build.graph.op(tail, joined, free=True), tail)
    else:
        store(build, joined, size - 4 * build.tokens)
    return joined


def slot_numbers(build: Build) -> Value:
    """The numbers of the slots in use: a view of the state's input, copied for itself."""
    assert build.state is not None
    if build.state_slots is None:
        build.state_slots = build.graph.outside(4 * build.slots, HOST)
    return build.state_slots


def _keep_others(build: Build) -> None:
    """The states of slots that are not in the batch are moved; their numbers are another view of that input."""
    if build.slots > 1:
        if build.other_slots is None:
            build.other_slots = build.graph.outside(4 * (build.slots - 1), HOST)
        build.graph.use(build.other_slots, free=True)


def _mamba2(build: Build, normed: Value) -> Value:
    graph, recurrent, unit = build.graph, build.shape.recurrent, build.unit
    assert recurrent is not None
    inner, state = recurrent.inner_size, recurrent.state_size
    channels = inner + 2 * recurrent.groups * state
    conv_state = load(build, (recurrent.conv_kernel - 1) * channels)
    projected = graph.op(unit * (inner + channels + recurrent.time_step_rank), normed)
    conv_input = _convolved(build, conv_state, projected, recurrent.conv_kernel, channels)
    conv = graph.op(unit * channels, conv_input)
    steps = graph.op(unit * recurrent.time_step_rank, projected)
    scanned = graph.op(
        unit * inner + 4 * state * inner * build.slots,
        conv,
        steps,
        *_kept_state(build, state * inner),
        slot_numbers(build),
    )
    store(build, scanned, 4 * state * inner * build.slots)
    _keep_others(build)
    skipped = graph.op(unit * inner, conv)
    shown = graph.op(unit * inner, scanned, skipped, over=SECOND, free=True)
    gate = graph.op(unit * inner, projected, free=True)
    out = graph.op(unit * inner, gate, shown, free=True)
    if not build.wiring.parallel_state:  # Falcon-H1 has no norm there
        out = graph.op(unit * inner, out)
    return graph.op(build.wide, out)


def _mamba(build: Build, normed: Value) -> Value:
    graph, recurrent, unit = build.graph, build.shape.recurrent, build.unit
    assert recurrent is not None
    inner, state, rank = recurrent.inner_size, recurrent.state_size, recurrent.time_step_rank
    conv_state = load(build, (recurrent.conv_kernel - 1) * inner)
    projected = graph.op(unit * 2 * inner, normed)
    conv_input = _convolved(build, conv_state, projected, recurrent.conv_kernel, inner)
    conv = graph.op(unit * inner, conv_input)
    parts = graph.op(unit * (rank + 2 * state), conv)
    steps = graph.op(unit * inner, graph.op(unit * rank, parts))
    looked_at: tuple[Value, ...] = (parts,)
    if build.shape.architecture == "jamba":  # it norms what the others only look at
        looked_at = (graph.op(unit * state, parts), graph.op(unit * state, parts))
    scanned = _scanned(build, conv, steps, looked_at)
    skipped = graph.op(unit * inner, conv, over=FIRST)
    shown = graph.op(unit * inner, scanned, skipped, over=SECOND, free=True)
    out = graph.op(unit * inner, graph.op(unit * inner, projected, free=True), shown, free=True)
    return graph.op(build.wide, out)


def _scanned(build: Build, conv: Value, steps: Value, told: Sequence[Value]) -> Value:
    """Mamba's scan of all slots, and its state put away. `told`: what it looks at beside its steps."""
    recurrent = build.shape.recurrent
    assert recurrent is not None
    numbers = recurrent.state_size * recurrent.inner_size
    size = build.unit * recurrent.inner_size + 4 * numbers * build.slots
    scanned = build.graph.op(size, conv, steps, *told, *_kept_state(build, numbers), slot_numbers(build))
    store(build, scanned, 4 * numbers * build.slots)
    _keep_others(build)
    return scanned


def _plamo2(build: Build, normed: Value) -> Value:
    """PLaMo 2's Mamba (src/models/plamo2.cpp): input and gate interleaved by head, norms on what the scan is told."""
    graph, recurrent, unit = build.graph, build.shape.recurrent, build.unit
    assert recurrent is not None
    inner, state, heads = recurrent.inner_size, recurrent.state_size, recurrent.time_step_rank
    steps_width = max(64, build.shape.embedding // 16)
    conv_state = load(build, (recurrent.conv_kernel - 1) * inner)
    projected = graph.op(unit * 2 * inner, graph.op(unit * 2 * inner, normed), free=True)
    taken = graph.op(unit * inner, projected, free=True)
    conv_input = _convolved(build, conv_state, taken, recurrent.conv_kernel, inner)
    conv = graph.op(unit * inner, conv_input)
    parts = graph.op(unit * (steps_width + 2 * state), conv)
    steps = graph.op(unit * heads, graph.op(unit * steps_width, parts))
    told = (graph.op(unit * state, parts), graph.op(unit * state, parts))
    scanned = _scanned(build, conv, steps, told)
    gate = graph.op(unit * inner, projected, free=True)
    skipped = graph.op(unit * inner, conv, over=FIRST)
    shown = graph.op(unit * inner, scanned, skipped, over=SECOND, free=True)
    return graph.op(build.wide, graph.op(unit * inner, gate, shown, free=True))


def _short_conv(build: Build, normed: Value) -> Value:
    graph, recurrent, wide = build.graph, build.shape.recurrent, build.wide
    assert recurrent is not None
    width = build.shape.embedding
    conv_state = load(build, (recurrent.conv_kernel - 1) * width)
    projected = graph.op(3 * wide, normed)
    product = graph.op(wide, projected, free=True)
    conv_input = _convolved(build, conv_state, product, recurrent.conv_kernel, width)
    conv = graph.op(wide, conv_input)
    out = graph.op(wide, projected, conv, over=SECOND, free=True)
    return graph.op(wide, out)


def _delta_net(build: Build, normed: Value) -> Value:
    """Gated delta net."""
    graph, recurrent, unit = build.graph, build.shape.recurrent, build.unit
    assert recurrent is not None
    state, inner = recurrent.state_size, recurrent.inner_size
    heads, groups = recurrent.time_step_rank, recurrent.groups
    channels = inner + 2 * groups * state
    graph.expand(normed)
    conv_state = load(build, (recurrent.conv_kernel - 1) * channels)
    conv_input = _convolved(build, conv_state, graph.op(unit * channels, normed), recurrent.conv_kernel, channels)
    kept = load(build, state * inner)
    conv = graph.op(unit * channels, conv_input)
    query = graph.op(unit * groups * state, conv, free=True)
    key = graph.op(unit * groups * state, conv, free=True)
    if heads != groups and not build.wiring.split_beta_alpha:  # Qwen 3.5's operation broadcasts by itself
        query = graph.op(unit * heads * state, query, free=True)
        key = graph.op(unit * heads * state, key, free=True)
    if build.wiring.split_beta_alpha:
        alpha = graph.op(unit * heads, graph.op(unit * heads, normed))
        beta = graph.op(unit * heads, graph.op(unit * heads, normed), free=True)
    else:
        both = graph.op(unit * 2 * heads, normed)
        alpha, beta = graph.op(unit * heads, both), graph.op(unit * heads, both)
    out = graph.op(4 * inner * (build.tokens + state * build.slots), query, key, conv, alpha, beta, kept, free=True)
    store(build, out, 4 * inner * state * build.slots)
    shown = graph.op(unit * inner, out)
    gate = graph.op(unit * inner, graph.op(unit * inner, normed), free=True)
    shown = graph.op(unit * inner, shown, gate, over=FIRST, free=True)
    return graph.op(build.wide, shown)


def _kimi_delta(build: Build, normed: Value) -> Value:
    """Kimi delta attention: three convolutions, a delta rule with a gate for each channel."""
    graph, recurrent, unit = build.graph, build.shape.recurrent, build.unit
    assert recurrent is not None
    length = recurrent.head_length
    heads = max(build.shape.heads)
    inner, kernel = heads * length, recurrent.conv_kernel
    graph.expand(normed)
    conv_state = load(build, 3 * (kernel - 1) * inner)
    inputs = [_convolved(build, conv_state, graph.op(unit * inner, normed), kernel, inner) for _ in range(3)]
    kept = load(build, length * length * heads)
    query, key, value = (graph.op(unit * inner, graph.op(unit * inner, each)) for each in inputs)
    query, key = graph.op(unit * inner, query), graph.op(unit * inner, key)
    decay = graph.op(unit * inner, graph.op(unit * inner, graph.op(unit * length, normed)))
    beta = graph.op(unit * heads, graph.op(unit * heads, normed))
    out = graph.op(4 * inner * (build.tokens + length * build.slots), query, key, value, decay, beta, kept, free=True)
    store(build, out, 4 * inner * length * build.slots)
    shown = graph.op(unit * inner, graph.op(unit * inner, out))
    if build.wiring.whole_state_gate:
        gate = graph.op(unit * inner, normed)
    else:
        gate = graph.op(unit * inner, graph.op(unit * inner, graph.op(unit * length, normed)))
    shown = graph.op(unit * inner, shown, gate, over=FIRST, free=True)
    return graph.op(build.wide, graph.op(unit * inner, shown, free=True))
