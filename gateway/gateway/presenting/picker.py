"""The month and its times, as the booking and the reschedule page show them."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from babel.dates import get_day_names

from contracts.availability import Slot, Slots
from gateway.presenting import speech, times
from gateway.presenting.cities import city
from gateway.presenting.speech import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Wish:
    """What a page's address asks for: where the reader is, and what they have chosen so far.

    `day` and `month` are days in `zone`; `month` is the first of one. `duration` None is the
    link's own. `hold` is the visitor's own hold ("" for none). `guessed`: the zone is not one that
    the address asks for, and the browser may know better.
    """

    path: str
    zone: str
    month: date | None = None
    day: date | None = None
    duration: int | None = None
    hold: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    guessed: bool = False

    def href(self, **more: str) -> str:
        """The address of this wish, with further parameters."""
        values = {
            "tz": self.zone,
            "month": f"{self.month:%Y-%m}" if self.month and not self.day else "",
            "day": self.day.isoformat() if self.day else "",
            "duration": str(self.duration or ""),
            "hold": self.hold,
            **dict(self.extra),
            **more,
        }
        return f"{self.path}?{urlencode({name: value for name, value in values.items() if value})}"


@dataclass(frozen=True, slots=True)
class Day:
    """A square of the grid. `href` is empty where nothing is free."""

    number: int
    iso: str
    label: str
    href: str = ""
    chosen: bool = False
    today: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """A free time: `value` is the UTC instant, `label` the reader's clock."""

    label: str
    value: str
    words: str
    href: str
    seats: int = 1


@dataclass(frozen=True, slots=True)
class Context:
    """What does not change between two picks: the present, the reader's clock, the last day."""

    now: datetime
    twelve: bool = False
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Picker:
    """Everything the template shows. `weeks` holds None for squares outside the month.

    `weekdays` are the columns' names, short and in full; `over` is how many of the first weeks have
    no day left. `days` is what a script needs to put the times under the days of another zone.
    """

    month: str
    month_alone: str
    weekdays: list[tuple[str, str]]
    weeks: list[list[Day | None]]
    day: str
    times: list[Time]
    zone: str
    zone_words: str
    previous: str = ""
    next: str = ""
    next_free: str = ""
    next_free_words: str = ""
    clock_change: str = ""
    over: int = 0
    days: dict[str, Any] | None = None


def iso(instant: datetime) -> str:
    """UTC, RFC 3339 with `Z`, as addresses and the API write it."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def build(wish: Wish, slots: Slots, context: Context) -> Picker:
    """The picker of `wish.month`, which must be set, out of that month's slots."""
    assert wish.month is not None
    by_day = _by_day(slots.slots, wish.zone)
    chosen = wish.day if wish.day in by_day else next(iter(by_day), None)
    todays = by_day.get(chosen, []) if chosen else []
    anchor = todays[0].start if todays else context.now
    away = slots.next_free if not by_day else None
    return Picker(
        month=times.month_name(wish.month),
        month_alone=times.month_alone(wish.month),
        weekdays=_weekdays(),
        weeks=_weeks(wish, by_day, chosen, times.local(context.now, wish.zone).date()),
        day=times.day_middle(chosen) if chosen else "",
        times=[_time(replace(wish, day=chosen), slot, context.twelve) for slot in todays],
        zone=wish.zone,
        zone_words=times.zone_name(anchor, wish.zone),
        previous=_month_href(wish, -1, context),
        next=_month_href(wish, 1, context),
        next_free=_day_href(wish, times.local(away, wish.zone).date()) if away else "",
        next_free_words=times.day_short(times.local(away, wish.zone).date()) if away else "",
        clock_change=change_words(context.now, anchor, wish.zone),
        over=_over(wish.month, times.local(context.now, wish.zone).date()),
    )


def change_words(now: datetime, then: datetime, zone: str) -> str:
    """A sentence about the clocks, where they change before `then`; else empty."""
    changed = times.clock_change(now, then, zone)
    if changed is None:
        return ""
    return gettext(
        "The clocks in %(city)s change on %(day)s. These are the times on your clock that day.",
        city=city(zone),
        day=times.day_short(changed),
    )


def nearest(slots: Sequence[Slot], wanted: datetime, most: int = 3) -> list[datetime]:
    """The free starts closest to `wanted`, soonest first."""
    others = [slot.start for slot in slots if slot.start != wanted]
    return sorted(sorted(others, key=lambda start: abs(start - wanted))[:most])


def _by_day(slots: Sequence[Slot], zone: str) -> dict[date, list[Slot]]:
    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(times.local(slot.start, zone).date(), []).append(slot)
    return days


def _weeks(
    wish: Wish, free: dict[date, list[Slot]], chosen: date | None, today: date
) -> list[list[Day | None]]:
    assert wish.month is not None
    month = wish.month
    return [
        [_day(wish, day, free, chosen, today) if day.month == month.month else None for day in week]
        for week in _calendar().monthdatescalendar(month.year, month.month)
    ]


def _calendar() -> Calendar:
    """Whose weeks begin as the reader's do."""
    return Calendar(speech.locale().first_week_day)


SHORT = frozenset({"en", "fr", "es", "he"})
"""The languages with short names of weekdays; the others abbreviate them, which is short too. (For
those Babel would give the short ones of whichever language was asked for first.)"""


def _weekdays() -> list[tuple[str, str]]:
    locale = speech.locale()
    full = get_day_names("wide", locale=locale)
    if locale.language in SHORT:
        short = get_day_names("short", locale=locale)
    else:
        short = get_day_names("abbreviated", locale=locale)
    return [(short[day].rstrip(".").capitalize(), full[day]) for day in _calendar().iterweekdays()]


def _over(month: date, today: date) -> int:
    weeks = _calendar().monthdatescalendar(month.year, month.month)
    return sum(week[-1] < today for week in weeks)


def _day(
    wish: Wish, day: date, free: dict[date, list[Slot]], chosen: date | None, today: date
) -> Day:
    count = len(free.get(day, ()))
    return Day(
        number=day.day,
        iso=day.isoformat(),
        label=counted(times.day_long(day), count) if count else "",
        href=_day_href(wish, day) if count else "",
        chosen=day == chosen,
        today=day == today,
    )


def counted(day: str, count: int) -> str:
    """A day in words, and how many times it has."""
    return ngettext("%(day)s, %(num)s time", "%(day)s, %(num)s times", count, day=day)


def _time(wish: Wish, slot: Slot, twelve: bool) -> Time:  # noqa: FBT001 - passed on as it came
    return Time(
        label=times.clock(slot.start, wish.zone, twelve=twelve),
        value=iso(slot.start),
        words=times.when(slot.start, wish.zone, twelve=twelve),
        href=wish.href(start=iso(slot.start)),
        seats=slot.seats,
    )


def _day_href(wish: Wish, day: date) -> str:
    return replace(wish, day=day, month=None).href()


def _month_href(wish: Wish, by: int, context: Context) -> str:
    """Empty where the month is past, or beyond what can be booked."""
    assert wish.month is not None
    month = times.month_after(wish.month, by)
    first = times.month_of(times.local(context.now, wish.zone).date())
    if month < first or (context.last_day is not None and month > context.last_day):
        return ""
    return replace(wish, month=month, day=None).href()
