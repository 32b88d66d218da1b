"""What a process loads once and keeps to its end is no longer looked through for garbage."""

import contextlib
import gc
import sys

from bot.base.mapped import forget_pages


def keep_loaded() -> None:
    """Takes all that lives now for kept: a full collection over a whole knowledge base takes longer than a diagnosis,
    and would write to pages that forked processes share. What was kept before and is no longer used goes.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _give_back()


def _give_back() -> None:
    """What loading took and no longer needs goes back to the system; the C library of most Linux systems would keep
    it. Pages of files that are read where they lie go too.
    """
    forget_pages()
    if sys.platform == "linux":
        import ctypes  # a start of the command line needs none

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
