"""How the fake misbehaves on command, and its journal of what it was asked and when."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Event, RLock
from typing import Literal

from fakes.google.rules import JSON, Refusal

How = Literal["well", "refuse", "slow", "half", "garbage", "reply_lost", "unreached"]


@dataclass(frozen=True)
class Mood:
    """What happens instead of an answer.

    `refuse`: an error. `slow`: nothing before the client leaves. `half`: an answer that breaks
    off. `garbage`: 200 and no JSON. `reply_lost`: done, and no answer. `unreached`: not done, and
    no answer. `html`: an error as a load balancer in front of Google gives it.
    """

    how: How
    status: int = 0
    reason: str = ""
    retry_after: str = ""
    html: bool = False


SLOW, HALF, GARBAGE = Mood("slow"), Mood("half"), Mood("garbage")
REPLY_LOST, UNREACHED = Mood("reply_lost"), Mood("unreached")
WORDS = {
    "authError": "Invalid Credentials",
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "quotaExceeded": "Calendar usage limits exceeded.",
    "forbidden": "Forbidden",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "requiredAccessLevel": "You need to have writer access to this calendar.",
    "notFound": "Not Found",
    "backendError": "Backend Error",
    "fullSyncRequired": "Sync token is no longer valid, a full sync is required.",
}


def refuse(status: int, reason: str = "backendError", retry_after: str = "") -> Mood:
    """An error of Google's, e.g. `refuse(403, "rateLimitExceeded", retry_after="7")`."""
    return Mood("refuse", status, reason, retry_after)


@dataclass
class Entry:
    """A request: when it came, what it was, how it was answered (0: not at all)."""

    at: datetime
    method: str
    account: str
    parameters: JSON = field(default_factory=dict)
    body: JSON = field(default_factory=dict)
    status: int = 0
    retry_after: str = ""

    @property
    def not_before(self) -> datetime | None:
        """When the client may ask again, where it was told to wait (RFC 9110, 10.2.3)."""
        if not self.retry_after:
            return None
        if self.retry_after.isdigit():
            return self.at + timedelta(seconds=int(self.retry_after))
        return parsedate_to_datetime(self.retry_after)


@dataclass
class Moods:
    """What is to go wrong next, by method ("events.insert", "token"; "*" for any), and the journal.

    `clock` is the world's, `offset` how far it was moved besides. `always`: how every request goes wrong.
    """

    journal: list[Entry] = field(default_factory=list)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    offset: timedelta = timedelta(0)
    always: Mood | None = None
    released: Event = field(default_factory=Event)
    lock: RLock = field(default_factory=RLock)
    _next: dict[str, deque[Mood]] = field(default_factory=lambda: defaultdict(deque))

    def add(self, method: str, *moods: Mood) -> None:
        """The next requests of this kind go wrong in these ways, one after the other."""
        with self.lock:
            self._next[method].extend(moods)

    def after(self, method: str, well: int, *moods: Mood) -> None:
        """The same, after so many requests that go well."""
        self.add(method, *[Mood("well")] * well, *moods)

    def take(self, method: str) -> Mood | None:
        """The mood of the next request of this kind."""
        with self.lock:
            for queue in (self._next[method], self._next["*"]):
                if queue:
                    return queue.popleft()
        return self.always

    def reset(self) -> None:
        """All is well again."""
        with self.lock:
            self._next.clear()
            self.always, self.offset = None, timedelta(0)

    def now(self) -> datetime:
        """The world's time."""
        return self.clock() + self.offset

    def note(self, method: str, account: str) -> Entry:
        """A request has come."""
        entry = Entry(self.now(), method, account)
        with self.lock:
            self.journal.append(entry)
        return entry

    def of(self, method: str) -> list[Entry]:
        """The requests of one kind."""
        return [one for one in self.journal if one.method == method]

    def impatient(self, account: str = "") -> list[Entry]:
        """Requests (of one account) that came before the instant for which it was asked to wait."""
        told: dict[str, datetime] = {}
        early = []
        for entry in self.journal:
            if account not in {"", entry.account}:
                continue
            until = told.get(entry.account)
            if until and entry.at < until and entry.account:
                early.append(entry)
            if entry.not_before:
                told[entry.account] = entry.not_before
        return early


def refusal(mood: Mood) -> Refusal:
    """The error that a mood stands for."""
    words = WORDS.get(mood.reason, mood.reason)
    found = Refusal(mood.status, mood.reason, words)
    if mood.retry_after:
        found.headers.append(("Retry-After", mood.retry_after))
    return found
