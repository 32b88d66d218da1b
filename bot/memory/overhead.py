"""What a driver takes on each GPU besides the loader's own buffers. Not part of any loader's accounting.

An interval, since it depends on card, driver and how many kernels were loaded. Bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.memory.settings import Backend

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Overhead:
    """From `low` to `high` bytes a GPU, `usual` on a consumer card."""

    low: int
    usual: int
    high: int


_NOT_MEASURED: Final = Overhead(100 * MIB, 300 * MIB, 800 * MIB)  # wider than what others take

# CUDA: the context, cuBLAS handles and loaded kernels; 120 to 310 MiB were seen on consumer cards, as the difference
# between what nvidia-smi shows and what llama.cpp allocated. ROCm loads the rocBLAS kernels of one architecture.
# Vulkan keeps pipelines and staging buffers; Metal shares memory with the system and has hardly any.
OVERHEADS: Final[Mapping[Backend, Overhead]] = {
    "cuda": Overhead(120 * MIB, 220 * MIB, 310 * MIB),
    "rocm": Overhead(150 * MIB, 300 * MIB, 500 * MIB),
    "vulkan": Overhead(30 * MIB, 100 * MIB, 250 * MIB),
    "sycl": Overhead(100 * MIB, 250 * MIB, 500 * MIB),
    "metal": Overhead(0, 20 * MIB, 80 * MIB),
    "cann": _NOT_MEASURED,
    "musa": _NOT_MEASURED,
    "cpu": Overhead(0, 0, 0),
    "none": Overhead(0, 0, 0),
}
