"""What hosts did to meetings in their own calendars, as far as it was heard."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.domain import statuses
from booking.store import rows
from booking.store import tables as t
from contracts.booking import Booking
from contracts.wire import utc
from servicekit import Tx

Span = tuple[datetime, datetime]


def hear(tx: Tx, meeting_id: UUID, host_id: UUID, version: int) -> bool:
    """Whether this is news of the host's about the meeting; then later ones wait for this one."""
    there = sa.select(t.meeting.c.id).where(t.meeting.c.id == meeting_id)
    if tx.execute(there).first() is None:
        return False
    statement = insert(t.calendar_change).values(
        meeting_id=meeting_id, host_id=host_id, version=version
    )
    newer = statement.on_conflict_do_update(
        index_elements=["meeting_id", "host_id"],
        set_={"version": version},
        where=t.calendar_change.c.version < version,
    )
    return tx.execute(newer).rowcount == 1


def followed_to(tx: Tx, meeting_id: UUID, host_id: UUID) -> Span | None:
    """Where the meeting was put by following the host, if it ever was."""
    query = sa.select(t.calendar_change.c.start_at, t.calendar_change.c.end_at).where(
        *_one(meeting_id, host_id)
    )
    row = tx.execute(query).first()
    return None if row is None or row[0] is None else (utc(row[0]), utc(row[1]))


def follow(tx: Tx, meeting_id: UUID, host_id: UUID, span: Span) -> None:
    """Notes that the meeting follows the host there."""
    query = sa.update(t.calendar_change).where(*_one(meeting_id, host_id))
    tx.execute(query.values(start_at=span[0], end_at=span[1]))


def sitting(tx: Tx, workspace_id: UUID, meeting_id: UUID) -> tuple[Booking, ...]:
    """The open bookings of a meeting: those confirmed first, each in the order of their making."""
    mine = (t.booking.c.meeting_id == meeting_id) & (t.booking.c.workspace_id == workspace_id)
    query = rows.BOOKING.where(mine, t.booking.c.status.in_(statuses.OPEN))
    query = query.order_by(t.booking.c.status, t.booking.c.created_at, t.booking.c.id)
    return tuple(map(rows.booking, tx.execute(query)))


def _one(meeting_id: UUID, host_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    mine = t.calendar_change.c.meeting_id == meeting_id
    return (mine, t.calendar_change.c.host_id == host_id)
