"""Which deal a chain of bookings goes to, and what a new deal says."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.booking import Booking

OPEN_STAGES = ("new", "qualified", "proposal")
"""A deal in any of these takes a known contact's next booking."""

HELD = ("confirmed", "completed")
"""Bookings that count as a meeting, ahead or past: not the cancelled, nor the missed."""

TITLE_LENGTH = 400


@dataclass(frozen=True)
class NewDeal:
    """What the booking that makes a deal puts into it. `owner_id` is the booked host."""

    title: str
    owner_id: UUID | None
    owner_name: str
    link_slug: str
    link_title: str
    root_id: UUID
    created_at: datetime


def wants_deal(open_deal: UUID | None, origin: Booking) -> bool:
    """Whether the chain makes a deal of its own (product.md, CRM).

    Strangers and known contacts without an open deal get one where the link says so; an open
    deal is joined instead, whatever the link says.
    """
    return open_deal is None and origin.creates_deal


def new_deal(origin: Booking) -> NewDeal:
    """The deal as its first booking describes it: stage `new`, owned by the booked host."""
    host = origin.hosts[0] if origin.hosts else None
    return NewDeal(
        title=f"{origin.attendee.name} - {origin.link_title}"[:TITLE_LENGTH],
        owner_id=host.id if host else None,
        owner_name=host.name if host else "",
        link_slug=origin.link_slug,
        link_title=origin.link_title,
        root_id=origin.root_id,
        created_at=origin.created_at,
    )
