"""Feeds under the contract: our adapter against a server of .ics files over TLS."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from calendar_sync.adapters.ics import Feed
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import Account
from contract.calendars.harness import Mood, Theirs
from contract.calendars.icalendar_text import calendar, vevent
from fakes.authority import ca_bundle, serve
from fakes.feed import FeedServer, Served

CAN = frozenset({"shown", "all_day", "floating", "recurring", "many"})
HOST = "ada@host.test"
HEAD = f"X-WR-CALNAME:{HOST}\nX-WR-TIMEZONE:Europe/Berlin\n"


class FeedHarness:
    """A feed, whose other client is whoever keeps the calendar behind it."""

    calendar = "feed"

    def __init__(self, url: str, feed: Served) -> None:
        self.feed = feed
        self.events: dict[str, Theirs] = {}
        self._publish()
        self.provider = _feed(20)
        opened = self.provider.open(url, "", "")
        self.account = Account(opened.account, opened.secret, lambda _: None)

    def put(self, event: Theirs) -> None:
        self.events[event.key] = event
        self._publish()

    def put_all(self, events: list[Theirs]) -> None:
        self.events |= {one.key: one for one in events}
        self._publish()

    def drop(self, key: str) -> None:
        del self.events[key]
        self._publish()

    def misbehave(self, mood: Mood) -> None:
        self.feed.mood = mood
        if mood == "slow":
            self.provider = _feed(0.2)

    def behave(self) -> None:
        self.feed.mood = ""
        self.feed.released.set()
        self.provider = _feed(20)

    def _publish(self) -> None:
        self.feed.text = calendar(HEAD, *(vevent(one, HOST) for one in self.events.values()))


def _feed(seconds: float) -> Feed:
    return Feed(Means(call_seconds=seconds, private_addresses=True, ca_bundle=ca_bundle()))


@contextmanager
def make(request: pytest.FixtureRequest) -> Iterator[FeedHarness]:
    server = FeedServer()
    server.feeds["/secret/ada.ics"] = served = Served()
    with serve(server) as url:
        harness = FeedHarness(f"{url}/secret/ada.ics", served)
        try:
            yield harness
        finally:
            harness.behave()
