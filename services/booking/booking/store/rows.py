"""Rows to messages and back."""

from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa

from booking.domain import text
from booking.domain.drafts import uid
from booking.store import tables as t
from contracts.booking import Booking, Claim, HistoryEntry, Host, Link, SeatHold
from contracts.wire import convert, utc

Row: TypeAlias = sa.Row[*tuple[Any, ...]]

_CALENDAR = sa.func.coalesce(t.host_calendar.c.writes_calendar, sa.false())

HOST = sa.select(
    t.host,
    t.workspace.c.name.label("workspace_name"),
    t.workspace.c.timezone.label("workspace_timezone"),
    _CALENDAR.label("writes_calendar"),
).select_from(
    t.host.join(t.workspace, t.workspace.c.id == t.host.c.workspace_id).outerjoin(
        t.host_calendar, t.host_calendar.c.host_id == t.host.c.id
    )
)
"""Hosts with what they take from their workspace and their calendar."""


def host(row: Row) -> Host:
    """A row of `HOST`."""
    fields = {name: row._mapping[name] for name in Host.__struct_fields__}  # noqa: SLF001 - SQLAlchemy's public name
    return convert(fields, Host)


# Names as they are, not as parameters: of those a prepared statement would not know the type.
HOSTS_OF_LINK = (
    sa.select(
        sa.func.jsonb_agg(
            sa.func.to_jsonb(t.host.table_valued()).op("||")(
                sa.func.jsonb_build_object(
                    sa.literal_column("'workspace_name'"),
                    t.workspace.c.name,
                    sa.literal_column("'workspace_timezone'"),
                    t.workspace.c.timezone,
                    sa.literal_column("'writes_calendar'"),
                    _CALENDAR,
                )
            )
        )
    )
    .select_from(t.host.outerjoin(t.host_calendar, t.host_calendar.c.host_id == t.host.c.id))
    .where(t.host.c.id == sa.any_(t.link.c.host_ids))
    .correlate(t.link, t.workspace)
    .scalar_subquery()
)
"""A link's hosts, in no order, as `hosts` reads them."""


def hosts(column: list[dict[str, Any]] | None) -> tuple[Host, ...]:
    """What `HOSTS_OF_LINK` found."""
    return convert(column or (), tuple[Host, ...])


LINK = sa.select(t.link, t.workspace.c.timezone.label("workspace_timezone")).join_from(
    t.link, t.workspace, t.workspace.c.id == t.link.c.workspace_id
)
"""Links with their workspace's zone."""


def link(row: Row) -> Link:
    """A row of `LINK`."""
    fields = {name: row._mapping[name] for name in Link.__struct_fields__}  # noqa: SLF001 - as above
    return convert(fields | {"created_at": utc(row.created_at)}, Link)


def claim(row: Row, *, removed: bool = False) -> Claim:
    """A row of the table `claim`."""
    return Claim(
        id=row.id,
        meeting_id=row.meeting_id,
        host_id=row.host_id,
        link_id=row.link_id,
        state=row.state,
        start=utc(row.start_at),
        end=utc(row.end_at),
        meeting_start=utc(row.meeting_start),
        meeting_end=utc(row.meeting_end),
        booking_id=row.booking_id,
        expires_at=None if row.expires_at is None else utc(row.expires_at),
        seats_taken=row.seats_taken,
        seat_holds=convert(row._mapping.get("seat_holds") or (), tuple[SeatHold, ...]),  # noqa: SLF001 - as above
        removed=removed,
        version=row.version,
    )


_SEAT_HOLDS = (
    sa.select(
        sa.func.jsonb_agg(
            sa.func.jsonb_build_object(
                sa.literal_column("'id'"),
                t.hold.c.id,
                sa.literal_column("'expires_at'"),
                t.hold.c.expires_at,
            )
        )
    )
    .select_from(t.hold.join(t.meeting, t.meeting.c.id == t.hold.c.meeting_id))
    .where(t.hold.c.meeting_id == t.claim.c.meeting_id, t.meeting.c.capacity > 1)
    .correlate(t.claim)
    .scalar_subquery()
)

CLAIM = sa.select(t.claim, _SEAT_HOLDS.label("seat_holds"))
"""Claims with the seats that are held in their meetings."""

_ATTENDING = (
    sa.select(
        sa.func.jsonb_agg(
            sa.func.jsonb_build_object(
                sa.literal_column("'id'"),
                t.host.c.id,
                sa.literal_column("'name'"),
                t.host.c.name,
                sa.literal_column("'email'"),
                t.host.c.email,
                sa.literal_column("'timezone'"),
                t.host.c.timezone,
                sa.literal_column("'language'"),
                t.host.c.language,
                sa.literal_column("'writes_calendar'"),
                _CALENDAR,
            )
        )
    )
    .select_from(t.host.outerjoin(t.host_calendar, t.host_calendar.c.host_id == t.host.c.id))
    .where(t.host.c.id == sa.any_(t.booking.c.host_ids))
    .correlate(t.booking)
    .scalar_subquery()
)

BOOKING = sa.select(
    t.booking,
    t.meeting.c.join_url,
    t.meeting.c.capacity,
    t.workspace.c.name.label("workspace_name"),
    _ATTENDING.label("hosts"),
).select_from(
    t.booking.join(t.meeting, t.meeting.c.id == t.booking.c.meeting_id).join(
        t.workspace, t.workspace.c.id == t.booking.c.workspace_id
    )
)
"""Bookings with their meeting's join URL and their hosts as they are now."""

_INSTANTS = ("start_at", "end_at", "created_at", "reschedule_until", "cancel_until")
_RENAMED = {"start": "start_at", "end": "end_at"}
_SAME = tuple(
    name for name in Booking.__struct_fields__ if name not in {"uid", "hosts", "start", "end"}
)


def booking(row: Row) -> Booking:
    """A row of `BOOKING`."""
    stored = row._asdict()
    stored |= {name: utc(stored[name]) for name in _INSTANTS}
    fields = {name: stored[name] for name in _SAME}
    fields |= {name: stored[column] for name, column in _RENAMED.items()}
    order = {str(host_id): place for place, host_id in enumerate(stored["host_ids"])}
    fields["hosts"] = sorted(stored["hosts"] or (), key=lambda host: order[host["id"]])
    return convert(fields | {"uid": uid(row.root_id)}, Booking)


_AS_JSON = ("attendee", "guests", "answers", "questions", "location", "files")
_STORED_PLAINLY = tuple(
    name for name in Booking.__struct_fields__ if name in t.booking.c and name not in _AS_JSON
)


BOOKING_COLUMNS = (*_STORED_PLAINLY, *_AS_JSON, "host_ids", "start_at", "end_at", "search")
"""What `from_booking` gives."""


def from_booking(value: Booking) -> dict[str, Any]:
    """The columns of a booking, its key apart."""
    columns = {name: getattr(value, name) for name in _STORED_PLAINLY}
    for name in _AS_JSON:
        columns[name] = msgspec.to_builtins(getattr(value, name))
    columns["host_ids"] = [host.id for host in value.hosts]
    columns["start_at"], columns["end_at"] = value.start, value.end
    found_by = f"{value.attendee.name}\n{value.attendee.email}\n{value.link_title}"
    return columns | {"search": text.folded(found_by)}


def from_places(value: Booking) -> dict[str, Any]:
    """The columns of the hosts' parts in a booking; the hosts as a list."""
    return {
        "host_id": [host.id for host in value.hosts],
        "booking_id": value.id,
        "workspace_id": value.workspace_id,
        "status": value.status,
        "start_at": value.start,
        "end_at": value.end,
    }


def entry(row: Row) -> HistoryEntry:
    """A row of the table `history`."""
    return HistoryEntry(at=utc(row.at), actor=row.actor, action=row.action, detail=row.detail)
