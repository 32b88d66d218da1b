"""How PyTorch holds memory on a GPU: the sizes that its allocator really hands out."""

from typing import Final

MIB: Final = 1 << 20

# c10/cuda/CUDACachingAllocator.cpp (PyTorch 2.x): kMinBlockSize, kSmallSize, kMinLargeAlloc, kRoundLarge.
_STEP: Final = 512
_SMALL: Final = MIB
_LARGE: Final = 10 * MIB
_LARGE_STEP: Final = 2 * MIB


def allocated(size: int) -> int:
    """Bytes that PyTorch counts for a tensor of `size` bytes.

    From 10 MiB on it asks the driver for a multiple of 2 MiB, and keeps what is left over with the tensor where that
    is no more than 1 MiB (should_split); smaller tensors share blocks in steps of 512 bytes.
    """
    size = _rounded(size, _STEP)
    if size < _LARGE:
        return size
    asked = _rounded(size, _LARGE_STEP)
    return asked if asked - size <= _SMALL else size


def left_over(size: int) -> int:
    """Bytes of the block asked of the driver that `allocated` does not count."""
    whole = _rounded(size, _STEP)
    return _rounded(whole, _LARGE_STEP) - allocated(whole) if whole >= _LARGE else 0


def _rounded(size: int, step: int) -> int:
    return -(-size // step) * step
