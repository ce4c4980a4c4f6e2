"""Takes the hosts' time for a new meeting, as its link's kind wants it.

The link's row is locked by then; the locks of its pool and of the hosts follow here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from booking.domain import drafts, limits
from booking.domain.drafts import Ids, Offer, Wish
from booking.domain.keys import Key
from booking.domain.rotation.values import Decision
from booking.domain.tokens import Action
from booking.service import rotating
from booking.service.choosing import Chosen, Place
from booking.service.desk import Desk, mint
from booking.service.rotating import Round
from booking.store import bookings, claims, holds, hosts, seats
from booking.store.bookings import Made
from booking.store.seats import Shared
from contracts.booking import Booking, Claim, Host, Link
from contracts.errors import LimitReached, SlotTaken
from servicekit import Tx


@dataclass(frozen=True)
class Order:
    """A wish for a new meeting, decided as far as it can be before the transaction."""

    offer: Offer
    chosen: Chosen
    place: Place
    wish: Wish
    ids: Ids
    now: datetime
    key: Key
    held: tuple[UUID, ...] = ()
    locked: claims.Keys | None = None
    """Its hosts, where they are locked already, and none of their holds is over."""

    def host(self, host_id: UUID) -> Host:
        """One of those who can take it."""
        return next(host for host in self.chosen.hosts if host.id == host_id)


@dataclass(frozen=True)
class Taken:
    """The booking as stored, its tokens, the claims that changed for it, how its host was chosen
    where a rotation chose, and whether it joins a meeting (its seats must be settled then).
    """

    booking: Booking
    tokens: Mapping[Action, str]
    changed: tuple[Claim, ...]
    decided: tuple[Round, Decision] | None = None
    joins: bool = False


def take(desk: Desk, tx: Tx, order: Order) -> Taken:
    """Raises `SlotTaken`, `LimitReached`, or `Conflict` where its key has made another booking
    meanwhile; then roll back.
    """
    kind = order.offer.link.settings.kind
    if kind == "one_on_one":
        return _together(desk, tx, order, order.chosen.hosts)
    order = replace(order, held=holders(tx, order.place.hold_id))
    if kind == "round_robin":
        return _in_turn(desk, tx, order)
    if kind == "group":
        return _seat(desk, tx, order)
    return _together(desk, tx, order, order.chosen.hosts)


def holders(tx: Tx, hold_id: UUID | None) -> tuple[UUID, ...]:
    """The hosts whose time a visitor holds; they need not be those who will take the meeting."""
    held = None if hold_id is None else holds.by_id(tx, hold_id)
    return () if held is None else tuple(held.host_ids)


def _together(desk: Desk, tx: Tx, order: Order, those: tuple[Host, ...]) -> Taken:
    keys = order.locked or claims.lock_hosts(tx, {*order.held, *(host.id for host in those)})
    return _new(desk, tx, order, (those, keys))


def _new(desk: Desk, tx: Tx, order: Order, locked: tuple[tuple[Host, ...], claims.Keys]) -> Taken:
    link, start = order.offer.link, order.wish.start
    those, keys = locked
    if claims.reached(tx, limits.counts(link, those, start), None):
        raise LimitReached
    ended: tuple[Claim, ...] = ()
    if order.locked is None:
        ended = claims.drop_holds(tx, keys, order.now, order.place.hold_id)
    booking = drafts.booked(order.offer, those, order.wish, order.ids, order.now)
    wanted = drafts.claims(booking, link, desk.new_id)
    made = _made(desk, order, booking)
    capacity = drafts.capacity(link)
    taken = bookings.insert_with_claims(tx, (booking, made), wanted, keys, capacity)
    if taken is None:
        raise SlotTaken
    return Taken(booking, made.tokens, (*ended, *taken))


def _made(desk: Desk, order: Order, booking: Booking) -> Made:
    action = "requested" if booking.status == "pending" else "booked"
    minted, tokens = mint(desk, booking, 0)
    return Made(order.key, minted, tokens, actor="attendee", action=action)


def _in_turn(desk: Desk, tx: Tx, order: Order) -> Taken:
    link, start = order.offer.link, order.wish.start
    if claims.reached(tx, limits.counts(link, (), start), None):
        raise LimitReached
    opened = rotating.opened(tx, link, start, order.chosen.facts)
    decision, taken = rotating.first_able(
        tx,
        opened,
        order.place.host_id,
        lambda host_id: _together(desk, tx, order, (order.host(host_id),)),
    )
    return replace(taken, decided=(opened, decision))


def _seat(desk: Desk, tx: Tx, order: Order) -> Taken:
    link, start, those = order.offer.link, order.wish.start, order.chosen.hosts
    known = seats.at(tx, link.id, start)
    there = known.host_ids if known else ()
    keys = claims.lock_hosts(tx, {*order.held, *there, *(host.id for host in those)})
    ended = claims.drop_holds(tx, keys, order.now, order.place.hold_id)
    ended += seats.give_up(tx, order.place.hold_id)
    known = seats.at(tx, link.id, start)  # it may have ended until its hosts were locked
    if known is None:
        taken = _new(desk, tx, order, (those, keys))
        return replace(taken, changed=(*ended, *taken.changed))
    there_now = require_seat(tx, link, known, (start, order.wish.duration, order.now))
    ids = replace(order.ids, meeting=known.id)
    booking = drafts.booked(order.offer, there_now, order.wish, ids, order.now)
    booking = msgspec.structs.replace(booking, join_url=known.join_url)
    made = _made(desk, order, booking)
    bookings.insert_new(tx, booking, made)
    return Taken(booking, made.tokens, ended, joins=True)


def require_seat(
    tx: Tx, link: Link, known: Shared, when: tuple[datetime, int, datetime]
) -> tuple[Host, ...]:
    """The hosts of the meeting that has a seat left. `when`: start, minutes, and now.

    Raises `SlotTaken`, or `LimitReached` where it would become a meeting only now.
    """
    start, duration, now = when
    seats.expire(tx, known.id, now)
    other = known.end - start != timedelta(minutes=duration)
    if other or seats.taken(tx, known.id) >= drafts.capacity(link):
        raise SlotTaken
    there = hosts.by_ids(tx, list(known.host_ids))
    if known.status == "held" and claims.reached(tx, limits.counts(link, there, start), None):
        raise LimitReached
    return there
