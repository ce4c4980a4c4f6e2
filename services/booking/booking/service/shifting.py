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
from booking.service import rotating
from booking.service.choosing import Chosen
from booking.service.desk import Desk
from booking.service.rotating import Round
from booking.store import claims
from contracts.booking import Booking, Claim, Host, Status
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
        return msgspec.structs.replace(moved, created_at=self.now, status=self.status)


@dataclass(frozen=True)
class Shifted:
    """The hosts who take it now, the claims that changed, and how its host was chosen where a
    rotation chose.
    """

    hosts: tuple[Host, ...]
    changed: tuple[Claim, ...]
    decided: tuple[Round, Decision] | None = None


def shift(desk: Desk, tx: Tx, order: Shift) -> Shifted:
    """Raises `SlotTaken` or `LimitReached`; then roll back."""
    if order.offer.link.settings.kind == "round_robin":
        return _in_turn(desk, tx, order)
    return _together(desk, tx, order, order.chosen.hosts)


def _together(desk: Desk, tx: Tx, order: Shift, hosts: tuple[Host, ...]) -> Shifted:
    link, before = order.offer.link, order.booking
    keys = claims.lock_hosts(tx, {one.id for one in hosts} | {one.id for one in before.hosts})
    if claims.reached(tx, limits.counts(link, hosts, order.start), before.meeting_id):
        raise LimitReached
    ended = claims.drop_holds(tx, keys, order.now, None)
    return Shifted(hosts, (*ended, *_reclaim(desk, tx, order.moved(before, hosts), order, keys)))


def _reclaim(
    desk: Desk, tx: Tx, moved: Booking, order: Shift, keys: claims.Keys
) -> tuple[Claim, ...]:
    """The meeting's claims where it is now, and the tombstones of those it has no more."""
    lifted = claims.lift(tx, moved.meeting_id)
    ids = chain((claim.id for claim in lifted), iter(desk.new_id, None))
    wanted = drafts.claims(moved, order.offer.link, partial(next, ids))
    taken = claims.move(tx, wanted, moved, keys)
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
        kept, shifted = rotating.first_able(tx, opened, before.hosts[0].id, attempt)
        kept = opened.by_hand(kept.host_id, "kept")
    except (SlotTaken, LimitReached):
        if not link.settings.repick:
            raise
        kept, shifted = rotating.first_able(tx, opened.without(before.hosts[0].id), None, attempt)
        kept = replace(kept, why="again")
    return replace(shifted, decided=(opened, kept))


def _with(desk: Desk, tx: Tx, order: Shift, host_id: UUID) -> Shifted:
    host = next(host for host in order.chosen.hosts if host.id == host_id)
    return _together(desk, tx, order, (host,))
