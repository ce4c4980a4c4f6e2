"""Statuses of a booking: which may follow which, and the refusal where one may not."""

from datetime import datetime

import msgspec

from booking.domain.tokens import Action
from contracts.booking import Booking, Status
from contracts.errors import AlreadyCancelled, AlreadyMoved, Conflict, SchedulingError, TooLate

MAY_FOLLOW: dict[Status, frozenset[Status]] = {
    "pending": frozenset({"confirmed", "declined", "cancelled", "rescheduled"}),
    "confirmed": frozenset({"rescheduled", "cancelled", "no_show"}),
    "no_show": frozenset({"confirmed"}),
    "rescheduled": frozenset(),
    "cancelled": frozenset(),
    "declined": frozenset(),
    "completed": frozenset(),
}
"""`completed` is never stored: it is a confirmed meeting that has ended."""

OPEN: tuple[Status, ...] = ("confirmed", "pending")
"""A booking that still takes its hosts' time."""

SEATED: tuple[Status, ...] = (*OPEN, "no_show")
"""A booking that has a seat in its meeting, even if nobody came to sit on it."""


def require_possible(now: Status, wanted: Status) -> None:
    """Raises `Conflict` where `wanted` never follows `now`."""
    if wanted not in MAY_FOLLOW[now]:
        raise Conflict


def shown(booking: Booking, now: datetime) -> Booking:
    """As it is shown at `now`: a confirmed meeting that has ended is completed."""
    if booking.status == "confirmed" and booking.end <= now:
        return msgspec.structs.replace(booking, status="completed")
    return booking


def refusal(booking: Booking) -> SchedulingError | None:
    """Why a booking of this status cannot be moved or cancelled by anybody."""
    if booking.status == "rescheduled":
        return AlreadyMoved()
    if booking.status in {"cancelled", "declined"}:
        return AlreadyCancelled()
    if booking.status not in OPEN:
        return Conflict("This meeting has taken place.")
    return None


def require_open(booking: Booking, now: datetime) -> None:
    """For the host, who may act until the meeting has ended. Raises the refusal."""
    refused = refusal(booking)
    if refused is None and booking.end <= now:
        refused = TooLate("This meeting has ended.")
    if refused is not None:
        raise refused


def require_in_time(booking: Booking, action: Action, now: datetime) -> None:
    """For the attendee, held to the cut-off and never later than the start. Raises the refusal."""
    refused = refusal(booking)
    if refused is not None:
        raise refused
    until = booking.reschedule_until if action == "reschedule" else booking.cancel_until
    if now >= booking.start:
        raise TooLate("This meeting has started. Please write to your host.")
    if until is not None and now >= until:
        raise TooLate


def require_unanswered(booking: Booking, now: datetime) -> None:
    """For the host who approves or declines. Raises the refusal."""
    if booking.status != "pending":
        raise refusal(booking) or Conflict("This request has been answered.")
    if now >= booking.answer_until:
        raise TooLate("This request has lapsed.")


def require_started(booking: Booking, now: datetime) -> None:
    """No-shows are known only after the start. Raises `Conflict`."""
    if booking.status not in {"confirmed", "no_show"}:
        raise refusal(booking) or Conflict("This meeting is not confirmed.")
    if now < booking.start:
        raise Conflict("A no-show can be marked once the meeting has started.")
