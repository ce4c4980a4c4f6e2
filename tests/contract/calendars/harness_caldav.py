"""CalDAV under the contract: our adapter against a real Radicale."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote

import icalendar
import pytest

from calendar_sync.adapters.caldav import CalDav
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import Account
from calendar_sync.domain.calendars import Written
from contract.calendars.harness import Mood, Stands, Theirs
from contract.calendars.icalendar_text import calendar, vevent
from support.radicale import Radicale

CAN = frozenset({"write", "expire", "shown", "all_day", "floating", "recurring", "many"})
NEAR = Means(call_seconds=20, private_addresses=True)
HURRIED = Means(call_seconds=0.2, private_addresses=True)


class CalDavHarness:
    """A user of the session's server with one calendar, and another client of theirs."""

    many = 101  # two pages; Radicale takes its time to read new files

    def __init__(self, server: Radicale) -> None:
        self.server = server
        self.client = server.user()
        self.calendar = self.client.make_calendar("work")
        self.provider = CalDav(NEAR)
        opened = self.provider.open(server.url, self.client.user, self.client.password)
        self.account = Account(opened.account, opened.secret, lambda _: None)

    def put(self, event: Theirs) -> None:
        self.client.put(self._path(event.key), calendar(vevent(event, self.client.user)))

    def put_all(self, events: list[Theirs]) -> None:
        texts = {f"{one.key}.ics": calendar(vevent(one, self.client.user)) for one in events}
        self.server.fill(self.calendar, texts)

    def drop(self, key: str) -> None:
        self.client.delete(self._path(key))

    def drag(self, written: Written, start: datetime, end: datetime) -> None:
        text = self.client.get(self._path(written.id))
        read = icalendar.Calendar.from_ical(text)
        (event,) = read.walk("VEVENT")
        for name, moment in (("DTSTART", start), ("DTEND", end)):
            del event[name]
            event.add(name, moment)
        self.client.put(self._path(written.id), read.to_ical().decode())

    def discard(self, written: Written) -> None:
        self.drop(written.id)

    def standing(self) -> tuple[Stands, ...]:
        read = icalendar.Calendar.from_ical(self.client.get(self.calendar))
        return tuple(
            Stands(str(one["SUMMARY"]), _utc(one["DTSTART"]), _utc(one["DTEND"]))
            for one in read.walk("VEVENT")
        )

    def expire(self) -> None:
        self.server.expire(self.client.user)

    def misbehave(self, mood: Mood) -> None:
        self.server.moods[self.client.user] = mood
        if mood == "slow":
            self.provider = CalDav(HURRIED)

    def behave(self) -> None:
        self.server.moods.pop(self.client.user, None)
        self.server.released[self.client.user].set()
        self.provider = CalDav(NEAR)

    def _path(self, key: str) -> str:
        return f"{self.calendar}{quote(key)}.ics"


def _utc(value) -> datetime:
    return value.dt.astimezone(UTC)


@contextmanager
def make(request: pytest.FixtureRequest) -> Iterator[CalDavHarness]:
    harness = CalDavHarness(request.getfixturevalue("radicale"))
    try:
        yield harness
    finally:
        harness.behave()
        harness.client.close()
