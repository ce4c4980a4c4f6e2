"""The database of a service: short transactions, and what runs right after a commit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa

from servicekit import preparing

Tx = sa.Connection
"""One open transaction."""

Write = Callable[[Tx, list[dict[str, Any]]], None]
"""Writes rows of one kind, all with one statement."""


@dataclass(frozen=True)
class _End:
    """What happens when a transaction ends: rows written with its last statement, then hooks."""

    rows: dict[Write, list[dict[str, Any]]] = field(default_factory=dict)
    hooks: list[Callable[[], None]] = field(default_factory=list)


_end: ContextVar[_End | None] = ContextVar("end_of_transaction", default=None)

TRUSTED = 0.5
"""Seconds for which a connection that was used is taken for alive: no database restarts faster."""


ALIVE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 60,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 20000,
}
"""How a connection learns within seconds that its server, or what lies between, has forgotten it
(seconds, the last in milliseconds; https://www.postgresql.org/docs/current/libpq-connect.html).
"""

JSON: dict[str, Any] = {
    "json_serializer": lambda value: msgspec.json.encode(value).decode(),
    "json_deserializer": msgspec.json.decode,
}
"""How an engine reads and writes JSON columns."""


def open_engine(url: str, pool_size: int = 8) -> sa.Engine:
    """A pool of at most `pool_size` connections; each statement and lock has a limit."""
    return tended(
        sa.create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=30,
            pool_use_lifo=True,
            **JSON,
            connect_args={
                **ALIVE,
                "options": "-c statement_timeout=20000 -c lock_timeout=10000 -c timezone=UTC",
            },
        )
    )


def tended(engine: sa.Engine) -> sa.Engine:
    """The engine, which from now on prepares what is marked (`preparing`). A connection that has
    been idle is asked whether it lives, so a restart of the database fails nobody.
    """
    preparing.listen(engine)
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


def lost(error: Exception) -> bool:
    """Whether the connection was cut while the database was being asked."""
    return isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated


def silent(error: Exception) -> bool:
    """Whether the database gave no answer: cut off, away, or too slow."""
    return lost(error) or isinstance(
        error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError
    )


class Database:
    """Opens transactions."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """One transaction: committed at the end, rolled back by an exception."""
        end = _End()
        token = _end.set(end)
        try:
            with self.engine.begin() as tx:
                yield tx
                for write, rows in end.rows.items():
                    write(tx, rows)
        finally:
            _end.reset(token)
        for hook in end.hooks:
            hook()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """For reading: each statement sees what is committed by then, and needs no other."""
        with by_statement(self.engine) as tx:
            yield tx

    @contextmanager
    def single(self) -> Iterator[Tx]:
        """For a write of one statement, which commits itself; nothing is announced with it."""
        with by_statement(self.engine) as tx:
            yield tx


@contextmanager
def by_statement(engine: sa.Engine) -> Iterator[Tx]:
    """Each statement commits itself, which costs a third of what a transaction does."""
    with engine.connect() as tx:
        raw: Any = tx.connection.dbapi_connection
        raw.autocommit = True  # SQLAlchemy's own way to say it costs two statements
        try:
            yield tx
        finally:
            if not raw.closed:  # as one that was cut is
                tx.rollback()
                raw.autocommit = False


def after_commit(hook: Callable[[], None]) -> None:
    """Runs `hook` once the transaction of this thread is committed; at once where there is none."""
    end = _end.get()
    if end is None:
        hook()
    else:
        end.hooks.append(hook)


def at_last(tx: Tx, write: Write, row: dict[str, Any]) -> None:
    """Writes `row` together with all others like it right before the commit of this thread's
    transaction; at once where `Database` did not open it.
    """
    end = _end.get()
    if end is None:
        write(tx, [row])
    else:
        end.rows.setdefault(write, []).append(row)
