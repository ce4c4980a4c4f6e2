"""A schedule's windows as instants, and the starts that its hours allow.

A window is the set of instants whose wall time lies in it and belongs to the day on which it
starts; an override replaces the windows of its own day alone; pieces that touch or overlap merge.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from availability.domain import holidays, zones
from availability.domain.minutes import (
    DAY,
    Frame,
    Span,
    comb,
    day_number,
    merge,
    outward,
    spread,
    subtract,
)
from contracts.availability import Schedule, TimeOff

WEEK = 7 * DAY
ANCHOR_DAY = day_number(date(2001, 1, 1))
"""Hours that never close have no start: their grid is anchored at this Monday's midnight."""

HOLIDAY_WITHIN = 800 * DAY
"""Some day of so long a time is a holiday, wherever any are known."""


class Hours:
    """A schedule ready to be asked. Those with the same hours are equal, and share what is kept."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.zone = schedule.timezone
        self.week: dict[int, tuple[Span, ...]] = {
            day.weekday: tuple((window.start, window.end) for window in day.windows)
            for day in schedule.hours
        }
        self.overrides: dict[int, tuple[Span, ...]] = {
            day_number(override.day): tuple((w.start, w.end) for w in override.windows)
            for override in schedule.overrides
        }
        self.region = schedule.holidays
        self._same = (
            self.zone,
            self.region,
            *sorted(self.week.items()),
            *sorted(self.overrides.items()),
        )
        self._hash = hash(self._same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hours) and self._same == other._same

    def __hash__(self) -> int:
        return self._hash

    def holiday(self, day: int) -> str:
        """The name of the holiday that a day (number) has off; empty where hours were given it."""
        return "" if day in self.overrides else holidays.name(self.region, day)

    def windows(self, first: int, last: int) -> Iterator[Span]:
        """In wall minutes, of the days `first` to `last` (day numbers)."""
        for day in range(first, last + 1):
            weekday = (day + 3) % 7 + 1  # 1970-01-01 was a Thursday
            usual = () if self.holiday(day) else self.week.get(weekday, ())
            for start, end in self.overrides.get(day, usual):
                yield day * DAY + start, day * DAY + end

    def never_closes(self) -> bool:
        """Whether the weekly windows leave no wall minute out."""
        week = [
            (start + day * DAY + shift, end + day * DAY + shift)
            for day, windows in self.week.items()
            for start, end in windows
            for shift in (-WEEK, 0, WEEK)
        ]
        whole = merge(week)
        return any(start <= DAY and end >= DAY + WEEK for start, end in whole)


def _open(hours: Hours, start: int, end: int) -> list[Span]:
    """The open stretches inside `[start, end)`, cut to it."""
    windows = list(hours.windows(start // DAY - 3, end // DAY + 1))
    cut = [
        (max(begin, wall_start - offset), min(stop, wall_end - offset))
        for begin, stop, offset in zones.stretches(hours.zone, start, end)
        for wall_start, wall_end in windows
        if wall_start - offset < stop and wall_end - offset > begin
    ]
    return merge(cut)


def _anchor(hours: Hours) -> int:
    wall = ANCHOR_DAY * DAY
    return zones.instants(hours.zone, (wall, wall + 1))[0][0]


def runs(hours: Hours, start: int, end: int) -> list[Span]:
    """The open stretches that meet `[start, end)`, each from where it truly begins.

    They end at `end` at the latest. A stretch that began before `start` is followed back to its
    beginning, since it anchors the grid there.
    """
    back = 2 * DAY
    while True:
        edge = start - back
        found = [run for run in _open(hours, edge, end) if run[1] > start]
        if not found or found[0][0] > edge:
            return found
        seen = not hours.region or back > HOLIDAY_WITHIN
        if seen and hours.never_closes() and edge // DAY < min(hours.overrides, default=edge) - 3:
            return [(_anchor(hours), found[0][1]), *found[1:]]
        back *= 4


class Starts(NamedTuple):
    """What a frame's hours allow: starts whose whole meeting fits, and the grid while open."""

    fits: int
    grid: int


@lru_cache(maxsize=512)
def starts(hours: Hours, frame: Frame, duration: int, interval: int) -> Starts:
    """The starts that hours allow to a meeting of `duration` on a grid of `interval` minutes.

    The grid is anchored once, at the start of each open stretch, for every visitor alike.
    """
    open_runs = runs(hours, frame.start, frame.end)
    closed = frame.full ^ frame.mask(open_runs)
    grid = 0
    for start, end in open_runs:
        first = start + max(-((start - frame.start) // interval), 0) * interval
        count = -((first - end) // interval)
        if count > 0:
            grid |= comb(interval, count) << (first - frame.start)
    return Starts(frame.without(spread(closed, duration - 1, 0)), grid)


@lru_cache(maxsize=128)
def shared_grid(zone: str, minute: int, interval: int, frame: Frame) -> int:
    """The grid of hosts who meet together, whatever the hours of each.

    It begins at each instant at which the wall of `zone` shows `minute` (after midnight), and runs
    on every `interval` minutes until the next one.
    """
    first, last = frame.start // DAY - 3, frame.end // DAY + 1
    days = (zones.instants(zone, (at, at + 1)) for at in _every_day(minute, first, last))
    anchors = [start for spans in days for start, _ in spans]
    grid = 0
    for start, end in pairwise([*anchors, frame.end]):
        first_tooth = start + max(-((start - frame.start) // interval), 0) * interval
        count = -((first_tooth - min(end, frame.end)) // interval)
        if count > 0:
            grid |= comb(interval, count) << (first_tooth - frame.start)
    return grid


def _every_day(minute: int, first: int, last: int) -> range:
    """A wall minute of each of the days `first` to `last` (day numbers)."""
    return range(first * DAY + minute, (last + 1) * DAY, DAY)


def off(periods: Iterable[TimeOff], zone: str, frame: Frame) -> list[Span]:
    """What time off takes from a frame: whole days on the wall of `zone`, or exact periods."""
    gone: list[Span] = []
    for period in periods:
        if period.first_day is not None and period.last_day is not None:
            first, last = day_number(period.first_day), day_number(period.last_day)
            gone += zones.days(zone, first, last, frame)
        elif period.start is not None and period.end is not None:
            gone.append(outward(period.start, period.end))
    return gone


def working(
    hours: Hours, periods: Iterable[TimeOff], zone: str, window: tuple[date, date]
) -> list[Span]:
    """The hours that result over local days (both included) of the schedule, time off applied.

    `zone` is where the host lives: their days off are counted there.
    """
    first, last = window
    frame = Frame.around(day_number(first), day_number(last))
    left = subtract(runs(hours, frame.start, frame.end), off(periods, zone, frame))
    shown = zones.days(hours.zone, day_number(first), day_number(last), frame)
    return merge(
        (max(start, begin), min(end, stop)) for start, end in left for begin, stop in shown
    )
