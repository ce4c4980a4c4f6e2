"""Holds: placed, renewed, released, ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from booking.domain import drafts, holds, links, moments, text
from booking.domain.drafts import Offer
from booking.service import choosing, rotating, taking
from booking.service.choosing import Chosen, Place
from booking.service.desk import Desk, announce_claims
from booking.service.making import locked, require_offered
from booking.store import claims, seats
from booking.store import holds as stored
from booking.store import links as stored_links
from booking.store.rows import Row
from contracts.booking import Claim, Hold, Link, PlaceHold, RenewHold, SeatHold
from contracts.errors import HoldExpired, LimitReached, SchedulingError, SlotTaken
from contracts.wire import utc
from servicekit import Tx

_HOSTS_A_TICK = 200


@dataclass(frozen=True)
class _Plan:
    hold: Hold
    place: Place
    chosen: Chosen
    address: str
    now: datetime
    held: tuple[UUID, ...] = ()


def place(desk: Desk, request: PlaceHold) -> Hold:
    """Keeps the slot. A repeated request has the same answer; another start moves the hold."""
    start, now = moments.instant(request.start), desk.clock.now()
    address = text.checked(request.address, "address")
    with desk.db.read() as tx:
        offer = stored_links.offer(tx, request.slug)
        known = stored.by_id(tx, request.hold_id)
    duration = request.duration or offer.link.settings.durations[0]
    if known is not None and _same(known, offer.link, (start, duration), now):
        return stored.as_message(known)
    if known is not None and known.link_id != offer.link.id:
        release(desk, request.hold_id)
    wanted = Place(request.slug, start, duration, request.host_id, request.hold_id)
    moments.require_bookable(start, now)
    require_offered(offer.link, wanted)
    hold = Hold(
        id=request.hold_id, start=start, duration=duration, expires_at=holds.expiry(now, now)
    )
    try:
        chosen = choosing.choose(desk, offer, wanted)
        with desk.db.begin() as tx:
            held = tuple(known.host_ids) if known is not None else ()
            return _store(desk, tx, offer, _Plan(hold, wanted, chosen, address, now, held))
    except SchedulingError as refused:
        raise choosing.with_alternatives(desk, offer, wanted, refused) from None


def _same(known: Row, link: Link, wanted: tuple[datetime, int], now: datetime) -> bool:
    alive = utc(known.expires_at) > now and known.link_id == link.id
    return alive and (utc(known.start_at), known.duration) == wanted


def _store(desk: Desk, tx: Tx, offer: Offer, plan: _Plan) -> Hold:
    link = locked(tx, offer.link)
    links.require_open(link, plan.now)
    _require_few(tx, plan)
    changed = _take(desk, tx, link, plan)
    announce_claims(desk, tx, link.workspace_id, *changed)
    return plan.hold


def _take(desk: Desk, tx: Tx, link: Link, plan: _Plan) -> tuple[Claim, ...]:
    everyone = tuple(host.id for host in plan.chosen.hosts)
    if link.settings.kind == "group":
        return _seat(desk, tx, (link, plan), everyone)
    if link.settings.kind != "round_robin":
        return _together(desk, tx, (link, plan), everyone)
    now = rotating.glanced(tx, link, plan.hold.start, plan.chosen.facts)
    return rotating.first_able(
        tx,
        now,
        plan.place.host_id,
        lambda host_id: _together(desk, tx, (link, plan), (host_id,)),
    )[1]


def _together(
    desk: Desk, tx: Tx, wanted: tuple[Link, _Plan], hosts: tuple[UUID, ...]
) -> tuple[Claim, ...]:
    link, plan = wanted
    keys = claims.lock_hosts(tx, {*plan.held, *hosts})
    ended = claims.drop_holds(tx, keys, plan.now, plan.hold.id)
    found = tuple(_claims(desk, plan, link, hosts))
    return (*ended, *_new(tx, wanted, found, keys))


def _new(
    tx: Tx, wanted: tuple[Link, _Plan], found: tuple[Claim, ...], keys: claims.Keys
) -> tuple[Claim, ...]:
    link, plan = wanted
    taken = claims.take_hold(tx, found, link.workspace_id, keys, drafts.capacity(link))
    if taken is None:
        raise SlotTaken
    stored.make(tx, plan.hold, (link.id, found[0].meeting_id), plan.address, plan.now)
    return taken


def _seat(
    desk: Desk, tx: Tx, wanted: tuple[Link, _Plan], hosts: tuple[UUID, ...]
) -> tuple[Claim, ...]:
    link, plan = wanted
    known = seats.at(tx, link.id, plan.hold.start)
    keys = claims.lock_hosts(tx, {*plan.held, *hosts, *(known.host_ids if known else ())})
    ended = claims.drop_holds(tx, keys, plan.now, plan.hold.id)
    ended += seats.give_up(tx, plan.hold.id)
    known = seats.at(tx, link.id, plan.hold.start)  # it may have ended until its hosts were locked
    if known is None:
        return (*ended, *_first_seat(desk, tx, wanted, (hosts, keys)))
    taking.require_seat(tx, link, known, (plan.hold.start, plan.hold.duration, plan.now))
    stored.make(tx, plan.hold, (link.id, known.id), plan.address, plan.now)
    return (*ended, *seats.settle(tx, known.id, link.settings.capacity))


def _first_seat(
    desk: Desk, tx: Tx, wanted: tuple[Link, _Plan], locked: tuple[tuple[UUID, ...], claims.Keys]
) -> tuple[Claim, ...]:
    link, plan = wanted
    hosts, keys = locked
    found = tuple(_claims(desk, plan, link, hosts))
    if seats.exists(tx, plan.hold.id):  # others sit in the meeting that this hold once began
        own = desk.new_id()
        found = tuple(
            msgspec.structs.replace(claim, id=desk.new_id(), meeting_id=own) for claim in found
        )
    held = SeatHold(id=plan.hold.id, expires_at=plan.hold.expires_at)
    taken = _new(tx, wanted, found, keys)
    return tuple(msgspec.structs.replace(claim, seat_holds=(held,)) for claim in taken)


def _require_few(tx: Tx, plan: _Plan) -> None:
    if not holds.is_counted(plan.address):
        return
    if stored.open_at(tx, plan.address, plan.now, plan.hold.id) >= holds.MOST_AN_ADDRESS:
        raise LimitReached("Too many times are being held from here. Please finish one first.")


def _claims(desk: Desk, plan: _Plan, link: Link, hosts: tuple[UUID, ...]) -> Iterator[Claim]:
    hold = plan.hold
    end = hold.start + timedelta(minutes=hold.duration)
    taken_from, taken_to = moments.span(hold.start, end, link.settings)
    for place, host_id in enumerate(hosts):
        # One id for hold, meeting and claim: a reader knows by it which are the visitor's own.
        yield Claim(
            id=desk.new_id() if place else hold.id,
            meeting_id=hold.id,
            host_id=host_id,
            link_id=link.id,
            state="hold",
            start=taken_from,
            end=taken_to,
            meeting_start=hold.start,
            meeting_end=end,
            expires_at=hold.expires_at,
        )


def renew(desk: Desk, request: RenewHold) -> Hold:
    """Ten minutes more, thirty in all. Raises `HoldExpired`, also for one that never was."""
    now = desk.clock.now()
    with desk.db.begin() as tx:
        row = stored.by_id(tx, request.hold_id)
        if row is None or utc(row.expires_at) <= now:
            raise HoldExpired
        expires_at = holds.expiry(utc(row.placed_at), now)
        if expires_at - utc(row.expires_at) < holds.WORTH_RENEWING:
            return stored.as_message(row)
        claims.lock_hosts(tx, row.host_ids)
        if not stored.renew(tx, request.hold_id, expires_at, now):
            raise HoldExpired
        shared = row.capacity > 1
        extended = () if shared else claims.extend(tx, row.meeting_id, expires_at)
        changed = seats.settle(tx, row.meeting_id) if shared else extended
        announce_claims(desk, tx, row.workspace_id, *changed)
        return stored.as_message(row, expires_at)


def release(desk: Desk, hold_id: UUID) -> None:
    """Frees the slot; a hold that is gone already is no matter."""
    with desk.db.begin() as tx:
        row = stored.by_id(tx, hold_id)
        if row is not None:
            keys = claims.lock_hosts(tx, row.host_ids)
            freed = claims.drop_holds(tx, keys, desk.clock.now(), hold_id)
            left = seats.give_up(tx, hold_id) if row.capacity > 1 else ()
            announce_claims(desk, tx, row.workspace_id, *freed, *left)


def end_expired(desk: Desk) -> None:
    """Deletes the holds that are over, those of the same hosts in one transaction; two replicas at
    once do no harm.
    """
    now = desk.clock.now()
    with desk.db.begin() as tx:
        due = stored.with_expired(tx, now, _HOSTS_A_TICK)
    for one in due:
        with desk.db.begin() as tx:
            keys = claims.lock_hosts(tx, one.host_ids)
            freed = claims.drop_holds(tx, keys, now, None)
            seated = seats.expire_all(tx, one.host_ids, now) if one.shared else ()
            stored.sweep(tx, now)
            announce_claims(desk, tx, one.workspace_id, *freed, *seated)
