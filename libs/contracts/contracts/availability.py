"""availability: schedules, overrides, time off, and the slots that follow from them."""

from datetime import date
from typing import Annotated, Literal, Protocol
from uuid import UUID

from msgspec import Meta

from contracts.booking import Link
from contracts.wire import (
    Duration,
    Empty,
    Event,
    Instant,
    Message,
    Name,
    Ping,
    Pong,
    Zone,
    surface,
)

Minute = Annotated[int, Meta(ge=0, le=2880)]
"""Minutes of wall time after local midnight of the day a window belongs to; 1440 is 24:00, and an
end over 1440 lies in the next day."""

Region = Annotated[str, Meta(max_length=60)]
"""A country (`DE`) or a part of one (`DE-BY`) whose holidays are known; empty is none."""

Rule = Literal[
    "link_closed",
    "off_grid",
    "past",
    "notice",
    "horizon",
    "hours",
    "time_off",
    "busy",
    "claimed",
    "host_limit",
    "link_limit",
    "calendar_stale",
    "not_a_host",
]
"""Why an instant is not offered."""


# --- values ------------------------------------------------------------------------------------


class Window(Message, frozen=True, kw_only=True):
    """Wall time `[start, end)` of one day, in the schedule's zone."""

    start: Annotated[int, Meta(ge=0, le=1439)]
    end: Minute


class WeekdayHours(Message, frozen=True, kw_only=True):
    """`weekday` as in ISO 8601: 1 is Monday, 7 is Sunday."""

    weekday: Annotated[int, Meta(ge=1, le=7)]
    windows: tuple[Window, ...] = ()


class DateOverride(Message, frozen=True, kw_only=True):
    """Replaces the windows that start on `day`; none is a day off."""

    day: date
    windows: tuple[Window, ...] = ()


class Schedule(Message, frozen=True, kw_only=True):
    """Named weekly hours of one host in one zone. `is_default` is used where a link names none.

    `holidays` is a country or a part of one by ISO 3166 (`DE`, `DE-BY`); its public holidays are
    days off, unless an override gives that date hours.
    """

    id: UUID
    workspace_id: UUID
    host_id: UUID
    name: Name
    timezone: Zone
    hours: tuple[WeekdayHours, ...] = ()
    overrides: tuple[DateOverride, ...] = ()
    is_default: bool = False
    holidays: Region = ""
    version: int = 0


class TimeOff(Message, frozen=True, kw_only=True):
    """Out of office: whole local days (`first_day` to `last_day`, both included), or exact."""

    id: UUID
    workspace_id: UUID
    host_id: UUID
    first_day: date | None = None
    last_day: date | None = None
    start: Instant | None = None
    end: Instant | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""


class Slot(Message, frozen=True, kw_only=True):
    start: Instant
    seats: int = 1


# --- requests and answers ----------------------------------------------------------------------


class GetSlots(Message, frozen=True, kw_only=True):
    """`first` and `last` are days in `timezone`, both included, at most 62."""

    slug: str
    first: date
    last: date
    timezone: Zone
    duration: Duration | None = None
    host_id: UUID | None = None
    except_hold: UUID | None = None
    except_booking: UUID | None = None


class Slots(Message, frozen=True, kw_only=True):
    """Sorted, UTC. True until `valid_until` unless a change is announced: notice and expiring
    holds make no event. `next_free` is the first slot after the window, when the window has none.
    """

    timezone: Zone
    duration: Duration
    slots: tuple[Slot, ...]
    valid_until: Instant
    next_free: Instant | None = None


class GetFreeHosts(Message, frozen=True, kw_only=True):
    """Who can take this link at `start`. `by_host` overrides notice, horizon and closed links."""

    slug: str
    start: Instant
    duration: Duration | None = None
    host_id: UUID | None = None
    except_hold: UUID | None = None
    except_booking: UUID | None = None
    by_host: bool = False


class PassedOver(Message, frozen=True, kw_only=True):
    host_id: UUID
    rule: Rule


class FreeHosts(Message, frozen=True, kw_only=True):
    """`rule` is why nobody is free (None when somebody is); then `nearest` are the nearest other
    starts that are free, at most 3, soonest first.
    """

    link_id: UUID
    duration: Duration
    free: tuple[UUID, ...]
    passed_over: tuple[PassedOver, ...] = ()
    rule: Rule | None = None
    nearest: tuple[Instant, ...] = ()


class ExplainStart(Message, frozen=True, kw_only=True):
    """Why this link can, or cannot, be booked at `start` by a visitor."""

    workspace_id: UUID
    slug: str
    start: Instant
    duration: Duration | None = None


class Check(Message, frozen=True, kw_only=True):
    """One rule at one start. `facts` are what it went by, for people's words: instants in ISO 8601
    UTC, days in ISO 8601, numbers as text; which ones a rule gives is in docs/vectors.md.
    """

    rule: Rule
    passed: bool
    facts: dict[str, str] = {}


class HostChecks(Message, frozen=True, kw_only=True):
    """The rules that one host decides. `free`: the link's and the host's rules all pass."""

    host_id: UUID
    name: str = ""
    free: bool
    checks: tuple[Check, ...]


class Explanation(Message, frozen=True, kw_only=True):
    """Why a start is offered or not. `checks` are the rules that the link decides for all.

    `rule` is the first reason why it is not. `seats` is how many attendees more it has room for.
    """

    link_id: UUID
    kind: Literal["one_on_one", "round_robin", "collective", "group"]
    start: Instant
    duration: Duration
    offered: bool
    rule: Rule | None = None
    seats: int = 0
    checks: tuple[Check, ...] = ()
    hosts: tuple[HostChecks, ...] = ()


class ListSchedules(Message, frozen=True, kw_only=True):
    """`host_id` `None` lists the workspace's."""

    workspace_id: UUID
    host_id: UUID | None = None


class Schedules(Message, frozen=True, kw_only=True):
    schedules: tuple[Schedule, ...]
    time_off: tuple[TimeOff, ...] = ()


class SaveSchedule(Message, frozen=True, kw_only=True):
    """Makes (`version` 0, id by the caller) or replaces one. `Conflict` on another `version`."""

    schedule: Schedule
    actor: Annotated[str, Meta(max_length=120)] = "system"


class DeleteSchedule(Message, frozen=True, kw_only=True):
    """A default schedule cannot be deleted. `version`: only if it is that one, else `Changed`."""

    workspace_id: UUID
    schedule_id: UUID
    actor: Annotated[str, Meta(max_length=120)] = "system"
    version: int | None = None


class SaveTimeOff(Message, frozen=True, kw_only=True):
    time_off: TimeOff
    actor: Annotated[str, Meta(max_length=120)] = "system"


class DeleteTimeOff(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    time_off_id: UUID
    actor: Annotated[str, Meta(max_length=120)] = "system"


class Preview(Message, frozen=True, kw_only=True):
    """The hours that result for one schedule over a window of local days, time off applied."""

    workspace_id: UUID
    schedule_id: UUID
    first: date
    last: date


class Period(Message, frozen=True, kw_only=True):
    start: Instant
    end: Instant


class Previewed(Message, frozen=True, kw_only=True):
    timezone: Zone
    periods: tuple[Period, ...]


class GetOutside(Message, frozen=True, kw_only=True):
    """Of one host."""

    workspace_id: UUID
    host_id: UUID


class OutsideMeeting(Message, frozen=True, kw_only=True):
    """A meeting that is booked, or waits for approval, and no longer fits its host's time.

    `rule` is `hours` or `time_off`. `booking_id` is set where one booking alone stands behind it.
    """

    meeting_id: UUID
    link_id: UUID
    booking_id: UUID | None = None
    start: Instant
    end: Instant
    rule: Rule


class Outside(Message, frozen=True, kw_only=True):
    """Those that have not ended, soonest first."""

    meetings: tuple[OutsideMeeting, ...] = ()


class GetHolidays(Message, frozen=True, kw_only=True):
    """The holidays of a region over some days, both included, at most 800; none without one."""

    region: Region = ""
    first: date
    last: date


class Holiday(Message, frozen=True, kw_only=True):
    day: date
    name: str


class NamedRegion(Message, frozen=True, kw_only=True):
    region: Region
    name: str


class Holidays(Message, frozen=True, kw_only=True):
    """`countries` are all that can be chosen, `parts` those of the country asked for; by name."""

    countries: tuple[NamedRegion, ...]
    parts: tuple[NamedRegion, ...] = ()
    days: tuple[Holiday, ...] = ()


class WhatIf(Message, frozen=True, kw_only=True):
    """What would be offered if these were the rules; nothing is saved.

    `links` as they would be, new ones too; `removed` would be gone; `schedules` as they would be,
    and a default one takes the place of its host's. Counted over `days` local days in `timezone`,
    today the first.
    """

    workspace_id: UUID
    links: Annotated[tuple[Link, ...], Meta(max_length=500)] = ()
    removed: Annotated[tuple[UUID, ...], Meta(max_length=500)] = ()
    schedules: Annotated[tuple[Schedule, ...], Meta(max_length=500)] = ()
    timezone: Zone
    days: Annotated[int, Meta(ge=1, le=62)] = 30


class OfferChange(Message, frozen=True, kw_only=True):
    """How many starts a link offers now (`before`) and would offer, each for its first duration;
    how many of them `appear` and how many `vanish`.
    """

    link_id: UUID
    slug: str
    before: int
    after: int
    appear: int
    vanish: int


class OfferChanges(Message, frozen=True, kw_only=True):
    """Of the links asked for, and of all whose hosts' schedules would change; by slug. `first` and
    `last` are the days that were counted, both included.
    """

    first: date
    last: date
    links: tuple[OfferChange, ...] = ()


# --- events ------------------------------------------------------------------------------------


class ScheduleChanged(Event, frozen=True, kw_only=True):
    host_id: UUID


class AvailabilityChanged(Event, frozen=True, kw_only=True):
    """Broadcast to gateways: what they kept about these slugs is no longer true."""

    slugs: tuple[str, ...]


@surface("availability")
class AvailabilityRpc(Protocol):
    """What availability answers."""

    def ping(self, request: Ping) -> Pong: ...
    def slots(self, request: GetSlots) -> Slots: ...
    def free_hosts(self, request: GetFreeHosts) -> FreeHosts: ...
    def explain(self, request: ExplainStart) -> Explanation: ...
    def what_if(self, request: WhatIf) -> OfferChanges: ...
    def list_schedules(self, request: ListSchedules) -> Schedules: ...
    def save_schedule(self, request: SaveSchedule) -> Schedule: ...
    def delete_schedule(self, request: DeleteSchedule) -> Empty: ...
    def save_time_off(self, request: SaveTimeOff) -> TimeOff: ...
    def delete_time_off(self, request: DeleteTimeOff) -> Empty: ...
    def preview(self, request: Preview) -> Previewed: ...
    def outside(self, request: GetOutside) -> Outside: ...
    def holidays(self, request: GetHolidays) -> Holidays: ...
