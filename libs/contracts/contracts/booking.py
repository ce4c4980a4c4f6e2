"""booking: hosts, links, holds, meetings and their claims, bookings, manage tokens."""

from datetime import date
from typing import Annotated, Literal, Protocol
from uuid import UUID

from msgspec import Meta

from contracts.wire import (
    Colour,
    Duration,
    Email,
    Empty,
    Event,
    Instant,
    Message,
    Minutes,
    Name,
    Ping,
    Pong,
    Slug,
    Zone,
    surface,
)

Kind = Literal["one_on_one", "round_robin", "collective", "group"]
Status = Literal[
    "pending", "confirmed", "rescheduled", "cancelled", "declined", "completed", "no_show"
]
QuestionType = Literal[
    "text",
    "textarea",
    "select",
    "checkbox",
    "file",
    "email",
    "phone",
    "number",
    "url",
    "multi_select",
]
Answer = str | bool | list[str]
Limit = Annotated[int, Meta(ge=1, le=1000)]
Buffer = Annotated[int, Meta(ge=0, le=240)]
Actor = Annotated[str, Meta(max_length=120)]
"""Who did it: `attendee`, `host:<uuid>`, `account:<uuid>` or `system`."""
Key = Annotated[str, Meta(min_length=1, max_length=200)]
"""An idempotency key: the same key never acts twice and gets the same answer."""


# --- values ------------------------------------------------------------------------------------


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


class Location(Message, frozen=True, kw_only=True):
    """Where: `conference` takes its URL from the calendar; the others carry a `value`."""

    kind: Literal["conference", "phone", "address", "url"] = "conference"
    value: Annotated[str, Meta(max_length=500)] = ""


class Question(Message, frozen=True, kw_only=True):
    """One field of the pre-meeting form."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,40}$")]
    label: Name
    type: QuestionType = "text"
    required: bool = False
    help: Annotated[str, Meta(max_length=500)] = ""
    options: tuple[Name, ...] = ()


NOTE = Question(
    id="note", label="Anything we should know beforehand?", type="textarea", required=False
)
"""The question every new link starts with."""


class LinkHost(Message, frozen=True, kw_only=True):
    """A host's place in a link: order, weight and level are for team links."""

    host_id: UUID
    position: int = 0
    weight: Annotated[int, Meta(ge=1, le=1000)] = 1
    level: Annotated[int, Meta(ge=1, le=100)] = 1


class LinkSettings(Message, frozen=True, kw_only=True):
    """Everything about a link that its host decides. Minutes unless the name says otherwise.

    `durations[0]` is the default. `interval` `None` means the chosen duration. `first_day` and
    `last_day` (in the host's zone, both included) replace `horizon_days` when given.
    `schedule_id` `None` means each host's default schedule.
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


class Claim(Message, frozen=True, kw_only=True):
    """The time a meeting takes from one host, buffers included: `[start, end)`.

    `meeting_start` is what limits count. `expires_at` is set for holds only. `removed` says that
    the claim is gone; the highest `version` of a claim is the truth.
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
    removed: bool = False
    version: int = 0


class Attendee(Message, frozen=True, kw_only=True):
    """Who books. `timezone` is the zone their mails are written in."""

    name: Name
    email: Email
    timezone: Zone = "UTC"
    language: Annotated[str, Meta(max_length=35)] = "en"


class BookedHost(Message, frozen=True, kw_only=True):
    """A host of a meeting, as everyone who follows a booking needs them."""

    id: UUID
    name: str
    email: str
    timezone: Zone
    writes_calendar: bool = False


class Booking(Message, frozen=True, kw_only=True):
    """One attendee's place in a meeting, with all that mails, calendars and the CRM need.

    `root_id` is the first booking of the chain: the iCalendar `uid`, the provider's event and the
    deal hang on it. `sequence` (RFC 5546) grows along the chain; `version` with every change.
    No manage token is ever in here.
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


class HistoryEntry(Message, frozen=True, kw_only=True):
    """What happened to a booking (its whole chain), oldest first."""

    at: Instant
    actor: Actor
    action: str
    detail: dict[str, str] = {}


# --- requests and answers ----------------------------------------------------------------------


class SaveHost(Message, frozen=True, kw_only=True):
    """A host's own settings; name, mail and zone come from their account."""

    workspace_id: UUID
    host_id: UUID
    slug: Slug
    limits: Limits = Limits()
    actor: Actor = "system"


class ListHosts(Message, frozen=True, kw_only=True):
    workspace_id: UUID


class Hosts(Message, frozen=True, kw_only=True):
    hosts: tuple[Host, ...]


class CreateLink(Message, frozen=True, kw_only=True):
    """`link_id` is made by the caller, so a repeated request makes one link.

    An empty `settings.hosts` means the owner alone.
    """

    workspace_id: UUID
    link_id: UUID
    owner_id: UUID
    settings: LinkSettings
    actor: Actor = "system"


class UpdateLink(Message, frozen=True, kw_only=True):
    """Refused with `Conflict` unless `version` is the stored one."""

    workspace_id: UUID
    link_id: UUID
    version: int
    settings: LinkSettings
    actor: Actor = "system"


class GetLink(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    link_id: UUID


class DeleteLink(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    link_id: UUID
    actor: Actor = "system"


class ListLinks(Message, frozen=True, kw_only=True):
    """`owner_id` `None` lists the whole workspace's."""

    workspace_id: UUID
    owner_id: UUID | None = None


class Links(Message, frozen=True, kw_only=True):
    links: tuple[Link, ...]


class FindPage(Message, frozen=True, kw_only=True):
    """What a public slug shows. The slug is unique in the installation: no workspace is asked."""

    slug: str


class Page(Message, frozen=True, kw_only=True):
    """A link with its hosts, or (`link` `None`) a host's page with their listed, open links."""

    link: Link | None = None
    hosts: tuple[Host, ...] = ()
    links: tuple[Link, ...] = ()


class PlaceHold(Message, frozen=True, kw_only=True):
    """`hold_id` is made by the caller and secret: who has it, owns the hold."""

    hold_id: UUID
    slug: str
    start: Instant
    duration: Duration | None = None
    host_id: UUID | None = None
    address: Annotated[str, Meta(max_length=64)] = ""


class RenewHold(Message, frozen=True, kw_only=True):
    hold_id: UUID


class ReleaseHold(Message, frozen=True, kw_only=True):
    hold_id: UUID


class Hold(Message, frozen=True, kw_only=True):
    """A place kept for one attendee while they fill the form in."""

    id: UUID
    start: Instant
    duration: Duration
    expires_at: Instant


class Book(Message, frozen=True, kw_only=True):
    """An attendee's booking. `host_id` only where the link lets visitors pick."""

    slug: str
    idempotency_key: Key
    start: Instant
    duration: Duration | None = None
    hold_id: UUID | None = None
    host_id: UUID | None = None
    attendee: Attendee
    guests: Annotated[tuple[Email, ...], Meta(max_length=10)] = ()
    answers: dict[str, Answer] = {}


class Booked(Message, frozen=True, kw_only=True):
    """A booking and the tokens that change it; for the attendee alone."""

    booking: Booking
    reschedule_token: str
    cancel_token: str


class FindByToken(Message, frozen=True, kw_only=True):
    """Looks only. Raises `NotFound`, `AlreadyMoved`."""

    token: str
    action: Literal["reschedule", "cancel"]


class Managed(Message, frozen=True, kw_only=True):
    """A booking as its attendee may see it, and its link's slug for the picker.

    `closed` says in words why the action is not possible now; empty when it is.
    """

    booking: Booking
    closed: str = ""


class RescheduleByToken(Message, frozen=True, kw_only=True):
    token: str
    idempotency_key: Key
    start: Instant


class CancelByToken(Message, frozen=True, kw_only=True):
    token: str
    reason: Annotated[str, Meta(max_length=1000)] = ""


class RescheduleBooking(Message, frozen=True, kw_only=True):
    """By the host, who may override notice and horizon, never a claim or a busy period."""

    workspace_id: UUID
    booking_id: UUID
    idempotency_key: Key
    start: Instant
    actor: Actor


class CancelBooking(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    booking_id: UUID
    reason: Annotated[str, Meta(max_length=1000)] = ""
    actor: Actor


class SetNoShow(Message, frozen=True, kw_only=True):
    """Marks (or unmarks) after the start."""

    workspace_id: UUID
    booking_id: UUID
    no_show: bool
    actor: Actor


class GetBooking(Message, frozen=True, kw_only=True):
    """`latest` follows the chain to its newest booking."""

    workspace_id: UUID
    booking_id: UUID
    latest: bool = False


class BookingDetail(Message, frozen=True, kw_only=True):
    booking: Booking
    history: tuple[HistoryEntry, ...] = ()


class ManageTokens(Message, frozen=True, kw_only=True):
    """Asked by notifications when a mail is about to be sent, and at no other time."""

    workspace_id: UUID
    booking_id: UUID


Tab = Literal["upcoming", "past", "no_shows", "cancelled", "pending"]


class ListBookings(Message, frozen=True, kw_only=True):
    """A page of one tab. `host_id` `None` is everyone; `after` is the `cursor` of the page before.

    Upcoming: confirmed, not yet ended, soonest first. The others: latest first.
    """

    workspace_id: UUID
    tab: Tab = "upcoming"
    host_id: UUID | None = None
    search: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    after: str = ""


class Bookings(Message, frozen=True, kw_only=True):
    bookings: tuple[Booking, ...]
    cursor: str = ""
    counts: dict[str, int] = {}


class Export(Message, frozen=True, kw_only=True):
    """A page of the owner's truth, for readers that rebuild or compare their copies."""

    kind: Literal["hosts", "links", "claims", "bookings"]
    after: str = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 500


class Exported(Message, frozen=True, kw_only=True):
    hosts: tuple[Host, ...] = ()
    links: tuple[Link, ...] = ()
    claims: tuple[Claim, ...] = ()
    bookings: tuple[Booking, ...] = ()
    cursor: str = ""


# --- events ------------------------------------------------------------------------------------


class HostChanged(Event, frozen=True, kw_only=True):
    host: Host


class LinkChanged(Event, frozen=True, kw_only=True):
    link: Link
    deleted: bool = False


class ClaimsChanged(Event, frozen=True, kw_only=True):
    """Only the claims that changed; each carries its own version."""

    claims: tuple[Claim, ...]


class BookingConfirmed(Event, frozen=True, kw_only=True):
    """`awaits_join_url`: a calendar is about to make the conference; mails may wait 60 s for it."""

    booking: Booking
    awaits_join_url: bool = False


class BookingRescheduled(Event, frozen=True, kw_only=True):
    """`booking` is the new one (same `root_id`, `uid`); `previous` is the row it replaces."""

    booking: Booking
    previous: Booking
    actor: Actor
    awaits_join_url: bool = False


class BookingCancelled(Event, frozen=True, kw_only=True):
    """`at`: when it was cancelled; a reader that finds none takes the time it heard of it."""

    booking: Booking
    actor: Actor
    at: Instant | None = None


class BookingNoShow(Event, frozen=True, kw_only=True):
    """Marked (`booking.status == "no_show"`) or unmarked; `at` as in `BookingCancelled`."""

    booking: Booking
    no_show: bool
    actor: Actor
    at: Instant | None = None


@surface("booking")
class BookingRpc(Protocol):
    """What booking answers."""

    def ping(self, request: Ping) -> Pong: ...
    def list_hosts(self, request: ListHosts) -> Hosts: ...
    def save_host(self, request: SaveHost) -> Host: ...
    def create_link(self, request: CreateLink) -> Link: ...
    def update_link(self, request: UpdateLink) -> Link: ...
    def delete_link(self, request: DeleteLink) -> Empty: ...
    def get_link(self, request: GetLink) -> Link: ...
    def list_links(self, request: ListLinks) -> Links: ...
    def find_page(self, request: FindPage) -> Page: ...
    def place_hold(self, request: PlaceHold) -> Hold: ...
    def renew_hold(self, request: RenewHold) -> Hold: ...
    def release_hold(self, request: ReleaseHold) -> Empty: ...
    def book(self, request: Book) -> Booked: ...
    def find_by_token(self, request: FindByToken) -> Managed: ...
    def reschedule_by_token(self, request: RescheduleByToken) -> Booked: ...
    def cancel_by_token(self, request: CancelByToken) -> Booking: ...
    def reschedule(self, request: RescheduleBooking) -> Booking: ...
    def cancel(self, request: CancelBooking) -> Booking: ...
    def set_no_show(self, request: SetNoShow) -> Booking: ...
    def get_booking(self, request: GetBooking) -> BookingDetail: ...
    def list_bookings(self, request: ListBookings) -> Bookings: ...
    def manage_tokens(self, request: ManageTokens) -> Booked: ...
    def export(self, request: Export) -> Exported: ...
