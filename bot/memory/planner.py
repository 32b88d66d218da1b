"""The loader's buffer planner: which values live when, and how large a buffer holds them all.

A graph is built once with `Graph.op`; `Graph.peaks` then does what llama.cpp does when it reserves its compute
buffers. Sources, llama.cpp b11434: ggml/src/ggml-alloc.c (ggml_gallocr_alloc_graph_impl, ggml_dyn_tallocr_*) and
ggml/src/ggml-backend.cpp (ggml_backend_sched_split_graph). Sizes in bytes.
"""

from typing import Final, TypeAlias

HOST: Final = 0
GPU: Final = 1
ALIGNMENT: Final = 32  # of ggml's own buffers; CUDA has 128, which changes a compute buffer by a few hundred bytes
_ENDLESS: Final = 1 << 60


class Value:
    """A tensor of the graph that takes room of its own. Views, and results written over an input, are no values."""

    __slots__ = ("copy", "device", "held", "listed", "offset", "over", "size", "sources", "uses")

    def __init__(self, size: int, device: int, sources: tuple["Value", ...] = (), over: int = 0) -> None:
        self.size = (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
        self.device = device
        self.sources = sources
        self.over = over
        self.listed = False  # among the steps already
        self.uses = 0  # consumers that are still to come
        self.copy: Value | None = None  # on the other device
        self.offset = 0
        self.held = False  # has room now


_Copies: TypeAlias = list[tuple[Value, Value]]
_Op: TypeAlias = tuple[Value | None, list[Value], Value | None, Value | None]


class Graph:
    """Operations, and the order in which they run. `device` is where those made next run.

    As in ggml, making an operation does not yet order it: `expand` appends a value behind all that it depends on.
    """

    __slots__ = ("_copies", "_inputs", "_last", "_steps", "device")

    def __init__(self) -> None:
        self.device = HOST
        self._inputs: list[Value] = []
        self._steps: list[_Copies | _Op] = []
        self._copies: _Copies = []
        self._last = -1

    def input(self, size: int) -> Value:
        """A tensor that the loader fills before each run; it is on the host, from the start."""
        value = Value(size, HOST)
        value.listed = True
        self._inputs.append(value)
        return value

    def outside(self, size: int, device: int) -> Value:
        """A tensor with room elsewhere, such as a layer's cache; only a copy for the other device takes room here."""
        value = Value(size, device)
        value.listed = True
        return value

    def op(self, size: int, *sources: Value, over: int = 0) -> Value:
        """An operation with a result of `size` bytes.

        `over` = 1 or 2 says that the result may be written over the first, else also the second source, where that
        one has no other consumer left (ggml_op_can_inplace and equal layout; never over a view). Sources on the other
        device are copied at the start of the split, once for all splits.
        """
        return Value(size, self.device, sources, over)

    def expand(self, value: Value) -> Value:
        """Orders the value behind everything it depends on, first source first (ggml_build_forward_expand)."""
        if value.listed:
            return value
        for source in value.sources:
            if not source.listed:
                self.expand(source)
        value.listed = True
        here = self._here(value)
        first = here[0] if value.over else None
        second = here[1] if value.over > 1 else None
        self._steps.append((value, here, first, second))
        return value

    def use(self, *sources: Value) -> None:
        """An operation whose result lies elsewhere, such as storing a key in the cache."""
        for source in sources:
            self.expand(source)
        self._steps.append((None, self._here(Value(0, self.device, sources)), None, None))

    def keep(self, value: Value) -> None:
        """The value stays to the end."""
        value.uses += 1

    def _here(self, value: Value) -> list[Value]:
        """The sources on the value's own device, copied there when necessary."""
        device = value.device
        if device != self._last:
            self._copies = []
            self._steps.append(self._copies)
            self._last = device
        here = []
        for source in value.sources:
            if source.device != device:
                copy = source.copy
                if copy is None:
                    copy = source.copy = Value(source.size, device)
                    source.uses += 1
                    self._copies.append((source, copy))
                source = copy
            source.uses += 1
            here.append(source)
        return here

    def peaks(self) -> tuple[int, int]:
        """Bytes of the host's and of the GPU's compute buffer. A graph can be planned only once."""
        buffers = (_Buffer(), _Buffer())
        for value in self._inputs:
            value.offset = buffers[HOST].take(value.size)
            value.held = True
        for step in self._steps:
            if isinstance(step, list):
                for source, copy in step:
                    source.uses -= 1
                    if source.uses == 0 and source.held:
                        buffers[source.device].give(source)
                    copy.offset = buffers[copy.device].take(copy.size)
                    copy.held = True
                continue
            value_, sources, first, second = step
            if value_ is not None:
                _place(value_, first, second, buffers[value_.device])
            for source in sources:
                source.uses -= 1
                if source.uses == 0 and source.held:
                    buffers[source.device].give(source)
        return buffers[HOST].peak, buffers[GPU].peak


def _place(value: Value, first: Value | None, second: Value | None, buffer: "_Buffer") -> None:
    """Room for a result: that of a source nobody else needs, else the smallest gap that is large enough."""
    for over in (first, second):
        if over is not None and over.uses == 1 and over.held and over.size == value.size:
            value.offset = over.offset
            over.held = False
            value.held = True
            return
    value.offset = buffer.take(value.size)
    value.held = True


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
