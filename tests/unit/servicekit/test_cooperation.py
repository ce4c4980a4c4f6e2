"""A service's process is cooperative through and through: what waits lets the others work."""

import subprocess
import sys

PROBE = """
import sys, time
from {first}
import kombu.utils.functional, kombu.resource, eventlet.green.Queue
assert kombu.utils.functional.sleep is time.sleep, "kombu blocks the process while it reconnects"
assert kombu.resource.LifoQueue is eventlet.green.Queue.LifoQueue
"""


def _runs(first):
    command = [sys.executable, "-W", "ignore", "-c", PROBE.format(first=first)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_importing_the_runner_first_makes_kombu_cooperative():
    done = _runs("servicekit.runner import run")
    assert done.returncode == 0, done.stderr


def test_the_probe_can_fail():
    done = _runs("servicekit.service import Service; import servicekit.runner")
    assert "AssertionError: kombu blocks" in done.stderr


def test_a_pool_of_threads_that_was_imported_before_cannot_stop_the_process():
    probe = (
        "import concurrent.futures.thread as pools; before = type(pools._global_shutdown_lock);"
        "import servicekit.runner, eventlet;"
        "assert before is not type(pools._global_shutdown_lock) is eventlet.lock.Lock"
    )
    command = [sys.executable, "-W", "ignore", "-c", probe]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
