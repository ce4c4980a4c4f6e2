"""Approval: a host answers a request by hand or by the buttons of a mail; unanswered, it lapses."""

from datetime import datetime

from booking.domain import news, statuses, text
from booking.domain.tokens import ANSWERS
from booking.service.desk import Desk, announce_claims, tokens_of
from booking.service.managing import note, of_token
from booking.store import bookings, claims, history, seats
from contracts.booking import (
    ANSWER_WITHIN,
    ApprovalTokens,
    Booking,
    DecideBooking,
    DecideByToken,
    ManageTokens,
)
from contracts.errors import SchedulingError
from servicekit import Tx

_A_TICK = 100


def decide(desk: Desk, request: DecideBooking) -> Booking:
    """Approves or declines. Raises `NotFound`, `Conflict`, `TooLate`."""
    reason = text.checked(request.reason, "reason", lines=True)
    actor = text.checked(request.actor, "actor")
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        if request.approve:
            return _approve(desk, tx, booking, actor)
        return _decline(desk, tx, booking, (reason, actor, desk.clock.now()))


def by_token(desk: Desk, request: DecideByToken) -> Booking:
    """The same by a button of the hosts' mail; the token says which."""
    reason = text.checked(request.reason, "reason", lines=True)
    with desk.db.begin() as tx:
        booking = of_token(tx, request.token, request.action)
        actor = f"host:{booking.hosts[0].id}"
        if request.action == "approve":
            return _approve(desk, tx, booking, actor)
        return _decline(desk, tx, booking, (reason, actor, desk.clock.now()))


def _approve(desk: Desk, tx: Tx, booking: Booking, actor: str) -> Booking:
    now = desk.clock.now()
    if booking.status == "confirmed":
        return statuses.shown(booking, now)
    statuses.require_unanswered(booking, now)
    claims.lock_hosts(tx, [host.id for host in booking.hosts])
    approved = bookings.change(tx, booking, "confirmed", approved=True)
    changed = seats.confirm(tx, booking.meeting_id)
    note(tx, approved, history.entry(now, actor, "approved", booking_id=str(booking.id)))
    desk.announce(tx, news.confirmed(approved, now))
    announce_claims(desk, tx, booking.workspace_id, *changed)
    return approved


def _decline(desk: Desk, tx: Tx, booking: Booking, why: tuple[str, str, datetime]) -> Booking:
    if booking.status == "declined":
        return booking
    statuses.require_unanswered(booking, why[2])
    return _end(desk, tx, booking, why)


def _end(
    desk: Desk, tx: Tx, booking: Booking, why: tuple[str, str, datetime], *, lapsed: bool = False
) -> Booking:
    reason, actor, now = why
    claims.lock_hosts(tx, [host.id for host in booking.hosts])
    declined = bookings.change(
        tx,
        booking,
        "declined",
        cancel_reason=reason,
        cancelled_by=actor,
        sequence=booking.sequence + 1,
    )
    freed = seats.leave(tx, booking.meeting_id)
    action = "lapsed" if lapsed else "declined"
    note(tx, declined, history.entry(now, actor, action, booking_id=str(booking.id)))
    desk.announce(tx, news.ended(declined, actor, now, lapsed=lapsed))
    announce_claims(desk, tx, booking.workspace_id, *freed)
    return declined


def tokens(desk: Desk, request: ManageTokens) -> ApprovalTokens:
    """For a mail to the hosts that is about to be sent."""
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        booking = bookings.latest(tx, booking)
        if booking.status != "pending":
            return ApprovalTokens(booking=statuses.shown(booking, desk.clock.now()))
        approve, decline = tokens_of(desk, tx, booking, ANSWERS)
    return ApprovalTokens(
        booking=booking,
        approve_token=approve,
        decline_token=decline,
        answer_until=booking.answer_until,
    )


def lapse(desk: Desk) -> None:
    """Ends the requests that nobody has answered in time, each by itself; what was answered
    meanwhile, or by another replica, stays as it is.
    """
    now = desk.clock.now()
    with desk.db.begin() as tx:
        due = bookings.unanswered(tx, now - ANSWER_WITHIN, now, _A_TICK)
    for booking in due:
        try:
            with desk.db.begin() as tx:
                _end(desk, tx, booking, ("", "system", now), lapsed=True)
        except SchedulingError:
            continue
