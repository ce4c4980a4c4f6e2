"""What travels with a piece of work: its correlation id and its deadline."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

import structlog

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_patience: ContextVar[float | None] = ContextVar("patience", default=None)


def correlation_id() -> str:
    """The id that joins one request's log lines in every service; made when there is none."""
    known = structlog.contextvars.get_contextvars().get("correlation_id")
    if known:
        return str(known)
    made = uuid4().hex
    structlog.contextvars.bind_contextvars(correlation_id=made)
    return made


def enter(correlation: str | None, deadline: float | None = None) -> None:
    """Begins a piece of work in this thread; `deadline` in seconds since the epoch."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=correlation or uuid4().hex)
    _deadline.set(deadline)
    _patience.set(None)


def allow(seconds: float) -> None:
    """From here on each call of this piece of work may take so long, and the rest of it as well:
    for the few that wait for somebody outside, such as a calendar's provider.
    """
    _deadline.set(time.time() + seconds)
    _patience.set(seconds)


def patience(usual: float) -> float:
    """How long a single call may take, in seconds: as allowed, else `usual`."""
    allowed = _patience.get()
    return usual if allowed is None else allowed


@contextmanager
def within(correlation: str) -> Iterator[None]:
    """One row of a table of work, under the id of the request that made it; then as before.

    A row from before ids were kept gets a new one.
    """
    with structlog.contextvars.bound_contextvars(correlation_id=correlation or uuid4().hex):
        yield


def deadline() -> float | None:
    """When the caller stops waiting, in seconds since the epoch."""
    return _deadline.get()


def expired() -> bool:
    """Whether the caller has given up."""
    end = _deadline.get()
    return end is not None and time.time() > end
