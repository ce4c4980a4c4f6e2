"""Claims: the hosts' time, which the database itself never gives away twice.

Every change of a host's claims is made under that host's advisory lock, hosts in order, and after
the link's row lock where there is one: so two transactions can never wait for each other. Who only
adds one claim, and counts none, shares both locks with others who do just that.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.domain import statuses
from booking.domain.limits import Count
from booking.store import binds, rows
from booking.store import tables as t
from contracts.booking import Booking, Claim, Link
from servicekit import Tx
from servicekit.preparing import prepared

Keys = Mapping[UUID, int]
"""The locked hosts, with the number that stands for each in the exclusion constraint."""

_NEXT_VERSION = sa.func.nextval("claim_version")
_TOMBSTONE = [column for column in t.claim.c if column.name != "version"]

# Statements are built once: to build one costs more than to run it.


def _locking() -> Any:
    """Ordered, and fenced by OFFSET: the locks are taken in exactly this order."""
    wanted = sa.bindparam("hosts", type_=sa.ARRAY(sa.Uuid))
    ordered = (
        sa.select(t.host.c.id, t.host.c.key)
        .where(t.host.c.id == sa.any_(wanted))
        .order_by(t.host.c.key)
        .offset(0)
        .subquery()
    )
    return sa.select(ordered, sa.func.pg_advisory_xact_lock(ordered.c.key))


_LOCK = prepared(_locking())


def lock_hosts(tx: Tx, host_ids: Iterable[UUID]) -> Keys:
    """Waits for the hosts' locks, in order; held until the transaction ends."""
    return {row.id: row.key for row in tx.execute(_LOCK, {"hosts": list(host_ids)})}


_OWN = ("id", "host_id", "host_key")
"""Where the claims of one meeting differ."""
_SHARED = (
    "workspace_id",
    "meeting_id",
    "link_id",
    "state",
    "start_at",
    "end_at",
    "meeting_start",
    "meeting_end",
    "booking_id",
    "expires_at",
    "seats_taken",
)
# A plain INSERT deadlocks under contention; this one waits, then gives way.
INSERT = (
    insert(t.claim)
    .from_select(
        (*_OWN, *_SHARED),
        binds.each_row(t.claim, _OWN).add_columns(*binds.of(t.claim, _SHARED).values()),
    )
    .on_conflict_do_nothing()
    .returning(t.claim)
)
_MEETING_COLUMNS = ("id", "workspace_id", "link_id", "host_ids", "status", "start_at", "end_at")
MEETING = insert(t.meeting).values(binds.of(t.meeting, (*_MEETING_COLUMNS, "capacity")))
_HELD = MEETING.on_conflict_do_nothing()
_TAKE = prepared(INSERT.add_cte(MEETING.cte("new_meeting")))


def _values(
    claims: Sequence[Claim], workspace_id: UUID, booking: Booking | None, keys: Keys
) -> dict[str, Any]:
    """For `INSERT`."""
    one = claims[0]
    shared = {
        "workspace_id": workspace_id,
        "meeting_id": one.meeting_id,
        "link_id": one.link_id,
        "state": one.state,
        "start_at": one.start,
        "end_at": one.end,
        "meeting_start": one.meeting_start,
        "meeting_end": one.meeting_end,
        "booking_id": booking.id if booking else None,
        "expires_at": one.expires_at,
        "seats_taken": one.seats_taken,
    }
    own = {
        "id": [claim.id for claim in claims],
        "host_id": [claim.host_id for claim in claims],
        "host_key": [keys[claim.host_id] for claim in claims],
    }
    return binds.given(t.claim, shared | own)


def _meeting(
    claims: Sequence[Claim], workspace_id: UUID, status: str, capacity: int
) -> dict[str, Any]:
    """For `MEETING`."""
    first = claims[0]
    columns = {
        "id": first.meeting_id,
        "workspace_id": workspace_id,
        "link_id": first.link_id,
        "host_ids": [claim.host_id for claim in claims],
        "status": status,
        "start_at": first.meeting_start,
        "end_at": first.meeting_end,
        "capacity": capacity,
    }
    return binds.given(t.meeting, columns)


def take(
    tx: Tx, claims: Sequence[Claim], booking: Booking, keys: Keys, capacity: int = 1
) -> tuple[Claim, ...] | None:
    """A new meeting and its claims, one a host; None where the time of any is not free (then roll
    back).
    """
    return _all(tx, _TAKE, taking(claims, booking, keys, capacity), len(claims))


def taking(claims: Sequence[Claim], booking: Booking, keys: Keys, capacity: int) -> dict[str, Any]:
    """For `MEETING` and `INSERT`."""
    meeting = _meeting(claims, booking.workspace_id, booking.status, capacity)
    return meeting | _values(claims, booking.workspace_id, booking, keys)


def take_hold(
    tx: Tx, claims: Sequence[Claim], workspace_id: UUID, keys: Keys, capacity: int = 1
) -> tuple[Claim, ...] | None:
    """The same for a hold. The id is the visitor's: one in use already is None, too."""
    if tx.execute(_HELD, _meeting(claims, workspace_id, "held", capacity)).rowcount == 0:
        return None
    return _all(tx, INSERT, _values(claims, workspace_id, None, keys), len(claims))


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
    values = _values(claims, booking.workspace_id, booking, keys)
    return _all(tx, INSERT.add_cte(meeting), values, len(claims))


def _all(tx: Tx, statement: Any, values: dict[str, Any], wanted: int) -> tuple[Claim, ...] | None:
    found = tuple(map(rows.claim, tx.execute(statement, values)))
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


_NOW = sa.bindparam("now", type_=t.hold.c.expires_at.type)
_OVER = sa.or_(t.hold.c.expires_at <= _NOW, t.hold.c.id == sa.bindparam("own", type_=sa.Uuid))
_ANY_OVER = sa.select(sa.exists().where(_OVER))
_LOOK = prepared(_ANY_OVER)


def _dropping() -> Any:
    numbers = sa.bindparam("numbers", type_=sa.ARRAY(sa.BigInteger))
    seat = t.hold.alias("seat")  # of another visitor in the same meeting
    another = seat.c.id.is_distinct_from(sa.bindparam("own", type_=sa.Uuid))
    ended = (
        sa.select(t.claim.c.id, t.claim.c.meeting_id)
        .join_from(t.hold, t.claim, t.claim.c.meeting_id == t.hold.c.meeting_id)
        .where(_OVER, t.claim.c.state == "hold", t.claim.c.host_key == sa.any_(numbers))
        .where(
            ~sa.exists().where(
                seat.c.meeting_id == t.claim.c.meeting_id, seat.c.expires_at > _NOW, another
            )
        )
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
    return gone.returning(*_TOMBSTONE, _NEXT_VERSION.label("version")).add_cte(meetings)


_DROP = _dropping()


def _entering(*, shared: bool) -> Any:
    lock = sa.func.pg_advisory_xact_lock_shared if shared else sa.func.pg_advisory_xact_lock
    link = (
        rows.LINK.where(t.link.c.id == sa.bindparam("link", type_=sa.Uuid))
        .where(t.link.c.deleted_at.is_(None))
        .with_for_update(of=t.link, read=shared, key_share=not shared)
        .cte("locked")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    # To be sorted, the hosts are all joined first: the link is locked before any of them.
    ordered = (
        sa.select(t.host.c.id, t.host.c.key)
        .join_from(t.host, link, sa.true())
        .where(t.host.c.id == sa.any_(sa.bindparam("hosts", type_=sa.ARRAY(sa.Uuid))))
        .order_by(t.host.c.key)
        .cte("ordered")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return sa.select(
        link,
        ordered.c.id.label("host_id"),
        ordered.c.key,
        lock(ordered.c.key),
        _ANY_OVER.scalar_subquery().label("over"),
    ).join_from(link, ordered, sa.true(), isouter=True)


_ENTER = {shared: prepared(_entering(shared=shared)) for shared in (False, True)}


def enter(
    tx: Tx,
    link_id: UUID,
    host_ids: Iterable[UUID],
    holds: tuple[datetime, UUID | None],
    *,
    shared: bool,
) -> tuple[Link, Keys, bool] | None:
    """Locks a link and then its hosts; the link as it is now, or None where it was deleted.

    Third, whether `drop_holds` has anything to do. A hold that is over by now was so before the
    locks were waited for, so it is known without another look. `holds`: now, and the visitor's own.
    """
    values = {"link": link_id, "hosts": list(host_ids), "now": holds[0], "own": holds[1]}
    found = tx.execute(_ENTER[shared], values).all()
    if not found:
        return None
    keys = {row.host_id: row.key for row in found if row.host_id}
    return rows.link(found[0]), keys, found[0].over


def drop_holds(tx: Tx, keys: Keys, now: datetime, own: UUID | None) -> tuple[Claim, ...]:
    """Deletes these hosts' holds that are over, and the visitor's own; the tombstones.

    A meeting goes once all of its hosts are among these; a seat in one that others hold stays.
    """
    values = {"now": now, "own": own}
    if not tx.scalar(_LOOK, values):
        return ()
    gone = tx.execute(_DROP, values | {"numbers": list(keys.values())})
    return tuple(rows.claim(row, removed=True) for row in gone)


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
