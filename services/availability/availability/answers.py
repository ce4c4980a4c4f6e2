"""Answers of the engine in the words of the contract; pure."""

from datetime import datetime
from uuid import UUID

from availability.domain import engine, listing
from availability.domain.facts import LinkFacts
from availability.domain.listing import Offer
from availability.domain.minutes import day_number
from contracts.availability import FreeHosts, GetSlots, PassedOver, Rule, Slot, Slots
from contracts.errors import Invalid


def duration(link: LinkFacts, wanted: int | None) -> int:
    """The duration asked for, the link's first by default. Raises `Invalid` for any other."""
    offered = link.link.settings.durations
    if wanted is not None and wanted not in offered:
        minutes = ", ".join(map(str, offered))
        raise Invalid(fields={"duration": f"This link offers meetings of {minutes} minutes."})
    return wanted or offered[0]


def slots(offer: Offer, request: GetSlots) -> Slots:
    """The slots of the days asked for, or the first one after them."""
    first, last = day_number(request.first), day_number(request.last)
    found = listing.in_days(offer, request.timezone, first, last)
    later = None if found else listing.next_free(offer, request.timezone, last)
    return Slots(
        timezone=request.timezone,
        duration=offer.ask.duration,
        slots=tuple([Slot(start=start) for start in found]),
        valid_until=listing.valid_until(offer, found[0] if found else later),
        next_free=later,
    )


def free_hosts(offer: Offer, start: datetime, wanted: UUID | None) -> FreeHosts:
    """Who is free at `start`, and by which rule each of the others is not."""
    known = {host.host.id: host for host in offer.hosts}
    places = offer.link.link.settings.hosts
    ids = [place.host_id for place in places] if wanted is None else [wanted]
    rules: dict[UUID, Rule | None] = {
        key: engine.refusal(offer.link, known[key], offer.ask, start)
        if key in known
        else "not_a_host"
        for key in ids
    }
    free = tuple(key for key, rule in rules.items() if rule is None)
    passed = tuple(
        PassedOver(host_id=key, rule=rule) for key, rule in rules.items() if rule is not None
    )
    return FreeHosts(
        link_id=offer.link.link.id,
        duration=offer.ask.duration,
        free=free,
        passed_over=passed,
        rule=None if free else passed[0].rule if passed else "not_a_host",
        nearest=tuple(listing.nearest(offer, start)),
    )
