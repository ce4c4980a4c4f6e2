"""The tools that look and change nothing."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from flask import g

from contracts.availability import GetSlots, Slots
from contracts.booking import Link, ListLinks
from contracts.crm_bridge import GetDeal, ListDeals, TimelineEntry
from contracts.errors import NotFound
from gateway import current, desk
from gateway.api import reading
from gateway.assistant import asking, telling
from gateway.assistant.shapes import (
    Agenda,
    CalendarAsked,
    DealAsked,
    DealFound,
    Deals,
    DealsAsked,
    FindAsked,
    Found,
    Free,
    FreeDay,
    Happening,
    Me,
    Nothing,
    Offer,
    Offers,
    SlotsAsked,
)

MOST_STARTS = 200
MOST_DEALS = 50
MOST_MEETINGS = 200


def whoami(_asked: Nothing) -> Me:
    """Who the host is, their time zone and the present time there, and what this key may do."""
    account = current.account()
    now = desk.when_words(current.now())
    zone = desk.zone_words(desk.zone(), current.now())
    return Me(
        summary=f"You act for {account.name}. It is {now}, {zone}.",
        name=account.name,
        email=account.email,
        role=account.role,
        workspace=account.workspace_name,
        timezone=account.timezone,
        now=now,
        may=tuple(g.scopes),
    )


def calendar(asked: CalendarAsked) -> Agenda:
    """What is booked through Workestra on some days (this week unless said), and the host's time
    off. Other events of their connected calendars are not listed.
    """
    days = asking.span(asked.when, asked.first, asked.last)
    found = asking.between(days, everyone=asked.everyone)
    off = asking.time_off(days) if "schedules:read" in g.scopes else ()
    zone = telling.zone_words(days[0])
    count = telling.count_words(len(found), "meeting")
    if len(found) > MOST_MEETINGS:
        count += f", the first {MOST_MEETINGS} listed"
    return Agenda(
        summary=f"{count}, {telling.days_words(days)}; times in {zone}.",
        timezone=desk.zone(),
        first=days[0],
        last=days[1],
        meetings=tuple(telling.meeting(booking) for booking in found[:MOST_MEETINGS]),
        time_off=tuple(telling.off_words(each) for each in off),
    )


def find_meetings(asked: FindAsked) -> Found:
    """The meetings that some words mean, with attendee and answers: the 3pm with Acme."""
    found = asking.sought(asked.meeting, everyone=asked.everyone, only_open=False)
    shown = found.exact or found.near
    count = telling.count_words(len(found.exact), "meeting")
    summary = f"{count} {'fits' if len(found.exact) == 1 else 'fit'}."
    if found.near:
        summary += " Those listed fit only a part of what was said."
    return Found(
        summary=summary,
        timezone=desk.zone(),
        exact=bool(found.exact),
        meetings=tuple(telling.meeting(booking) for booking in shown),
    )


def links(_asked: Nothing) -> Offers:
    """The host's booking links: what can be booked, for how long, and what the form asks."""
    account = current.account()
    owner = None if desk.sees_all() else account.id
    wanted = ListLinks(workspace_id=account.workspace_id, owner_id=owner)
    found = current.services().booking.list_links(wanted).links
    count = telling.count_words(len(found), "link")
    return Offers(summary=f"{count}.", links=tuple(_offer(link) for link in found))


def _offer(link: Link) -> Offer:
    settings = link.settings
    return Offer(
        link=settings.slug,
        title=settings.title,
        kind=settings.kind,
        durations=settings.durations,
        url=desk.url_of(settings.slug),
        open=settings.active and not link.used,
        questions=settings.questions,
    )


def free_slots(asked: SlotsAsked) -> Free:
    """The free times of a link, on some days (the next 7 unless said)."""
    days = asking.span(asked.when, asked.first, asked.last)
    zone = reading.zone(asked.timezone, "timezone") if asked.timezone else desk.zone()
    wanted = GetSlots(
        slug=asking.link(asked.link).settings.slug,
        first=days[0],
        last=days[1],
        timezone=zone,
        duration=asked.duration,
    )
    found = current.services().availability.slots(wanted)
    starts = tuple(slot.start for slot in found.slots[:MOST_STARTS])
    return Free(
        summary=_free_words(found, zone),
        timezone=zone,
        duration=found.duration,
        days=tuple(_days(starts, zone)),
        starts=starts,
    )


def _days(starts: Iterable[datetime], zone: str) -> Iterator[FreeDay]:
    for day, of_day in groupby(starts, key=lambda start: desk.local(start, zone).date()):
        times = tuple(desk.time_words(start, zone) for start in of_day)
        yield FreeDay(day=telling.days_words((day, day)), times=times)


def _free_words(found: Slots, zone: str) -> str:
    words = telling.count_words(len(found.slots), "free time")
    if len(found.slots) > MOST_STARTS:
        words += f", the first {MOST_STARTS} listed"
    if found.next_free:
        words += f"; the next is {desk.when_words(found.next_free, zone)}"
    at = found.slots[0].start if found.slots else current.now()
    return f"{words}. Times in {desk.zone_words(zone, at)}."


def deals(asked: DealsAsked) -> Deals:
    """The deals that the host sees, newest first."""
    wanted = ListDeals(
        workspace_id=current.account().workspace_id,
        owner_id=None if desk.sees_all() else current.account().id,
        stage=asked.stage,
        search=asked.search,
        limit=MOST_DEALS,
    )
    found = current.services().crm_bridge.list_deals(wanted)
    words = telling.count_words(len(found.deals), "deal")
    more = "; there are more" if found.cursor else ""
    return Deals(summary=f"{words}{more}.", deals=tuple(telling.deal(each) for each in found.deals))


def deal(asked: DealAsked) -> DealFound:
    """One deal with its timeline."""
    wanted = GetDeal(
        workspace_id=current.account().workspace_id, deal_id=reading.identifier(asked.deal)
    )
    found = current.services().crm_bridge.get_deal(wanted)
    if not desk.sees_all() and found.deal.owner_id != current.account().id:
        raise NotFound
    zone = desk.zone_words(desk.zone(), current.now())
    return DealFound(
        summary=f"Times in {zone}.",
        deal=telling.deal(found.deal),
        timeline=tuple(_happening(entry) for entry in found.timeline),
    )


def _happening(entry: TimelineEntry) -> Happening:
    start = desk.when_words(entry.start) if entry.start else ""
    return Happening(at=desk.when_words(entry.at), kind=entry.kind, start=start)
