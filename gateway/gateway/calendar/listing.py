"""The list: a tab's bookings by day, whose they are, search, pages, and the next meeting on top."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import render_template

from contracts.booking import Booking, Bookings, Host, ListBookings, ListLinks, Tab
from gateway import current, desk
from gateway.calendar import blueprint, filtering, first_use, picture
from gateway.calendar.filtering import Filter, View
from gateway.security import signed_in

TABS: tuple[tuple[Tab, str], ...] = (
    ("pending", "Waiting for approval"),
    ("upcoming", "Upcoming"),
    ("past", "Past"),
    ("no_shows", "No-shows"),
    ("cancelled", "Cancelled"),
)
VIEWS: tuple[tuple[View, str], ...] = (("list", "List"), ("week", "Week"), ("month", "Month"))
PAGE = 30
NEAR = timedelta(minutes=15)
"""So long before the start the join button is in the row."""


@dataclass(frozen=True)
class Row:
    """A booking as the list shows it. `others`: hosts besides the reader; `due_day`, `due`: when a
    request lapses.
    """

    booking: Booking
    start: str
    end: str
    day: str
    due_day: str
    due: str
    others: list[str]
    near: bool
    started: bool


@blueprint.get("")
@signed_in
def calendar() -> str:
    """The dashboard: its list, or the picture of a week or a month."""
    wanted = filtering.wanted()
    if wanted.view != "list":
        return render_template("calendar/picture.html", **picture.shown(wanted), **around(wanted))
    found = desk.part(lambda: load(wanted, PAGE))
    return render_template(
        "calendar/list.html",
        found=found,
        days=days(found.value.bookings) if found.value else [],
        tabs=_tabs(wanted, found.value),
        next=_next(wanted, found.value),
        more=wanted.url(after=found.value.cursor) if found.value and found.value.cursor else "",
        book_url=desk.url_of,
        steps=first_use.steps(wanted, found.value),
        **around(wanted),
    )


def around(wanted: Filter) -> dict[str, Any]:
    """What every view of the dashboard has: its switch, its filters, the link to copy."""
    known = desk.part(desk.hosts).value or {}
    return {
        "wanted": wanted,
        "views": [
            {"id": view, "label": words, "href": wanted.url(view=view)} for view, words in VIEWS
        ],
        "hosts": _choices(known),
        "links": desk.part(_links).value or [],
        "dates": _dates(wanted),
        "zone": desk.zone_words(desk.zone(), current.now()),
        "page": _page_url(known),
        "may_see_all": desk.sees_all(),
    }


def _links() -> list[tuple[str, str]]:
    """The links to choose from: the reader's own, or all of the workspace."""
    account = current.account()
    owner = None if desk.sees_all() else account.id
    wish = ListLinks(workspace_id=account.workspace_id, owner_id=owner)
    found = current.services().booking.list_links(wish).links
    named = sorted((link.settings.title, str(link.id)) for link in found)
    return [("", "All links"), *((link_id, title) for title, link_id in named)]


def _dates(wanted: Filter) -> str:
    """The period in words."""
    first, last = (f"{day.day} {day:%b %Y}" if day else "" for day in (wanted.first, wanted.last))
    if first and last:
        return first if first == last else f"{first} \N{EN DASH} {last}"
    if first or last:
        return f"From {first}" if first else f"Until {last}"
    return "Any date"


def load(wanted: Filter, limit: int) -> Bookings:
    """A page of the filter's tab."""
    return current.services().booking.list_bookings(
        ListBookings(
            workspace_id=current.account().workspace_id,
            tab=wanted.tab,
            host_id=wanted.host_id,
            search=wanted.search,
            limit=limit,
            after=wanted.after,
            link_id=wanted.link_id,
            since=wanted.since,
            until=wanted.until,
            due_first=True,
        )
    )


def days(bookings: Iterable[Booking]) -> list[tuple[date, str, list[Row]]]:
    """The bookings grouped by the reader's day, in the order they came; requests by the day on
    which they lapse.
    """
    today = desk.today()
    grouped = groupby(bookings, key=lambda each: desk.local(_place(each)).date())
    return [
        (day, desk.day_words(day, today), [row_of(each) for each in rows]) for day, rows in grouped
    ]


def _place(booking: Booking) -> datetime:
    return booking.answer_until if booking.status == "pending" else booking.start


def row_of(booking: Booking) -> Row:
    """One booking as a row."""
    now, me = current.now(), current.account().id
    on = booking.status == "confirmed"
    return Row(
        booking=booking,
        start=desk.time_words(booking.start),
        end=desk.time_words(booking.end),
        day=desk.short_day_words(booking.start),
        due_day=desk.short_day_words(booking.answer_until),
        due=desk.time_words(booking.answer_until),
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
            "href": wanted.url(tab=tab),
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
    mine = Filter(host_id=current.account().id)
    answer = found if wanted == mine else desk.part(lambda: load(mine, 1)).value
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


def _page_url(known: dict[UUID, Host]) -> str:
    me = known.get(current.account().id)
    return desk.url_of(me.slug) if me else ""
