"""Reschedule, by the attendee's token or by the host."""

from dataclasses import dataclass, replace
from datetime import datetime

from booking.domain import keys as idempotency
from booking.domain import links, moments, news, statuses, text
from booking.domain.drafts import Offer
from booking.domain.keys import Key
from booking.service import attaching, choosing, managing, rotating, shifting
from booking.service.choosing import Place
from booking.service.desk import Desk, announce_claims, mint
from booking.service.making import handed, locked, replayed
from booking.service.shifting import Shift
from booking.store import bookings, seats
from booking.store import links as stored_links
from contracts.booking import (
    Booked,
    Booking,
    Link,
    RescheduleBooking,
    RescheduleByToken,
    Status,
)
from contracts.errors import (
    Conflict,
    Invalid,
    LinkClosed,
    NotFound,
    SchedulingError,
)
from servicekit import Tx


@dataclass(frozen=True)
class _Move:
    """Who wants which booking to start when, in UTC."""

    booking: Booking
    start: datetime
    actor: str
    by_host: bool
    key: Key


def by_token(desk: Desk, request: RescheduleByToken) -> Booked:
    """For the attendee, held to the link's rules and to its cut-off."""
    start = moments.instant(request.start)
    with desk.db.begin() as tx:
        booking = managing.of_token(tx, request.token, "reschedule")
    key = idempotency.for_move(request.idempotency_key, booking.id, start)
    return _move(desk, _Move(booking, start, "attendee", by_host=False, key=key))


def by_host(desk: Desk, request: RescheduleBooking) -> Booked:
    """For the host, who may override notice and horizon."""
    start = moments.instant(request.start)
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
    key = idempotency.for_move(request.idempotency_key, booking.id, start)
    actor = text.checked(request.actor, "actor")
    return _move(desk, _Move(booking, start, actor, by_host=True, key=key))


def _move(desk: Desk, move: _Move) -> Booked:
    try:
        return _decide(desk, move)
    except SchedulingError:
        done = replayed(desk, move.booking.workspace_id, move.key)
        if done is None:
            raise
        return done


def _decide(desk: Desk, move: _Move) -> Booked:
    now = desk.clock.now()
    _require_possible(move, now)
    offer = _offer(desk, move.booking)
    place = _place(offer, move)
    try:
        chosen = choosing.choose(desk, offer, place)
        order = Shift(
            offer, chosen, move.booking, move.start, move.booking.status, desk.new_id(), now
        )
        with desk.db.begin() as tx:
            return _store(desk, tx, move, order)
    except SchedulingError as refused:
        raise choosing.with_alternatives(desk, offer, place, refused) from None


def _require_possible(move: _Move, now: datetime) -> None:
    if move.by_host:
        statuses.require_open(move.booking, now)
    else:
        statuses.require_in_time(move.booking, "reschedule", now)
    moments.require_bookable(move.start, now)
    if move.start == move.booking.start:
        raise Invalid(fields={"start": "The meeting is at this time already."})


def _offer(desk: Desk, booking: Booking) -> Offer:
    try:
        with desk.db.begin() as tx:
            return stored_links.offer_of(tx, booking.link_id)
    except NotFound:
        raise LinkClosed("The link of this meeting is gone, so it cannot be moved.") from None


def _place(offer: Offer, move: _Move) -> Place:
    length = int((move.booking.end - move.booking.start).total_seconds()) // 60
    if length not in offer.link.settings.durations:
        raise Conflict(
            f"Meetings of {length} minutes are no longer offered here."
            " Please cancel this one and book a new time."
        )
    settings = offer.link.settings
    sticks = settings.kind == "round_robin" and not settings.repick
    return Place(
        slug=settings.slug,
        start=move.start,
        duration=length,
        host_id=move.booking.hosts[0].id if sticks else None,
        booking_id=move.booking.id,
        by_host=move.by_host,
    )


def _store(desk: Desk, tx: Tx, move: _Move, order: Shift) -> Booked:
    link = locked(tx, order.offer.link)
    if not move.by_host:
        links.require_open(link, order.now, used_counts=False)
    order = replace(order, offer=replace(order.offer, link=link), status=_status(move, link))
    shifted = shifting.shift(desk, tx, order)
    moved, changed = shifted.booking, shifted.changed
    booked = _insert(desk, tx, moved, move)
    attaching.move(desk, tx, moved)
    if shifted.decided is not None:
        rotating.keep(tx, *shifted.decided, moved, (move.actor, order.now))
    if shifted.joins:
        changed += seats.settle(tx, moved.meeting_id, link.settings.capacity)
    desk.announce(tx, news.moved(shifted.previous, moved, move.actor))
    announce_claims(desk, tx, moved.workspace_id, *changed)
    return booked


def _status(move: _Move, link: Link) -> Status:
    """A host who moves it agrees to it; an attendee's wish is a new one."""
    asks = link.settings.approval and not move.by_host
    return "pending" if asks else "confirmed"


def _insert(desk: Desk, tx: Tx, moved: Booking, move: _Move) -> Booked:
    generation = bookings.minted(tx, move.booking.id).generation + 1
    minted, tokens = mint(desk, moved, generation)
    made = bookings.Made(move.key, minted, tokens, actor=move.actor, action="rescheduled")
    bookings.insert_new(tx, moved, made)
    return handed(moved, tokens)
