"""The loader's buffer planner: which values live when, and how large a buffer holds them all.

A graph is built once with `Graph.op`; `Graph.peaks` then does what llama.cpp does when it reserves its compute
buffers. Sources, llama.cpp b11434: ggml/src/ggml-alloc.c (ggml_gallocr_alloc_graph_impl, ggml_dyn_tallocr_*) and
ggml/src/ggml-backend.cpp (ggml_backend_sched_split_graph). Sizes in bytes.
"""

from typing import Final, TypeAlias

HOST: Final = 0
GPU: Final = 1  # the first one; further GPUs follow
ALIGNMENT: Final = 32  # of ggml's own buffers; CUDA has 128, which changes a compute buffer by a few hundred bytes
_ROUNDING: Final = ALIGNMENT - 1  # a power of two less one
_ENDLESS: Final = 1 << 60


class Value:
    """A tensor of the graph that takes room of its own. Views, and results written over an input, are no values."""

    __slots__ = ("copies", "device", "free", "held", "listed", "offset", "over", "size", "sources", "uses")

    def __init__(
        self, size: int, device: int, sources: tuple["Value", ...] = (), over: int = 0, free: bool = False
    ) -> None:
        self.size = size + _ROUNDING & -ALIGNMENT
        self.device = device
        self.sources = sources
        self.over = over
        self.free = free  # no weights tie it to a device
        self.listed = False  # among the steps already
        self.uses = 0  # consumers that are still to come
        self.copies: dict[int, Value] | None = None  # on other devices
        self.offset = 0
        self.held = False  # has room now


_Copies: TypeAlias = list[tuple[Value, Value]]

FIRST: Final = 1
EITHER: Final = 2
SECOND: Final = 3


class Graph:
    """Operations, and the order in which they run. `device` is where the weights of those made next are.

    As in ggml, making an operation does not yet order it: `expand` appends a value behind all that it depends on.
    """

    __slots__ = ("_inputs", "_steps", "device")

    def __init__(self) -> None:
        self.device = HOST
        self._inputs: list[Value] = []
        self._steps: list[Value] = []

    def input(self, size: int) -> Value:
        """A tensor that the loader fills before each run; it is on the host, from the start."""
        value = Value(size, HOST)
        value.listed = True
        self._inputs.append(value)
        return value

    def leaf(self, size: int) -> Value:
        """A tensor that no operation makes and nobody fills: it has room on this device from the start."""
        value = Value(size, self.device)
        value.listed = True
        self._inputs.append(value)
        return value

    def outside(self, size: int, device: int) -> Value:
        """A tensor with room elsewhere, such as a layer's cache; only a copy for the other device takes room here."""
        value = Value(size, device)
        value.listed = True
        return value

    def op(self, size: int, *sources: Value, over: int = 0, free: bool = False) -> Value:
        """An operation with a result of `size` bytes.

        `over` = FIRST, SECOND or EITHER source may be overwritten by the result where it has no other consumer left
        (ggml_op_can_inplace and equal layout; never a view). `free` = it has no weights, and runs where its
        neighbours run.
        """
        return Value(size, self.device, sources, over, free)

    def expand(self, value: Value) -> Value:
        """Orders the value behind everything it depends on, first source first (ggml_build_forward_expand)."""
        if not value.listed:
            for source in value.sources:
                if not source.listed:
                    self.expand(source)
            value.listed = True
            self._steps.append(value)
        return value

    def use(self, *sources: Value, free: bool = False) -> None:
        """An operation whose result lies elsewhere, such as storing a key in the cache."""
        self.expand(self.op(0, *sources, free=free))

    def keep(self, value: Value) -> None:
        """The value stays to the end."""
        value.uses += 1

    def peaks(self, gpus: int = 1, rounds: int = 1) -> tuple[int, tuple[int, ...]]:
        """Bytes of the compute buffer of the host and of each GPU. A graph can be planned only once.

        `rounds` = batches under way at once (pipeline parallelism): inputs and copies exist as many times and stay.
        """
        _settle(self._steps)
        splits = _splits(self._steps)
        buffers = [_Buffer() for _ in range(gpus + 1)]
        for value in self._inputs:
            _hold(value, buffers[value.device], rounds if value.device == HOST else 1)
        if rounds > 1:
            for copies, _ in splits:
                for _, copy in copies:
                    _hold(copy, buffers[copy.device], rounds)
        for copies, steps in splits:
            for source, copy in copies:
                _done(source, buffers)
                if rounds == 1:
                    _hold(copy, buffers[copy.device], 1)
            _run(steps, buffers)
        return buffers[HOST].peak, tuple(buffer.peak for buffer in buffers[1:])


def _run(steps: list[Value], buffers: "list[_Buffer]") -> None:
    """Plans one split: room for each result, and its sources' room back."""
    buffer = buffers[steps[0].device]
    take, give = buffer.take, buffer.give
    for value in steps:
        if value.size and not (value.over and _is_over(value)):
            value.offset = take(value.size)
            value.held = True
        for source in value.sources:
            source.uses = left = source.uses - 1
            if not left and source.held:
                give(source)


def _done(source: Value, buffers: "list[_Buffer]") -> None:
    """A source has been copied to another device."""
    source.uses -= 1
    if source.uses == 0 and source.held:
        buffers[source.device].give(source)


def _hold(value: Value, buffer: "_Buffer", rounds: int) -> None:
    """Room for an input or a copy; with several rounds as often, and to the end."""
    for _ in range(rounds):
        value.offset = buffer.take(value.size)
    value.held = rounds == 1


def _settle(steps: list[Value]) -> None:
    """Operations without weights run on the GPU where a neighbour that has some does, before or behind them.

    ggml_backend_sched_split_graph, pass 2: "expand gpu down", "expand gpu up".
    """
    for ordered in (steps, reversed(steps)):
        near = HOST
        for value in ordered:
            if not value.free:
                near = value.device
            elif near != HOST:
                value.device = near
                value.free = False  # it has settled


def _splits(steps: list[Value]) -> list[tuple[_Copies, list[Value]]]:
    """Runs of operations on one device, each with the copies that it begins with; counts consumers on the way."""
    splits: list[tuple[_Copies, list[Value]]] = []
    last = -1
    copies: _Copies = []
    run: list[Value] = []
    for value in steps:
        device = value.device
        if device != last:
            copies, run = [], []
            splits.append((copies, run))
            last = device
        run.append(value)
        sources = value.sources
        for source in sources:
            if source.device != device:
                value.sources = sources = tuple([_near(each, device, copies) for each in sources])
                break
        for source in sources:
            source.uses += 1
    return splits


def _near(source: Value, device: int, copies: _Copies) -> Value:
    """The source itself, or its copy on this device, made at the start of this split unless an earlier one did."""
    if source.device == device:
        return source
    if source.copies is None:
        source.copies = {}
    copy = source.copies.get(device)
    if copy is None:
        copy = source.copies[device] = Value(source.size, device)
        source.uses += 1
        copies.append((source, copy))
    return copy


_MAY_BE_OVER: Final = ((), (0,), (0, 1), (1,))  # sources by FIRST, EITHER, SECOND


def _is_over(value: Value) -> bool:
    """Whether a result has taken the room of a source that nobody else needs."""
    for at in _MAY_BE_OVER[value.over]:
        source = value.sources[at]
        if source.uses == 1 and source.held and source.size == value.size:
            value.offset = source.offset
            source.held = False
            value.held = True
            return True
    return False


class _Buffer:
    """The gaps of one buffer, in order of address; the last one is endless (ggml_dyn_tallocr)."""

    __slots__ = ("ends", "peak", "starts")

    def __init__(self) -> None:
        self.starts = [0]
        self.ends = [_ENDLESS]
        self.peak = 0

    def take(self, size: int) -> int:
        """Best fit: the smallest gap before the last, the later one of equals; else the last."""
        starts, ends = self.starts, self.ends
        best, best_size = len(starts) - 1, _ENDLESS
        if best:
            for i in range(best):
                gap = ends[i] - starts[i]
                if size <= gap <= best_size:
                    best, best_size = i, gap
        offset = starts[best]
        end = offset + size
        if end == ends[best]:
            del starts[best], ends[best]
        else:
            starts[best] = end
        if end > self.peak:
            self.peak = end
        return offset

    def give(self, value: Value) -> None:
        """Frees a value's room and joins it with the gaps that touch it."""
        value.held = False
        start, end = value.offset, value.offset + value.size
        if start == end:
            return
        starts, ends = self.starts, self.ends
        at = 0
        while starts[at] < start:
            at += 1
        before = at > 0 and ends[at - 1] == start
        if starts[at] == end:
            if before:
                ends[at - 1] = ends[at]
                del starts[at], ends[at]
            else:
                starts[at] = start
        elif before:
            ends[at - 1] = end
        else:
            starts.insert(at, start)
            ends.insert(at, end)
