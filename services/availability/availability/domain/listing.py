"""What a link offers: the slots of a window, the next one after it, the nearest to an instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from availability.domain import engine, pulse, team, zones
from availability.domain.engine import Question
from availability.domain.facts import Offer
from availability.domain.minutes import DAY, Frame, floor_minute, to_instant

__all__ = ["Offer", "Slot", "in_days", "nearest", "next_free", "slots_in_days", "valid_until"]

LONGEST = timedelta(minutes=15)
"""No answer is called true for longer, in case the announcement of a change is lost."""
SEARCH = 740
"""Days ahead in which `next_free` is looked for: the longest horizon, and a little."""
STEP = 31
RADII = (2, 8, 31)
"""Days around a refused start in which other ones are looked for."""


@dataclass(frozen=True)
class Slot:
    """A start that is offered, the hosts free for it in the link's order, and the seats left."""

    start: datetime
    hosts: tuple[UUID, ...]
    seats: int


def _ask(offer: Offer, frame: Frame) -> Question:
    return engine.question(offer.link, offer.hosts, offer.ask, frame)


def _free(offer: Offer, frame: Frame, asked: int) -> list[datetime]:
    """The starts among `asked` (bits of `frame`) at which the link can be booked."""
    found = team.free(_ask(offer, frame), offer.hosts)
    return frame.instants(found.starts & asked, found.grid)


def _window(offer: Offer, zone: str, first: int, last: int) -> tuple[Frame, int] | None:
    """The frame of some days and their bits in it; None when nothing can be offered there."""
    if first > _last_day(offer) + 1 or last < floor_minute(offer.ask.now) // DAY - 1:
        return None
    frame = Frame.around(first, last)
    return frame, zones.days_mask(zone, first, last, frame)


def in_days(offer: Offer, zone: str, first: int, last: int) -> list[datetime]:
    """The slots (UTC, sorted) of the days `first` to `last` (numbers, both included) in `zone`."""
    window = _window(offer, zone, first, last)
    return _free(offer, *window) if window else []


def slots_in_days(offer: Offer, zone: str, first: int, last: int) -> list[Slot]:
    """The same, each with the hosts who are free for it and the seats it has left."""
    window = _window(offer, zone, first, last)
    if window is None:
        return []
    frame, days = window
    asked = _ask(offer, frame)
    size = frame.days * DAY // 8
    bits = [(h.host.id, engine.free(asked, h).to_bytes(size, "little")) for h in offer.hosts]
    found = []
    for start in _free(offer, frame, days):
        byte, bit = divmod(floor_minute(start) - frame.start, 8)
        hosts = tuple([key for key, free in bits if free[byte] >> bit & 1])
        found.append(Slot(start, hosts, asked.seats_at(floor_minute(start))))
    return found


def _last_day(offer: Offer) -> int:
    """The last day on which any host may be booked."""
    settings, now = offer.link.link.settings, floor_minute(offer.ask.now)
    ends = [
        engine.horizon(settings, zones.wall_day(zone, now))[1] for zone in pulse.zones(offer.hosts)
    ]
    return max(ends, default=0)


def next_free(offer: Offer, zone: str, after: int) -> datetime | None:
    """The first slot after the day `after` (a number, in `zone`)."""
    today = floor_minute(offer.ask.now) // DAY
    day, end = max(after + 1, today - 1), min(_last_day(offer) + 1, today + SEARCH)
    while day <= end:
        if found := in_days(offer, zone, day, min(day + STEP - 1, end)):
            return found[0]
        day += STEP
    return None


def nearest(offer: Offer, start: datetime, most: int = 3) -> list[datetime]:
    """The free starts nearest to `start`, itself left out, at most `most`, soonest first."""
    minute = floor_minute(max(start, offer.ask.now))
    minute = min(minute, (_last_day(offer) + 1) * DAY)
    found: list[datetime] = []
    for radius in RADII:
        frame = Frame.around(minute // DAY - radius, minute // DAY + radius)
        ball = frame.mask([(minute - radius * DAY, minute + radius * DAY + 1)])
        found = [other for other in _free(offer, frame, ball) if other != start]
        if len(found) >= most:
            break
    return sorted(sorted(found, key=lambda other: abs(other - start))[:most])


def _changes(offer: Offer) -> Iterator[datetime]:
    """When the answer may change with no event to say so, the first slot's notice apart."""
    settings, now = offer.link.link.settings, offer.ask.now
    yield now + LONGEST
    if settings.expires_at is not None:
        yield settings.expires_at
    yield from pulse.changes(settings, offer.hosts, now)
    for zone in pulse.zones(offer.hosts):
        tomorrow = zones.wall_day(zone, floor_minute(now)) + 1
        for begin, _ in zones.days(zone, tomorrow, tomorrow, Frame.around(tomorrow, tomorrow)):
            yield to_instant(begin)


def valid_until(offer: Offer, first: datetime | None) -> datetime:
    """Until when the answer whose first slot is `first` stays true, if nothing is announced."""
    changes = [change for change in _changes(offer) if change > offer.ask.now]
    if first is not None:
        changes.append(first - timedelta(minutes=offer.link.link.settings.notice))
    return min(changes)
