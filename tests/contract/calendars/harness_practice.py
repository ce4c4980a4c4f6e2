"""The practice provider under the contract."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.practice import Practice, World
from calendar_sync.adapters.provider import Account
from calendar_sync.domain.calendars import Written
from contract.calendars.harness import Mood, Stands, Theirs

CAN = frozenset({"write", "conference", "expire"})


class PracticeHarness:
    """A desk in a world of its own."""

    calendar = "main"

    def __init__(self) -> None:
        self.world = World()
        self.provider = Practice(Means(call_seconds=0.05), self.world)
        self.account = Account("ada@acme.test", "", lambda _: None)
        self.desk = self.world.desk(self.account.name)

    def put(self, event: Theirs) -> None:
        assert isinstance(event.start, datetime)
        assert isinstance(event.end, datetime)
        self.desk.block(event.key, event.start, event.end)

    def drop(self, key: str) -> None:
        self.desk.free(key)

    def drag(self, written: Written, start: datetime, end: datetime) -> None:
        self.desk.block(written.id, start, end)

    def discard(self, written: Written) -> None:
        self.desk.free(written.id)

    def standing(self) -> tuple[Stands, ...]:
        events = self.desk.books["main"].events.values()
        return tuple(Stands(one.title, one.start, one.end) for one in events)

    def expire(self) -> None:
        self.world.life = "another"

    def misbehave(self, mood: Mood) -> None:
        words = {"throttled": "unavailable", "half": "unavailable"}
        self.desk.retry_after = timedelta(seconds=90) if mood == "throttled" else None
        for call in ("calendars", "read", "write", "move", "delete"):
            self.desk.misbehave(call, *[words.get(mood, mood)] * 5)

    def behave(self) -> None:
        self.desk.moods.clear()


@contextmanager
def make(request: pytest.FixtureRequest) -> Iterator[PracticeHarness]:
    yield PracticeHarness()
