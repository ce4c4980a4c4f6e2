"""What is done to a booking that exists: look, cancel, no-show, tokens."""

from datetime import datetime

from booking.domain import news, statuses, text
from booking.domain.tokens import ANSWERS, Action, is_token
from booking.service.desk import Desk, announce_claims
from booking.service.making import answer
from booking.store import bookings, claims, history, seats
from contracts.booking import (
    Booked,
    Booking,
    BookingDetail,
    BookingNoShow,
    CancelBooking,
    CancelByToken,
    FindByToken,
    GetBooking,
    HistoryEntry,
    Managed,
    ManageTokens,
    SetNoShow,
)
from contracts.errors import AlreadyMoved, NotFound, SchedulingError
from servicekit import Tx


def of_token(tx: Tx, token: str, action: Action) -> Booking:
    """Whose token this is. Raises `NotFound`."""
    if not is_token(token):
        raise NotFound("This link leads nowhere. Please use the one in your newest mail.")
    return bookings.by_token(tx, token, action)


def find(desk: Desk, request: FindByToken) -> Managed:
    """Looks only: mail scanners follow links."""
    now = desk.clock.now()
    with desk.db.begin() as tx:
        booking = of_token(tx, request.token, request.action)
    if booking.status == "rescheduled":
        raise AlreadyMoved
    return Managed(booking=statuses.shown(booking, now), closed=_closed(booking, request, now))


def _closed(booking: Booking, request: FindByToken, now: datetime) -> str:
    try:
        if request.action in ANSWERS:
            statuses.require_unanswered(booking, now)
        else:
            statuses.require_in_time(booking, request.action, now)
    except SchedulingError as refused:
        return refused.message
    return ""


def cancel_by_token(desk: Desk, request: CancelByToken) -> Booking:
    """By the attendee, until the cut-off."""
    reason = text.checked(request.reason, "reason", lines=True)
    now = desk.clock.now()
    with desk.db.begin() as tx:
        booking = of_token(tx, request.token, "cancel")
        statuses.require_in_time(booking, "cancel", now)
        return end(desk, tx, booking, (reason, "attendee", now))


def cancel_by_host(desk: Desk, request: CancelBooking) -> Booking:
    """By the host, until the meeting has ended."""
    reason = text.checked(request.reason, "reason", lines=True)
    actor = text.checked(request.actor, "actor")
    now = desk.clock.now()
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        statuses.require_open(booking, now)
        return end(desk, tx, booking, (reason, actor, now))


def end(desk: Desk, tx: Tx, booking: Booking, why: tuple[str, str, datetime]) -> Booking:
    """Cancels it. `why`: the reason in words, who, and when (UTC)."""
    reason, actor, now = why
    claims.lock_hosts(tx, [host.id for host in booking.hosts])
    cancelled = bookings.change(
        tx,
        booking,
        "cancelled",
        cancel_reason=reason,
        cancelled_by=actor,
        sequence=booking.sequence + 1,
    )
    freed = seats.leave(tx, booking.meeting_id)
    note(tx, cancelled, history.entry(now, actor, "cancelled", booking_id=str(booking.id)))
    desk.announce(tx, news.ended(cancelled, actor, now))
    announce_claims(desk, tx, booking.workspace_id, *freed)
    return cancelled


def note(tx: Tx, booking: Booking, entry: HistoryEntry) -> None:
    """Writes the history of a booking's chain."""
    history.add(tx, (booking.workspace_id, booking.root_id), entry)


def set_no_show(desk: Desk, request: SetNoShow) -> Booking:
    """Marks or unmarks; what is so already stays, and is not announced again."""
    actor = text.checked(request.actor, "actor")
    now = desk.clock.now()
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        statuses.require_started(booking, now)
        if (booking.status == "no_show") is request.no_show:
            return statuses.shown(booking, now)
        changed = bookings.change(tx, booking, "no_show" if request.no_show else "confirmed")
        action = "no_show" if request.no_show else "no_show_undone"
        note(tx, changed, history.entry(now, actor, action, booking_id=str(booking.id)))
        desk.announce(tx, _no_show(changed, actor, now))
        return statuses.shown(changed, now)


def _no_show(booking: Booking, actor: str, at: datetime) -> BookingNoShow:
    return BookingNoShow(
        workspace_id=booking.workspace_id,
        version=booking.version,
        booking=booking,
        no_show=booking.status == "no_show",
        actor=actor,
        at=at,
    )


def get(desk: Desk, request: GetBooking) -> BookingDetail:
    """With the history of its whole chain."""
    with desk.db.read() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        if request.latest:
            booking = bookings.latest(tx, booking)
        told = history.of(tx, request.workspace_id, booking.root_id)
    return BookingDetail(booking=statuses.shown(booking, desk.clock.now()), history=told)


def tokens(desk: Desk, request: ManageTokens) -> Booked:
    """Those of the chain's newest booking, for a mail that is about to be sent."""
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        return answer(desk, tx, bookings.latest(tx, booking))
