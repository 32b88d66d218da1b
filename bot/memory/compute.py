"""Bytes of the compute buffers: the room for everything between a layer's input and its output."""

from dataclasses import dataclass

from bot.memory.graph import Reservation
from bot.memory.layout import Layout
from bot.memory.settings import Settings
from bot.memory.wiring import is_known
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


def compute_buffers(shape: ModelShape, settings: Settings, layout: Layout) -> Buffers:
    """What llama.cpp reserves for the largest batch (src/llama-context.cpp, sched_reserve).

    For an architecture whose graph is not known, Llama's stands in: the truth may be a third less or twice as much.
    """
    host, gpus = Reservation(shape, settings, layout).peaks()
    known = is_known(shape)
    low, high = (1.0, 1.0) if known else (0.67, 2.0)
    return Buffers(
        host,
        gpus,
        round(host * low),
        round(host * high),
        tuple(round(gpu * low) for gpu in gpus),
        tuple(round(gpu * high) for gpu in gpus),
        known,
    )
