"""Limits per day, week (from Monday) and month, counted by the meetings' starts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from availability.domain import zones
from availability.domain.minutes import EPOCH_DAY, Frame, Span, day_number, floor_minute
from contracts.booking import Claim, Limits

Days = tuple[date, date]
"""First and last day of a period, both included."""


def week_of(day: date) -> Days:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> Days:
    """The first to the last of the calendar month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _full(days: Iterable[date], limits: Limits) -> Iterator[Days]:
    """The periods that hold as many meetings as they may."""
    dated = list(days)
    for limit, period in (
        (limits.day, lambda day: (day, day)),
        (limits.week, week_of),
        (limits.month, month_of),
    ):
        if limit is not None:
            counts = Counter(map(period, dated))
            yield from (days for days, count in counts.items() if count >= limit)


def full(claims: Iterable[Claim], limits: Limits, zone: str, frame: Frame) -> list[Span]:
    """The instants of `frame` at which no further meeting may start.

    Pending and confirmed meetings count, each once; holds do not.
    """
    if limits == Limits():
        return []
    meetings = {c.meeting_id: c.meeting_start for c in claims if c.state != "hold"}
    dates = (
        date.fromordinal(zones.wall_day(zone, floor_minute(start)) + EPOCH_DAY)
        for start in meetings.values()
    )
    return [
        span
        for first, last in _full(dates, limits)
        for span in zones.days(zone, day_number(first), day_number(last), frame)
    ]
