"""The feed of everything that happened: the shapes that other people's programs read.

They are public and only grow; they share nothing with the messages inside.
"""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.crm_bridge.crm import Stage
from contracts.wire import Instant, Message

FeedType = Literal[
    "booking.requested",
    "booking.confirmed",
    "booking.rescheduled",
    "booking.reassigned",
    "booking.cancelled",
    "booking.declined",
    "booking.no_show",
    "booking.no_show_undone",
    "contact.created",
    "contact.merged",
    "contact.erased",
    "deal.created",
    "deal.stage_changed",
    "deal.value_changed",
    "webhook.test",
]
"""What an event tells of. `webhook.test` is sent on demand and never stands in the feed."""


class FeedLink(Message, frozen=True, kw_only=True):
    """The link that was booked."""

    id: UUID
    slug: str
    title: str


class FeedHost(Message, frozen=True, kw_only=True):
    """A host of the meeting."""

    id: UUID
    name: str
    email: str


class FeedAttendee(Message, frozen=True, kw_only=True):
    """Who booked; `timezone` is an IANA zone's name, `language` a BCP 47 tag."""

    name: str
    email: str
    timezone: str
    language: str = "en"


class FeedLocation(Message, frozen=True, kw_only=True):
    """`kind`: conference, phone, address or url; all but the first carry a `value`."""

    kind: str
    value: str = ""


class FeedAnswer(Message, frozen=True, kw_only=True):
    """What the attendee answered; files stay with the booking."""

    question: str
    label: str
    answer: str | bool | list[str]


class FeedBooking(Message, frozen=True, kw_only=True):
    """A booking as the event left it. `root_id`: the first of its chain, which moves keep.
    `deal_id`: the deal that it was asked for on.

    No link that changes the booking is ever in here.
    """

    id: UUID
    root_id: UUID
    status: str
    start: Instant
    end: Instant
    link: FeedLink
    hosts: tuple[FeedHost, ...]
    attendee: FeedAttendee
    guests: tuple[str, ...] = ()
    answers: tuple[FeedAnswer, ...] = ()
    location: FeedLocation
    join_url: str = ""
    cancel_reason: str = ""
    source: dict[str, str] = {}
    created_at: Instant
    sequence: int = 0
    deal_id: UUID | None = None


class FeedPrevious(Message, frozen=True, kw_only=True):
    """The booking before it was moved or given to another host."""

    id: UUID
    start: Instant
    end: Instant
    hosts: tuple[FeedHost, ...] = ()


class FeedContact(Message, frozen=True, kw_only=True):
    id: UUID
    name: str
    email: str
    created_at: Instant


class FeedDeal(Message, frozen=True, kw_only=True):
    """A deal as the event left it; `owner_id` is the booked host."""

    id: UUID
    contact: FeedContact
    title: str
    stage: Stage
    value_cents: int = 0
    currency: str = "EUR"
    owner_id: UUID | None = None
    owner_name: str = ""
    link_slug: str = ""
    root_id: UUID | None = None
    created_at: Instant


class FeedData(Message, frozen=True, kw_only=True, omit_defaults=True):
    """What the event's type has: `booking` (with `previous` where it was moved or reassigned, and
    `actor`: attendee, system, or who did it), `contact` (with `merged`, the one that went into
    it), or `deal` (with the stage before).
    """

    booking: FeedBooking | None = None
    previous: FeedPrevious | None = None
    actor: str = ""
    contact: FeedContact | None = None
    merged: FeedContact | None = None
    deal: FeedDeal | None = None
    previous_stage: str = ""


class FeedEvent(Message, frozen=True, kw_only=True):
    """Something that happened, as the feed and webhooks tell it. `at`: when, in UTC.

    `cursor`: its place in the workspace's feed. `chain`: events of one chain come in order; a
    booking's is its `root_id`.
    """

    id: UUID
    cursor: str
    type: FeedType
    at: Instant
    workspace_id: UUID
    chain: UUID
    data: FeedData


class ListEvents(Message, frozen=True, kw_only=True):
    """Oldest first, those after a cursor; `host_id` limits to what one host took part in.

    Raises `CursorExpired` where something after the cursor was forgotten by now.
    """

    workspace_id: UUID
    host_id: UUID | None = None
    after: str = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class Events(Message, frozen=True, kw_only=True):
    """`cursor`: ask again after it, now if there is `more`, else later."""

    events: tuple[FeedEvent, ...]
    cursor: str = ""
    more: bool = False
