"""Who sits in which meeting: the bookings that share one event in a host's calendar."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection as Tx
from sqlalchemy import Row, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from calendar_sync.domain import events
from calendar_sync.domain.events import Seat, Wanted
from calendar_sync.store import wanted
from calendar_sync.store.tables import announced, seat

ROW = seat.c
NOT_KEPT = {"title", "followed"}
"""What a shared event has of its own, or what counts only once."""


def take(tx: Tx, taken: Seat, now: datetime) -> bool:
    """Keeps the seat unless a later wish of its booking is known, and brings the events of its
    meetings in line, of the one that it left too; whether there may be something to write.
    """
    wish = taken.wish
    _lock(tx, wish.root_id)
    left = _meeting(tx, wish)
    meetings = {wish.meeting_id} | ({left} if left else set())
    for one in sorted(meetings):
        _lock(tx, one)
    if not _keep(tx, taken):
        return False
    wanted.drop_apart(tx, wish, now)
    due = [_regroup(tx, one, taken, now) for one in meetings]
    return any(due)


def find(tx: Tx, root_id: UUID, host_id: UUID) -> Wanted | None:
    """What this booking wants at present."""
    query = select(seat).where(ROW.root_id == root_id, ROW.host_id == host_id)
    row = tx.execute(query).one_or_none()
    return _seat(row).wish if row else None


def of_meeting(tx: Tx, meeting_id: UUID, host_id: UUID) -> list[Seat]:
    """Who sits in it, in the order in which they booked."""
    query = select(seat).where(ROW.meeting_id == meeting_id, ROW.host_id == host_id, ~ROW.removed)
    return [_seat(row) for row in tx.execute(query.order_by(ROW.booked_at, ROW.root_id))]


def untold(tx: Tx, event: Wanted, said: str) -> list[tuple[Wanted, int]]:
    """Those of a meeting who have not been told this of its event, marked as told, each with the
    version under which to announce it.
    """
    query = (
        update(seat)
        .where(
            ROW.meeting_id == event.meeting_id,
            ROW.host_id == event.host_id,
            ~ROW.removed,
            ROW.told != said,
        )
        .values(told=said)
        .returning(*seat.columns, announced.next_value().label("announced"))
    )
    return [(_seat(row).wish, row.announced) for row in tx.execute(query).all()]


def _regroup(tx: Tx, meeting_id: UUID, latest: Seat, now: datetime) -> bool:
    host_id = latest.wish.host_id
    known = wanted.find(tx, meeting_id, host_id)
    wish = events.together(of_meeting(tx, meeting_id, host_id), known, latest)
    return wish is not None and wanted.want(tx, wish, now)


def _lock(tx: Tx, key: UUID) -> None:
    """Two attendees who join at once see each other: the second waits for the first."""
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(key), 0))))


def _meeting(tx: Tx, wish: Wanted) -> UUID | None:
    query = select(ROW.meeting_id).where(ROW.root_id == wish.root_id, ROW.host_id == wish.host_id)
    return tx.execute(query).scalar_one_or_none()


def _keep(tx: Tx, taken: Seat) -> bool:
    wish = {name: value for name, value in asdict(taken.wish).items() if name not in NOT_KEPT}
    who = {
        "link_title": taken.link_title,
        "attendee": taken.attendee,
        "email": taken.email,
        "booked_at": taken.booked_at,
    }
    put = insert(seat).values(wish | who | {"told": ""})
    known = tuple_(ROW.sequence, ROW.version, ROW.removed)
    later = known < tuple_(put.excluded.sequence, put.excluded.version, put.excluded.removed)
    statement = put.on_conflict_do_update(
        index_elements=["root_id", "host_id"], set_=wish | who, where=later
    )
    return tx.execute(statement).rowcount == 1


def _seat(row: Row[Any]) -> Seat:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
    kept = {name: values[name] for name in Wanted.__dataclass_fields__ if name not in NOT_KEPT}
    wish = Wanted(**kept, title="")
    return Seat(wish, row.link_title, row.attendee, row.email, row.booked_at)
