"""The week and the month in a picture: meetings in their link's colour, time off, in the reader's
zone. It is drawn by the server and works without a script.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for

from contracts.availability import ListSchedules, TimeOff
from contracts.booking import Booking, BookingsBetween, Tab
from gateway import current, desk
from gateway.calendar import lanes
from gateway.calendar.filtering import Filter, midnight
from gateway.calendar.lanes import Block

MOST = 1000
"""Meetings that one picture shows."""
CHIPS = 3
"""Meetings that a day of the month shows."""
STATES = {"pending": "waiting for approval", "no_show": "no-show", "completed": "took place"}


@dataclass(frozen=True)
class Entry:
    """A meeting or a time off. `colour` is the link's, empty for time off; `state` a booking's.

    `start` and `end` are wall times of the reader. `is_one`: `href` leads to one booking.
    """

    start: datetime
    end: datetime
    title: str
    about: str = ""
    href: str = ""
    colour: str = ""
    state: str = ""
    is_one: bool = False

    @property
    def times(self) -> str:
        """`09:00 - 09:30`, with the dash of a range."""
        return f"{self.start:%H:%M} \N{EN DASH} {self.end:%H:%M}"

    @property
    def state_words(self) -> str:
        """What is not plain about it."""
        return STATES.get(self.state, "")


@dataclass(frozen=True)
class Day:
    """A day of the picture. `more` found no place; `href` is its list, `week` its week."""

    day: date
    is_today: bool
    is_outside: bool
    off: list[str]
    entries: list[Entry]
    blocks: list[Block]
    more: int
    href: str
    week: str


def shown(wanted: Filter) -> dict[str, Any]:
    """What the template needs."""
    first, days = period(wanted)
    last = first + timedelta(days=days)
    found = desk.part(lambda: _bookings(wanted, first, last))
    bookings, is_full = found.value or ((), False)
    away = desk.part(lambda: _time_off(wanted))
    entries, whole = _entries(bookings, away.value or ())
    drawn = [_day(first + timedelta(days=n), wanted, entries, whole) for n in range(days)]
    hours = lanes.hours(block for day in drawn for block in day.blocks)
    return {
        "problem": found.problem,
        "away_problem": away.problem,
        "is_full": is_full,
        "days": drawn,
        "weeks": [drawn[n : n + 7] for n in range(0, days, 7)],
        "first_hour": hours[0],
        "last_hour": hours[1],
        "now": _now_at(),
        "is_empty": not any(day.entries or day.off for day in drawn),
        **_around(wanted, first, days),
    }


def period(wanted: Filter) -> tuple[date, int]:
    """The first day that is drawn, a Monday, and how many."""
    day = wanted.day or desk.today()
    if wanted.view == "week":
        return day - timedelta(days=day.weekday()), 7
    first, after = day.replace(day=1), _month(day, 1)
    monday = first - timedelta(days=first.weekday())
    return monday, -(-(after - monday).days // 7) * 7


def _month(day: date, by: int) -> date:
    """The first of the month so many months on."""
    place = day.year * 12 + day.month - 1 + by
    return date(place // 12, place % 12 + 1, 1)


def _around(wanted: Filter, first: date, days: int) -> dict[str, Any]:
    """The title, and the ways to the periods beside."""
    today, day = desk.today(), wanted.day or desk.today()
    if wanted.view == "week":
        title, before, after = week_words(first), first - timedelta(7), first + timedelta(7)
    else:
        title, before, after = f"{day:%B %Y}", _month(day, -1), _month(day, 1)
    return {
        "title": title,
        "before": wanted.url(day=f"{before}"),
        "after": wanted.url(day=f"{after}"),
        "today": wanted.url(day=None),
        "is_now": first <= today < first + timedelta(days=days),
        "changes": _clock_words(first, days),
    }


def week_words(monday: date) -> str:
    """`30 November - 6 December 2026`, with the dash of a range."""
    sunday = monday + timedelta(days=6)
    first = f"{monday.day}"
    if monday.month != sunday.month:
        first += f" {monday:%B}"
    if monday.year != sunday.year:
        first += f" {monday.year}"
    return f"{first} \N{EN DASH} {sunday.day} {sunday:%B} {sunday.year}"


def _clock_words(first: date, days: int) -> str:
    """`Clocks change on Sunday 29 March.`, where they do; empty else."""
    zone = ZoneInfo(desk.zone())
    for n in range(days):
        day = first + timedelta(days=n)
        ends = (datetime.combine(day + timedelta(days=by), time(), zone) for by in (0, 1))
        offsets = {end.utcoffset() for end in ends}
        if len(offsets) > 1:
            return f"Clocks change on {day:%A} {day.day} {day:%B}."
    return ""


def _now_at() -> int:
    """The present quarter of the reader's day."""
    wall = desk.local(current.now())
    return wall.hour * 4 + wall.minute // 15


# --- what is drawn -------------------------------------------------------------------------------


def _bookings(wanted: Filter, first: date, last: date) -> tuple[tuple[Booking, ...], bool]:
    """Those of the period, and whether there are more."""
    found = current.services().booking.bookings_between(
        BookingsBetween(
            workspace_id=current.account().workspace_id,
            start=midnight(first),
            end=midnight(last),
            host_id=wanted.host_id,
            link_id=wanted.link_id,
            search=wanted.search,
            limit=MOST,
        )
    )
    return found.bookings, bool(found.cursor)


def _time_off(wanted: Filter) -> tuple[TimeOff, ...]:
    wish = ListSchedules(workspace_id=current.account().workspace_id, host_id=wanted.host_id)
    return current.services().availability.list_schedules(wish).time_off


def _entries(
    bookings: Iterable[Booking], away: Iterable[TimeOff]
) -> tuple[list[Entry], list[tuple[date, date, str]]]:
    """What has hours; and whole days off, both ends included."""
    found = sorted(bookings, key=lambda one: (one.start, str(one.meeting_id)))
    meetings = groupby(found, key=lambda one: (one.start, one.meeting_id))
    entries = [_meeting(list(ones)) for _, ones in meetings]
    whole = []
    for off in away:
        if off.first_day and off.last_day:
            whole.append((off.first_day, off.last_day, _off_words(off)))
        elif off.start and off.end:
            start, end = desk.local(off.start), desk.local(off.end)
            entries.append(Entry(start, end, _off_words(off), state="off"))
    return sorted(entries, key=lambda one: one.start.replace(tzinfo=None)), whole


def _meeting(ones: list[Booking]) -> Entry:
    """One booking; or the several of a group's meeting, which lead to their list."""
    first = ones[0]
    others = [host.name for host in first.hosts if host.id != current.account().id]
    about = first.link_title + (f" · with {', '.join(others)}" if others else "")
    title, href = first.attendee.name, url_for("calendar.booking", booking_id=first.id)
    if len(ones) > 1:
        title, href = f"{len(ones)} attendees", _group_url(first)
    return Entry(
        desk.local(first.start),
        desk.local(first.end),
        title,
        about,
        href,
        first.link_colour,
        first.status,
        is_one=len(ones) == 1,
    )


def _group_url(first: Booking) -> str:
    day = desk.local(first.start).date()
    tab: Tab = "past" if first.end <= current.now() else "upcoming"
    mine = any(host.id == current.account().id for host in first.hosts)
    who = "mine" if mine else "everyone"
    return Filter(tab=tab, who=who, link_id=first.link_id, first=day, last=day).url()


def _off_words(off: TimeOff) -> str:
    words = off.reason or "Time off"
    return words if off.host_id == current.account().id else f"{_name(off.host_id)}: {words}"


def _name(host_id: UUID) -> str:
    found = (desk.part(desk.hosts).value or {}).get(host_id)
    return found.name if found else "Somebody"


def _day(
    day: date, wanted: Filter, entries: list[Entry], whole: list[tuple[date, date, str]]
) -> Day:
    placed = [lanes.place(entry, entry.start, entry.end, day) for entry in entries]
    blocks, more = lanes.beside(block for block in placed if block)
    month = (wanted.day or desk.today()).month
    return Day(
        day=day,
        is_today=day == desk.today(),
        is_outside=wanted.view == "month" and day.month != month,
        off=[words for first, last, words in whole if first <= day <= last],
        entries=[entry for entry, block in zip(entries, placed, strict=True) if block],
        blocks=blocks,
        more=more,
        href=_list_url(day, wanted),
        week=wanted.url(view="week", day=f"{day}"),
    )


def _list_url(day: date, wanted: Filter) -> str:
    """The list of one day, in the tab that has most of it."""
    tab = "past" if day < desk.today() else None
    return wanted.url(**{"view": None, "day": None, "tab": tab, "from": f"{day}", "to": f"{day}"})
