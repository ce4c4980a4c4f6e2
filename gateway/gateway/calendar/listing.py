"""The list: a tab's bookings by day, whose they are, search, pages, and the next meeting on top."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, get_args
from uuid import UUID

from flask import render_template, request, url_for

from contracts.booking import Booking, Bookings, Host, ListBookings, Tab
from contracts.errors import NotFound
from gateway import current, desk
from gateway.calendar import blueprint
from gateway.security import signed_in
from gateway.settings_pages.inputs import cleaned

TABS: tuple[tuple[Tab, str], ...] = (
    ("pending", "Waiting for approval"),
    ("upcoming", "Upcoming"),
    ("past", "Past"),
    ("no_shows", "No-shows"),
    ("cancelled", "Cancelled"),
)
PAGE = 30
NEAR = timedelta(minutes=15)
"""So long before the start the join button is in the row."""


@dataclass(frozen=True)
class Filter:
    """What the reader asked for. `host_id` None is everyone; `who` is how the address says it."""

    tab: Tab
    who: str
    host_id: UUID | None
    search: str
    after: str

    def args(self, **changes: str | None) -> dict[str, Any]:
        """The address of the same list with something changed; defaults are left out."""
        args = {"tab": self.tab, "who": self.who, "q": self.search} | changes
        plain = {"tab": "upcoming", "who": "mine"}
        return {name: value for name, value in args.items() if value and plain.get(name) != value}


@dataclass(frozen=True)
class Row:
    """A booking as the list shows it. `others`: hosts besides the reader."""

    booking: Booking
    start: str
    end: str
    others: list[str]
    near: bool
    started: bool


@blueprint.get("")
@signed_in
def calendar() -> str:
    """The dashboard."""
    wanted = read_filter()
    known = desk.part(desk.hosts)
    found = desk.part(lambda: _list(wanted, PAGE))
    return render_template(
        "calendar/list.html",
        wanted=wanted,
        found=found,
        days=days(found.value.bookings) if found.value else [],
        tabs=_tabs(wanted, found.value),
        hosts=_choices(known.value or {}),
        next=_next(wanted, found.value),
        zone=desk.zone_words(desk.zone(), current.now()),
        more=_more(wanted, found.value),
        page=_page_url(known.value or {}),
        may_see_all=desk.sees_all(),
        book_url=desk.url_of,
    )


def read_filter() -> Filter:
    """The filter of the address; a member's is always their own."""
    asked = request.args.get("tab", "upcoming")
    tab: Tab = next((each for each in get_args(Tab) if each == asked), "upcoming")
    who = request.args.get("who", "mine") if desk.sees_all() else "mine"
    return Filter(
        tab=tab,
        who=who,
        host_id=_host_id(who),
        search=cleaned(request.args.get("q", ""))[:200],
        after=request.args.get("after", "")[:500],
    )


def _host_id(who: str) -> UUID | None:
    if who == "everyone":
        return None
    if who == "mine":
        return current.account().id
    try:
        return UUID(who)
    except ValueError as error:
        raise NotFound from error


def _list(wanted: Filter, limit: int) -> Bookings:
    return current.services().booking.list_bookings(
        ListBookings(
            workspace_id=current.account().workspace_id,
            tab=wanted.tab,
            host_id=wanted.host_id,
            search=wanted.search,
            limit=limit,
            after=wanted.after,
        )
    )


def days(bookings: Iterable[Booking]) -> list[tuple[date, str, list[Row]]]:
    """The bookings grouped by the reader's day, in the order they came."""
    today = desk.today()
    grouped = groupby(bookings, key=lambda each: desk.local(each.start).date())
    return [
        (day, desk.day_words(day, today), [row_of(each) for each in rows]) for day, rows in grouped
    ]


def row_of(booking: Booking) -> Row:
    """One booking as a row."""
    now, me = current.now(), current.account().id
    on = booking.status == "confirmed"
    return Row(
        booking=booking,
        start=desk.time_words(booking.start),
        end=desk.time_words(booking.end),
        others=[host.name for host in booking.hosts if host.id != me],
        near=on and booking.start - NEAR <= now < booking.end,
        started=now >= booking.start,
    )


def _tabs(wanted: Filter, found: Bookings | None) -> list[dict[str, object]]:
    counts = found.counts if found else {}
    return [
        {
            "id": tab,
            "label": label,
            "count": counts.get(tab),
            "href": url_for("calendar.calendar", **wanted.args(tab=tab)),
        }
        for tab, label in TABS
        if tab != "pending" or counts.get("pending") or wanted.tab == "pending"
    ]


def _choices(known: dict[UUID, Host]) -> list[tuple[str, str]]:
    me = current.account().id
    others = sorted(known.values(), key=lambda host: host.name.casefold())
    named = [(str(host.id), host.name) for host in others if host.id != me]
    return [("mine", "My meetings"), ("everyone", "Everyone's"), *named]


def _next(wanted: Filter, found: Bookings | None) -> dict[str, object] | None:
    """The reader's own next (or present) meeting, whatever the list shows."""
    mine = Filter("upcoming", "mine", current.account().id, "", "")
    answer = found if wanted == mine else desk.part(lambda: _list(mine, 1)).value
    if not answer or not answer.bookings:
        return None
    row, now = row_of(answer.bookings[0]), current.now()
    return {
        "row": row,
        "day": desk.day_words(desk.local(row.booking.start).date(), desk.today()),
        "is_today": desk.local(row.booking.start).date() == desk.today(),
        "soon": desk.soon_words(row.booking.start, now),
        "minutes": -int((now - row.booking.start).total_seconds() // 60),
    }


def _more(wanted: Filter, found: Bookings | None) -> str:
    if not found or not found.cursor:
        return ""
    return url_for("calendar.calendar", **wanted.args(after=found.cursor))


def _page_url(known: dict[UUID, Host]) -> str:
    me = known.get(current.account().id)
    return desk.url_of(me.slug) if me else ""
