"""Contacts and deals, as they follow from bookings."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.wire import Event, Instant, Message

Stage = Literal["new", "qualified", "proposal", "won", "lost"]


class Contact(Message, frozen=True, kw_only=True):
    """Matched by `email`, lower case, within the workspace."""

    id: UUID
    workspace_id: UUID
    name: str
    email: str
    created_at: Instant


class TimelineEntry(Message, frozen=True, kw_only=True):
    """`kind`: booked, rescheduled, cancelled, no_show, no_show_undone, stage. Instants in UTC."""

    at: Instant
    kind: str
    booking_id: UUID | None = None
    start: Instant | None = None
    previous_start: Instant | None = None
    detail: dict[str, str] = {}


class Deal(Message, frozen=True, kw_only=True):
    """`root_id` is the booking (chain) that created it. `owner_id` is the booked host."""

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


class GetContact(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    contact_id: UUID


class ContactDetail(Message, frozen=True, kw_only=True):
    contact: Contact
    deals: tuple[Deal, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()


class ContactCreated(Event, frozen=True, kw_only=True):
    contact: Contact


class DealCreated(Event, frozen=True, kw_only=True):
    deal: Deal
