"""Bytes of the compute buffers: the room for everything between a layer's input and its output."""

from dataclasses import dataclass, field
from functools import lru_cache

from bot.memory import kv_cache, unsure
from bot.memory.graph.reserve import Reservation
from bot.memory.layout import Layout
from bot.memory.settings import Settings, unplaced
from bot.memory.wiring import is_exact, is_known, wiring_of
from bot.models.shape import ModelShape


@dataclass(frozen=True, slots=True)
class Buffers:
    """Compute buffers in bytes, as the loader's dry run would say, and between which bounds they really lie."""

    host: int
    gpus: tuple[int, ...]
    host_low: int
    host_high: int
    gpus_low: tuple[int, ...]
    gpus_high: tuple[int, ...]
    exact: bool
    known: bool = True  # whether the graph is the architecture's own


def compute_buffers(shape: ModelShape, settings: Settings, layout: Layout) -> Buffers:
    """What llama.cpp reserves for the largest batch (src/llama-context.cpp, sched_reserve).

    For an architecture whose graph is not known, Llama's stands in, within wide bounds; one that is nearly the loader's
    has narrow ones.
    """
    host, gpus = _peaks(_graph(shape, settings, layout))
    known = is_known(shape)
    if known and is_exact(shape, settings) and not settings.kept_in_ram:
        return Buffers(host, gpus, host, host, gpus, gpus, exact=True)
    bounds = unsure.near_bounds if known else unsure.compute_bounds
    reach = [bounds(shape, layout, size) for size in (host, *gpus)]
    lows, highs = [each.low for each in reach], [each.high for each in reach]
    return Buffers(host, gpus, lows[0], highs[0], tuple(lows[1:]), tuple(highs[1:]), exact=False, known=known)


@dataclass(frozen=True, slots=True)
class _Graph:
    """All that a reserved graph depends on. Quantizations share it, and so do most numbers of GPU layers: of layers
    that are alike only a sample is looked at.
    """

    shape: ModelShape
    settings: Settings  # without placement
    gpus: int
    output_gpu: int | None
    rounds: int
    layers: tuple[object, ...]  # of the sample: where each lies, and what it is
    left_out: tuple[int, ...]  # layers on each device beside the sample, where they take room of their own
    layout: Layout = field(compare=False, repr=False)  # one of those that lead to this graph


def _graph(shape: ModelShape, settings: Settings, layout: Layout) -> _Graph:
    wiring = wiring_of(shape)
    # where a layer's number decides by itself: whose cache it reads, whether it has rope, how Gemma 3n gates it
    numbered = shape.shared_kv_layers or wiring.rope == "three of four" or wiring.residual == "altup"
    return _Graph(
        shape,
        unplaced(settings),
        layout.gpus,
        layout.output_gpu,
        layout.rounds,
        tuple((layer if numbered else 0, layout.kinds[layer]) for layer in layout.sample),
        layout.left_out if kv_cache.is_indexed(shape) else (),
        layout,
    )


@lru_cache(maxsize=2048)
def _peaks(graph: _Graph) -> tuple[int, tuple[int, ...]]:
    """Bytes on the host and on each GPU."""
    return Reservation(graph.shape, graph.layout.settings, graph.layout).peaks()


forget_peaks = _peaks.cache_clear
