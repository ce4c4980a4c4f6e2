"""The practice provider: calendars in memory, to try things out with and to test against.

It behaves as a real provider does, by the same rules, and misbehaves on command. Its calendars
live as long as the process: a cursor from an earlier life is answered with a complete reading.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, RLock
from typing import Literal, TypeVar
from uuid import uuid4

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable
from calendar_sync.domain.calendars import Draft, Occurrence, OwnedCalendar, Reading, Written

JOIN_URL = "https://meet.practice.test/"
"""A conference's address: this and the event's id. The domain is reserved (RFC 6761)."""

T = TypeVar("T")
Mood = Literal["well", "unavailable", "refused", "reply_lost", "slow"]
Call = Literal["calendars", "read", "write", "move", "delete"]


@dataclass
class Book:
    """One calendar: its events, and a journal by which a reader catches up.

    `names`: it gives events ids of its own, as Graph and CalDAV servers may.
    """

    name: str
    writable: bool = True
    names: bool = False
    events: dict[str, Draft] = field(default_factory=dict)
    declined: set[str] = field(default_factory=set)
    journal: list[str] = field(default_factory=list)

    def put(self, draft: Draft) -> None:
        """Adds or replaces an event."""
        key = self.key(draft)
        self.events[key] = draft
        self.journal.append(key)

    def drop(self, key: str) -> None:
        """Removes an event, if it is there."""
        if self.events.pop(key, None) is not None:
            self.declined.discard(key)
            self.journal.append(key)

    def key(self, draft: Draft) -> str:
        """Under which id the event stands here, or would."""
        return f"its-own-{draft.id}" if self.names else draft.id


@dataclass
class Desk:
    """One account: its calendars, how it misbehaves next, and how often it was called."""

    books: dict[str, Book] = field(default_factory=lambda: {"main": Book("Calendar")})
    moods: dict[Call, deque[Mood]] = field(default_factory=lambda: defaultdict(deque))
    calls: Counter[str] = field(default_factory=Counter)
    refused: bool = False
    retry_after: timedelta | None = None
    released: Event = field(default_factory=Event)

    def block(self, event_id: str, start: datetime, end: datetime, book: str = "main") -> None:
        """An appointment of the host's own, as if made in the provider's own pages."""
        self.books[book].put(Draft(id=event_id, start=start, end=end, title="Busy"))

    def free(self, event_id: str, book: str = "main") -> None:
        """Removes it."""
        self.books[book].drop(event_id)

    def shift(self, event_id: str, by: timedelta, book: str = "main") -> None:
        """Moves an event, whoever made it."""
        one = self.books[book].events[event_id]
        self.books[book].events[event_id] = replace(one, start=one.start + by, end=one.end + by)
        self.books[book].journal.append(event_id)

    def decline(self, event_id: str, book: str = "main") -> None:
        """An attendee declines an event."""
        self.books[book].declined.add(event_id)
        self.books[book].journal.append(event_id)

    def misbehave(self, call: Call, *moods: Mood) -> None:
        """The next calls of this kind go wrong in these ways, one after the other."""
        self.moods[call].extend(moods)


class World:
    """Every practice account of this process."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.life = uuid4().hex
        self._desks: dict[str, Desk] = {}

    def desk(self, account: str) -> Desk:
        """The account's desk; every account exists."""
        with self.lock:
            return self._desks.setdefault(account, Desk())

    def clear(self) -> None:
        """Forgets everything, as a restart does."""
        with self.lock:
            self._desks.clear()
            self.life = uuid4().hex


WORLD = World()


class Practice:
    """The adapter over a `World`; a slow call takes as long as one may."""

    def __init__(self, means: Means, world: World = WORLD) -> None:
        self._call_seconds = means.call_seconds
        self._world = world

    def calendars(self, account: Account) -> tuple[OwnedCalendar, ...]:
        """As `Provider.calendars`."""
        desk = self._world.desk(account.name)
        return self._answer(
            "calendars",
            desk,
            lambda: tuple(
                OwnedCalendar(id=key, name=book.name, writable=book.writable)
                for key, book in desk.books.items()
            ),
        )

    def read(
        self,
        account: Account,
        calendar_id: str,
        cursor: str | None,
        now: datetime,  # noqa: ARG002 - all of a practice calendar is read
    ) -> Reading:
        """As `Provider.read`; a cursor is the life of the world and a place in the journal."""
        desk = self._world.desk(account.name)
        return self._answer("read", desk, lambda: self._read(desk.books[calendar_id], cursor))

    def write(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """As `Provider.write`."""
        return self._put("write", account, calendar_id, draft)

    def move(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """As `Provider.move`."""
        return self._put("move", account, calendar_id, draft)

    def delete(self, account: Account, calendar_id: str, draft: Draft) -> None:
        """As `Provider.delete`."""
        desk = self._world.desk(account.name)
        book = desk.books[calendar_id]
        self._answer("delete", desk, lambda: book.drop(draft.provider_id or book.key(draft)))

    def _put(self, call: Call, account: Account, calendar_id: str, draft: Draft) -> Written:
        desk = self._world.desk(account.name)
        book = desk.books[calendar_id]
        self._answer(call, desk, lambda: book.put(draft))
        return Written(
            id=book.key(draft), join_url=f"{JOIN_URL}{draft.id}" if draft.conference else ""
        )

    def _read(self, book: Book, cursor: str | None) -> Reading:
        position = self._position(cursor)
        complete = position is None
        touched = list(book.events) if position is None else book.journal[position:]
        found = tuple(_occurrence(book, key) for key in dict.fromkeys(touched))
        place, lost = f"{self._world.life}:{len(book.journal)}", complete and bool(cursor)
        return Reading(found, place, complete, lost=lost)

    def _position(self, cursor: str | None) -> int | None:
        life, _, position = (cursor or "").partition(":")
        return int(position) if life == self._world.life else None

    def _answer(self, call: Call, desk: Desk, act: Callable[[], T]) -> T:
        """Acts once, in the mood that was commanded."""
        mood = self._mood(call, desk)
        if mood == "slow" and not desk.released.wait(self._call_seconds):
            raise ProviderUnavailable("no answer in time")
        with self._world.lock:
            answer = act()
        if mood == "reply_lost":
            raise ProviderUnavailable("the reply was lost")
        return answer

    def _mood(self, call: Call, desk: Desk) -> Mood | None:
        with self._world.lock:
            desk.calls[call] += 1
            mood = desk.moods[call].popleft() if desk.moods[call] else None
        if desk.refused or mood == "refused":
            raise AccessRefused(call)
        if mood == "unavailable":
            raise ProviderUnavailable("503", desk.retry_after)
        return mood


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _occurrence(book: Book, key: str) -> Occurrence:
    event = book.events.get(key)
    if event is None:
        return Occurrence(key, key, _EPOCH, _EPOCH + timedelta(minutes=1), removed=True)
    blocks, declined = not event.transparent, key in book.declined
    return Occurrence(key, key, event.start, event.end, blocks=blocks, declined=declined)
