"""How the fake misbehaves on command, and its journal of what it was asked and when."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, RLock
from typing import Literal

from fakes.graph.shapes import JSON, Refusal

How = Literal["refuse", "slow", "half", "garbage", "reply_lost", "unreached"]


@dataclass(frozen=True)
class Mood:
    """What happens instead of an answer.

    `refuse`: an error. `slow`: nothing before the client leaves. `half`: an answer that breaks
    off. `garbage`: 200 and no JSON. `reply_lost`: done, and no answer. `unreached`: not done, and
    no answer.
    """

    how: How
    status: int = 0
    code: str = ""
    retry_after: str = ""


SLOW, HALF, GARBAGE = Mood("slow"), Mood("half"), Mood("garbage")
REPLY_LOST, UNREACHED = Mood("reply_lost"), Mood("unreached")
UNAUTHORIZED = Mood("refuse", 401, "InvalidAuthenticationToken")
DENIED = Mood("refuse", 403, "ErrorAccessDenied")
GONE = Mood("refuse", 410, "syncStateNotFound")
RESYNC = Mood("refuse", 410, "resyncRequired")
BROKEN = Mood("refuse", 503, "serviceNotAvailable")


def throttled(retry_after: str = "", status: int = 429) -> Mood:
    """Too many requests; `retry_after` in seconds or as a date."""
    return Mood("refuse", status, "ApplicationThrottled", retry_after)


def refusal(mood: Mood) -> Refusal:
    """The error that a mood stands for."""
    return Refusal(mood.status, mood.code, "As was commanded.", mood.retry_after)


@dataclass
class Entry:
    """A request: from when until when (the moods' clock), what it was, how it was answered (0: not
    at all). `name` is method and path without ids, or "token".
    """

    name: str
    account: str = ""
    began: float = 0
    ended: float = 0
    query: dict[str, str] = field(default_factory=dict)
    body: JSON = field(default_factory=dict)
    prefer: str = ""
    status: int = 0
    retry_after: str = ""


@dataclass
class Moods:
    """What is to go wrong next, by name of request ("*" for any), and the journal.

    `clock` tells seconds. `pace`: called in the middle of each request to Graph, to let requests overlap.
    """

    journal: list[Entry] = field(default_factory=list)
    released: Event = field(default_factory=Event)
    lock: RLock = field(default_factory=RLock)
    pace: Callable[[], object] | None = None
    clock: Callable[[], float] = time.monotonic
    _next: dict[str, deque[Mood]] = field(default_factory=dict)
    _always: Mood | None = None

    def add(self, name: str, *moods: Mood) -> None:
        """The next requests of this kind go wrong in these ways, one after the other."""
        with self.lock:
            self._next.setdefault(name, deque()).extend(moods)

    def always(self, mood: Mood | None) -> None:
        """Every request goes wrong in this way; `None`: none does."""
        self._always = mood
        self._next.clear()

    def take(self, name: str) -> Mood | None:
        """The mood of the next request of this kind."""
        with self.lock:
            for key in (name, "*"):
                if self._next.get(key):
                    return self._next[key].popleft()
        return self._always

    def note(self, entry: Entry) -> Entry:
        """A request has come."""
        entry.began = self.clock()
        with self.lock:
            self.journal.append(entry)
        return entry

    def note_end(self, entry: Entry) -> None:
        """It is answered."""
        entry.ended = self.clock()

    def of(self, name: str) -> list[Entry]:
        """The requests of one kind."""
        return [one for one in self.journal if one.name == name]

    def impatient(self) -> list[Entry]:
        """Requests that came before the instant for which their account was asked to wait."""
        told: dict[str, float] = {}
        early = []
        for entry in self.journal:
            if entry.account and entry.began < told.get(entry.account, 0):
                early.append(entry)
            if entry.retry_after.isdigit():
                told[entry.account] = entry.began + int(entry.retry_after)
        return early

    def most_at_once(self) -> int:
        """How many requests of one account were under way at the same time."""
        marks = sorted(
            mark
            for one in self.journal
            if one.account and one.name != "token"
            for mark in ((one.began, 1, one.account), (one.ended, -1, one.account))
        )
        under_way: dict[str, int] = {}
        most = 0
        for _, step, account in marks:
            under_way[account] = under_way.get(account, 0) + step
            most = max(most, under_way[account])
        return most
