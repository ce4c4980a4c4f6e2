"""Whose turn it is to be read, what became of it, and until when a provider wants no request."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, cast, func, or_, select, update
from sqlalchemy import Connection as Tx

from calendar_sync.store.connections import LIVE
from calendar_sync.store.tables import INSTANT, connection

JITTER = 0.2
"""How much of the time between two turns is left to chance, so that turns spread out."""

QUIET = timedelta(seconds=2)
"""What is told within so long of the last reading is read together."""


def lease_due(tx: Tx, now: datetime, poll: timedelta, limit: int) -> list[UUID]:
    """Connections to read now; moving their turn ahead is the lease, so a death costs one turn."""
    query = (
        select(connection.c.id)
        .where(connection.c.state == "ok", connection.c.next_sync_at <= now, _may_ask(now))
        .order_by(connection.c.next_sync_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = list(tx.execute(query).scalars())
    if due:
        mine = connection.c.id.in_(due)
        seconds = poll.total_seconds() * (1 + JITTER * (func.random() - 0.5))
        turn = cast(now, INSTANT) + func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval)
        tx.execute(update(connection).where(mine).values(next_sync_at=turn))
    return due


def older_than(
    tx: Tx, whose: tuple[UUID, Sequence[UUID]], limit: datetime, now: datetime
) -> list[UUID]:
    """Working connections of these hosts (a workspace and theirs) whose copy was read before
    `limit`, or never, and whose provider may be asked.
    """
    workspace_id, host_ids = whose
    query = select(connection.c.id).where(
        connection.c.workspace_id == workspace_id,
        connection.c.host_id.in_(host_ids),
        connection.c.state == "ok",
        or_(connection.c.synced_at.is_(None), connection.c.synced_at < limit),
        _may_ask(now),
    )
    return list(tx.execute(query).scalars())


def read_soon(tx: Tx, connection_id: UUID, now: datetime) -> bool:
    """Brings its next turn forward, as far as its provider allows; whether it is due at once."""
    soon = func.greatest(now, connection.c.not_before, connection.c.synced_at + QUIET)
    mine = (connection.c.id == connection_id, connection.c.state == "ok")
    turn = func.least(connection.c.next_sync_at, soon)
    query = update(connection).where(*mine).values(next_sync_at=turn)
    turn_at = tx.execute(query.returning(connection.c.next_sync_at)).scalar_one_or_none()
    return turn_at is not None and turn_at <= now


def read_at(tx: Tx, connection_id: UUID, at: datetime) -> bool:
    """A reading that began at `at` went through; whether it had not worked for long."""
    query = select(connection.c.problem).where(connection.c.id == connection_id)
    was_down = bool(tx.execute(query).scalar_one())
    well = {"attempts": 0, "trouble": "", "problem": ""}
    _change(tx, connection_id, synced_at=at, readings=connection.c.readings + 1, **well)
    return was_down


def read_in_part(tx: Tx, connection_id: UUID) -> None:
    """Some of its calendars were read: a reading that began before is overtaken."""
    _change(tx, connection_id, readings=connection.c.readings + 1)


def postpone(tx: Tx, connection_id: UUID, until: datetime, trouble: str) -> None:
    """A reading failed for now; `trouble` says how, in words."""
    tries = connection.c.attempts + 1
    _change(tx, connection_id, next_sync_at=until, attempts=tries, trouble=trouble)


def find_silent(tx: Tx, connection_id: UUID, since: datetime, problem: str) -> bool:
    """Notes as a problem that a connection was not read since then; whether that is news."""
    read = func.coalesce(connection.c.synced_at, connection.c.created_at)
    query = update(connection).where(
        connection.c.id == connection_id,
        connection.c.state == "ok",
        connection.c.problem == "",
        read <= since,
    )
    return tx.execute(query.values(problem=problem)).rowcount == 1


def down(tx: Tx, host_id: UUID) -> set[UUID]:
    """A host's connections that do not work: refused, or not read for long."""
    query = select(connection.c.id).where(
        LIVE, connection.c.host_id == host_id, connection.c.problem != ""
    )
    return set(tx.execute(query).scalars())


def not_before(tx: Tx, connection_id: UUID) -> datetime | None:
    """Until when its provider wants no request, if it ever said so."""
    query = select(connection.c.not_before).where(connection.c.id == connection_id)
    until: datetime | None = tx.execute(query).scalar_one_or_none()
    return until


def wait(tx: Tx, connection_id: UUID, until: datetime) -> None:
    """Its provider wants no request before then; of two such wishes the longer holds."""
    later = func.greatest(connection.c.not_before, until)
    _change(tx, connection_id, not_before=later)


def health(tx: Tx) -> list[tuple[str, str, int, datetime]]:
    """For each provider and state: how many connections, and when the one that was read longest
    ago was read.
    """
    read = func.coalesce(connection.c.synced_at, connection.c.created_at)
    kinds = (connection.c.provider, connection.c.state)
    query = select(*kinds, func.count(), func.min(read)).where(LIVE).group_by(*kinds)
    return [tuple(row) for row in tx.execute(query)]


def _may_ask(now: datetime) -> ColumnElement[bool]:
    return or_(connection.c.not_before.is_(None), connection.c.not_before <= now)


def _change(tx: Tx, connection_id: UUID, **values: object) -> None:
    tx.execute(update(connection).where(connection.c.id == connection_id).values(values))
