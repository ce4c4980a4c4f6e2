"""Lists for the dashboard, and the owner's truth for readers that rebuild their copies."""

from typing import Any
from uuid import UUID

from booking.domain import cursors, statuses, text
from booking.domain.zones import is_zone
from booking.service.desk import Desk
from booking.store import lists, rows, tallies
from contracts.booking import (
    Bookings,
    BookingsBetween,
    Export,
    Exported,
    GetOverview,
    ListBookings,
    Overview,
)
from contracts.errors import Invalid


def bookings(desk: Desk, request: ListBookings) -> Bookings:
    """A page of one tab, and how many each tab has."""
    text.checked(request.search, "search")
    now = desk.clock.now()
    with desk.db.begin() as tx:
        found, cursor = lists.page(tx, request, now)
        counts = lists.counts(tx, request, now)
    shown = tuple(statuses.shown(booking, now) for booking in found)
    return Bookings(bookings=shown, cursor=cursor, counts=counts)


def between(desk: Desk, request: BookingsBetween) -> Bookings:
    """What takes time in a period, without counts."""
    text.checked(request.search, "search")
    if request.end <= request.start:
        raise Invalid("The end must come after the start.", fields={"end": "Choose a later one."})
    now = desk.clock.now()
    with desk.db.begin() as tx:
        found, cursor = lists.between(tx, request)
    return Bookings(bookings=tuple(statuses.shown(one, now) for one in found), cursor=cursor)


def overview(desk: Desk, request: GetOverview) -> Overview:
    """Some weeks in numbers, whole and by link and host."""
    if not is_zone(request.timezone):
        raise Invalid("This time zone is not known.", fields={"timezone": "Choose another one."})
    with desk.db.begin() as tx:
        return tallies.overview(tx, request)


def export(desk: Desk, request: Export) -> Exported:
    """A page in the order of ids, over all workspaces."""
    after = cursors.read_id(request.after)
    with desk.db.begin() as tx:
        found = lists.export(tx, request.kind, after, request.limit)
    last: UUID | None = found[-1].id if len(found) == request.limit else None
    read: Any = getattr(rows, request.kind.removesuffix("s"))
    page = {request.kind: tuple(map(read, found))}
    return Exported(cursor=str(last) if last else "", **page)
