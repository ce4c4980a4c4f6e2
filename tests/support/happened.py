"""What booking announces of a booking, for those who follow it."""

from datetime import datetime

from msgspec.structs import replace

from contracts.booking import Booking, BookingCancelled, BookingConfirmed, BookingRescheduled


def confirmed(booking: Booking) -> BookingConfirmed:
    """It stands."""
    return BookingConfirmed(
        workspace_id=booking.workspace_id, version=booking.version, booking=booking
    )


def rescheduled(before: Booking, after: Booking) -> BookingRescheduled:
    """Its attendee has moved it."""
    old = replace(before, status="rescheduled", next_id=after.id, version=before.version + 1)
    return BookingRescheduled(
        workspace_id=after.workspace_id,
        version=after.version,
        booking=after,
        previous=old,
        actor="attendee",
    )


def cancelled(booking: Booking, at: datetime | None = None) -> BookingCancelled:
    """Its attendee has cancelled it."""
    gone = replace(booking, status="cancelled", version=booking.version + 1)
    return BookingCancelled(
        workspace_id=gone.workspace_id, version=gone.version, booking=gone, actor="attendee", at=at
    )
