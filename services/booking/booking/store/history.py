"""What happened to hosts, links and bookings, and who did it. No token, no answer stands here."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.store import binds, rows
from booking.store import tables as t
from contracts.booking import Booking, HistoryEntry
from servicekit import Tx
from servicekit.preparing import prepared

_COLUMNS = ("workspace_id", "subject_id", "at", "actor", "action", "detail")
ADD = insert(t.history).values(binds.of(t.history, _COLUMNS))
"""With the values that `booked` gives."""


def booked(booking: Booking, actor: str, action: str) -> dict[str, Any]:
    """The entry of a new booking, under the root of its chain."""
    detail = {
        "booking_id": str(booking.id),
        "start": booking.start.isoformat(),
        "host_id": str(booking.hosts[0].id),
    }
    said = entry(booking.created_at, actor, action, **detail)
    return _values((booking.workspace_id, booking.root_id), said)


def _values(subject: tuple[UUID, UUID], said: HistoryEntry) -> dict[str, Any]:
    named = {"workspace_id": subject[0], "subject_id": subject[1]}
    return binds.given(t.history, named | msgspec.structs.asdict(said))


def add(tx: Tx, subject: tuple[UUID, UUID], said: HistoryEntry) -> None:
    """`subject`: its workspace and its id."""
    tx.execute(ADD, _values(subject, said))


def entry(at: datetime, actor: str, action: str, **detail: str) -> HistoryEntry:
    """Short for writing one."""
    return HistoryEntry(at=at, actor=actor, action=action, detail=detail)


_OF = prepared(
    sa.select(t.history)
    .where(
        t.history.c.subject_id == sa.bindparam("subject", type_=sa.Uuid),
        t.history.c.workspace_id == sa.bindparam("workspace", type_=sa.Uuid),
    )
    .order_by(t.history.c.id)
)


def of(tx: Tx, workspace_id: UUID, subject_id: UUID) -> tuple[HistoryEntry, ...]:
    """Oldest first."""
    found = tx.execute(_OF, {"subject": subject_id, "workspace": workspace_id})
    return tuple(map(rows.entry, found))
