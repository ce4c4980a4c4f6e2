"""Mailboxes: their calendars and events, and what changed in which order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from uuid import uuid4

from fakes.graph.shapes import JSON, zone_of

BLOB = (
    "<div><span>________________________________________________________________________________"
    '</span></div><div class="me-email-text"><a href="{url}">Join the meeting now</a></div>'
)
JOIN = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_{key}%40thread.v2/0"


@dataclass
class Item:
    """An event, a series' master, or an occurrence of one. Instants in UTC; those of whole days
    are midnights without a zone, which are said to be in whatever zone is asked for.
    """

    start: datetime
    end: datetime
    subject: str = "Busy"
    id: str = field(default_factory=lambda: f"AAkA{uuid4().hex}{uuid4().hex}-_=")
    type: str = "singleInstance"
    master: str = ""
    all_day: bool = False
    show_as: str = "busy"
    cancelled: bool = False
    response: str = "organizer"
    attendees: list[JSON] = field(default_factory=list)
    sensitivity: str = "normal"
    body: str = ""
    location: str = ""
    online: bool = False
    join_url: str = ""
    transaction: str = ""
    marks: dict[str, str] = field(default_factory=dict)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    changed: int = 0
    deleted: bool = False
    occurrences: list["Item"] = field(default_factory=list)

    def within(self, start: datetime, end: datetime) -> bool:
        """Whether it, or an occurrence of it, is in the window."""
        if self.type == "seriesMaster":
            return any(one.within(start, end) for one in self.occurrences)
        return self.start < end and self.end > start


@dataclass
class Book:
    """One calendar. `tell` is called with each event that changed, and how."""

    name: str
    owner: str
    id: str = field(default_factory=lambda: f"AAMkAG{uuid4().hex}=")
    main: bool = False
    can_edit: bool = True
    teams: bool = True
    items: dict[str, Item] = field(default_factory=dict)
    clock: Iterator[int] = field(default_factory=lambda: count(1))
    latest: int = 0
    expired: int = 0
    tell: Callable[[str, str], None] | None = None

    def put(self, item: Item) -> Item:
        """Adds it, or notes that it changed."""
        kind = "deleted" if item.deleted else "updated" if item.id in self.items else "created"
        self.items[item.id] = item
        self.latest = item.changed = next(self.clock)
        if self.tell:
            self.tell(item.id, kind)
        return item

    def block(self, start: datetime, end: datetime, **more: Any) -> Item:
        """An event of somebody's own."""
        return self.put(Item(start.astimezone(UTC), end.astimezone(UTC), **more))

    def whole_days(self, first: date, after: date, **more: Any) -> Item:
        """An event of whole days, `after` not being one of them."""
        start, end = (datetime.combine(day, time(0), UTC) for day in (first, after))
        return self.put(Item(start, end, all_day=True, **more))

    def series(
        self,
        times: Sequence[tuple[datetime, datetime]],
        exceptions: Sequence[tuple[datetime, datetime]] = (),
        **more: Any,
    ) -> Item:
        """A series with occurrences then, and moved ones, which are exceptions."""
        master = Item(*times[0], type="seriesMaster", **more)
        return self.put(self.recur(master, times, exceptions))

    def recur(
        self,
        master: Item,
        times: Sequence[tuple[datetime, datetime]],
        exceptions: Sequence[tuple[datetime, datetime]] = (),
    ) -> Item:
        """Gives a series these occurrences. One that stays keeps its id."""
        kinds = [
            *(("occurrence", one) for one in times),
            *(("exception", one) for one in exceptions),
        ]
        master.occurrences = [
            replace(
                master,
                id=f"{master.id[:-1]}OID{start:%Y%m%d%H%M}=",
                type=kind,
                master=master.id,
                start=start.astimezone(UTC),
                end=end.astimezone(UTC),
                occurrences=[],
            )
            for kind, (start, end) in kinds
        ]
        return master

    def move(self, item: Item, start: datetime, end: datetime) -> None:
        """The host moves it."""
        item.start, item.end, item.all_day = start, end, False
        self.put(item)

    def drop(self, item: Item) -> None:
        """Into the deleted items, where it can still be had by its id."""
        item.deleted = True
        self.put(item)

    @property
    def standing(self) -> list[Item]:
        """What is in the calendar."""
        return [one for one in self.items.values() if not one.deleted]

    def expire(self) -> None:
        """No token given so far is accepted any more."""
        self.expired = next(self.clock)
        self.latest = self.expired


@dataclass
class Mailbox:
    """One account. `zone`: the mailbox's, by Windows' name or IANA's."""

    address: str
    zone: str = "UTC"
    books: dict[str, Book] = field(default_factory=dict)
    under_way: int = 0

    @property
    def main(self) -> Book:
        """The default calendar."""
        return next(book for book in self.books.values() if book.main)

    def find(self, identity: str) -> tuple[Book, Item] | None:
        """An event by its id, wherever it is, be it deleted."""
        for book in self.books.values():
            if identity in book.items:
                return book, book.items[identity]
            for master in book.items.values():
                for one in master.occurrences:
                    if one.id == identity:
                        return book, one
        return None


def shown(item: Item, mailbox: Mailbox, zone: str, *, bare: bool = False) -> JSON:
    """As Graph shows an event; `bare`: as delta shows an occurrence."""
    found = {
        "@odata.type": "#microsoft.graph.event",
        "@odata.etag": f'W/"{item.changed}"',
        "id": item.id,
        "type": item.type,
        "seriesMasterId": item.master or None,
        "start": moment(item.start, zone, whole=item.all_day),
        "end": moment(item.end, zone, whole=item.all_day),
    }
    return found if bare else found | _rest(item, mailbox)


def moment(instant: datetime, zone: str, *, whole: bool) -> JSON:
    """A dateTimeTimeZone; whole days are midnights in any zone."""
    local = instant if whole else instant.astimezone(zone_of(zone))
    return {"dateTime": local.strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": zone}


def _rest(item: Item, mailbox: Mailbox) -> JSON:
    stamp = item.created.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
    found: JSON = {
        "createdDateTime": stamp,
        "lastModifiedDateTime": stamp,
        "changeKey": f"{item.changed}==",
        "categories": [],
        "originalStartTimeZone": mailbox.zone,
        "originalEndTimeZone": mailbox.zone,
        "iCalUId": f"040000008200E00074C5B7101A82E008{item.id[4:36]}",
        "reminderMinutesBeforeStart": 15,
        "isReminderOn": True,
        "hasAttachments": False,
        "subject": item.subject,
        "bodyPreview": "",
        "importance": "normal",
        "sensitivity": item.sensitivity,
        "isAllDay": item.all_day,
        "isCancelled": item.cancelled,
        "isDraft": False,
        "isOrganizer": item.response == "organizer",
        "responseRequested": True,
        "showAs": item.show_as,
        "webLink": f"https://outlook.office365.com/owa/?itemid={item.id}",
        "onlineMeetingUrl": None,
        "isOnlineMeeting": item.online,
        "onlineMeetingProvider": "teamsForBusiness" if item.online else "unknown",
        "onlineMeeting": {"joinUrl": item.join_url} if item.join_url else None,
        "allowNewTimeProposals": True,
        "hideAttendees": False,
        "recurrence": {"pattern": {}, "range": {}} if item.type == "seriesMaster" else None,
        "responseStatus": {"response": item.response, "time": "0001-01-01T00:00:00Z"},
        "body": {"contentType": "html", "content": f"<html><body>{item.body}</body></html>"},
        "location": {"displayName": item.location, "locationType": "default"},
        "locations": [],
        "attendees": item.attendees,
        "organizer": {"emailAddress": {"name": "Host", "address": mailbox.address}},
    }
    return found | ({"transactionId": item.transaction} if item.transaction else {})
