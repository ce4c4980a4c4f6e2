"""Limits per day, week (from Monday) and month, counted by the meetings' starts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from availability.domain import zones
from availability.domain.minutes import EPOCH_DAY, Frame, Span, day_number, floor_minute
from contracts.booking import Claim, Limits

Days = tuple[date, date]
"""First and last day of a period, both included."""

NONE = Limits()
Period = Literal["day", "week", "month"]


def day_of(day: date) -> Days:
    """The day itself."""
    return day, day


def week_of(day: date) -> Days:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> Days:
    """The first to the last of the calendar month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


class Reached(NamedTuple):
    """A period (days, both included) that holds as many meetings as it may, or more."""

    period: Period
    most: int
    meetings: int
    first: date
    last: date


def reached(claims: Iterable[Claim], limits: Limits, zone: str) -> Iterator[Reached]:
    """The periods that are full. Pending and confirmed meetings count, each once; holds do not."""
    meetings = {c.meeting_id: c.meeting_start for c in claims if c.state != "hold"}
    dates = [
        date.fromordinal(zones.wall_day(zone, floor_minute(start)) + EPOCH_DAY)
        for start in meetings.values()
    ]
    periods: tuple[tuple[Period, int | None, Callable[[date], Days]], ...] = (
        ("day", limits.day, day_of),
        ("week", limits.week, week_of),
        ("month", limits.month, month_of),
    )
    for name, most, period in periods:
        counts = Counter(map(period, dates)) if most is not None else {}
        for days, count in counts.items():
            if most is not None and count >= most:
                yield Reached(name, most, count, *days)


def full(claims: Iterable[Claim], limits: Limits, zone: str, frame: Frame) -> list[Span]:
    """The instants of `frame` at which no further meeting may start."""
    if limits == NONE:
        return []
    return [
        span
        for found in reached(claims, limits, zone)
        for span in zones.days(zone, day_number(found.first), day_number(found.last), frame)
    ]
