"""The events that bookings want in calendars, and how far each one is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, func, select, tuple_, update
from sqlalchemy import Connection as Tx
from sqlalchemy.dialects.postgresql import insert

from calendar_sync.domain.events import Wanted, event_id
from calendar_sync.domain.writing import Place, Standing
from calendar_sync.store.tables import announced, calendar, connection, wanted_event
from servicekit import context, leases
from servicekit.leases import Held
from servicekit.preparing import prepared

ROW = wanted_event.c
NOWHERE: dict[str, object] = {
    "connection_id": None,
    "calendar_id": None,
    "written": False,
    "join_url": "",
    "provider_id": "",
    "moved_start": None,
    "moved_end": None,
}
"""What is known of an event that stands in no calendar."""


def _parameter(column: str) -> str:
    """A parameter must not be called as a column is: SQLAlchemy keeps those names for itself."""
    return f"new_{column}"


def _wanting() -> Any:
    """Built once: to build it costs more than to run it."""
    wished = [field.name for field in fields(Wanted)]
    known = ("event_id", "state", "next_try", "correlation_id")
    fresh = {"announced": 0, "written": False, "provider_id": "", "declined": False, "came_back": 0}
    put = insert(wanted_event).values(
        {name: bindparam(_parameter(name), type_=ROW[name].type) for name in (*wished, *known)}
        | fresh
        | {"attempts": 0, "join_url": "", "problem": ""}
    )
    renewed = {name: put.excluded[name] for name in (*wished, "next_try", "correlation_id")}
    later = tuple_(ROW.sequence, ROW.version, ROW.removed) < tuple_(
        put.excluded.sequence, put.excluded.version, put.excluded.removed
    )
    statement = put.on_conflict_do_update(
        index_elements=["root_id", "host_id"],
        set_=renewed | {"state": "due", "attempts": 0},
        where=later,
    )
    return prepared(statement.returning(ROW.state))


_WANT = _wanting()


@dataclass(frozen=True)
class Taken:
    """An event to bring in line, leased, and under which request's id."""

    held: Held
    event: Standing
    correlation_id: str


def want(tx: Tx, wish: Wanted, now: datetime) -> bool:
    """Keeps the wish unless a later one is known; whether there may be something to write.

    A wish changes what is wanted, never what stands: that is the writer's. Of a first one that
    asks for nothing there is nothing to write.
    """
    idle = wish.removed or not wish.asked
    values = asdict(wish) | {
        "event_id": event_id(wish.root_id, wish.host_id),
        "state": "done" if idle else "due",
        "next_try": now,
        "correlation_id": context.correlation_id(),
    }
    named = {_parameter(name): value for name, value in values.items()}
    return tx.execute(_WANT, named).scalar() == "due"


def find(tx: Tx, root_id: UUID, host_id: UUID) -> Wanted | None:
    """What is wanted at present."""
    query = select(wanted_event).where(ROW.root_id == root_id, ROW.host_id == host_id)
    row = tx.execute(query).one_or_none()
    return wish_of(row) if row else None


def drop_apart(tx: Tx, seat: Wanted, now: datetime) -> None:
    """An event of one booking's own, from when its meeting was not shared, has to go."""
    query = update(wanted_event).where(*_key(seat), ~ROW.removed)
    tx.execute(query.values(removed=True, state="due", next_try=now, attempts=0))


def lease_due(tx: Tx, now: datetime, limit: int, lasts: timedelta) -> list[Taken]:
    """Events to bring in line now, leased: nobody else takes them before the lease ends."""
    rows = leases.lease_due(tx, wanted_event, now, limit, lasts)
    return [_taken(held, _standing(tx, row), row.correlation_id) for held, row in rows]


def _taken(held: Held, event: Standing, correlation_id: str) -> Taken:
    """What is found out counts as long as the same is wanted."""
    wish = event.wanted
    key = tuple_(ROW.sequence, ROW.version, ROW.removed)
    still = key == tuple_(wish.sequence, wish.version, wish.removed)
    return Taken(held.provided(still), event, correlation_id)


def written_calendar(tx: Tx, host_id: UUID) -> Place | None:
    """The calendar that a host's events are written to."""
    query = (
        select(calendar.c.connection_id, calendar.c.id, connection.c.state)
        .join(connection, connection.c.id == calendar.c.connection_id)
        .where(connection.c.host_id == host_id, calendar.c.written)
        .order_by(connection.c.created_at)
    )
    row = tx.execute(query.limit(1)).one_or_none()
    return Place(row.connection_id, row.id, row.state == "ok") if row else None


def set_place(tx: Tx, event: Standing, place: Place) -> None:
    """Notes where the event may stand from now on; committed before the provider is called."""
    values = {"connection_id": place.connection_id, "calendar_id": place.calendar_id}
    tx.execute(update(wanted_event).where(*_key(event.wanted)).values(values))


def stands_at(place: Place) -> ColumnElement[bool]:
    """Whether that is still the place noted for the event."""
    return ROW.connection_id.is_not_distinct_from(place.connection_id)


def finish(tx: Tx, taken: Taken, now: datetime, **stands: Any) -> bool:
    """Notes what stands now; whether that is still what is wanted.

    Somebody else's lease leaves everything as it is: what they find out is newer.
    """
    return leases.done(tx, taken.held, attempts=0, next_try=now, **stands)


def count_announced(tx: Tx, event: Standing) -> int:
    """The version of the next announcement: it grows, whichever event it is of."""
    query = update(wanted_event).where(*_key(event.wanted))
    counted = query.values(announced=announced.next_value()).returning(ROW.announced)
    version: int = tx.execute(counted).scalar_one()
    return version


def postpone(tx: Tx, taken: Taken, until: datetime, problem: str, *, tried: bool = True) -> None:
    """The event could not be brought in line; a wish that came meanwhile is tried at once."""
    leases.postpone(tx, taken.held, until, problem, tried=tried)


def retry_now(tx: Tx, host_id: UUID, now: datetime) -> None:
    """A host's calendar works (again): what waited for it is tried at once."""
    query = update(wanted_event).where(ROW.host_id == host_id, ROW.state == "due")
    tx.execute(query.values(next_try=now, attempts=0))


def take_up(tx: Tx, host_id: UUID, now: datetime) -> None:
    """Upcoming events that went out of reach with an earlier connection are written anew: where
    they still stand they are found by their ids, so that a cancellation finds them too.
    """
    query = update(wanted_event).where(
        ROW.host_id == host_id,
        ROW.state == "done",
        ROW.connection_id.is_(None),
        ROW.asked,
        ~ROW.removed,
        ROW.announced > 0,
        ROW.ends_at > now,
    )
    tx.execute(query.values(state="due", next_try=now, attempts=0, followed=False))


def forget_place(tx: Tx, connection_id: UUID, calendars: set[str] | None = None) -> None:
    """A connection is gone, or these calendars of it: what stands there is out of reach."""
    query = update(wanted_event).where(ROW.connection_id == connection_id)
    if calendars is not None:
        query = query.where(ROW.calendar_id.in_(calendars))
    tx.execute(query.values(NOWHERE))


def count_due(tx: Tx) -> int:
    """Events that are not in line yet."""
    counted = select(func.count()).select_from(wanted_event).where(ROW.state == "due")
    return tx.execute(counted).scalar_one()


def _key(row: Any) -> Sequence[Any]:
    return (ROW.root_id == row.root_id, ROW.host_id == row.host_id)


def _standing(tx: Tx, row: Row[Any]) -> Standing:
    return Standing(
        wanted=wish_of(row),
        event_id=row.event_id,
        place=_place(tx, row),
        written=row.written,
        attempts=row.attempts,
        provider_id=row.provider_id,
        join_url=row.join_url,
        moved=(row.moved_start, row.moved_end) if row.moved_start else None,
    )


def _place(tx: Tx, row: Row[Any]) -> Place | None:
    if row.connection_id is None:
        return None
    query = select(connection.c.state).where(connection.c.id == row.connection_id)
    state = tx.execute(query).scalar_one_or_none()
    return Place(row.connection_id, row.calendar_id, state == "ok")


def wish_of(row: Row[Any]) -> Wanted:
    """What is wanted, of a row of the table."""
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
    return Wanted(**{name: values[name] for name in Wanted.__dataclass_fields__})
