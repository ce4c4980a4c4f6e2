"""The facts of a chain as the owner of the bookings keeps it, to compare and rebuild from."""

from datetime import datetime
from uuid import UUID

from contracts.booking import Booking
from crm_bridge.domain import facts
from crm_bridge.domain.facts import Entry, Facts

NEVER_ANNOUNCED = ("pending", "declined")
"""A booking waiting for approval, or refused, makes no contact and no deal."""


def facts_of(booking: Booking, starts: dict[UUID, datetime], heard_at: datetime) -> Facts | None:
    """What one exported booking proves. `starts` knows the starts of the bookings it replaced."""
    if booking.status in NEVER_ANNOUNCED or not booking.approved:
        return None
    return Facts(booking, booking, (_opening(booking, starts), *_closing(booking, heard_at)))


def _opening(booking: Booking, starts: dict[UUID, datetime]) -> Entry:
    if booking.previous_id is None:
        return facts.first(booking)
    return facts.moved(booking, starts.get(booking.previous_id), "")


def _closing(booking: Booking, heard_at: datetime) -> tuple[Entry, ...]:
    if booking.status == "cancelled":
        return (facts.ended(booking, booking.cancelled_by, heard_at),)
    if booking.status == "no_show":
        return (facts.missed(booking, "", heard_at, no_show=True),)
    return ()
