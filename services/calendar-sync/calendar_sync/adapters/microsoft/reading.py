"""How busy time is read: calendarView delta, over a window that is made anew each day.

A delta link is bound to the window that it began with, so a calendar is read completely once a
day, and by its link in between (learn.microsoft.com/graph/delta-query-events). Of a series that
changed, delta tells the master and its occurrences without saying which are gone: it is listed
anew by `instances`, and told as replaced.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from calendar_sync.adapters.microsoft.graph import Graph, Missing, Stale, part
from calendar_sync.adapters.microsoft.shapes import (
    Event,
    Page,
    Zone,
    parse,
    period,
    stamp,
    zone,
)
from calendar_sync.adapters.provider import READ_AHEAD, ProviderUnavailable
from calendar_sync.domain.calendars import Occurrence, Reading

BEHIND = timedelta(days=1)
LASTS = timedelta(days=1)
"""How long a window is used before it is made anew."""

AHEAD = READ_AHEAD + LASTS + timedelta(days=1)
"""How far a window reaches, so that at its last use it still reaches `READ_AHEAD`."""

PAGE = 'odata.maxpagesize=200, outlook.body-content-type="text"'
MOST_PAGES = 500
"""Rounds without an end are known: a link that leads on for ever, with the same events."""

MOST_SERIES = 20
"""Where more series changed than this, reading everything takes fewer requests."""

MEANING = "id,type,seriesMasterId,start,end,isAllDay,isCancelled,showAs,responseStatus,attendees"
INSTANT = timedelta(minutes=1)


class Cursor(msgspec.Struct, frozen=True):
    """Where to go on: the delta link, its window, and the mailbox's zone as it was then."""

    link: str
    since: datetime
    until: datetime
    zone: str


@dataclass
class Round:
    """One round over a calendar."""

    graph: Graph
    since: datetime
    until: datetime
    zone: str
    masters: dict[str, Event | None] = field(default_factory=dict)

    @property
    def home(self) -> ZoneInfo:
        """The mailbox's zone, in which whole days are days."""
        return zone(self.zone)

    def everything(self, calendar_id: str) -> Reading:
        """All that is in the window."""
        path = f"me/calendars/{part(calendar_id)}/calendarView/delta"
        query = {"startDateTime": stamp(self.since), "endDateTime": stamp(self.until)}
        body = self.graph.get(path, query, PAGE)
        told: dict[str, Occurrence] = {}
        bare: dict[str, Event] = {}
        for page in self._pages(body):
            for event in page.value:
                self._sort(event, told, bare)
        told |= {one.id: one for event in bare.values() for one in self._inherit(event)}
        return Reading(tuple(told.values()), self._cursor(page), complete=True)

    def latest(self, link: str) -> tuple[dict[str, Event], Page] | None:
        """What changed since, by id, and the last page; the last word on each event counts.
        `None` where Graph does not accept the link any more.
        """
        found: dict[str, Event] = {}
        try:
            for page in self._pages(self.graph.follow(link, PAGE)):
                found |= {event.id: event for event in page.value}
        except (Stale, Missing):
            return None
        return found, page

    def changes(self, found: dict[str, Event], page: Page) -> Reading:
        """That, as a reading."""
        series = changed_series(found)
        single = [event for event in found.values() if not _series(event)]
        told = [self._single(event) for event in single]
        for master_id in sorted(series):
            told += self._instances(master_id)
        replaced = tuple({event.id for event in single} | series)
        return Reading(tuple(told), self._cursor(page), complete=False, replaced=replaced)

    def with_gone(self, everything: Reading, found: dict[str, Event]) -> Reading:
        """Everything, and of the changes that the old link told after it those that are gone. No
        more was deleted: a list may lack what was made a moment ago.
        """
        there = {one.event_id for one in everything.occurrences}
        gone = [one for one in found.values() if one.removed is not None and one.id not in there]
        told = (*everything.occurrences, *map(self._single, gone))
        return Reading(told, everything.cursor, complete=True, lost=True)

    def _pages(self, body: bytes) -> Iterator[Page]:
        before: tuple[str, ...] = ()
        for _ in range(MOST_PAGES):
            page = parse(body, Page)
            yield page
            if page.delta_link:
                return
            here = tuple(event.id for event in page.value)
            if here and here == before:
                break
            if not page.next_link:
                raise ProviderUnavailable("a page that leads nowhere")
            before, body = here, self.graph.follow(page.next_link, PAGE)
        raise ProviderUnavailable("pages without an end")

    def _sort(self, event: Event, told: dict[str, Occurrence], bare: dict[str, Event]) -> None:
        """Told already, to be told when its master is known, or forgotten; the last word counts,
        for an event may come more than once.
        """
        told.pop(_key(event), None)
        bare.pop(event.id, None)
        if event.removed is not None:
            self.masters[event.id] = None
        elif event.type == "seriesMaster":
            self.masters[event.id] = event
        elif event.bare:
            bare[event.id] = event
        else:
            told[_key(event)] = self._occurrence(event, event)

    def _inherit(self, event: Event) -> Iterator[Occurrence]:
        """A bare occurrence, which means what its master means; nothing where that is gone."""
        master_id = event.series_master_id or ""
        if master_id not in self.masters:
            self.masters[master_id] = self._master(master_id)
        master = self.masters[master_id]
        if master is not None:
            yield self._occurrence(event, master)

    def _master(self, master_id: str) -> Event | None:
        try:
            found = self.graph.get(f"me/events/{part(master_id)}", {"$select": MEANING})
        except Missing:
            return None
        return parse(found, Event)

    def _instances(self, master_id: str) -> Iterator[Occurrence]:
        """All occurrences of a series in the window, which are whole here."""
        window = {"startDateTime": stamp(self.since), "endDateTime": stamp(self.until)}
        try:
            body = self.graph.get(
                f"me/events/{part(master_id)}/instances",
                {**window, "$select": MEANING, "$top": "500"},
            )
            while True:
                page = parse(body, Page)
                yield from (self._occurrence(event, event) for event in page.value)
                if not page.next_link:
                    return
                body = self.graph.follow(page.next_link)
        except Missing:  # gone since
            return

    def _single(self, event: Event) -> Occurrence:
        if event.removed is None:
            return self._occurrence(event, event)
        return Occurrence(event.id, event.id, self.since, self.since + INSTANT, removed=True)

    def _occurrence(self, event: Event, meaning: Event) -> Occurrence:
        start, end = period(event, self.home if meaning.is_all_day else None)
        return Occurrence(
            id=_key(event),
            event_id=event.series_master_id or event.id,
            start=start,
            end=max(end, start + INSTANT),
            blocks=meaning.blocks and start < end,
            declined=meaning.declined,
        )

    def _cursor(self, page: Page) -> str:
        cursor = Cursor(page.delta_link or "", self.since, self.until, self.zone)
        return msgspec.json.encode(cursor).decode()


def read(graph: Graph, calendar_id: str, text: str | None, now: datetime) -> Reading:
    """What changed since the cursor `text`; everything without one, or where Graph or the day
    wants it.
    """
    known = _parse(text)
    before = Round(graph, known.since, known.until, known.zone) if known else None
    if known and before and _fresh(known, now):
        found = before.latest(known.link)
        if found and len(changed_series(found[0])) <= MOST_SERIES:
            return before.changes(*found)
        known = known if found else None
    since = (now - BEHIND).replace(microsecond=0)
    begun = Round(graph, since, since + BEHIND + AHEAD, _home(graph))
    with graph.in_calendar(calendar_id):
        everything = begun.everything(calendar_id)
    found = before.latest(known.link) if known and before else None
    return begun.with_gone(everything, found[0]) if found else everything


def changed_series(found: dict[str, Event]) -> set[str]:
    """The series of which something changed, and which are not gone."""
    series = {key for event in found.values() if (key := _series(event))}
    return series - {key for key, event in found.items() if event.removed is not None}


def _fresh(cursor: Cursor, now: datetime) -> bool:
    """Whether its window will do; a clock that was put back wants another one too."""
    begun = cursor.since + BEHIND
    return begun <= now + INSTANT <= begun + LASTS


def _home(graph: Graph) -> str:
    """The mailbox's zone; UTC where it says nothing, or has one of its own making."""
    found = parse(graph.get("me/mailboxSettings/timeZone"), Zone).value
    try:
        return zone(found or "UTC").key
    except ProviderUnavailable:
        return "UTC"


def _parse(text: str | None) -> Cursor | None:
    try:
        return msgspec.json.decode(text, type=Cursor) if text else None
    except msgspec.DecodeError:
        return None


def _series(event: Event) -> str | None:
    """The series that the event is part of, or is."""
    return event.id if event.type == "seriesMaster" else event.series_master_id


def _key(event: Event) -> str:
    """As `Reading.replaced` wants the ids of occurrences to be; Graph's own are long."""
    if not event.series_master_id:
        return event.id
    return f"{event.series_master_id}#{sha256(event.id.encode()).hexdigest()[:16]}"
