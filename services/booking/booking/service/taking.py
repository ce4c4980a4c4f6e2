"""Takes the hosts' time for a new meeting, as its link's kind wants it.

The link's row is locked by then; the locks of its pool and of the hosts follow here.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from booking.domain import drafts, limits
from booking.domain.drafts import Ids, Offer, Wish
from booking.domain.rotation.values import Decision
from booking.service import rotating
from booking.service.choosing import Chosen, Place
from booking.service.desk import Desk
from booking.service.rotating import Round
from booking.store import claims, holds
from contracts.booking import Booking, Claim, Host
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
    held: tuple[UUID, ...] = ()

    def host(self, host_id: UUID) -> Host:
        """One of those who can take it."""
        return next(host for host in self.chosen.hosts if host.id == host_id)


@dataclass(frozen=True)
class Taken:
    """The booking that is to be stored, the claims that changed for it, and how its host was
    chosen where a rotation chose.
    """

    booking: Booking
    changed: tuple[Claim, ...]
    decided: tuple[Round, Decision] | None = None


def take(desk: Desk, tx: Tx, order: Order) -> Taken:
    """Raises `SlotTaken` or `LimitReached`; then roll back."""
    if order.offer.link.settings.kind == "round_robin":
        return _in_turn(desk, tx, replace(order, held=holders(tx, order.place.hold_id)))
    return _together(desk, tx, order, order.chosen.hosts)


def holders(tx: Tx, hold_id: UUID | None) -> tuple[UUID, ...]:
    """The hosts whose time a visitor holds; they need not be those who will take the meeting."""
    held = None if hold_id is None else holds.by_id(tx, hold_id)
    return () if held is None else tuple(held.host_ids)


def _together(desk: Desk, tx: Tx, order: Order, hosts: tuple[Host, ...]) -> Taken:
    link, start = order.offer.link, order.wish.start
    keys = claims.lock_hosts(tx, {*order.held, *(host.id for host in hosts)})
    if claims.reached(tx, limits.counts(link, hosts, start), None):
        raise LimitReached
    ended = claims.drop_holds(tx, keys, order.now, order.place.hold_id)
    booking = drafts.booked(order.offer, hosts, order.wish, order.ids, order.now)
    taken = claims.take(tx, drafts.claims(booking, link, desk.new_id), booking, keys)
    if taken is None:
        raise SlotTaken
    return Taken(booking, (*ended, *taken))


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
