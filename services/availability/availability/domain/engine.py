"""Which instants can be booked, and why the others cannot: one engine for listing and checking.

Every rule is the set of starts that it lets through, one bit a minute of a frame. A listing is
their intersection; the check of one start walks the same sets and names those that lack it.
`team` unites or intersects hosts as whole sets.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from availability.domain import hours, limits, zones
from availability.domain.facts import Ask, HostFacts, LinkFacts, leaves
from availability.domain.minutes import (
    DAY,
    Frame,
    Masks,
    Span,
    ceil_minute,
    day_number,
    floor_minute,
    outward,
    to_instant,
)
from availability.domain.seats import joinable
from contracts.availability import Rule
from contracts.booking import Claim, LinkSettings

Layer = tuple[Rule, int]
"""A rule and the starts that it lets through."""

NEW_ONLY: frozenset[Rule] = frozenset({"off_grid", "claimed", "host_limit", "link_limit"})
"""What only a new meeting must obey: a seat in one that stands takes nobody's time anew."""

NEVER = 10 * 366
"""Days after today beyond which nothing is ever offered, whatever a date range says."""


class Terms(NamedTuple):
    """All of a link and a question that a host's own time depends on; minutes."""

    duration: int
    interval: int
    before: int
    after: int
    schedule_id: UUID | None
    shared_grid: tuple[str, int] | None
    """The zone and the minute of the day at which the grid of hosts who meet together begins."""
    has_seats: bool
    except_booking: UUID | None


class Kept(NamedTuple):
    """What a host's own facts allow, whatever the clock says.

    `always` binds each start; `new` only those that are not a seat in a meeting that stands.
    """

    always: int
    new: int
    grid: int


def together(settings: LinkSettings) -> bool:
    """Whether a meeting takes every host of the link."""
    return settings.kind in {"collective", "group"}


def _shared_grid(link: LinkFacts) -> tuple[str, int] | None:
    """A lone host of a group keeps their own grid, which several might never meet on."""
    settings = link.link.settings
    if settings.kind == "collective" or (settings.kind == "group" and len(settings.hosts) > 1):
        return settings.grid_timezone or link.link.workspace_timezone, settings.grid_start
    return None


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of all hosts of a link alike, and what the link's own rules make of it.

    `seats`: those free, by start (minute number); `joins`: the same starts as bits. `opened` is
    what the link allows; `limited` what its limits allow to a new meeting.
    """

    link: LinkFacts
    ask: Ask
    frame: Frame
    terms: Terms
    seats: Mapping[int, int]
    joins: int
    opened: int
    limited: int

    def seats_at(self, start: int) -> int:
        """How many attendees a start (minute number) that is offered has room for."""
        settings = self.link.link.settings
        return self.seats.get(start, settings.capacity) if settings.kind == "group" else 1


def _terms(link: LinkFacts, ask: Ask) -> Terms:
    settings = link.link.settings
    return Terms(
        duration=ask.duration,
        interval=settings.interval or ask.duration,
        before=settings.buffer_before,
        after=settings.buffer_after,
        schedule_id=settings.schedule_id,
        shared_grid=_shared_grid(link),
        has_seats=settings.kind == "group",
        except_booking=ask.except_booking,
    )


def question(link: LinkFacts, hosts: Iterable[HostFacts], ask: Ask, frame: Frame) -> Question:
    """A question about a frame, to all of these hosts."""
    seats = joinable(link, hosts, ask)
    opened = limited = frame.full
    for _, allowed in _opening(link, ask, frame):
        opened &= allowed
    for _, allowed in _link_limit(link, ask, frame):
        limited &= allowed
    joins = frame.mask((start, start + 1) for start in seats) if seats else 0
    return Question(link, ask, frame, _terms(link, ask), seats, joins, opened, limited)


# --- whether the link and its hosts take bookings at all -----------------------------------------


def is_open(link: LinkFacts, ask: Ask) -> bool:
    """Whether the link takes bookings. A used single-use link does from the one that used it."""
    settings = link.link.settings
    used = link.link.used and ask.except_booking is None
    expired = settings.expires_at is not None and settings.expires_at <= ask.now
    return settings.active and not used and not expired


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


# --- the rules, each as the starts that it lets through ------------------------------------------


def _opening(link: LinkFacts, ask: Ask, frame: Frame) -> Iterator[Layer]:
    if not ask.by_host and not is_open(link, ask):
        yield "link_closed", 0
    yield "past", frame.since(ceil_minute(ask.now))
    if not ask.by_host and (notice := link.link.settings.notice):
        yield "notice", frame.since(ceil_minute(ask.now + timedelta(minutes=notice)))


def days_ahead(asked: Question, zone: str) -> int:
    """The starts within the horizon of a host who lives in `zone`."""
    if asked.ask.by_host:
        return asked.frame.full
    today = zones.wall_day(zone, floor_minute(asked.ask.now))
    first, last = horizon(asked.link.link.settings, today)
    return zones.days_mask(zone, first, last, asked.frame)


def _standing(asked: Question, host: HostFacts) -> Iterator[Layer]:
    if not host.host.active or host.host.id.int not in asked.link.host_ids:
        yield "not_a_host", 0
    yield "horizon", days_ahead(asked, host.host.timezone)


def _starts(host: HostFacts, terms: Terms, frame: Frame) -> hours.Starts:
    schedule = host.hours(terms.schedule_id)
    if schedule is None:
        return hours.Starts(0, 0)
    allowed = hours.starts(schedule, frame, terms.duration, terms.interval)
    if terms.shared_grid is None:
        return allowed
    return hours.Starts(allowed.fits, hours.shared_grid(*terms.shared_grid, terms.interval, frame))


def _clear(frame: Frame, taken: Iterable[Span], terms: Terms) -> int:
    """The starts at which a meeting with its buffers touches nothing that is taken."""
    reach = terms.duration + terms.after - 1
    return frame.without(frame.mask(taken, reach, terms.before))


@lru_cache(maxsize=64)
def _edges(frame: Frame) -> tuple[datetime, datetime]:
    return to_instant(frame.start), to_instant(frame.end)


def _claimed(frame: Frame, claims: Iterable[Claim], terms: Terms) -> int:
    """Most of a busy host's claims lie far from a frame: they are left out before all else."""
    first, after = _edges(frame)
    near = [claim for claim in claims if claim.end > first and claim.start < after]
    return _clear(frame, [outward(claim.start, claim.end) for claim in near], terms)


def _own_layers(host: HostFacts, terms: Terms, frame: Frame) -> Iterator[Layer]:
    """The rules that a host's own facts decide; `_kept` keeps them."""
    allowed, home = _starts(host, terms, frame), host.host
    yield "hours", allowed.fits
    if host.time_off and (gone := hours.off(host.time_off, home.timezone, frame)):
        yield "time_off", frame.without(frame.mask(gone, terms.duration - 1))
    yield "off_grid", allowed.grid
    if host.busy:
        yield "busy", _clear(frame, host.busy, terms)
    if host.claims:
        booked = [claim for claim in host.claims if claim.expires_at is None]
        if terms.except_booking is not None:
            booked = [claim for claim in booked if not leaves(claim, terms.except_booking)]
        yield "claimed", _claimed(frame, booked, terms)
        if full := limits.full(booked, home.limits, home.timezone, frame):
            yield "host_limit", frame.without(frame.mask(full))


def _link_limit(link: LinkFacts, ask: Ask, frame: Frame) -> Iterator[Layer]:
    most, zone = link.link.settings.limits, link.link.workspace_timezone
    if full := limits.full(filter(ask.stands, link.claims), most, zone, frame):
        yield "link_limit", frame.without(frame.mask(full))


def _passing(asked: Question, host: HostFacts) -> Iterator[Layer]:
    """What the clock alone can change: others' holds, and trust in a calendar."""
    if held := [claim for claim in host.holds if asked.ask.stands(claim)]:
        yield "claimed", _claimed(asked.frame, held, asked.terms)
    if not is_trusted(asked.link.link.settings, host, asked.ask.now):
        yield "calendar_stale", 0


def link_layers(asked: Question) -> Iterator[Layer]:
    """The rules that the link decides for all of its hosts."""
    yield from _opening(asked.link, asked.ask, asked.frame)
    yield from _link_limit(asked.link, asked.ask, asked.frame)


def layers(asked: Question, host: HostFacts) -> Iterator[Layer]:
    """Every rule that refuses something, in the order in which a refusal is told.

    A calendar that cannot be trusted comes last: who is told "try again" has no other obstacle.
    """
    yield from _opening(asked.link, asked.ask, asked.frame)
    yield from _standing(asked, host)
    yield from _own_layers(host, asked.terms, asked.frame)
    yield from _link_limit(asked.link, asked.ask, asked.frame)
    yield from _passing(asked, host)


# --- all starts of a host ------------------------------------------------------------------------

_masks: Masks[Kept] = Masks(most=2048)


def _make(host: HostFacts, terms: Terms, frame: Frame) -> Kept:
    always = new = frame.full
    grid = 0
    for rule, allowed in _own_layers(host, terms, frame):
        if rule == "off_grid":
            grid = allowed
        if terms.has_seats and rule in NEW_ONLY:
            new &= allowed
        else:
            always &= allowed
    return Kept(always, new, grid)


def kept(asked: Question, host: HostFacts) -> Kept:
    """What the host's own facts allow; kept until they change."""
    terms, frame = asked.terms, asked.frame
    if terms.except_booking is not None and not any(
        leaves(claim, terms.except_booking) for claim in host.claims
    ):
        terms = terms._replace(except_booking=None)
    return _masks.get((host.mark, terms, frame), lambda: _make(host, terms, frame))


def free(asked: Question, host: HostFacts, own: Kept | None = None) -> int:
    """The starts at which this host can take this link: bits of the question's frame."""
    own = own or kept(asked, host)
    left = asked.opened & own.always & (own.new & asked.limited | asked.joins)
    for rule, allowed in chain(_standing(asked, host), _passing(asked, host)):
        left &= allowed | asked.joins if rule in NEW_ONLY else allowed
    return left


# --- one start -----------------------------------------------------------------------------------


class Moment(NamedTuple):
    """A start as a bit of a frame around it. `whole`: on the minute, as every grid is."""

    frame: Frame
    bit: int
    whole: bool


def moment(start: datetime) -> Moment:
    """The moment of a start that lies in no more than `NEVER` days."""
    minute = floor_minute(start)
    frame = Frame.around(minute // DAY, minute // DAY)
    return Moment(frame, 1 << (minute - frame.start), ceil_minute(start) == minute)


def out_of_reach(ask: Ask, start: datetime) -> Rule | None:
    """The rule that refuses a start too far away to be pictured."""
    if start < ask.now:
        return "past"
    return "horizon" if start - ask.now > timedelta(days=NEVER) else None


def _passes(asked: Question, layer: Layer, at: Moment) -> bool:
    rule, allowed = layer
    if rule in NEW_ONLY:
        allowed |= asked.joins
    return bool(allowed & at.bit) and (at.whole or rule != "off_grid")


def link_refusals(asked: Question, at: Moment) -> Iterator[Rule]:
    """The rules of the link itself that refuse a start to all of its hosts."""
    for layer in link_layers(asked):
        if not _passes(asked, layer, at):
            yield layer[0]


def refusals(asked: Question, host: HostFacts, at: Moment) -> Iterator[Rule]:
    """The rules that refuse a start, in the order of `layers`."""
    for layer in layers(asked, host):
        if not _passes(asked, layer, at):
            yield layer[0]


def refusal(link: LinkFacts, host: HostFacts, ask: Ask, start: datetime) -> Rule | None:
    """The first rule that refuses `start` to this host, None when they can take it."""
    if far := out_of_reach(ask, start):
        return far
    at = moment(start)
    return next(refusals(question(link, [host], ask, at.frame), host, at), None)
