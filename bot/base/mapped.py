"""Files that are read where they lie: processes share their pages, and pages that nobody reads may go again."""

import os
import sys
import weakref
from mmap import ACCESS_READ, mmap
from pathlib import Path

_LARGE = 1 << 18  # bytes of a file from which on it is not read whole
_MAPPED: "weakref.WeakSet[mmap]" = weakref.WeakSet()


def opened(path: Path) -> memoryview:
    """What a file holds. Raises OSError. A file that is mapped must be replaced, never be written over."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _LARGE:
            return memoryview(file.read())
        mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
    _MAPPED.add(mapped)
    return memoryview(mapped)


def forget_pages() -> None:
    """Gives the pages back that were read so far: what is read of them again comes again, at no great cost."""
    if sys.platform == "linux":  # other systems have no such call, or mean something else by it
        from mmap import MADV_DONTNEED

        for mapped in list(_MAPPED):
            mapped.madvise(MADV_DONTNEED)
