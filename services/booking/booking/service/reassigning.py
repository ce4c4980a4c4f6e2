"""Reassign: another of the link's hosts takes a meeting, by hand."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from booking.domain import drafts, limits, news, statuses, text
from booking.domain.drafts import Offer
from booking.service import choosing, rotating
from booking.service.choosing import Chosen, Place
from booking.service.desk import Desk, announce_claims
from booking.service.making import locked
from booking.service.managing import note
from booking.service.shifting import reclaim
from booking.store import bookings, claims, history
from booking.store import links as stored_links
from contracts.booking import Booking, Host, ReassignBooking
from contracts.errors import Conflict, Invalid, LimitReached, LinkClosed, NotFound
from servicekit import Tx


@dataclass(frozen=True)
class _Change:
    offer: Offer
    chosen: Chosen
    booking: Booking
    host: Host
    actor: str
    now: datetime


def reassign(desk: Desk, request: ReassignBooking) -> Booking:
    """The booking with its other host; who has it already keeps it, and nothing is announced."""
    actor, now = text.checked(request.actor, "actor"), desk.clock.now()
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
    statuses.require_open(booking, now)
    if [host.id for host in booking.hosts] == [request.host_id]:
        return statuses.shown(booking, now)
    offer = _offer(desk, booking, request.host_id)
    chosen = choosing.choose(desk, offer, _place(offer, booking, request.host_id))
    host = next(host for host in chosen.hosts if host.id == request.host_id)
    with desk.db.begin() as tx:
        return _store(desk, tx, _Change(offer, chosen, booking, host, actor, now))


def _offer(desk: Desk, booking: Booking, host_id: UUID) -> Offer:
    try:
        with desk.db.begin() as tx:
            offer = stored_links.offer_of(tx, booking.link_id)
    except NotFound:
        raise LinkClosed("The link of this meeting is gone, so it keeps its host.") from None
    if offer.link.settings.kind != "round_robin":
        raise Conflict("Only meetings whose hosts take turns can be given to another host.")
    if host_id not in {host.id for host in offer.hosts}:
        raise Invalid(fields={"host": "This host does not take meetings here."})
    return offer


def _place(offer: Offer, booking: Booking, host_id: UUID) -> Place:
    length = int((booking.end - booking.start).total_seconds()) // 60
    if length not in offer.link.settings.durations:
        raise Conflict(f"Meetings of {length} minutes are no longer offered here.")
    return Place(
        slug=offer.link.settings.slug,
        start=booking.start,
        duration=length,
        host_id=host_id,
        booking_id=booking.id,
        by_host=True,
    )


def _store(desk: Desk, tx: Tx, change: _Change) -> Booking:
    before, host, now = change.booking, change.host, change.now
    link = locked(tx, change.offer.link)
    opened = rotating.opened(tx, link, before.start, change.chosen.facts, but=before.meeting_id)
    keys = claims.lock_hosts(tx, {host.id, *(one.id for one in before.hosts)})
    if claims.reached(tx, limits.counts(link, (host,), before.start), before.meeting_id):
        raise LimitReached
    ended = claims.drop_holds(tx, keys, now, None)
    wanted = msgspec.structs.replace(before, hosts=(drafts.booked_host(host),))
    taken = reclaim(desk, tx, (before, wanted, link), keys)
    given = bookings.reassign(tx, before, host.id)
    rotating.keep(tx, opened, opened.by_hand(host.id, "reassigned"), given, (change.actor, now))
    told = {"from": str(before.hosts[0].id), "to": str(host.id), "booking_id": str(given.id)}
    note(tx, given, history.entry(now, change.actor, "reassigned", **told))
    desk.announce(tx, news.reassigned(before, given, change.actor, now))
    announce_claims(desk, tx, given.workspace_id, *ended, *taken)
    return given
