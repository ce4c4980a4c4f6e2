"""Answers of the engine in the words of the contract; pure."""

from datetime import datetime
from uuid import UUID

from availability.domain import holidays as calendar
from availability.domain import listing, team
from availability.domain.facts import LinkFacts
from availability.domain.listing import Offer
from availability.domain.minutes import day_number, to_date
from contracts.availability import (
    FreeHosts,
    GetHolidays,
    GetSlots,
    Holiday,
    Holidays,
    PassedOver,
    Slot,
    Slots,
)
from contracts.errors import Invalid


def duration(link: LinkFacts, wanted: int | None) -> int:
    """The duration asked for, the link's first by default. Raises `Invalid` for any other."""
    offered = link.link.settings.durations
    if wanted is not None and wanted not in offered:
        minutes = ", ".join(map(str, offered))
        raise Invalid(fields={"duration": f"This link offers meetings of {minutes} minutes."})
    return wanted or offered[0]


def _found(offer: Offer, zone: str, first: int, last: int) -> tuple[Slot, ...]:
    """Only a group's starts differ in their seats."""
    if offer.link.link.settings.kind == "group":
        found = listing.slots_in_days(offer, zone, first, last)
        return tuple([Slot(start=slot.start, seats=slot.seats) for slot in found])
    return tuple([Slot(start=start) for start in listing.in_days(offer, zone, first, last)])


def slots(offer: Offer, request: GetSlots) -> Slots:
    """The slots of the days asked for, or the first one after them."""
    first, last = day_number(request.first), day_number(request.last)
    found = _found(offer, request.timezone, first, last)
    later = None if found else listing.next_free(offer, request.timezone, last)
    return Slots(
        timezone=request.timezone,
        duration=offer.ask.duration,
        slots=found,
        valid_until=listing.valid_until(offer, found[0].start if found else later),
        next_free=later,
    )


def free_hosts(offer: Offer, start: datetime, wanted: UUID | None) -> FreeHosts:
    """Who is free at `start`, and by which rule each of the others is not."""
    verdict = team.check(offer, start, wanted)
    nearest = () if verdict.rule is None else tuple(listing.nearest(offer, start))
    return FreeHosts(
        link_id=offer.link.link.id,
        duration=offer.ask.duration,
        free=verdict.free,
        passed_over=tuple(PassedOver(host_id=key, rule=rule) for key, rule in verdict.passed_over),
        rule=verdict.rule,
        nearest=nearest,
    )


def holidays(request: GetHolidays) -> Holidays:
    """What can be chosen, and the holidays of the region asked for, in the days asked for."""
    first, last = day_number(request.first), day_number(request.last)
    named = ((day, calendar.name(request.region, day)) for day in range(first, last + 1))
    return Holidays(
        countries=calendar.countries(),
        parts=calendar.parts(request.region),
        days=tuple(Holiday(day=to_date(day), name=name) for day, name in named if name),
    )
