"""What benchmarks of memory and time have in common."""

import resource
import time
from collections.abc import Callable
from pathlib import Path

MIB = 2**20


def resident() -> float:
    """MiB of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / MIB


def peak() -> float:
    """MiB of this process at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB


def timed(act: Callable[[], object]) -> float:
    """Seconds that it took."""
    began = time.monotonic()
    act()
    return time.monotonic() - began
