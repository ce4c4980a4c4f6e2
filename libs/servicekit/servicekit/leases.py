"""Tables of work: rows that are due are leased, worked on, and then done, put off or given up.

A worker that dies keeps its rows from the others only until its lease ends. Leases go by the
database's clock, so that two schedulers whose clocks differ never hold the same row; what is due
goes by the clock that the caller names, which tests and the demo can move.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Row, Table

from servicekit.database import Tx
from servicekit.preparing import prepared

DUE = "due"
"""The state of a row that waits for work; what the other states are called is the table's."""

ALWAYS: ColumnElement[bool] = sa.true()


class Uniform(Protocol):
    """What `random.Random` and the `random` module both offer."""

    def uniform(self, a: float, b: float) -> float:
        """A number between the two."""
        ...


def backoff(attempts: int, rng: Uniform) -> timedelta:
    """The pause after the given number of tries: 1 s, doubling to 1 h, less up to half of it."""
    longest = min(3600.0, 2.0 ** min(max(attempts, 1) - 1, 12))
    return timedelta(seconds=longest * rng.uniform(0.5, 1))


def columns(next_try: str = "next_try_at") -> tuple[sa.Column[Any], ...]:
    """What every table of work has; `next_try` is how its migration called that column.

    `correlation_id` is that of the request which made the row due: work on it goes on under it.
    """
    instant = sa.DateTime(timezone=True)
    return (
        sa.Column("state", sa.Text),
        sa.Column("attempts", sa.Integer),
        sa.Column(next_try, instant, key="next_try"),
        sa.Column("lease", sa.Uuid),
        sa.Column("leased_until", instant),
        sa.Column("problem", sa.Text),
        sa.Column("correlation_id", sa.Text),
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A leased row: its table and primary key, and the lease that makes it ours.

    `still`: what must hold of the row for our result to count, where others may want something
    else of it meanwhile; where it does not hold, the row is freed and stays due.
    """

    table: Table
    key: tuple[object, ...]
    lease: UUID
    still: ColumnElement[bool] = ALWAYS

    def provided(self, still: ColumnElement[bool]) -> "Held":
        """The same, if that still holds of the row."""
        return replace(self, still=still)

    @property
    def ours(self) -> ColumnElement[bool]:
        """The row is this one, its work is wanted, and nobody else has taken it."""
        pairs = zip(self.table.primary_key, self.key, strict=True)
        mine = sa.and_(*(column == value for column, value in pairs))
        return mine & (self.table.c.lease == self.lease) & (self.table.c.state == DUE)


def lease_due(  # noqa: PLR0913 - the last is for few
    tx: Tx,
    table: Table,
    now: datetime,
    limit: int,
    lasts: timedelta,
    *,
    only: ColumnElement[bool] = ALWAYS,
) -> list[tuple[Held, Row[Any]]]:
    """Takes what is due and free, the longest due first: nobody else gets it while it `lasts`.

    Of those put off together the least tried comes first, so that all get their turn. `only`: what
    else must hold of a row, such as that another one is not in its way.
    """
    key = tuple(table.primary_key)
    free = (
        sa.select(*key)
        .where(table.c.state == DUE, table.c.next_try <= now, is_free(table), only)
        .order_by(table.c.next_try, table.c.attempts, *key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = [tuple(row) for row in tx.execute(free)]
    if not keys:
        return []
    lease = uuid4()
    query = sa.update(table).where(sa.tuple_(*key).in_(keys)).returning(table)
    rows = tx.execute(query.values(lease=lease, leased_until=_end_of(lasts))).all()
    found = {tuple(row._mapping[column] for column in key): row for row in rows}  # noqa: SLF001 - SQLAlchemy's public name
    return [(Held(table, one, lease), found[one]) for one in keys]


def is_free(table: Table) -> ColumnElement[bool]:
    """Nobody holds the row."""
    until = table.c.leased_until
    return sa.or_(until.is_(None), until < sa.func.clock_timestamp())


def extend(tx: Tx, held: Held, lasts: timedelta, **values: object) -> bool:
    """Holds a row for longer, and notes `values`; false when it is ours or needed no more."""
    given = {f"new_{name}": value for name, value in values.items()}
    ours = {f"key_{place}": value for place, value in enumerate(held.key)}
    query = _extending(held.table, tuple(values))
    given |= {**ours, "held": held.lease, "lasts": lasts}
    return tx.execute(query, given).rowcount == 1


@lru_cache
def _extending(table: Table, names: tuple[str, ...]) -> sa.Update:
    """Built once: it is run for every mail."""
    key = (column == sa.bindparam(f"key_{n}") for n, column in enumerate(table.primary_key))
    new = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    end = sa.func.clock_timestamp() + sa.cast(sa.bindparam("lasts"), sa.Interval)
    ours = (table.c.lease == sa.bindparam("held"), table.c.state == DUE)
    return prepared(sa.update(table).where(*key, *ours).values(new | {"leased_until": end}))


def done(tx: Tx, held: Held, state: str = "done", problem: str = "", **values: object) -> bool:
    """The work is over; whether the row was ours and wanted just that.

    `values` are noted in any case; a row that meanwhile wants more stays due.
    """
    return _free(tx, held, {"state": state, "problem": problem}, values)


def postpone(
    tx: Tx, held: Held, until: datetime, problem: str, *, tried: bool = True, **values: object
) -> bool:
    """The work waits until then (`backoff` says how long); `tried` when it counts as a try.

    A row that meanwhile wants something else keeps its own time.
    """
    attempts = held.table.c.attempts + int(tried)
    waits: dict[str, object] = {"next_try": until, "attempts": attempts, "problem": problem}
    return _free(tx, held, waits, values)


def give_up(tx: Tx, held: Held, problem: str, state: str = "failed", **values: object) -> bool:
    """The work is never tried again, unless somebody asks for it."""
    final: dict[str, object] = {
        "state": state,
        "attempts": held.table.c.attempts + 1,
        "problem": problem,
    }
    return _free(tx, held, final, values)


def _free(tx: Tx, held: Held, changes: dict[str, object], values: dict[str, object]) -> bool:
    """Frees the row; `changes` count only where it still wants the same, `values` in any case."""
    conditional = {
        name: sa.case((held.still, _typed(held.table.c[name], value)), else_=held.table.c[name])
        for name, value in changes.items()
    }
    freed: dict[str, object] = {"lease": None, "leased_until": None}
    query = sa.update(held.table).where(held.ours).returning(held.still)
    row = tx.execute(query.values(values | conditional | freed)).one_or_none()
    return row is not None and bool(row[0])


def _typed(column: sa.Column[Any], value: object) -> ColumnElement[Any]:
    return value if isinstance(value, ColumnElement) else sa.literal(value, column.type)


def _end_of(lasts: timedelta) -> ColumnElement[datetime]:
    return sa.func.clock_timestamp() + sa.cast(lasts, sa.Interval)
