"""What the wall clock of an IANA zone shows, as stretches of one offset each.

A set of wall times becomes a set of instants by one rule: the instants at which the wall shows
one of them. In a gap there are none, in a repeated hour there are two, and nothing else is needed
for clock changes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from availability.domain.minutes import DAY, Frame, Span, floor_minute, to_instant

Stretch = tuple[int, int, int]
"""`(start, end, offset)`: in `[start, end)` the wall is `offset` minutes ahead of UTC."""


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether the IANA data has a zone of this name."""
    return name in _names()


def _offset(zone: ZoneInfo, minute: int) -> int:
    offset = to_instant(minute).astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() // 60)


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first minute that has the offset of `after`, which differs from that of `before`."""
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _year_start(year: int) -> int:
    return floor_minute(datetime(year, 1, 1, tzinfo=UTC))


@lru_cache(maxsize=2048)
def _year(name: str, year: int) -> tuple[Stretch, ...]:
    """The stretches of a UTC year. No zone has ever changed twice within a day since 1970."""
    zone = ZoneInfo(name)
    start, end = _year_start(year), _year_start(year + 1)
    found: list[Stretch] = []
    offset = _offset(zone, start)
    for at in range(start, end, DAY):
        if (later := _offset(zone, min(at + DAY, end - 1))) != offset:
            change = _change(zone, at, min(at + DAY, end - 1))
            found.append((start, change, offset))
            start, offset = change, later
    return (*found, (start, end, offset))


def stretches(name: str, start: int, end: int) -> Iterator[Stretch]:
    """The stretches that meet the minutes `[start, end)`, in order, cut to them."""
    for year in range(to_instant(start).year, to_instant(end - 1).year + 1):
        for begin, stop, offset in _year(name, year):
            if begin < end and stop > start:
                yield max(begin, start), min(stop, end), offset


def instants(name: str, wall: Span) -> list[Span]:
    """The instants at which the wall shows a time in `wall` (wall minutes)."""
    start, end = wall
    cut = [
        (max(begin, start - offset), min(stop, end - offset))
        for begin, stop, offset in stretches(name, start - DAY, end + DAY)
    ]
    return [span for span in cut if span[0] < span[1]]


def days(name: str, first: int, last: int, frame: Frame) -> list[Span]:
    """The instants inside `frame` whose wall day is one of `first` to `last` (day numbers)."""
    start = max(first * DAY, frame.start - DAY)
    end = min((last + 1) * DAY, frame.end + DAY)
    return instants(name, (start, end)) if start < end else []


@lru_cache(maxsize=256)
def days_mask(name: str, first: int, last: int, frame: Frame) -> int:
    """The same as `days`, as bits of the frame; kept, since every request of a day asks for it."""
    return frame.mask(days(name, first, last, frame))


def wall_minute(name: str, minute: int) -> int:
    """What the wall shows at a minute."""
    return minute + _offset(ZoneInfo(name), minute)


@lru_cache(maxsize=1024)
def wall_day(name: str, minute: int) -> int:
    """The day number that the wall shows at a minute; kept, since all ask about this one."""
    return wall_minute(name, minute) // DAY
