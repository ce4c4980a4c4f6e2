"""Waiting for a condition instead of sleeping for a guess."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_PAUSE = threading.Event()


def wait_for(
    condition: Callable[[], T], what: str, seconds: float = 60, log: Path | None = None
) -> T:
    """The condition's first true value; AssertionError with the log's end after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        _PAUSE.wait(0.02)
    tail = log.read_text(errors="replace")[-3000:] if log and log.exists() else ""
    raise AssertionError(f"no {what} within {seconds} s\n{tail}")
