"""Google under the contract, as a strict fake over TLS."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calendar_sync.adapters.google import Google as Adapter
from calendar_sync.adapters.google.signing import SCOPES
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import Account, Provider
from calendar_sync.domain.calendars import Written
from contract.calendars.harness import Mood, Stands, Theirs
from fakes import authority
from fakes import google as fake

CAN = frozenset({"write", "conference", "expire", "shown", "all_day", "recurring", "many"})
ADA = "ada@example.com"
ME: dict[str, Any] = {"email": ADA, "self": True}
SHOWN: dict[str, dict[str, Any]] = {
    "busy": {"transparency": "opaque"},
    "free": {"transparency": "transparent"},
    "tentative": {"attendees": [ME | {"responseStatus": "tentative"}]},
    "cancelled": {"status": "cancelled"},
    "declined": {"attendees": [ME | {"responseStatus": "declined"}]},
}
MOODS: dict[Mood, fake.Mood] = {
    "unavailable": fake.refuse(503),
    "throttled": fake.refuse(429, "rateLimitExceeded", retry_after="90"),
    "reply_lost": fake.REPLY_LOST,
    "slow": fake.SLOW,
    "half": fake.HALF,
}
SHORT, LONG = 0.2, 20.0


class GoogleHarness:
    """One account with one calendar."""

    calendar = ADA

    def __init__(self, url: str, google: fake.Google) -> None:
        self.google, self._url = google, url
        self.book = google.account(ADA, "Europe/Berlin")
        self.keys: dict[str, str] = {}
        self.account = Account(ADA, google.secret(ADA, *SCOPES), lambda _: None)

    @property
    def provider(self) -> Provider:
        """Its limit is short only where it is to be reached."""
        slow = self.google.moods.always is fake.SLOW
        return Adapter(means(self.google, self._url, SHORT if slow else LONG))

    def put(self, event: Theirs) -> None:
        times = {"start": self._place(event.start, event), "end": self._place(event.end, event)}
        rule = {"recurrence": [f"RRULE:{event.rule}"]} if event.rule else {}
        fields = times | rule | SHOWN[event.shown]
        if event.key in self.keys:
            self.book.change(self.keys[event.key], **fields)
        else:
            self.keys[event.key] = self.book.add(**fields)
        self._except(event)

    def _place(self, moment: datetime | date, event: Theirs) -> dict[str, str]:
        if not isinstance(moment, datetime):
            return {"date": moment.isoformat()}
        zone = {"timeZone": str(moment.tzinfo)} if event.rule else {}
        return {"dateTime": moment.isoformat(), **zone}

    def _except(self, event: Theirs) -> None:
        series = self.keys[event.key]
        for start in event.without:
            self.book.occurrence(series, start, status="cancelled")
        for start, (new_start, new_end) in event.moved.items():
            places = {"start": self.book.place(new_start), "end": self.book.place(new_end)}
            self.book.occurrence(series, start, **places)

    def drop(self, key: str) -> None:
        self.book.remove(self.keys.pop(key))

    def drag(self, written: Written, start: datetime, end: datetime) -> None:
        self.book.change(written.id, start=self.book.place(start), end=self.book.place(end))

    def discard(self, written: Written) -> None:
        self.book.remove(written.id)

    def standing(self) -> tuple[Stands, ...]:
        return tuple(
            Stands(one["summary"], _moment(one["start"]), _moment(one["end"]))
            for one in self.book.living()
        )

    def expire(self) -> None:
        self.book.expire()

    def misbehave(self, mood: Mood) -> None:
        if mood == "refused":
            self.google.signin.forget(ADA)
        else:
            self.google.moods.always = MOODS[mood]

    def behave(self) -> None:
        self.google.moods.always = None


def means(google: fake.Google, url: str, call_seconds: float = LONG) -> Means:
    """What the adapter needs to reach the fake."""
    return Means(
        call_seconds=call_seconds,
        google_client_id=google.signin.client_id,
        google_client_secret=google.signin.client_secret,
        google_base_url=url,
        google_oauth_url=url,
        ca_bundle=authority.ca_bundle(),
    )


def _moment(place: dict[str, str]) -> datetime:
    if "date" in place:
        midnight = datetime.fromisoformat(place["date"])
        return midnight.replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    return datetime.fromisoformat(place["dateTime"]).astimezone(UTC)


@contextmanager
def make(request: pytest.FixtureRequest) -> Iterator[GoogleHarness]:
    google = fake.Google()
    with google.served() as url:
        yield GoogleHarness(url, google)
