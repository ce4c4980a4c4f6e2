"""What booking is asked, and what it answers."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.booking.forms import Answer
from contracts.booking.values import (
    Actor,
    Attendee,
    Booking,
    Claim,
    HistoryEntry,
    Host,
    Key,
    Limits,
    Link,
    LinkSettings,
    Source,
)
from contracts.wire import (
    Duration,
    Email,
    Instant,
    Message,
    Slug,
)


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
    """`version`: only if it is that one, else `Changed`."""

    workspace_id: UUID
    link_id: UUID
    actor: Actor = "system"
    version: int | None = None


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
    """An attendee's booking. `host_id` only where the link lets visitors pick.

    `deal_id`: a deal of the link's workspace that it was asked for on; never a visitor's own word.
    """

    slug: str
    idempotency_key: Key
    start: Instant
    duration: Duration | None = None
    hold_id: UUID | None = None
    host_id: UUID | None = None
    attendee: Attendee
    guests: Annotated[tuple[Email, ...], Meta(max_length=10)] = ()
    answers: dict[str, Answer] = {}
    source: Annotated[Source, Meta(max_length=8)] = {}
    deal_id: UUID | None = None


class Booked(Message, frozen=True, kw_only=True):
    """A booking and the tokens that change it; for the attendee alone."""

    booking: Booking
    reschedule_token: str
    cancel_token: str


class FindByToken(Message, frozen=True, kw_only=True):
    """Looks only. Raises `NotFound`, `AlreadyMoved`. `approve` and `decline` are the host's."""

    token: str
    action: Literal["reschedule", "cancel", "approve", "decline"]


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


class ReassignBooking(Message, frozen=True, kw_only=True):
    """Another of the link's hosts takes the meeting; `round_robin` only. Repeating it is harmless.

    Who may: the caller decides that (its host or an admin), as for every change by the host.
    """

    workspace_id: UUID
    booking_id: UUID
    host_id: UUID
    actor: Actor


class DecideBooking(Message, frozen=True, kw_only=True):
    """A host's answer to a request for approval. `reason` is for the attendee, on a refusal.

    The same answer again is harmless; another one is a `Conflict`.
    """

    workspace_id: UUID
    booking_id: UUID
    approve: bool
    reason: Annotated[str, Meta(max_length=1000)] = ""
    actor: Actor


class DecideByToken(Message, frozen=True, kw_only=True):
    """The same by a token of the hosts' mail, which is good for one of the two answers."""

    token: str
    action: Literal["approve", "decline"]
    reason: Annotated[str, Meta(max_length=1000)] = ""


class ApprovalTokens(Message, frozen=True, kw_only=True):
    """The tokens of the buttons in the hosts' mail; empty once the request is answered.

    Asked with `ManageTokens`. Until `answer_until` the host may answer.
    """

    booking: Booking
    approve_token: str = ""
    decline_token: str = ""
    answer_until: Instant | None = None


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

    Upcoming: confirmed, not yet ended, soonest first. The others: latest first. `since` and `until`
    bound the start: `[since, until)`. `due_first`: requests instead by when they lapse, the first
    to lapse first; no other tab knows it.
    """

    workspace_id: UUID
    tab: Tab = "upcoming"
    host_id: UUID | None = None
    search: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    after: str = ""
    link_id: UUID | None = None
    since: Instant | None = None
    until: Instant | None = None
    due_first: bool = False


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
