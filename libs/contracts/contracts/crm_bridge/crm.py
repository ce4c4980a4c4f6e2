"""Contacts and deals, as they follow from bookings."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.wire import Event, Instant, Message

Stage = Literal["new", "qualified", "proposal", "won", "lost"]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
"""ISO 4217."""

MOST_VALUE = 10**15
"""Minor units; everything that reads JSON keeps it whole."""


class Contact(Message, frozen=True, kw_only=True):
    """Matched by `email`, lower case, within the workspace."""

    id: UUID
    workspace_id: UUID
    name: str
    email: str
    created_at: Instant


class TimelineEntry(Message, frozen=True, kw_only=True):
    """`kind`: booked, rescheduled, cancelled, no_show, no_show_undone, stage, value, note, merged,
    erased. Instants in UTC.

    `detail` of `booked` has `answers` (a line each) and the attached files' names as `file:<id>`;
    of a `note` its `text` and, as `note`, the id that deletes it; `by` is who did it.
    """

    at: Instant
    kind: str
    booking_id: UUID | None = None
    start: Instant | None = None
    previous_start: Instant | None = None
    detail: dict[str, str] = {}
    deal_id: UUID | None = None


class Deal(Message, frozen=True, kw_only=True):
    """`root_id` is the booking (chain) that created it. `owner_id` is the booked host.

    `value_cents` is in the minor units of `currency` (ISO 4217): cents of EUR, whole JPY.
    """

    id: UUID
    workspace_id: UUID
    contact: Contact
    title: str
    stage: Stage
    value_cents: int = 0
    currency: str = "EUR"
    owner_id: UUID | None = None
    owner_name: str = ""
    link_slug: str = ""
    link_title: str = ""
    root_id: UUID | None = None
    meeting_next: Instant | None = None
    meeting_last: Instant | None = None
    created_at: Instant
    version: int = 0


class ListDeals(Message, frozen=True, kw_only=True):
    """Newest first; `owner_id` limits to one host's."""

    workspace_id: UUID
    owner_id: UUID | None = None
    stage: Stage | None = None
    search: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    after: str = ""


class Deals(Message, frozen=True, kw_only=True):
    deals: tuple[Deal, ...]
    cursor: str = ""


class GetDeal(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    deal_id: UUID


class DealDetail(Message, frozen=True, kw_only=True):
    deal: Deal
    timeline: tuple[TimelineEntry, ...] = ()


class FindDeal(Message, frozen=True, kw_only=True):
    """The deal that a booking (chain) is on, if any."""

    workspace_id: UUID
    root_id: UUID


class FoundDeal(Message, frozen=True, kw_only=True):
    deal: Deal | None = None


class SetStage(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    deal_id: UUID
    stage: Stage
    actor: str


class SetValue(Message, frozen=True, kw_only=True):
    """What a deal is worth, in minor units; setting the same again is harmless."""

    workspace_id: UUID
    deal_id: UUID
    value_cents: Annotated[int, Meta(ge=0, le=MOST_VALUE)]
    currency: Currency
    actor: str


class GetBoard(Message, frozen=True, kw_only=True):
    """Deals by stage; each column's latest active ones, at most `limit`."""

    workspace_id: UUID
    owner_id: UUID | None = None
    search: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class Column(Message, frozen=True, kw_only=True):
    """One stage: how many deals it has, and their value by currency in minor units."""

    stage: Stage
    count: int
    values: dict[str, int] = {}
    deals: tuple[Deal, ...] = ()


class Board(Message, frozen=True, kw_only=True):
    """Every stage, in order."""

    columns: tuple[Column, ...]


class GetContact(Message, frozen=True, kw_only=True):
    """One that was merged leads to the contact it went into."""

    workspace_id: UUID
    contact_id: UUID


class ContactDetail(Message, frozen=True, kw_only=True):
    """`also`: addresses of contacts that were merged into this one."""

    contact: Contact
    deals: tuple[Deal, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    also: tuple[str, ...] = ()
    meeting_next: Instant | None = None
    meeting_last: Instant | None = None


class ListContacts(Message, frozen=True, kw_only=True):
    """Newest first; `owner_id` limits to those with a deal of that host's. `search` looks at names
    and addresses, those of merged contacts too.
    """

    workspace_id: UUID
    owner_id: UUID | None = None
    search: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    after: str = ""


class ListedContact(Message, frozen=True, kw_only=True):
    """A contact as lists show it. `deals`: how many are open."""

    contact: Contact
    deals: int = 0
    meeting_next: Instant | None = None
    meeting_last: Instant | None = None


class Contacts(Message, frozen=True, kw_only=True):
    contacts: tuple[ListedContact, ...]
    cursor: str = ""


class MergeContacts(Message, frozen=True, kw_only=True):
    """`merged_id` goes into `contact_id`, with its deals, meetings and timeline; whoever books with
    its address later is `contact_id` too. Repeating it is harmless; it cannot be undone.
    """

    workspace_id: UUID
    contact_id: UUID
    merged_id: UUID
    actor: str


class EraseContact(Message, frozen=True, kw_only=True):
    """Forgets who a contact is: here, in the feed, and in what webhooks have still to be sent.

    Repeating it is harmless; it cannot be undone.
    """

    workspace_id: UUID
    contact_id: UUID
    actor: str


class AddNote(Message, frozen=True, kw_only=True):
    """On a deal, else on a contact. `note_id` is made by the caller: a repeated request adds one.

    `Invalid` unless exactly one of both is named.
    """

    workspace_id: UUID
    note_id: UUID
    deal_id: UUID | None = None
    contact_id: UUID | None = None
    text: Annotated[str, Meta(min_length=1, max_length=5000)]
    actor: str


class DeleteNote(Message, frozen=True, kw_only=True):
    """Repeating it is harmless."""

    workspace_id: UUID
    note_id: UUID
    actor: str


class ContactCreated(Event, frozen=True, kw_only=True):
    contact: Contact


class DealCreated(Event, frozen=True, kw_only=True):
    deal: Deal
