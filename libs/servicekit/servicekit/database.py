"""The database of a service: short transactions, and what runs right after a commit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

import sqlalchemy as sa

Tx = sa.Connection
"""One open transaction."""

_after: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)


TRUSTED = 0.5
"""Seconds for which a connection that was used is taken for alive: no database restarts faster."""


def open_engine(url: str, pool_size: int = 8) -> sa.Engine:
    """A pool of at most `pool_size` connections; each statement and lock has a limit.

    One that has been idle is asked whether it lives, so a restart of the database fails nobody.
    """
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        connect_args={
            "connect_timeout": 5,
            "options": "-c statement_timeout=20000 -c lock_timeout=10000 -c timezone=UTC",
        },
    )
    sa.event.listen(engine, "checkin", _note)
    sa.event.listen(engine, "checkout", partial(_ping, engine.dialect))
    return engine


def _note(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _ping(dialect: sa.Dialect, connection: Any, record: Any, _fairy: Any) -> None:
    """As `pool_pre_ping` does it for every use, which costs a fifth of a short transaction."""
    if time.monotonic() - record.info.get("used", time.monotonic()) > TRUSTED:
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise sa.exc.DisconnectionError from error


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
