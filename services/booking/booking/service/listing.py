"""Lists for the dashboard, and the owner's truth for readers that rebuild their copies."""

from typing import Any
from uuid import UUID

from booking.domain import cursors, statuses, text
from booking.service.desk import Desk
from booking.store import lists, rows
from contracts.booking import Bookings, Export, Exported, ListBookings


def bookings(desk: Desk, request: ListBookings) -> Bookings:
    """A page of one tab, and how many each tab has."""
    text.checked(request.search, "search")
    now = desk.clock.now()
    with desk.db.begin() as tx:
        found, cursor = lists.page(tx, request, now)
        counts = lists.counts(tx, request, now)
    shown = tuple(statuses.shown(booking, now) for booking in found)
    return Bookings(bookings=shown, cursor=cursor, counts=counts)


def export(desk: Desk, request: Export) -> Exported:
    """A page in the order of ids, over all workspaces."""
    after = cursors.read_id(request.after)
    with desk.db.begin() as tx:
        found = lists.export(tx, request.kind, after, request.limit)
    last: UUID | None = found[-1].id if len(found) == request.limit else None
    read: Any = getattr(rows, request.kind.removesuffix("s"))
    page = {request.kind: tuple(map(read, found))}
    return Exported(cursor=str(last) if last else "", **page)
