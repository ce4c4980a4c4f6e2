"""What booking speaks of: hosts, links, claims, bookings."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.booking.forms import NOTE, Answer, BookedFile, Question
from contracts.wire import (
    Colour,
    Duration,
    Email,
    Instant,
    Language,
    Message,
    Minutes,
    Name,
    Slug,
    Zone,
)

Kind = Literal["one_on_one", "round_robin", "collective", "group"]
Status = Literal[
    "pending", "confirmed", "rescheduled", "cancelled", "declined", "completed", "no_show"
]
Limit = Annotated[int, Meta(ge=1, le=1000)]
Buffer = Annotated[int, Meta(ge=0, le=240)]
Actor = Annotated[str, Meta(max_length=120)]
"""Who did it: `attendee`, `host:<uuid>`, `account:<uuid>` or `system`."""
Source = dict[
    Annotated[str, Meta(pattern=r"^utm_[a-z_]{1,26}$")], Annotated[str, Meta(max_length=200)]
]
"""Where an attendee came from: the UTM parameters of the page that brought them."""
Key = Annotated[str, Meta(min_length=1, max_length=200)]
"""An idempotency key: the same key never acts twice and gets the same answer."""


ANSWER_WITHIN = timedelta(hours=48)
"""How long a host may think about a request, if the start is not sooner. Source: product.md."""


class Limits(Message, frozen=True, kw_only=True):
    """Meetings at most, counted by start; `None` is no limit."""

    day: Limit | None = None
    week: Limit | None = None
    month: Limit | None = None


class Host(Message, frozen=True, kw_only=True):
    """A person who can be booked. `id` is the id of the account they sign in with."""

    id: UUID
    workspace_id: UUID
    name: Name
    email: Email
    timezone: Zone
    slug: Slug
    workspace_name: str = ""
    workspace_timezone: Zone = "UTC"
    limits: Limits = Limits()
    writes_calendar: bool = False
    active: bool = True
    version: int = 0
    language: Language = "en"


class Location(Message, frozen=True, kw_only=True):
    """Where: `conference` takes its URL from the calendar; the others carry a `value`."""

    kind: Literal["conference", "phone", "address", "url"] = "conference"
    value: Annotated[str, Meta(max_length=500)] = ""


class LinkHost(Message, frozen=True, kw_only=True):
    """A host's place in a link: order, weight (1 to 1000) and level (1 to 100, the highest number
    comes first) are for team links. booking refuses others, at their fields.
    """

    host_id: UUID
    position: int = 0
    weight: int = 1
    level: int = 1


class LinkSettings(Message, frozen=True, kw_only=True):
    """Everything about a link that its host decides. Minutes unless the name says otherwise.

    `durations[0]` is the default. `interval` `None` means the chosen duration. `first_day` and
    `last_day` (in the host's zone, both included) replace `horizon_days` when given.
    `schedule_id` `None` means each host's default schedule. Hosts who meet together share one
    grid: it begins each day at `grid_start` (minutes after midnight) in `grid_timezone`, the
    workspace's zone if `None`.
    A link that names a team (`team_id`) has its hosts: booking writes them into `hosts`, and again
    whenever the team changes. `visitor_picks`: the visitor may pick the host, at `/team/<slug>`.
    `repick`: a moved `round_robin` meeting whose host is not free may go to another.
    `calendar_changes`: a host moves or deletes the event in their calendar, or an attendee declines
    it: the booking follows, or the host is only told that both differ.
    """

    title: Name
    slug: Slug
    kind: Kind = "one_on_one"
    hosts: tuple[LinkHost, ...] = ()
    durations: Annotated[tuple[Duration, ...], Meta(min_length=1, max_length=8)] = (30,)
    interval: Duration | None = None
    buffer_before: Buffer = 0
    buffer_after: Buffer = 0
    notice: Minutes = 240
    horizon_days: Annotated[int, Meta(ge=1, le=730)] = 30
    first_day: date | None = None
    last_day: date | None = None
    limits: Limits = Limits()
    location: Location = Location()
    schedule_id: UUID | None = None
    description: Annotated[str, Meta(max_length=5000)] = ""
    confirmation_text: Annotated[str, Meta(max_length=5000)] = ""
    redirect_url: Annotated[str, Meta(max_length=2000)] = ""
    colour: Colour = "#4f46e5"
    active: bool = True
    listed: bool = True
    single_use: bool = False
    expires_at: Instant | None = None
    reschedule_cutoff: Minutes = 0
    cancel_cutoff: Minutes = 0
    creates_deal: bool = False
    approval: bool = False
    capacity: Annotated[int, Meta(ge=1, le=1000)] = 1
    questions: Annotated[tuple[Question, ...], Meta(max_length=20)] = (NOTE,)
    embed_domains: tuple[str, ...] = ()
    freshness: Annotated[int, Meta(ge=1, le=1440)] = 15
    open_when_stale: bool = False
    assignment: Literal["rotate", "balanced", "priority"] = "rotate"
    grid_start: Annotated[int, Meta(ge=0, le=1439)] = 0
    grid_timezone: Zone | None = None
    team_id: UUID | None = None
    visitor_picks: bool = False
    repick: bool = True
    calendar_changes: Literal["follow", "tell"] = "follow"


class Link(Message, frozen=True, kw_only=True):
    """A bookable offer. `used` tells a single-use link that has been booked."""

    id: UUID
    workspace_id: UUID
    owner_id: UUID
    settings: LinkSettings
    workspace_timezone: Zone = "UTC"
    used: bool = False
    version: int = 0
    created_at: Instant


class SeatHold(Message, frozen=True, kw_only=True):
    """A seat of a group meeting, kept for one attendee while they fill the form in."""

    id: UUID
    expires_at: Instant


class Claim(Message, frozen=True, kw_only=True):
    """The time a meeting takes from one host, buffers included: `[start, end)`.

    `meeting_start` is what limits count. `expires_at` is set for holds only. `removed` says that
    the claim is gone; the highest `version` of a claim is the truth. `seats_taken` counts the
    seats booked and those of `seat_holds`; `booking_id` is set while one booking alone stands
    behind the claim.
    """

    id: UUID
    meeting_id: UUID
    host_id: UUID
    link_id: UUID
    state: Literal["hold", "pending", "confirmed"]
    start: Instant
    end: Instant
    meeting_start: Instant
    meeting_end: Instant
    booking_id: UUID | None = None
    expires_at: Instant | None = None
    seats_taken: int = 1
    seat_holds: tuple[SeatHold, ...] = ()
    removed: bool = False
    version: int = 0


class Attendee(Message, frozen=True, kw_only=True):
    """Who books. `timezone` and `language` are those that their mails are written in."""

    name: Name
    email: Email
    timezone: Zone = "UTC"
    language: Language = "en"


class BookedHost(Message, frozen=True, kw_only=True):
    """A host of a meeting, as everyone who follows a booking needs them."""

    id: UUID
    name: str
    email: str
    timezone: Zone
    writes_calendar: bool = False
    language: Language = "en"


class Booking(Message, frozen=True, kw_only=True):
    """One attendee's place in a meeting, with all that mails, calendars and the CRM need.

    `root_id` is the first booking of the chain: the iCalendar `uid`, the provider's event and the
    deal hang on it. `sequence` (RFC 5546) grows along the chain; `version` with every change.
    No manage token is ever in here. `approved`: whether the chain was ever confirmed; false for a
    request that its host has not answered yet, or has declined: it has no event and no deal.
    `capacity`: how many bookings the meeting takes; more than one for groups. `answers` are words;
    files stand in `files`. `source`: where the attendee came from, empty where nobody said.
    `deal_id`: the deal that it was asked for on ("Schedule a call"), for the whole chain.
    """

    id: UUID
    workspace_id: UUID
    root_id: UUID
    previous_id: UUID | None = None
    next_id: UUID | None = None
    meeting_id: UUID
    link_id: UUID
    link_slug: str
    link_title: str
    link_colour: str = "#4f46e5"
    status: Status
    start: Instant
    end: Instant
    attendee: Attendee
    guests: tuple[Email, ...] = ()
    answers: dict[str, Answer] = {}
    questions: tuple[Question, ...] = ()
    hosts: tuple[BookedHost, ...]
    location: Location = Location()
    join_url: str = ""
    uid: str
    sequence: int = 0
    cancel_reason: str = ""
    cancelled_by: str = ""
    creates_deal: bool = False
    confirmation_text: str = ""
    workspace_name: str = ""
    reschedule_until: Instant | None = None
    cancel_until: Instant | None = None
    created_at: Instant
    version: int = 0
    approved: bool = True
    capacity: int = 1
    files: tuple[BookedFile, ...] = ()
    source: Source = {}
    deal_id: UUID | None = None

    @property
    def answer_until(self) -> datetime:
        """When a request lapses that nobody has answered."""
        return min(self.created_at + ANSWER_WITHIN, self.start)


class HistoryEntry(Message, frozen=True, kw_only=True):
    """What happened to a booking (its whole chain), oldest first."""

    at: Instant
    actor: Actor
    action: str
    detail: dict[str, str] = {}
