"""Book: decide from fresh facts, then everything in one transaction."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import msgspec

from booking.domain import answers, attendees, limits, links, moments, news, sources, statuses
from booking.domain import keys as idempotency
from booking.domain.drafts import Ids, Offer, Wish
from booking.domain.keys import Key
from booking.domain.tokens import Action
from booking.service import attaching, choosing, rotating, taking
from booking.service.choosing import Place
from booking.service.desk import Desk, announce_claims, tokens_of
from booking.service.taking import Order
from booking.store import bookings, claims, seats
from booking.store import links as stored_links
from contracts.booking import Book, Booked, Booking, Link, LinkChanged
from contracts.errors import Conflict, Invalid, LinkClosed, SchedulingError
from servicekit import Tx


def book(desk: Desk, request: Book) -> Booked:
    """The booking, or the answer that its idempotency key had before."""
    request = msgspec.structs.replace(request, start=moments.instant(request.start))
    with desk.db.read() as tx:
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
    wish = _checked(desk, offer.link, place, request)
    chosen = choosing.choose(desk, offer, place)
    ids = Ids(desk.new_id(), desk.new_id())
    order = Order(offer, chosen, place, wish, ids, now, idempotency.for_book(request))
    if _may_share(order):
        with suppress(_Alone), desk.db.begin() as tx:
            return _store(desk, tx, order, shared=True)
    with desk.db.begin() as tx:
        return _store(desk, tx, order, shared=False)


class _Alone(Exception):
    """What was not known before makes it necessary to have the link and its hosts alone."""


def _may_share(order: Order) -> bool:
    """Whether the order only takes time that is free, which the database guards by itself: nothing
    is counted, no hold is given up, and the link stays as it is.
    """
    link = order.offer.link
    counts = limits.counts(link, order.chosen.hosts, order.wish.start)
    plain = link.settings.kind == "one_on_one" and not link.settings.single_use
    return plain and not counts and order.place.hold_id is None


def _checked(desk: Desk, link: Link, place: Place, request: Book) -> Wish:
    moments.require_bookable(place.start, desk.clock.now())
    require_offered(link, place)
    attendee, guests = attendees.checked(request.attendee, request.guests)
    answered = answers.checked(link.settings.questions, request.answers, attendee.timezone)
    files = attaching.attached(desk, link, answered)
    for file in files:
        del answered[file.question]
    source = sources.checked(request.source)
    said = (source, request.deal_id)
    return Wish(place.start, place.duration, attendee, guests, answered, files, *said)


def require_offered(link: Link, place: Place) -> None:
    """Raises `Invalid` on a duration or a host that the link does not have, or that no visitor of
    it may pick.
    """
    settings = link.settings
    if place.duration not in settings.durations:
        raise Invalid(fields={"duration": "This duration is not offered."})
    if place.host_id is None:
        return
    if place.host_id not in {member.host_id for member in settings.hosts}:
        raise Invalid(fields={"host": "This host does not take meetings here."})
    picks = settings.kind == "round_robin" and settings.visitor_picks
    if not picks and settings.kind != "one_on_one":
        raise Invalid(fields={"host": "The host cannot be picked here."})


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


def locked(tx: Tx, known: Link) -> Link:
    """The link's row lock, first of all locks, and the link as it is now.

    Raises `LinkClosed` where it was deleted, `Conflict` where other hosts take its meetings than
    those who were asked about.
    """
    return _unchanged(stored_links.lock(tx, known.id), known)


def _unchanged(link: Link | None, known: Link) -> Link:
    if link is None:
        raise LinkClosed
    if link.settings.hosts != known.settings.hosts:
        raise Conflict
    return link


def _entered(tx: Tx, order: Order, *, shared: bool) -> Order:
    """The order for the link as it is now, its row locked. The one host of a `one_on_one` link is
    locked by the same statement: everybody else who wants them waits until we have committed, or
    `shared` takes a claim beside us. Raises `_Alone` where that cannot be shared after all.
    """
    known = order.offer.link
    if known.settings.kind != "one_on_one":
        return _of(order, locked(tx, known))
    hosts = [host.id for host in order.chosen.hosts]
    holds = order.now, order.place.hold_id
    found = claims.enter(tx, known.id, hosts, holds, shared=shared)
    link, keys, over = found or (None, None, False)
    if shared and (over or link is None or link.version != known.version):
        raise _Alone
    return replace(_of(order, _unchanged(link, known)), locked=None if over else keys)


def _of(order: Order, link: Link) -> Order:
    return replace(order, offer=replace(order.offer, link=link))


def _store(desk: Desk, tx: Tx, order: Order, *, shared: bool) -> Booked:
    order = _entered(tx, order, shared=shared)
    link = order.offer.link
    links.require_open(link, order.now)
    taken = taking.take(desk, tx, order)
    attaching.take(desk, tx, taken.booking)
    if taken.decided is not None:
        rotating.keep(tx, *taken.decided, taken.booking, ("attendee", order.now))
    changed = taken.changed
    if taken.joins:
        changed += seats.settle(tx, taken.booking.meeting_id, link.settings.capacity)
    _announce(desk, tx, link, taken.booking)
    announce_claims(desk, tx, taken.booking.workspace_id, *changed)
    return handed(taken.booking, taken.tokens)


def handed(booking: Booking, tokens: Mapping[Action, str]) -> Booked:
    """With the attendee's tokens, and never the hosts'."""
    return Booked(
        booking=booking,
        reschedule_token=tokens["reschedule"],
        cancel_token=tokens["cancel"],
    )


def _announce(desk: Desk, tx: Tx, link: Link, booking: Booking) -> None:
    if link.settings.single_use:
        stored_links.mark_used(tx, link.id)
        used = msgspec.structs.replace(link, used=True, version=link.version + 1)
        event = LinkChanged(workspace_id=link.workspace_id, version=used.version, link=used)
        desk.announce(tx, event)
    desk.announce(tx, news.booked(booking))
