"""The time, for everything that decides by it: true time plus the process's offset."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

_offset = timedelta(0)


class Clock(Protocol):
    """Tells the time; aware, UTC."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


def set_offset(offset: timedelta) -> None:
    """Moves the clock of the whole process; only for trying and testing."""
    global _offset  # noqa: PLW0603 - one clock a process
    _offset = offset


class SystemClock:
    """The machine's clock, moved by the process's offset."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC) + _offset
