"""What is announced of a booking, by what has become of it."""

from datetime import datetime

from booking.domain import drafts
from contracts.booking import (
    Actor,
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
)


def booked(booking: Booking) -> BookingConfirmed | BookingRequested:
    """A new one."""
    if booking.status == "pending":
        return BookingRequested(
            workspace_id=booking.workspace_id, version=booking.version, booking=booking
        )
    return confirmed(booking)


def confirmed(booking: Booking, at: datetime | None = None) -> BookingConfirmed:
    """Booked, or approved `at` a later time (UTC)."""
    return BookingConfirmed(
        workspace_id=booking.workspace_id,
        version=booking.version,
        booking=booking,
        awaits_join_url=drafts.awaits_join_url(booking),
        at=at,
    )


def moved(
    previous: Booking, booking: Booking, actor: Actor
) -> BookingRescheduled | BookingRequested | BookingConfirmed:
    """One that starts at another time. A request that was never approved is no reschedule to
    anybody: its move is a new request or, once nobody need be asked, the confirmation.
    """
    if booking.status == "pending":
        return BookingRequested(
            workspace_id=booking.workspace_id,
            version=booking.version,
            booking=booking,
            previous=previous,
            actor=actor,
        )
    if not previous.approved:
        return confirmed(booking, booking.created_at)
    return BookingRescheduled(
        workspace_id=booking.workspace_id,
        version=booking.version,
        booking=booking,
        previous=previous,
        actor=actor,
        awaits_join_url=drafts.awaits_join_url(booking),
    )


def ended(
    booking: Booking, actor: Actor, at: datetime, *, lapsed: bool = False
) -> BookingCancelled | BookingDeclined:
    """Cancelled, or declined."""
    if booking.status == "declined":
        return BookingDeclined(
            workspace_id=booking.workspace_id,
            version=booking.version,
            booking=booking,
            actor=actor,
            at=at,
            lapsed=lapsed,
        )
    return BookingCancelled(
        workspace_id=booking.workspace_id,
        version=booking.version,
        booking=booking,
        actor=actor,
        at=at,
    )


def reassigned(
    previous: Booking, booking: Booking, actor: Actor, at: datetime
) -> BookingReassigned:
    """To another host."""
    return BookingReassigned(
        workspace_id=booking.workspace_id,
        version=booking.version,
        booking=booking,
        previous=previous,
        actor=actor,
        at=at,
        awaits_join_url=drafts.awaits_join_url(booking),
    )
