"""What visitors' pages and programs send and get, as types: the OpenAPI document's, too.

They only grow. `color` is the API's spelling of a link's colour. Hosts' are `host_shapes`.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from contracts.availability import Slot
from contracts.booking import Answer, Kind, Question, Source, Status
from contracts.wire import (
    Duration,
    Email,
    Instant,
    Language,
    Message,
    Name,
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


class SlotsOf(Message, frozen=True, kw_only=True):
    """Which free times: `reading.slots_query` reads them, for speed."""

    first: Annotated[date, Meta(description="First day, in `tz`.")] = msgspec.field(name="from")
    last: Annotated[date, Meta(description="Last day, included; at most 62 days.")] = msgspec.field(
        name="to"
    )
    tz: Annotated[Zone, Meta(description="An IANA time zone.")]
    duration: Annotated[Duration | None, Meta(description="Minutes, one of the link's.")] = None
    hold: Annotated[
        UUID | None, Meta(description="The visitor's own hold, whose time is shown as free.")
    ] = None
    host: Annotated[UUID | None, Meta(description="Only where the visitor may pick the host.")] = (
        None
    )


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
    alternatives: tuple[Instant, ...] = ()
