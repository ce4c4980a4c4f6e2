"""Claims: the hosts' time, which the database itself never gives away twice.

Every change of a host's claims is made under that host's advisory lock, hosts in order, and after
the link's row lock where there is one: so two transactions can never wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.domain import statuses
from booking.domain.limits import Count
from booking.store import rows
from booking.store import tables as t
from contracts.booking import Booking, Claim
from servicekit import Tx

Keys = Mapping[UUID, int]
"""The locked hosts, with the number that stands for each in the exclusion constraint."""

_NEXT_VERSION = sa.func.nextval("claim_version")
_TOMBSTONE = [column for column in t.claim.c if column.name != "version"]


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


def _insert(
    claims: Sequence[Claim], workspace_id: UUID, booking: Booking | None, keys: Keys
) -> Any:
    # A plain INSERT deadlocks under contention; this one waits, then gives way.
    values = [{"workspace_id": workspace_id, **_columns(one, booking, keys)} for one in claims]
    return (
        insert(t.claim)
        .values(values if len(values) > 1 else values[0])  # a list is compiled anew each time
        .on_conflict_do_nothing()
        .returning(t.claim)
    )


def _meeting(claims: Sequence[Claim], workspace_id: UUID, status: str, capacity: int) -> Any:
    first = claims[0]
    return insert(t.meeting).values(
        id=first.meeting_id,
        workspace_id=workspace_id,
        link_id=first.link_id,
        host_ids=[claim.host_id for claim in claims],
        status=status,
        start_at=first.meeting_start,
        end_at=first.meeting_end,
        capacity=capacity,
    )


def take(
    tx: Tx, claims: Sequence[Claim], booking: Booking, keys: Keys, capacity: int = 1
) -> tuple[Claim, ...] | None:
    """A new meeting and its claims, one a host; None where the time of any is not free (then roll
    back).
    """
    made = _meeting(claims, booking.workspace_id, booking.status, capacity)
    statement = _insert(claims, booking.workspace_id, booking, keys)
    return _all(tx, statement.add_cte(made.cte("new_meeting")), len(claims))


def take_hold(
    tx: Tx, claims: Sequence[Claim], workspace_id: UUID, keys: Keys, capacity: int = 1
) -> tuple[Claim, ...] | None:
    """The same for a hold. The id is the visitor's: one in use already is None, too."""
    meeting = _meeting(claims, workspace_id, "held", capacity).on_conflict_do_nothing()
    if tx.execute(meeting).rowcount == 0:
        return None
    return _all(tx, _insert(claims, workspace_id, None, keys), len(claims))


def lift(tx: Tx, meeting_id: UUID) -> tuple[Claim, ...]:
    """Deletes a meeting's claims that are about to be made elsewhere; the tombstones."""
    gone = sa.delete(t.claim).where(t.claim.c.meeting_id == meeting_id)
    found = tx.execute(gone.returning(*_TOMBSTONE, _NEXT_VERSION.label("version")))
    return tuple(rows.claim(row, removed=True) for row in found)


def move(
    tx: Tx, claims: Sequence[Claim], booking: Booking, keys: Keys, *, new_url: bool = False
) -> tuple[Claim, ...] | None:
    """The lifted claims elsewhere; None where that is not free (then roll back). `new_url`: the
    meeting's conference will be another one.
    """
    first = claims[0]
    meeting = (
        sa.update(t.meeting)
        .where(t.meeting.c.id == first.meeting_id)
        .values(
            start_at=first.meeting_start,
            end_at=first.meeting_end,
            host_ids=[claim.host_id for claim in claims],
            status=booking.status,
            **({"join_url": "", "event_version": 0} if new_url else {}),
        )
        .cte("moved_meeting")
    )
    statement = _insert(claims, booking.workspace_id, booking, keys)
    return _all(tx, statement.add_cte(meeting), len(claims))


def _all(tx: Tx, statement: Any, wanted: int) -> tuple[Claim, ...] | None:
    found = tuple(map(rows.claim, tx.execute(statement)))
    return found if len(found) == wanted else None


def end_meeting(tx: Tx, meeting_id: UUID) -> tuple[Claim, ...]:
    """Cancels the meeting and frees its time, unless others sit in it; the tombstones, in a version
    of their own.
    """
    others = sa.exists().where(
        t.booking.c.meeting_id == meeting_id, t.booking.c.status.in_(statuses.SEATED)
    )
    cancelled = (
        sa.update(t.meeting)
        .where(t.meeting.c.id == meeting_id, ~others)
        .values(status="cancelled", seats_taken=0)
        .cte("cancelled_meeting")
    )
    seats = sa.delete(t.hold).where(t.hold.c.meeting_id == meeting_id, ~others).cte("kept_seats")
    gone = sa.delete(t.claim).where(t.claim.c.meeting_id == meeting_id, ~others)
    statement = gone.returning(*_TOMBSTONE, _NEXT_VERSION.label("version"))
    found = tx.execute(statement.add_cte(cancelled, seats))
    return tuple(rows.claim(row, removed=True) for row in found)


def drop_holds(tx: Tx, keys: Keys, now: datetime, own: UUID | None) -> tuple[Claim, ...]:
    """Deletes these hosts' holds that are over, and the visitor's own; the tombstones.

    A meeting goes once all of its hosts are among these; a seat in one that others hold stays.
    """
    numbers = sa.cast(list(keys.values()), sa.ARRAY(sa.BigInteger))
    over = sa.or_(t.hold.c.expires_at <= now, t.hold.c.id == own)
    seat = t.hold.alias("seat")  # of another visitor in the same meeting
    taken = sa.and_(seat.c.expires_at > now, sa.true() if own is None else seat.c.id != own)
    ended = (
        sa.select(t.claim.c.id, t.claim.c.meeting_id)
        .join_from(t.hold, t.claim, t.claim.c.meeting_id == t.hold.c.meeting_id)
        .where(over, t.claim.c.state == "hold", t.claim.c.host_key == sa.any_(numbers))
        .where(~sa.exists().where(seat.c.meeting_id == t.claim.c.meeting_id, taken))
        .cte("ended")
    )
    other = t.claim.alias("other")
    elsewhere = sa.exists().where(
        other.c.meeting_id == t.meeting.c.id, other.c.host_key != sa.all_(numbers)
    )
    # Its hold goes with it (ON DELETE CASCADE); a seat kept in a real meeting never gets here.
    meetings = (
        sa.delete(t.meeting)
        .where(
            t.meeting.c.id.in_(sa.select(ended.c.meeting_id)),
            t.meeting.c.status == "held",
            ~elsewhere,
        )
        .cte("ended_meetings")
    )
    gone = sa.delete(t.claim).where(t.claim.c.id.in_(sa.select(ended.c.id)))
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
