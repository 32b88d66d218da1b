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
    """What llama.cpp reserves for the largest batch (src/llama-context.cpp, sched_reserve)."""
    host, gpu = Reservation(shape, settings, layout).peaks()
    exact = is_known(shape)
    gpus = (gpu,) * layout.gpus
    return Buffers(host, gpus, host, host, gpus, gpus, exact)
