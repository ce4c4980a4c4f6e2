"""Book: decide from fresh facts, then everything in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec

from booking.domain import answers, attendees, drafts, limits, links, moments, statuses
from booking.domain import keys as idempotency
from booking.domain.drafts import Ids, Offer, Wish
from booking.domain.keys import Key
from booking.service import choosing
from booking.service.choosing import Place
from booking.service.desk import Desk, announce_claims, mint, tokens_of
from booking.store import bookings, claims
from booking.store import links as stored_links
from contracts.booking import Book, Booked, Booking, BookingConfirmed, Host, Link, LinkChanged
from contracts.errors import Conflict, Invalid, LimitReached, LinkClosed, SchedulingError, SlotTaken
from servicekit import Tx


@dataclass(frozen=True)
class _Plan:
    """What is to be stored, once the host is known."""

    wish: Wish
    host: Host
    key: Key
    hold_id: UUID | None
    now: datetime


def book(desk: Desk, request: Book) -> Booked:
    """The booking, or the answer that its idempotency key had before."""
    request = msgspec.structs.replace(request, start=moments.instant(request.start))
    with desk.db.begin() as tx:
        offer = stored_links.offer(tx, request.slug)
    key = idempotency.for_book(request)
    place = _place(offer.link, request)
    try:
        return _book(desk, offer, place, request)
    except SchedulingError as refused:
        done = replayed(desk, offer.link.workspace_id, key)
        if done is not None:
            return done
        raise choosing.with_alternatives(desk, offer, place, refused) from None


def _place(link: Link, request: Book) -> Place:
    return Place(
        slug=request.slug,
        start=request.start,
        duration=request.duration or link.settings.durations[0],
        host_id=request.host_id,
        hold_id=request.hold_id,
    )


def _book(desk: Desk, offer: Offer, place: Place, request: Book) -> Booked:
    now = desk.clock.now()
    wish = _checked(offer.link, place, request, now)
    chosen = choosing.choose(desk, offer, place)
    plan = _Plan(wish, chosen.host, idempotency.for_book(request), request.hold_id, now)
    with choosing.racing(desk, offer, place, chosen), desk.db.begin() as tx:
        return _store(desk, tx, offer, plan)


def _checked(link: Link, place: Place, request: Book, now: datetime) -> Wish:
    moments.require_bookable(place.start, now)
    require_offered(link, place)
    attendee, guests = attendees.checked(request.attendee, request.guests)
    answered = answers.checked(link.settings.questions, request.answers)
    return Wish(place.start, place.duration, attendee, guests, answered)


def require_offered(link: Link, place: Place) -> None:
    """Raises `Invalid` on a duration or a host that the link does not have."""
    if place.duration not in link.settings.durations:
        raise Invalid(fields={"duration": "This duration is not offered."})
    hosts = {member.host_id for member in link.settings.hosts}
    if place.host_id is not None and place.host_id not in hosts:
        raise Invalid(fields={"host": "This host does not take meetings here."})


def replayed(desk: Desk, workspace_id: UUID, key: Key) -> Booked | None:
    """What this key did before. Raises `Conflict` where it came with other content."""
    with desk.db.begin() as tx:
        done = bookings.by_key(tx, workspace_id, key)
        return None if done is None else answer(desk, tx, done)


def answer(desk: Desk, tx: Tx, booking: Booking) -> Booked:
    """A stored booking with its tokens."""
    reschedule, cancel = tokens_of(desk, tx, booking)
    shown = statuses.shown(booking, desk.clock.now())
    return Booked(booking=shown, reschedule_token=reschedule, cancel_token=cancel)


def locked(tx: Tx, link_id: UUID) -> Link:
    """The link's row lock, first of all locks. Raises `LinkClosed` where it was deleted."""
    link = stored_links.lock(tx, link_id)
    if link is None:
        raise LinkClosed
    return link


def _store(desk: Desk, tx: Tx, offer: Offer, plan: _Plan) -> Booked:
    link = locked(tx, offer.link.id)
    links.require_open(link, plan.now)
    keys = claims.lock_hosts(tx, [plan.host.id])
    if claims.reached(tx, limits.counts(link, (plan.host,), plan.wish.start), None):
        raise LimitReached
    ended = claims.drop_holds(tx, keys, plan.now, plan.hold_id)
    ids = Ids(desk.new_id(), desk.new_id(), desk.new_id())
    booking = drafts.confirmed(replace(offer, link=link), plan.host, plan.wish, ids, plan.now)
    claim = claims.take(tx, drafts.claim(booking, link, ids.claim), booking, keys)
    if claim is None:
        raise SlotTaken
    booked = _insert(desk, tx, booking, plan.key)
    _announce(desk, tx, link, booking)
    announce_claims(desk, tx, booking.workspace_id, *ended, claim)
    return booked


def _insert(desk: Desk, tx: Tx, booking: Booking, key: Key) -> Booked:
    minted, tokens = mint(desk, booking.id, 0)
    made = bookings.Made(key, minted, tokens, actor="attendee", action="booked")
    if not bookings.insert_new(tx, booking, made):
        raise Conflict  # the key has made its booking meanwhile: the caller's answer
    return Booked(booking=booking, reschedule_token=tokens[0], cancel_token=tokens[1])


def _announce(desk: Desk, tx: Tx, link: Link, booking: Booking) -> None:
    if link.settings.single_use:
        stored_links.mark_used(tx, link.id)
        used = msgspec.structs.replace(link, used=True, version=link.version + 1)
        event = LinkChanged(workspace_id=link.workspace_id, version=used.version, link=used)
        desk.announce(tx, event)
    desk.announce(
        tx,
        BookingConfirmed(
            workspace_id=booking.workspace_id,
            version=booking.version,
            booking=booking,
            awaits_join_url=drafts.awaits_join_url(booking),
        ),
    )
