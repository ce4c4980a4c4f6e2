"""Seats: meetings that several bookings share, and the seats held in them.

What a meeting and its claims say of seats is always counted anew from its bookings and holds, so
it cannot drift from them. All of this runs under the locks of the meeting's hosts.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from booking.domain import statuses
from booking.store import claims, rows
from booking.store import tables as t
from contracts.booking import Claim, SeatHold
from contracts.wire import utc
from servicekit import Tx


@dataclass(frozen=True)
class Shared:
    """A group meeting that stands, or is held. Instants in UTC."""

    id: UUID
    host_ids: tuple[UUID, ...]
    end: datetime
    status: str
    join_url: str


def at(tx: Tx, link_id: UUID, start: datetime) -> Shared | None:
    """The link's meeting at this start."""
    query = (
        sa.select(t.meeting)
        .join_from(t.claim, t.meeting, t.meeting.c.id == t.claim.c.meeting_id)
        .where(t.claim.c.link_id == link_id, t.claim.c.meeting_start == start)
        .limit(1)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    return Shared(row.id, tuple(row.host_ids), utc(row.end_at), row.status, row.join_url)


def exists(tx: Tx, meeting_id: UUID) -> bool:
    """Whether a meeting has or had this id."""
    query = sa.select(sa.literal(1)).where(t.meeting.c.id == meeting_id)
    return tx.execute(query).first() is not None


def is_shared(tx: Tx, meeting_id: UUID) -> bool:
    """Whether several could share it."""
    query = sa.select(t.meeting.c.capacity > 1).where(t.meeting.c.id == meeting_id)
    return bool(tx.execute(query).scalar())


def taken(tx: Tx, meeting_id: UUID) -> int:
    """Its seats that are booked or held."""
    booked = sa.select(sa.func.count()).where(*_seated(meeting_id))
    held = sa.select(sa.func.count()).where(t.hold.c.meeting_id == meeting_id)
    both = booked.scalar_subquery() + held.scalar_subquery()
    return int(tx.execute(sa.select(both)).scalar_one())


def _seated(meeting_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    seated = t.booking.c.status.in_(statuses.SEATED)
    return t.booking.c.meeting_id == meeting_id, seated


def expire(tx: Tx, meeting_id: UUID, now: datetime) -> None:
    """Forgets seats held too long; `settle` must follow."""
    over = (t.hold.c.meeting_id == meeting_id) & (t.hold.c.expires_at <= now)
    tx.execute(sa.delete(t.hold).where(over))


def expire_all(tx: Tx, host_ids: list[UUID], now: datetime) -> tuple[Claim, ...]:
    """The same in every meeting of exactly these hosts; the claims that changed."""
    theirs = sa.select(t.meeting.c.id).where(
        t.meeting.c.id == t.hold.c.meeting_id,
        t.meeting.c.host_ids == host_ids,
        t.meeting.c.capacity > 1,
    )
    gone = sa.delete(t.hold).where(t.hold.c.expires_at <= now, theirs.exists())
    meetings = set(tx.execute(gone.returning(t.hold.c.meeting_id)).scalars())
    return tuple(claim for one in sorted(meetings) for claim in settle(tx, one))


def give_up(tx: Tx, hold_id: UUID | None) -> tuple[Claim, ...]:
    """A seat that a visitor held in a meeting that stands without them; the claims that changed."""
    if hold_id is None:
        return ()
    shared = sa.select(t.meeting.c.id).where(
        t.meeting.c.id == t.hold.c.meeting_id, t.meeting.c.capacity > 1
    )
    gone = sa.delete(t.hold).where(t.hold.c.id == hold_id, shared.exists())
    meeting_id = tx.execute(gone.returning(t.hold.c.meeting_id)).scalar()
    return () if meeting_id is None else settle(tx, meeting_id)


def leave(tx: Tx, meeting_id: UUID) -> tuple[Claim, ...]:
    """After a booking has ended: frees its seat, or the whole meeting if it was the last one."""
    return claims.end_meeting(tx, meeting_id) or settle(tx, meeting_id)


def confirm(tx: Tx, meeting_id: UUID) -> tuple[Claim, ...]:
    """After a booking was approved: its meeting is, too."""
    if is_shared(tx, meeting_id):
        return settle(tx, meeting_id)
    meeting = sa.update(t.meeting).where(t.meeting.c.id == meeting_id)
    made = meeting.values(status="confirmed").cte("approved_meeting")
    statement = sa.update(t.claim).where(t.claim.c.meeting_id == meeting_id)
    statement = statement.values(state="confirmed", version=sa.func.nextval("claim_version"))
    found = tx.execute(statement.returning(t.claim).add_cte(made))
    return tuple(map(rows.claim, found))


def settle(tx: Tx, meeting_id: UUID, capacity: int | None = None) -> tuple[Claim, ...]:
    """Counts a meeting's seats, and tells its claims. `capacity`: another from now on.

    The database refuses a seat more than there are.
    """
    booked = tx.execute(_bookings(meeting_id)).one()
    holds = tuple(
        SeatHold(id=row.id, expires_at=utc(row.expires_at))
        for row in tx.execute(sa.select(t.hold).where(t.hold.c.meeting_id == meeting_id))
    )
    if not booked.number and not holds:
        return ()
    state = _state(booked)
    seats = booked.number + len(holds)
    meeting = sa.update(t.meeting).where(t.meeting.c.id == meeting_id)
    more = {} if capacity is None else {"capacity": capacity}
    status = "held" if state == "hold" else state
    tx.execute(meeting.values(seats_taken=seats, status=status, **more))
    statement = sa.update(t.claim).where(t.claim.c.meeting_id == meeting_id)
    statement = statement.values(
        state=state,
        seats_taken=seats,
        booking_id=booked.id if booked.number == 1 else None,
        expires_at=max(one.expires_at for one in holds) if state == "hold" else None,
        version=sa.func.nextval("claim_version"),
    )
    found = map(rows.claim, tx.execute(statement.returning(t.claim)))
    return tuple(msgspec.structs.replace(claim, seat_holds=holds) for claim in found)


def _bookings(meeting_id: UUID) -> sa.Select[Any]:
    """How many bookings have a seat, how many of them wait for approval, and one of them."""
    pending = sa.func.count().filter(t.booking.c.status == "pending")
    return sa.select(
        sa.func.count().label("number"),
        pending.label("pending"),
        sa.func.array_agg(t.booking.c.id)[1].label("id"),
    ).where(*_seated(meeting_id))


def _state(booked: rows.Row) -> str:
    if booked.number == 0:
        return "hold"
    return "pending" if booked.pending == booked.number else "confirmed"
