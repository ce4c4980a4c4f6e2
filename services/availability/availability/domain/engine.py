"""Which instants can be booked, and why the others cannot: one engine for listing and checking.

Every rule is the set of starts that it lets through, one bit a minute of a frame. A listing is
their intersection; the check of one start walks the same sets and names the first that lacks it.
Hosts of a team are then united or intersected as whole sets.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from availability.domain import hours, limits, zones
from availability.domain.facts import Ask, HostFacts, LinkFacts
from availability.domain.minutes import (
    DAY,
    Frame,
    Masks,
    ceil_minute,
    day_number,
    floor_minute,
    outward,
    spread,
)
from contracts.availability import Rule
from contracts.booking import Claim, LinkSettings

Layer = tuple[Rule, int]
"""A rule and the starts that it lets through."""

NEVER = 10 * 366
"""Days after today beyond which nothing is ever offered, whatever a date range says."""


def is_open(link: LinkFacts, ask: Ask) -> bool:
    """Whether the link takes bookings at all. Kinds without an engine yet take none.

    A single-use link stays open to the booking that used it up.
    """
    settings = link.link.settings
    used = link.link.used and ask.except_booking is None
    expired = settings.expires_at is not None and settings.expires_at <= ask.now
    return settings.active and not used and not expired and settings.kind == "one_on_one"


def is_trusted(settings: LinkSettings, host: HostFacts, now: datetime) -> bool:
    """Whether the host's copy of their calendar is good enough for this link."""
    if host.calendar == "none" or settings.open_when_stale:
        return True
    if host.calendar == "broken" or host.synced_at is None:
        return False
    return now - host.synced_at <= timedelta(minutes=settings.freshness)


def horizon(settings: LinkSettings, today: int) -> tuple[int, int]:
    """The first and last day (numbers, in the host's zone) on which a meeting may start."""
    first, last = today - 1, today + settings.horizon_days
    if settings.first_day is not None:
        first = day_number(settings.first_day)
    if settings.last_day is not None:
        last = min(day_number(settings.last_day), today + NEVER)
    return first, last


def _live(claim: Claim, ask: Ask) -> bool:
    """Whether a claim stands in the way of this question."""
    if ask.except_booking is not None and claim.booking_id == ask.except_booking:
        return False
    if claim.expires_at is None:
        return True
    own = ask.except_hold is not None and ask.except_hold in (claim.id, claim.meeting_id)
    return claim.expires_at > ask.now and not own


def _clear(frame: Frame, taken: int, ask: Ask, settings: LinkSettings) -> int:
    """The starts at which a meeting with its buffers touches none of the minutes `taken`."""
    reach = ask.duration + settings.buffer_after - 1
    return frame.without(spread(taken, reach, settings.buffer_before))


_kept = Masks()


def _busy(host: HostFacts, frame: Frame) -> int:
    return _kept.get(("busy", host.mark, frame), lambda: frame.mask(host.busy))


def _booked(host: HostFacts, frame: Frame) -> int:
    booked = (outward(c.start, c.end) for c in host.claims if c.expires_at is None)
    return _kept.get(("booked", host.mark, frame), lambda: frame.mask(booked))


def _claimed(host: HostFacts, ask: Ask, frame: Frame) -> int:
    """Holds come and go with the clock; what is booked is kept, unless a booking is left out."""
    whole = ask.except_booking is not None
    booked = 0 if whole else _booked(host, frame)
    others = (c for c in host.claims if (whole or c.expires_at is not None) and _live(c, ask))
    return booked | frame.mask([outward(claim.start, claim.end) for claim in others])


def _time_layers(link: LinkFacts, host: HostFacts, ask: Ask, frame: Frame) -> Iterator[Layer]:
    settings, zone = link.link.settings, host.host.timezone
    yield "past", frame.since(ceil_minute(ask.now))
    if not ask.by_host:
        yield "notice", frame.since(ceil_minute(ask.now + timedelta(minutes=settings.notice)))
        first, last = horizon(settings, zones.wall_day(zone, floor_minute(ask.now)))
        yield "horizon", zones.days_mask(zone, first, last, frame)


def _starts(link: LinkFacts, host: HostFacts, ask: Ask, frame: Frame) -> hours.Starts:
    settings = link.link.settings
    schedule = host.hours(settings.schedule_id)
    if schedule is None:
        return hours.Starts(0, 0)
    return hours.starts(schedule, frame, ask.duration, settings.interval or ask.duration)


def grid(link: LinkFacts, host: HostFacts, ask: Ask, frame: Frame) -> int:
    """The starts that the host's hours alone would allow, whatever else takes their time."""
    return _starts(link, host, ask, frame).grid


def _hours_layers(link: LinkFacts, host: HostFacts, ask: Ask, frame: Frame) -> Iterator[Layer]:
    allowed = _starts(link, host, ask, frame)
    yield "hours", allowed.fits
    if gone := frame.mask(hours.off(host.time_off, host.host.timezone, frame)):
        yield "time_off", frame.without(spread(gone, ask.duration - 1, 0))
    yield "off_grid", allowed.grid


def _taken_layers(link: LinkFacts, host: HostFacts, ask: Ask, frame: Frame) -> Iterator[Layer]:
    settings = link.link.settings
    if busy := _busy(host, frame):
        yield "busy", _clear(frame, busy, ask, settings)
    if claimed := _claimed(host, ask, frame):
        yield "claimed", _clear(frame, claimed, ask, settings)


def _limit_layers(link: LinkFacts, host: HostFacts, ask: Ask, frame: Frame) -> Iterator[Layer]:
    home, offer = host.host, link.link
    counted = [claim for claim in host.claims if _live(claim, ask)]
    if full := limits.full(counted, home.limits, home.timezone, frame):
        yield "host_limit", frame.without(frame.mask(full))
    counted = [claim for claim in link.claims if _live(claim, ask)]
    if full := limits.full(counted, offer.settings.limits, offer.workspace_timezone, frame):
        yield "link_limit", frame.without(frame.mask(full))


def layers(link: LinkFacts, host: HostFacts, ask: Ask, frame: Frame) -> Iterator[Layer]:
    """Every rule that refuses something, in the order in which a refusal is told.

    A calendar that cannot be trusted comes last: who is told "try again" has no other obstacle.
    """
    if not ask.by_host and not is_open(link, ask):
        yield "link_closed", 0
    if not host.host.active or all(h.host_id != host.host.id for h in link.link.settings.hosts):
        yield "not_a_host", 0
    yield from _time_layers(link, host, ask, frame)
    yield from _hours_layers(link, host, ask, frame)
    yield from _taken_layers(link, host, ask, frame)
    yield from _limit_layers(link, host, ask, frame)
    if not is_trusted(link.link.settings, host, ask.now):
        yield "calendar_stale", 0


def free(link: LinkFacts, host: HostFacts, ask: Ask, frame: Frame) -> int:
    """The starts at which this host can take this link: bits of `frame`."""
    left = frame.full
    for _, allowed in layers(link, host, ask, frame):
        left &= allowed
        if not left:
            break
    return left


def refusal(link: LinkFacts, host: HostFacts, ask: Ask, start: datetime) -> Rule | None:
    """The first rule that refuses `start`, None when it can be booked."""
    if start < ask.now:
        return "past"
    if start - ask.now > timedelta(days=NEVER):
        return "horizon"
    minute = floor_minute(start)
    frame = Frame.around(minute // DAY, minute // DAY)
    bit = 1 << (minute - frame.start)
    whole = ceil_minute(start) == minute
    for rule, allowed in layers(link, host, ask, frame):
        if not allowed & bit or (rule == "off_grid" and not whole):
            return rule
    return None
