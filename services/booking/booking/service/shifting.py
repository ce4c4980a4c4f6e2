"""Takes the hosts' time for a meeting that moves, as its link's kind wants it.

The link's row is locked by then; the locks of its pool and of the hosts follow here, and those of
bookings only after these.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID

import msgspec

from booking.domain import drafts, limits
from booking.domain.drafts import Offer
from booking.domain.rotation.values import Decision
from booking.service import rotating, taking
from booking.service.choosing import Chosen
from booking.service.desk import Desk
from booking.service.rotating import Round
from booking.store import bookings, claims, seats
from booking.store.seats import Shared
from contracts.booking import Booking, Claim, Host, Link, Status
from contracts.errors import LimitReached, SlotTaken
from servicekit import Tx


@dataclass(frozen=True)
class Shift:
    """A booking that is to start at another time, decided as far as it can be beforehand."""

    offer: Offer
    chosen: Chosen
    booking: Booking
    start: datetime
    status: Status
    new_id: UUID
    now: datetime

    def moved(self, previous: Booking, hosts: tuple[Host, ...]) -> Booking:
        """The booking that replaces `previous`."""
        moved = drafts.moved(previous, self.offer.link, hosts, self.start, self.new_id)
        approved = previous.approved or self.status == "confirmed"
        return msgspec.structs.replace(
            moved, created_at=self.now, status=self.status, approved=approved
        )


@dataclass(frozen=True)
class Shifted:
    """The row of before and the booking that is to be stored, the claims that changed, how its host
    was chosen where a rotation chose, and whether it joins a meeting (its seats must be settled
    then).
    """

    previous: Booking
    booking: Booking
    changed: tuple[Claim, ...]
    decided: tuple[Round, Decision] | None = None
    joins: bool = False


@dataclass(frozen=True)
class _Placed:
    """Who takes it now, and the claims that changed."""

    hosts: tuple[Host, ...]
    changed: tuple[Claim, ...]


def shift(desk: Desk, tx: Tx, order: Shift) -> Shifted:
    """Raises `SlotTaken`, `LimitReached`, or what the booking has become; then roll back."""
    kind = order.offer.link.settings.kind
    if kind == "group":
        return _seat(desk, tx, order)
    if kind == "round_robin":
        return _in_turn(desk, tx, order)
    placed = _together(desk, tx, order, order.chosen.hosts)
    return _shifted(tx, order, placed)


def _shifted(tx: Tx, order: Shift, placed: _Placed) -> Shifted:
    previous = _end(tx, order)
    return Shifted(previous, order.moved(previous, placed.hosts), placed.changed)


def _end(tx: Tx, order: Shift) -> Booking:
    """Only now: bookings are locked after hosts."""
    return bookings.change(tx, order.booking, "rescheduled", next_id=order.new_id)


def _together(desk: Desk, tx: Tx, order: Shift, hosts: tuple[Host, ...]) -> _Placed:
    link, before = order.offer.link, order.booking
    keys = claims.lock_hosts(tx, {one.id for one in hosts} | {one.id for one in before.hosts})
    if claims.reached(tx, limits.counts(link, hosts, order.start), before.meeting_id):
        raise LimitReached
    ended = claims.drop_holds(tx, keys, order.now, None)
    moved = order.moved(before, hosts)
    return _Placed(hosts, (*ended, *reclaim(desk, tx, (before, moved, link), keys)))


def reclaim(
    desk: Desk, tx: Tx, moved: tuple[Booking, Booking, Link], keys: claims.Keys
) -> tuple[Claim, ...]:
    """The meeting's claims where it is now, and the tombstones of those it has no more. `moved`:
    the booking before and after. Raises `SlotTaken`.
    """
    before, booking, link = moved
    lifted = claims.lift(tx, booking.meeting_id)
    ids = chain((claim.id for claim in lifted), iter(desk.new_id, None))
    wanted = drafts.claims(booking, link, partial(next, ids))
    new_url = drafts.makes_new_url(before, booking.hosts[0].id)
    taken = claims.move(tx, wanted, booking, keys, new_url=new_url)
    if taken is None:
        raise SlotTaken
    return (*taken, *lifted[len(taken) :])


def _in_turn(desk: Desk, tx: Tx, order: Shift) -> Shifted:
    """With the host of before where they are free, else with whom the rotation gives."""
    link, before = order.offer.link, order.booking
    if claims.reached(tx, limits.counts(link, (), order.start), before.meeting_id):
        raise LimitReached
    facts = order.chosen.facts
    opened = rotating.opened(tx, link, order.start, facts, but=before.meeting_id)
    attempt = partial(_with, desk, tx, order)
    try:
        kept, placed = rotating.first_able(tx, opened, before.hosts[0].id, attempt)
        kept = opened.by_hand(kept.host_id, "kept")
    except (SlotTaken, LimitReached):
        if not link.settings.repick:
            raise
        kept, placed = rotating.first_able(tx, opened.without(before.hosts[0].id), None, attempt)
        kept = replace(kept, why="again")
    return replace(_shifted(tx, order, placed), decided=(opened, kept))


def _with(desk: Desk, tx: Tx, order: Shift, host_id: UUID) -> _Placed:
    host = next(host for host in order.chosen.hosts if host.id == host_id)
    return _together(desk, tx, order, (host,))


def _seat(desk: Desk, tx: Tx, order: Shift) -> Shifted:
    """One place goes to the meeting at the other start; whoever sat alone takes the meeting along
    where there is none yet.
    """
    link, before, those = order.offer.link, order.booking, order.chosen.hosts
    known = seats.at(tx, link.id, order.start)
    everyone = {one.id for one in those} | {one.id for one in before.hosts}
    keys = claims.lock_hosts(tx, everyone.union(known.host_ids if known else ()))
    ended = claims.drop_holds(tx, keys, order.now, None)
    previous = _end(tx, order)
    known = seats.at(tx, link.id, order.start)  # it may have ended until its hosts were locked
    if known is not None:
        left = seats.leave(tx, before.meeting_id)
        moved = _join(tx, order, previous, known)
        return Shifted(previous, moved, (*ended, *left), joins=True)
    placed = _alone(desk, tx, order, (previous, keys))
    return replace(placed, changed=(*ended, *placed.changed))


def _alone(desk: Desk, tx: Tx, order: Shift, found: tuple[Booking, claims.Keys]) -> Shifted:
    """To a start at which there is no meeting."""
    previous, keys = found
    link, those, before = order.offer.link, order.chosen.hosts, order.booking.meeting_id
    sat_alone = seats.taken(tx, before) == 0
    counted = limits.counts(link, those, order.start)
    if claims.reached(tx, counted, before if sat_alone else None):
        raise LimitReached
    moved = order.moved(previous, those)
    if sat_alone:
        return Shifted(previous, moved, reclaim(desk, tx, (previous, moved, link), keys))
    left = seats.leave(tx, before)
    moved = msgspec.structs.replace(moved, meeting_id=desk.new_id(), join_url="")
    wanted = drafts.claims(moved, link, desk.new_id)
    taken = claims.take(tx, wanted, moved, keys, link.settings.capacity)
    if taken is None:
        raise SlotTaken
    return Shifted(previous, moved, (*left, *taken))


def _join(tx: Tx, order: Shift, previous: Booking, known: Shared) -> Booking:
    length = int((previous.end - previous.start).total_seconds()) // 60
    when = (order.start, length, order.now)
    there = taking.require_seat(tx, order.offer.link, known, when)
    moved = order.moved(previous, there)
    return msgspec.structs.replace(moved, meeting_id=known.id, join_url=known.join_url)
