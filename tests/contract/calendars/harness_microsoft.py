"""Microsoft under the contract: one mailbox at a strict Graph, over TLS."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr

from calendar_sync.adapters.microsoft import MAILBOXES
from calendar_sync.adapters.provider import READ_AHEAD, Account
from calendar_sync.domain.calendars import Written
from contract.calendars.harness import NOW, Mood, Stands, Theirs
from fakes import graph
from fakes.graph import Graph, Item
from fakes.graph.account import adapter, signed_in

CAN = frozenset({"write", "conference", "expire", "shown", "all_day", "recurring", "many"})
WRONG = {
    "unavailable": graph.BROKEN,
    "throttled": graph.throttled("90"),
    "reply_lost": graph.REPLY_LOST,
    "slow": graph.SLOW,
    "half": graph.HALF,
}
SHOWN: dict[str, dict[str, Any]] = {
    "busy": {},
    "free": {"show_as": "free"},
    "tentative": {"show_as": "tentative"},
    "cancelled": {"cancelled": True},
    "declined": {"response": "declined"},
}
CHANGES = {"POST events", "PATCH event", "DELETE event"}
Times = tuple[datetime, datetime]


class MicrosoftHarness:
    """A mailbox in a world of its own."""

    def __init__(self, server: Graph, url: str) -> None:
        self.server = server
        self.book = server.account("ada@acme.test", "W. Europe Standard Time")
        self.calendar = self.book.id
        self.patient, self.hasty = adapter(server, url), adapter(server, url, call_seconds=0.3)
        self.provider = self.patient
        self.kept = signed_in(server, self.provider, "ada@acme.test")
        self.items: dict[str, Item] = {}

    @property
    def account(self) -> Account:
        return self.kept.account

    def put(self, event: Theirs) -> None:
        before = self.items.get(event.key)
        item = self._item(event)
        if before is not None:
            item.id = before.id
        self.items[event.key] = self.book.put(_recurring(event, item, self.book))

    def _item(self, event: Theirs) -> Item:
        more = SHOWN[event.shown]
        if isinstance(event.start, datetime):
            assert isinstance(event.end, datetime)
            return Item(event.start.astimezone(UTC), event.end.astimezone(UTC), **more)
        start, end = (
            datetime.combine(day, datetime.min.time(), UTC) for day in (event.start, event.end)
        )
        return Item(start, end, all_day=True, **more)

    def drop(self, key: str) -> None:
        self.book.drop(self.items.pop(key))

    def drag(self, written: Written, start: datetime, end: datetime) -> None:
        self.book.move(self.book.items[written.id], start, end)

    def discard(self, written: Written) -> None:
        self.book.drop(self.book.items[written.id])

    def standing(self) -> tuple[Stands, ...]:
        return tuple(Stands(one.subject, one.start, one.end) for one in self.book.standing)

    def expire(self) -> None:
        self.book.expire()

    def misbehave(self, mood: Mood) -> None:
        if mood == "reply_lost":
            for name in CHANGES:
                self.server.misbehave(name, graph.REPLY_LOST)
            return
        if mood == "refused":
            self.server.signin.forget("ada@acme.test")
            return
        if mood == "slow":
            self.provider = self.hasty
        self.server.moods.always(WRONG[mood])

    def behave(self) -> None:
        self.provider = self.patient
        self.server.moods.always(None)
        MAILBOXES.clear()


def _recurring(event: Theirs, item: Item, book: graph.Book) -> Item:
    """The event with the occurrences that its rule gives, as the host's own server expands it."""
    if not event.rule:
        return item
    assert isinstance(event.start, datetime)
    assert isinstance(event.end, datetime)
    lasts = event.end - event.start
    zone = event.start.tzinfo
    first = event.start.replace(tzinfo=None)
    until = (NOW + READ_AHEAD + timedelta(days=40)).replace(tzinfo=None)
    starts = [
        one.replace(tzinfo=zone)
        for one in rrulestr(event.rule, dtstart=first).between(first, until, inc=True)
    ]
    apart = {*event.without, *event.moved}
    times: list[Times] = [(one, one + lasts) for one in starts if one not in apart]
    item.type = "seriesMaster"
    return book.recur(item, times, list(event.moved.values()))


@contextmanager
def make(request: pytest.FixtureRequest) -> Iterator[MicrosoftHarness]:
    MAILBOXES.clear()
    server = Graph()
    with server.served() as url:
        yield MicrosoftHarness(server, url)
