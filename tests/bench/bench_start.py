"""What a small installation costs: `./workestra up` on a data folder that has been used before.

Resident memory counts shared pages once a process; proportional memory divides them among those
that share them, so it is what the machine has less of.
"""

import tempfile
import time
from pathlib import Path

import psutil

from support.suites import EmbeddedSuite

IDLE_SECONDS = 10.0


def family(suite: EmbeddedSuite) -> list[psutil.Process]:
    """The program, its PostgreSQL (which may have left its tree) and what these started."""
    roots = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(suite.data) in part for part in process.info["cmdline"] or ())
    ]
    roots.append(psutil.Process(suite.program.process.pid))
    found = {child for root in roots for child in root.children(recursive=True)}
    return list(found | set(roots))


def spent(processes: list[psutil.Process]) -> float:
    """Seconds of CPU so far, of those that still run."""
    times = [process.cpu_times() for process in processes if process.is_running()]
    return float(sum(one.user + one.system for one in times))


def costs(suite: EmbeddedSuite) -> dict[str, float]:
    """Memory, and the share of one core that it takes when nobody asks anything."""
    processes = family(suite)
    before = spent(processes)
    time.sleep(IDLE_SECONDS)
    busy = spent(processes) - before
    memory = [one.memory_full_info() for one in processes if one.is_running()]
    return {
        "processes": len(processes),
        "resident memory, MiB": sum(one.rss for one in memory) / 2**20,
        "proportional memory, MiB": sum(one.pss for one in memory) / 2**20,
        "idle, % of one core": 100 * busy / IDLE_SECONDS,
    }


def run() -> dict[str, float]:
    """First and second start in seconds, and what the second costs."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="workestra-bench-") as folder:
        for name in ("first start, s", "second start, s"):
            began = time.monotonic()
            suite = EmbeddedSuite(Path(folder) / "data", "--demo")
            try:
                figures[name] = time.monotonic() - began
                if name.startswith("second"):
                    figures |= costs(suite)
            finally:
                suite.stop()
            suite.program.log.unlink()  # the next start waits for its own `ready`
    return figures
