"""What is left of a person who was erased: that something happened, and when; not who it was."""

from uuid import UUID

from msgspec.structs import replace

from contracts.crm_bridge import FeedBooking, FeedContact, FeedData, FeedDeal

NAME = "Erased person"
SECRETS = frozenset({"answers", "reason", "text", "from", "email"})
"""Parts of a timeline's entries that tell of a person, or that people wrote themselves."""


def address(contact_id: UUID) -> str:
    """Stands where the address stood; nobody's (RFC 2606), and no two are the same."""
    return f"erased-{contact_id}@erased.invalid"


def detail(kind: str, said: dict[str, str]) -> dict[str, str]:
    """What an entry of a timeline may still say. A stage's `from` is a stage."""
    if kind in {"stage", "value"}:
        return said
    return {
        name: value
        for name, value in said.items()
        if name not in SECRETS and not name.startswith("file:")
    }


def data(told: FeedData) -> FeedData:
    """What an event of the feed may still say."""
    return replace(
        told,
        booking=_booking(told.booking) if told.booking else None,
        contact=_contact(told.contact) if told.contact else None,
        merged=_contact(told.merged) if told.merged else None,
        deal=_deal(told.deal) if told.deal else None,
    )


def _booking(booking: FeedBooking) -> FeedBooking:
    who = replace(
        booking.attendee, name=NAME, email=address(booking.root_id), timezone="UTC", language="en"
    )
    return replace(booking, attendee=who, guests=(), answers=(), cancel_reason="", source={})


def _contact(contact: FeedContact) -> FeedContact:
    return replace(contact, name=NAME, email=address(contact.id))


def _deal(deal: FeedDeal) -> FeedDeal:
    return replace(deal, title=NAME, contact=_contact(deal.contact))
