"""The dashboard's tabs: keyset pages in the order of `booking_tabs`, whatever their number."""

from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import sqlalchemy as sa

from booking.domain import cursors, text
from booking.store import rows
from booking.store import tables as t
from contracts.booking import ANSWER_WITHIN, Booking, BookingsBetween, ListBookings, Tab
from servicekit import Tx

MOST_COUNTED = 10_000
"""Counts stop here: a number that large tells nobody more, and costs a scan."""

LONGEST = timedelta(minutes=480)
"""No meeting is longer, so one that has not ended began after `now - LONGEST`: an index range."""

DUE_AT = sa.func.least(t.booking.c.start_at, t.booking.c.created_at + ANSWER_WITHIN)
"""`Booking.answer_until` of a row. Few requests wait at a time: no index has this order."""

_SHELVES: dict[Tab, str] = {
    "upcoming": "confirmed",
    "past": "confirmed",
    "no_shows": "no_show",
    "cancelled": "cancelled",
    "pending": "pending",
}


def _ordered(request: ListBookings | BookingsBetween) -> tuple[Any, Any]:
    """The table whose index has the order that is asked for, and its column of booking ids."""
    if request.host_id is None:
        return t.booking, t.booking.c.id
    return t.booking_host, t.booking_host.c.booking_id


def _conditions(tab: Tab, request: ListBookings, now: datetime) -> list[sa.ColumnElement[bool]]:
    place, _ = _ordered(request)
    wanted = [place.c.workspace_id == request.workspace_id, place.c.shelf == _SHELVES[tab]]
    if request.host_id is not None:
        wanted.append(place.c.host_id == request.host_id)
    if tab == "upcoming":
        wanted += [place.c.end_at > now, place.c.start_at > now - LONGEST]
    if tab == "past":
        wanted += [place.c.end_at <= now, place.c.start_at < now]
    if request.since is not None:
        wanted.append(place.c.start_at >= request.since)
    if request.until is not None:
        wanted.append(place.c.start_at < request.until)
    return [*wanted, *narrowed(request)]


def narrowed(request: ListBookings | BookingsBetween) -> list[sa.ColumnElement[bool]]:
    """What only the table of bookings itself can say."""
    wanted: list[sa.ColumnElement[bool]] = []
    if request.link_id is not None:
        wanted.append(t.booking.c.link_id == request.link_id)
    if request.search.strip():
        wanted.append(t.booking.c.search.contains(text.folded(request.search), autoescape=True))
    return wanted


def page(tx: Tx, request: ListBookings, now: datetime) -> tuple[tuple[Booking, ...], str]:
    """One page of a tab, and the cursor of the next ("" behind the last)."""
    place, ids = _ordered(request)
    query = _joined(rows.BOOKING, request).where(*_conditions(request.tab, request, now))
    due_first = request.tab == "pending" and request.due_first
    at = DUE_AT if due_first else place.c.start_at
    after = cursors.read_time(request.after)
    ahead = due_first or request.tab == "upcoming"
    if after is not None:
        last = sa.tuple_(sa.literal(after[0], place.c.start_at.type), sa.literal(after[1], sa.Uuid))
        key = sa.tuple_(at, ids)
        query = query.where(key > last if ahead else key < last)
    order = (at, ids) if ahead else (at.desc(), ids.desc())
    found = [rows.booking(row) for row in tx.execute(query.order_by(*order).limit(request.limit))]
    if len(found) < request.limit:
        return tuple(found), ""
    shown = found[-1].answer_until if due_first else found[-1].start
    return tuple(found), cursors.after_time(shown, found[-1].id)


def _joined(query: sa.Select[Any], request: ListBookings | BookingsBetween) -> sa.Select[Any]:
    if request.host_id is None:
        return query
    return query.join(t.booking_host, t.booking_host.c.booking_id == t.booking.c.id)


TAKING = ("confirmed", "pending", "no_show")
"""The shelves of what takes, or took, its hosts' time."""


def between(tx: Tx, request: BookingsBetween) -> tuple[tuple[Booking, ...], str]:
    """What takes time in a period, soonest first; with a cursor where there is more."""
    place, ids = _ordered(request)
    wanted = [
        place.c.workspace_id == request.workspace_id,
        place.c.shelf.in_(TAKING),
        place.c.start_at < request.end,
        place.c.start_at > request.start - LONGEST,
        place.c.end_at > request.start,
        *narrowed(request),
    ]
    if request.host_id is not None:
        wanted.append(place.c.host_id == request.host_id)
    query = _joined(rows.BOOKING, request).where(*wanted).order_by(place.c.start_at, ids)
    found = [rows.booking(row) for row in tx.execute(query.limit(request.limit + 1))]
    shown = tuple(found[: request.limit])
    more = len(found) > request.limit
    return shown, cursors.after_time(shown[-1].start, shown[-1].id) if more else ""


def counts(tx: Tx, request: ListBookings, now: datetime) -> dict[str, int]:
    """How many each tab has, `MOST_COUNTED` at most."""
    tabs: tuple[Tab, ...] = get_args(Tab)
    found = tx.execute(sa.select(*(_count(tab, request, now).label(tab) for tab in tabs))).one()
    return dict(zip(tabs, found, strict=True))


def _count(tab: Tab, request: ListBookings, now: datetime) -> sa.ScalarSelect[Any]:
    place, ids = _ordered(request)
    needs_booking = bool(narrowed(request))
    some = sa.select(sa.literal(1)).select_from(t.booking if needs_booking else place)
    if needs_booking:
        some = _joined(some, request)
    # The order is the index's: without it the planner may walk the whole table to find a few.
    ordered = some.where(*_conditions(tab, request, now)).order_by(place.c.start_at, ids)
    few = ordered.limit(MOST_COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(few).scalar_subquery()


def export(tx: Tx, kind: str, after: UUID | None, limit: int) -> list[rows.Row]:
    """A page of all rows of a kind by id, over all workspaces."""
    base, ids = {
        "hosts": (rows.HOST, t.host.c.id),
        "links": (rows.LINK.where(t.link.c.deleted_at.is_(None)), t.link.c.id),
        "claims": (rows.CLAIM, t.claim.c.id),
        "bookings": (rows.BOOKING, t.booking.c.id),
    }[kind]
    query = base if after is None else base.where(ids > after)
    return list(tx.execute(query.order_by(ids).limit(limit)))
