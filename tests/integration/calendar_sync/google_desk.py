"""A host of Google's for the tests of its adapter: one server a module, one account a test."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from calendar_sync.adapters.google import Google as Adapter
from calendar_sync.adapters.google.signing import SCOPES
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import Account
from calendar_sync.domain.calendars import Draft, Occurrence, Reading
from fakes import authority
from fakes.google import Book, Entry, Google, Mood

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
_NUMBERS = count()


@dataclass
class Desk:
    """One account, our adapter, and what it was told to keep."""

    google: Google
    url: str
    email: str
    book: Book
    account: Account
    kept: list[str]
    seconds: float = 20
    known: dict[str, Occurrence] = field(default_factory=dict)
    cursor: str | None = None

    @property
    def means(self) -> Means:
        return Means(
            call_seconds=self.seconds,
            google_client_id=self.google.signin.client_id,
            google_client_secret=self.google.signin.client_secret,
            google_base_url=self.url,
            google_oauth_url=self.url,
            ca_bundle=authority.ca_bundle(),
        )

    @property
    def adapter(self) -> Adapter:
        return Adapter(self.means)

    def misbehave(self, method: str, *moods: Mood) -> None:
        self.google.misbehave(method, *moods)

    def asked(self, method: str) -> list[Entry]:
        """What our account asked of that method."""
        return [one for one in self.google.moods.of(method) if one.account == self.email]

    def asked_for(self) -> list[Entry]:
        """Our account's requests for a conference."""
        mine = (one for one in self.google.moods.journal if one.account == self.email)
        return [one for one in mine if "conferenceData" in one.body]

    def read(self, now: datetime = NOW, book: Book | None = None) -> Reading:
        """The next reading, applied to what is known."""
        calendar = (book or self.book).id
        reading = self.adapter.read(self.account, calendar, self.cursor, now)
        if reading.complete:
            self.known.clear()
        for one in reading.occurrences:
            self.known.pop(one.id, None)
            if not one.removed:
                self.known[one.id] = one
        self.cursor = reading.cursor
        return reading

    @property
    def busy(self) -> list[tuple[datetime, datetime]]:
        return sorted((one.start, one.end) for one in self.known.values() if one.blocks)

    def write(self, draft: Draft):
        return self.adapter.write(self.account, self.book.id, draft)

    def move(self, draft: Draft):
        return self.adapter.move(self.account, self.book.id, draft)

    def delete(self, draft: Draft) -> None:
        self.adapter.delete(self.account, self.book.id, draft)

    def forget_access(self) -> None:
        """Our access token has ended, as it does every hour; we do not know it."""
        self.google.signin.end_access()


def draft(**given) -> Draft:
    """An event of ours."""
    usual = {"id": "c" * 32, "start": NOW + 24 * HOUR, "end": NOW + 25 * HOUR, "title": "Intro"}
    return Draft(**(usual | given))


def later(one: Draft, hours: int = 3) -> Draft:
    return replace(one, start=one.start + hours * HOUR, end=one.end + hours * HOUR)


@pytest.fixture(scope="module")
def google_server() -> Iterator[tuple[Google, str]]:
    """The fake, and its address."""
    google = Google()
    with google.served() as url:
        yield google, url


@pytest.fixture
def desk(google_server) -> Iterator[Desk]:
    """A fresh account."""
    google, url = google_server
    email = f"ada{next(_NUMBERS)}@example.com"
    book = google.account(email, "Europe/Berlin")
    kept: list[str] = []
    account = Account(email, google.secret(email, *SCOPES), kept.append)
    yield Desk(google, url, email, book, account, kept)
    google.moods.reset()
    google.signin.rotate = False
