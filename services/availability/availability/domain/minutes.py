"""Time as whole minutes, and a stretch of time as one integer with a bit a minute.

A minute number counts minutes since 1970-01-01T00:00Z; a wall minute counts the same way on the
wall clock of some zone. Union, intersection and "is this whole stretch free" are then single
operations on Python integers, for one host or for a thousand.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import compress
from operator import and_, itemgetter
from typing import Generic, NamedTuple, TypeVar

DAY = 1440
PART_BITS = 13
PART = 1 << PART_BITS
"""Bits of the integers that a mask is gathered in."""
RUNS = tuple([(1 << length) - 1 for length in range(DAY + 1)])
"""So many bits set, by their number: faster found than made."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()

Span = tuple[int, int]
"""`[start, end)` in minute numbers."""


def floor_minute(instant: datetime) -> int:
    """The minute number that `instant` lies in."""
    return int(instant.timestamp() // 60)


def ceil_minute(instant: datetime) -> int:
    """The first minute number that is not before `instant`."""
    return -int(-instant.timestamp() // 60)


def outward(start: datetime, end: datetime) -> Span:
    """`[start, end)` with both ends rounded away from each other to whole minutes."""
    return floor_minute(start), ceil_minute(end)


def to_instant(minute: int) -> datetime:
    """The instant (UTC) at which a minute begins."""
    return datetime.fromtimestamp(minute * 60, UTC)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH_DAY


def to_date(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + EPOCH_DAY)


def merge(spans: Iterable[Span]) -> list[Span]:
    """Sorted; spans that touch or overlap become one; empty ones vanish."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of `spans` outside `holes`; sorted and merged."""
    cuts = merge(holes)
    left: list[Span] = []
    for start, end in merge(spans):
        at = start
        for cut_start, cut_end in cuts:
            if cut_end > at and cut_start < end:
                left.append((at, cut_start))
                at = cut_end
        left.append((at, end))
    return merge(left)


@lru_cache(maxsize=256)
def ones(count: int) -> int:
    """An integer with the lowest `count` bits set."""
    return (1 << count) - 1


@lru_cache(maxsize=1024)
def comb(step: int, count: int) -> int:
    """`count` bits, `step` apart, the first at 0."""
    return sum(1 << step * tooth for tooth in range(count))


def spread(mask: int, down: int, up: int) -> int:
    """Each bit also sets the `down` bits below and the `up` bits above it."""
    width = 1
    while width <= down + up:
        step = min(width, down + up + 1 - width)
        mask |= mask << step
        width += step
    return mask >> down


Value = TypeVar("Value")


class Masks(Generic[Value]):
    """The masks used last, by whose they are; the one used longest ago goes.

    Keys are small: what a mask was made of is not kept alive by it.
    """

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The mask of that key, made when it is not there."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


class Frame(NamedTuple):
    """The stretch of time that an integer pictures: bit 0 is the minute `start`, a UTC midnight.

    What is asked about lies at least a day inside both ends, so that neither buffers nor meetings
    (at most 720 minutes together) reach beyond.
    """

    start: int
    days: int

    @classmethod
    def around(cls, first_day: int, last_day: int) -> "Frame":
        """For all instants that any zone counts to these days (numbers, both included)."""
        return cls((first_day - 2) * DAY, last_day - first_day + 5)

    @property
    def end(self) -> int:
        """The minute after the last one."""
        return self.start + self.days * DAY

    @property
    def full(self) -> int:
        """Every minute of the frame."""
        return ones(self.days * DAY)

    def mask(self, spans: Iterable[Span], down: int = 0, up: int = 0) -> int:
        """The minutes of the spans that lie in the frame, each span `down` and `up` longer.

        Spans are gathered in short integers first: a long one is copied with every change.
        """
        first, last, size = self.start + down, self.start - up, self.days * DAY
        parts = [0] * ((size >> PART_BITS) + 1)
        runs, bits, low = RUNS, PART_BITS, PART - 1  # looked up once, not for every span
        for start, end in spans:
            at, stop = start - first, end - last
            if not 0 <= at < stop <= size:
                at, stop = max(at, 0), min(stop, size)
                if at >= stop:
                    continue
            length = stop - at
            run = runs[length] if length <= DAY else (1 << length) - 1
            parts[at >> bits] |= run << (at & low)
        mask = 0
        for part in reversed(parts):
            mask = mask << PART | part
        return mask

    def without(self, mask: int) -> int:
        """The minutes of the frame that are not in `mask`."""
        return self.full ^ (self.full & mask)

    def since(self, minute: int) -> int:
        """The minutes from `minute` on."""
        shift = min(max(minute - self.start, 0), self.days * DAY)
        return self.full >> shift << shift

    def instants(self, mask: int, grid: int) -> list[datetime]:
        """The instants (UTC, sorted) whose bits are set in `mask`, which lies within `grid`."""
        places = _places(self, grid)
        data = mask.to_bytes(self.days * DAY // 8, "little")
        return list(compress(places.instants, map(and_, places.pick(data), places.bits)))


class Places(NamedTuple):
    """Where the bits of a grid stand. `pick` takes the byte of each out of a mask's bytes.

    Two places that are never chosen stand first: `itemgetter` gives a tuple from two on.
    """

    pick: Callable[[bytes], tuple[int, ...]]
    bits: bytes
    instants: tuple[datetime, ...]


@lru_cache(maxsize=64)
def _places(frame: Frame, grid: int) -> Places:
    """Kept: grids recur, what is free of them does not."""
    digits = f"{grid:b}"[::-1]
    found = []
    at = digits.find("1")
    while at >= 0:
        found.append(at)
        at = digits.find("1", at + 1)
    return Places(
        pick=itemgetter(0, 0, *[at >> 3 for at in found]),
        bits=bytes([0, 0, *[1 << (at & 7) for at in found]]),
        instants=(EPOCH, EPOCH, *[to_instant(frame.start + at) for at in found]),
    )
