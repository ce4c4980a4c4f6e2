"""The database of a service: short transactions, and what runs right after a commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import sqlalchemy as sa

Tx = sa.Connection
"""One open transaction."""

_after: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)


def open_engine(url: str, pool_size: int = 8) -> sa.Engine:
    """A pool of at most `pool_size` connections; each statement and lock has a limit."""
    return sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            "options": "-c statement_timeout=20000 -c lock_timeout=10000 -c timezone=UTC",
        },
    )


class Database:
    """Opens transactions."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """One transaction: committed at the end, rolled back by an exception."""
        hooks: list[Callable[[], None]] = []
        token = _after.set(hooks)
        try:
            with self.engine.begin() as tx:
                yield tx
        finally:
            _after.reset(token)
        for hook in hooks:
            hook()


def after_commit(hook: Callable[[], None]) -> None:
    """Runs `hook` once the transaction of this thread is committed; at once where there is none."""
    hooks = _after.get()
    if hooks is None:
        hook()
    else:
        hooks.append(hook)
