"""What happened to hosts, links and bookings, and who did it. No token, no answer stands here."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert

from booking.store import rows
from booking.store import tables as t
from contracts.booking import Booking, HistoryEntry
from servicekit import Tx


def booked(booking: Booking, actor: str, action: str) -> Insert:
    """The entry of a new booking, under the root of its chain."""
    detail = {
        "booking_id": str(booking.id),
        "start": booking.start.isoformat(),
        "host_id": str(booking.hosts[0].id),
    }
    return insert(t.history).values(
        workspace_id=booking.workspace_id,
        subject_id=booking.root_id,
        at=booking.created_at,
        actor=actor,
        action=action,
        detail=detail,
    )


def add(tx: Tx, subject: tuple[UUID, UUID], said: HistoryEntry) -> None:
    """`subject`: its workspace and its id."""
    tx.execute(
        insert(t.history).values(
            workspace_id=subject[0],
            subject_id=subject[1],
            at=said.at,
            actor=said.actor,
            action=said.action,
            detail=said.detail,
        )
    )


def entry(at: datetime, actor: str, action: str, **detail: str) -> HistoryEntry:
    """Short for writing one."""
    return HistoryEntry(at=at, actor=actor, action=action, detail=detail)


def of(tx: Tx, workspace_id: UUID, subject_id: UUID) -> tuple[HistoryEntry, ...]:
    """Oldest first."""
    mine = (t.history.c.subject_id == subject_id) & (t.history.c.workspace_id == workspace_id)
    query = sa.select(t.history).where(mine).order_by(t.history.c.id)
    return tuple(map(rows.entry, tx.execute(query)))
