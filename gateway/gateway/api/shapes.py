"""What the API takes and gives, as types; the OpenAPI document is made from these.

They only grow. `color` is the API's spelling of a link's colour.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from contracts.availability import DateOverride, Region, Slot, WeekdayHours
from contracts.booking import Answer, Buffer, Kind, LinkHost, Location, Question, Source, Status
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

Reason = Annotated[str, Meta(max_length=1000)]


# --- taken --------------------------------------------------------------------------------------


class HoldAsked(Message, frozen=True, kw_only=True):
    """A place to keep while the form is filled in. `host` only where the visitor may pick."""

    start: Instant
    duration: Duration | None = None
    host: UUID | None = None


class AttendeeAsked(Message, frozen=True, kw_only=True):
    """Who books; `timezone` is an IANA zone's name. `language` (BCP 47) is the one of their mails:
    en, de, fr, es, pt, ja or he; any other is taken for English.
    """

    name: Name
    email: Email
    timezone: Zone
    language: Language = "en"


class BookingAsked(Message, frozen=True, kw_only=True):
    """`answers` by question id; `hold` is what a hold's request gave; `source` are the `utm_`
    parameters of the page that led here.
    """

    start: Instant
    duration: Duration | None = None
    hold: UUID | None = None
    host: UUID | None = None
    attendee: AttendeeAsked
    guests: Annotated[tuple[Email, ...], Meta(max_length=10)] = ()
    answers: dict[str, Answer] = msgspec.field(default_factory=dict)
    source: Annotated[Source, Meta(max_length=8)] = msgspec.field(default_factory=dict)


class MoveAsked(Message, frozen=True, kw_only=True):
    """The new start."""

    start: Instant


class CancelAsked(Message, frozen=True, kw_only=True):
    """`reason` is shown to the others."""

    reason: Reason = ""


class NoShowAsked(Message, frozen=True, kw_only=True):
    """`false` takes it back."""

    no_show: bool = True


class LinkAsked(Message, frozen=True, kw_only=True):
    """A new link of the key's owner; minutes unless the name says otherwise."""

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
    location: Location = Location()
    description: Annotated[str, Meta(max_length=5000)] = ""
    color: Colour = "#4f46e5"
    active: bool = True
    listed: bool = True
    creates_deal: bool = False
    calendar_changes: Literal["follow", "tell"] = "follow"
    questions: Annotated[tuple[Question, ...], Meta(max_length=20)] | UnsetType = UNSET


class ScheduleAsked(Message, frozen=True, kw_only=True):
    """Weekly hours of one host (`host` absent: the key's owner). `version` is the one you saw.

    `holidays`: a country or a part of one (`DE`, `DE-BY`) whose public holidays are days off.
    """

    name: Name
    timezone: Zone
    hours: tuple[WeekdayHours, ...] = ()
    overrides: tuple[DateOverride, ...] = ()
    is_default: bool = False
    holidays: Region = ""
    version: int = 0
    host: UUID | None = None


class TimeOffAsked(Message, frozen=True, kw_only=True):
    """Whole local days (`first_day` to `last_day`, both included) or `start` to `end`."""

    first_day: date | None = None
    last_day: date | None = None
    start: Instant | None = None
    end: Instant | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""
    host: UUID | None = None


# --- given --------------------------------------------------------------------------------------


class Who(Message, frozen=True, kw_only=True):
    """A host, as strangers see them."""

    name: str


class PublicLink(Message, frozen=True, kw_only=True):
    """What a visitor may know of a link. Minutes; `timezone` is the (first) host's."""

    slug: str
    title: str
    kind: Kind
    durations: tuple[int, ...]
    timezone: Zone
    questions: tuple[Question, ...]
    color: str
    description: str
    location: str
    hosts: tuple[Who, ...]
    open: bool


class FreeTimes(Message, frozen=True, kw_only=True, omit_defaults=True):
    """Sorted, UTC. `next_free` is the first time after the days asked for, if they have none."""

    timezone: Zone
    duration: Duration
    slots: tuple[Slot, ...]
    next_free: Instant | None = None


class HoldMade(Message, frozen=True, kw_only=True):
    """`hold` is a secret of the page that made it."""

    hold: UUID
    expires_at: Instant


class BookingMade(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A booking, for its attendee alone: the URLs carry the tokens that change it."""

    id: UUID
    status: Status
    start: Instant
    end: Instant
    title: str
    host: Who
    reschedule_url: str
    cancel_url: str
    join_url: str = ""


class BookingEnded(Message, frozen=True, kw_only=True):
    """A booking that its attendee has cancelled."""

    id: UUID
    status: Status
    start: Instant
    end: Instant
    title: str
    host: Who


class UploadMade(Message, frozen=True, kw_only=True):
    """`upload` is the file's value in `answers`, a secret of its sender; `size` in bytes, `type` by
    the file's content. Without a booking it is deleted at `expires_at`.
    """

    upload: UUID
    name: str
    size: int
    type: str
    expires_at: Instant


class Problem(Message, frozen=True, kw_only=True, omit_defaults=True):
    """`code` is for programs, `message` for people, `fields` says what is wrong where."""

    code: str
    message: str
    fields: dict[str, str] = msgspec.field(default_factory=dict)


class Refusal(Message, frozen=True, kw_only=True, omit_defaults=True):
    """Every error. `alternatives` are free instants, with `slot_taken`."""

    error: Problem
    alternatives: tuple[str, ...] = ()
