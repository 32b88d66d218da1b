"""A hard limit on the memory of this process: what asks for more gets a MemoryError, and the machine stays well."""

import logging
import sys
from pathlib import Path

MIB = 1024 * 1024
_STATM = Path("/proc/self/statm")
_DATA = 5  # its sixth number: private writable pages, which is what RLIMIT_DATA counts
log = logging.getLogger(__name__)


def limit_memory(more: int) -> bool:
    """Lets this process take `more` MiB above what it has now; 0 sets no limit. Whether there is one now.

    Only Linux keeps to such a limit (since 4.7): macOS takes the setting and does nothing, Windows has none.
    """
    if not more or sys.platform != "linux":
        return False
    import resource

    try:
        taken = int(_STATM.read_text().split()[_DATA]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = taken + more * MIB
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    except (OSError, ValueError, IndexError) as error:  # no /proc, or a sandbox that forbids it
        log.warning("the memory of this worker cannot be limited: %s", error)
        return False
    return True
