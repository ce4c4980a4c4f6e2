"""Claims: the hosts' time, which the database itself never gives away twice.

Every change of a host's claims is made under that host's advisory lock, hosts in order, and after
the link's row lock where there is one: so two transactions can never wait for each other.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.domain.limits import Count
from booking.store import rows
from booking.store import tables as t
from contracts.booking import Booking, Claim
from servicekit import Tx

Keys = Mapping[UUID, int]
"""The locked hosts, with the number that stands for each in the exclusion constraint."""


def lock_hosts(tx: Tx, host_ids: Iterable[UUID]) -> Keys:
    """Waits for the hosts' locks, in order; held until the transaction ends."""
    wanted = sa.cast(list(host_ids), sa.ARRAY(sa.Uuid))
    # Ordered, and fenced by OFFSET: the locks are taken in exactly this order.
    ordered = (
        sa.select(t.host.c.id, t.host.c.key)
        .where(t.host.c.id == sa.any_(wanted))
        .order_by(t.host.c.key)
        .offset(0)
        .subquery()
    )
    query = sa.select(ordered, sa.func.pg_advisory_xact_lock(ordered.c.key))
    return {row.id: row.key for row in tx.execute(query)}


def _columns(claim: Claim, booking: Booking | None, keys: Keys) -> dict[str, Any]:
    return {
        "id": claim.id,
        "meeting_id": claim.meeting_id,
        "host_id": claim.host_id,
        "host_key": keys[claim.host_id],
        "link_id": claim.link_id,
        "state": claim.state,
        "start_at": claim.start,
        "end_at": claim.end,
        "meeting_start": claim.meeting_start,
        "meeting_end": claim.meeting_end,
        "booking_id": booking.id if booking else None,
        "expires_at": claim.expires_at,
        "seats_taken": claim.seats_taken,
    }


def _insert(claim: Claim, workspace_id: UUID, booking: Booking | None, keys: Keys) -> Any:
    # A plain INSERT deadlocks under contention; this one waits, then gives way.
    return (
        insert(t.claim)
        .values(workspace_id=workspace_id, **_columns(claim, booking, keys))
        .on_conflict_do_nothing()
        .returning(t.claim)
    )


def _meeting(claim: Claim, workspace_id: UUID, status: str) -> Any:
    return insert(t.meeting).values(
        id=claim.meeting_id,
        workspace_id=workspace_id,
        link_id=claim.link_id,
        host_ids=[claim.host_id],
        status=status,
        start_at=claim.meeting_start,
        end_at=claim.meeting_end,
    )


def take(tx: Tx, claim: Claim, booking: Booking, keys: Keys) -> Claim | None:
    """A new meeting and its claim; None where the time is not free (then roll back)."""
    meeting = _meeting(claim, booking.workspace_id, "confirmed").cte("new_meeting")
    statement = _insert(claim, booking.workspace_id, booking, keys).add_cte(meeting)
    return _first(tx, statement)


def take_hold(tx: Tx, claim: Claim, workspace_id: UUID, keys: Keys) -> Claim | None:
    """The same for a hold. The id is the visitor's: one in use already is None, too."""
    meeting = _meeting(claim, workspace_id, "held").on_conflict_do_nothing()
    if tx.execute(meeting).rowcount == 0:
        return None
    return _first(tx, _insert(claim, workspace_id, None, keys))


def lift(tx: Tx, meeting_id: UUID) -> list[UUID]:
    """Deletes a meeting's claims that are about to be made elsewhere; their ids."""
    gone = sa.delete(t.claim).where(t.claim.c.meeting_id == meeting_id)
    return list(tx.execute(gone.returning(t.claim.c.id)).scalars())


def move(tx: Tx, claim: Claim, booking: Booking, keys: Keys) -> Claim | None:
    """The lifted claim at another time; None where that is not free (then roll back)."""
    meeting = (
        sa.update(t.meeting)
        .where(t.meeting.c.id == claim.meeting_id)
        .values(start_at=claim.meeting_start, end_at=claim.meeting_end, host_ids=[claim.host_id])
        .cte("moved_meeting")
    )
    return _first(tx, _insert(claim, booking.workspace_id, booking, keys).add_cte(meeting))


def _first(tx: Tx, statement: Any) -> Claim | None:
    row = tx.execute(statement).first()
    return None if row is None else rows.claim(row)


_NEXT_VERSION = sa.func.nextval("claim_version")
_TOMBSTONE = [column for column in t.claim.c if column.name != "version"]


def end_meeting(tx: Tx, meeting_id: UUID) -> tuple[Claim, ...]:
    """Cancels the meeting and frees its time; the tombstones, in a version of their own."""
    cancelled = (
        sa.update(t.meeting)
        .where(t.meeting.c.id == meeting_id)
        .values(status="cancelled", seats_taken=0)
        .cte("cancelled_meeting")
    )
    gone = sa.delete(t.claim).where(t.claim.c.meeting_id == meeting_id)
    statement = gone.returning(*_TOMBSTONE, _NEXT_VERSION.label("version")).add_cte(cancelled)
    return tuple(rows.claim(row, removed=True) for row in tx.execute(statement))


def drop_holds(tx: Tx, keys: Keys, now: datetime, own: UUID | None) -> tuple[Claim, ...]:
    """Deletes these hosts' holds that are over, and the visitor's own; the tombstones."""
    over = sa.or_(t.hold.c.expires_at <= now, t.hold.c.id == own)
    theirs = t.claim.c.host_key == sa.any_(sa.cast(list(keys.values()), sa.ARRAY(sa.BigInteger)))
    held = sa.and_(t.claim.c.state == "hold", theirs)
    ended = (
        sa.select(t.hold.c.meeting_id)
        .join(t.claim, t.claim.c.meeting_id == t.hold.c.meeting_id)
        .where(over, held)
        .cte("ended")
    )
    # Its hold goes with it (ON DELETE CASCADE); a seat kept in a real meeting never gets here.
    meetings = (
        sa.delete(t.meeting)
        .where(t.meeting.c.id.in_(sa.select(ended.c.meeting_id)), t.meeting.c.status == "held")
        .cte("ended_meetings")
    )
    gone = sa.delete(t.claim).where(
        t.claim.c.meeting_id.in_(sa.select(ended.c.meeting_id)), t.claim.c.state == "hold"
    )
    statement = gone.returning(*_TOMBSTONE, _NEXT_VERSION.label("version")).add_cte(meetings)
    return tuple(rows.claim(row, removed=True) for row in tx.execute(statement))


def extend(tx: Tx, meeting_id: UUID, expires_at: datetime) -> tuple[Claim, ...]:
    """A renewed hold's claims."""
    statement = (
        sa.update(t.claim)
        .where(t.claim.c.meeting_id == meeting_id, t.claim.c.state == "hold")
        .values(expires_at=expires_at, version=_NEXT_VERSION)
    )
    return tuple(map(rows.claim, tx.execute(statement.returning(t.claim))))


def reached(tx: Tx, wanted: tuple[Count, ...], but: UUID | None) -> bool:
    """Whether one of the limits is; `but` is a meeting that is about to move."""
    if not wanted:
        return False
    counts = [_count(count, but).label(f"n{place}") for place, count in enumerate(wanted)]
    found = tx.execute(sa.select(*counts)).one()
    return any(number >= count.most for number, count in zip(found, wanted, strict=True))


def _count(count: Count, but: UUID | None) -> sa.ScalarSelect[Any]:
    owner = t.claim.c.host_id if count.scope == "host" else t.claim.c.link_id
    query = sa.select(sa.func.count(sa.distinct(t.claim.c.meeting_id))).where(
        owner == count.owner,
        t.claim.c.meeting_start >= count.first,
        t.claim.c.meeting_start < count.after,
        t.claim.c.state != "hold",
    )
    if but is not None:
        query = query.where(t.claim.c.meeting_id != but)
    return query.scalar_subquery()
