"""Who can take a slot, asked of availability before the transaction, and what is free instead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from booking.domain import links, refusals
from booking.domain.drafts import Offer
from booking.service.desk import Desk
from contracts.availability import FreeHosts, GetFreeHosts, GetSlots
from contracts.booking import Host
from contracts.errors import LimitReached, SchedulingError, SlotTaken, instants

_Refused = TypeVar("_Refused", bound=SchedulingError)

_BEFORE = timedelta(days=3)
_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Place:
    """A time on a link that somebody wants; `duration` in minutes."""

    slug: str
    start: datetime
    duration: int
    host_id: UUID | None = None
    hold_id: UUID | None = None
    booking_id: UUID | None = None
    by_host: bool = False


@dataclass(frozen=True)
class Chosen:
    """Who takes it (of a `round_robin` link: who could, one of them does), and what availability
    said.
    """

    hosts: tuple[Host, ...]
    facts: FreeHosts


def choose(desk: Desk, offer: Offer, place: Place) -> Chosen:
    """Who can take it. Raises the refusal where nobody can."""
    kind = offer.link.settings.kind
    facts = _facts(desk, place, asked=place.host_id if kind == "one_on_one" else None)
    free = tuple(host for host in offer.hosts if host.id in facts.free)
    facts = msgspec.structs.replace(facts, free=tuple(host.id for host in free))
    if kind == "one_on_one":
        free = free[:1]
    elif kind != "round_robin" and len(free) < len(offer.link.settings.hosts):
        free = ()  # they meet together
    if not free and facts.rule == "link_closed":  # for a reason, where our own link has one
        links.require_open(offer.link, desk.clock.now(), used_counts=place.booking_id is None)
    if not free:
        raise refusals.error(facts)
    if place.host_id is not None and place.host_id not in facts.free:
        raise refusals.error(refusals.of_one(facts, place.host_id))
    return Chosen(free, facts)


def _facts(desk: Desk, place: Place, asked: UUID | None) -> FreeHosts:
    """Of a team all are asked about, even where one is picked: the others' shares need it."""
    return desk.availability.free_hosts(
        GetFreeHosts(
            slug=place.slug,
            start=place.start,
            duration=place.duration,
            host_id=asked,
            except_hold=place.hold_id,
            except_booking=place.booking_id,
            by_host=place.by_host,
        )
    )


def _reach(offer: Offer, place: Place) -> timedelta:
    settings = offer.link.settings
    return timedelta(minutes=place.duration + settings.buffer_before + settings.buffer_after)


def with_alternatives(desk: Desk, offer: Offer, place: Place, refused: _Refused) -> _Refused:
    """The refusal with the nearest free starts, where it should have some and has none."""
    if isinstance(refused, SlotTaken | LimitReached) and not refused.alternatives:
        refused.alternatives = instants(list(_nearest(desk, offer, place)))
    return refused


def _nearest(desk: Desk, offer: Offer, place: Place) -> tuple[datetime, ...]:
    now = desk.clock.now()
    request = GetSlots(
        slug=place.slug,
        first=max(now, place.start - _BEFORE).date(),
        last=(place.start + _AFTER).date(),
        timezone="UTC",
        duration=place.duration,
        host_id=place.host_id,
        except_hold=place.hold_id,
        except_booking=place.booking_id,
    )
    try:
        found = desk.availability.slots(request)
    except SchedulingError:
        return ()  # the refusal stands, with or without better ideas
    free = (slot.start for slot in found.slots)
    return refusals.nearest(free, place.start, _reach(offer, place), now)
