"""What the contract of calendars asks of each provider's harness.

A harness is one account at one provider in a world of its own: the adapter, and what happens
behind its back. It stands in `harness_<name>.py` beside this file, which offers

- `CAN`: what the provider can do, of `Ability`; tests that need more are not run for it;
- `make(request)`: a context manager that gives a fresh `Harness`; `request` is pytest's, by
  which a harness reaches its server's fixture (`request.getfixturevalue`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Protocol

from calendar_sync.adapters.provider import Account, Provider
from calendar_sync.domain.calendars import Draft, Occurrence, Reading, Written

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

Ability = Literal[
    "write",  # our events can stand in it
    "conference",  # a conference has a join URL at once
    "expire",  # its cursors can become invalid
    "shown",  # free, tentative, cancelled, declined
    "all_day",
    "floating",  # times without a zone
    "recurring",  # rules, occurrences left out or moved
    "many",  # more events than one page
]
Mood = Literal[
    "unavailable",  # 503 to everything
    "throttled",  # 429 or 503 with Retry-After: 90 seconds
    "refused",  # the permission is gone
    "reply_lost",  # what changes something is done, and the connection ends without a reply
    "slow",  # no answer within the adapter's time limit, which the harness sets low
    "half",  # half an answer, then the end
]
Shown = Literal["busy", "free", "tentative", "cancelled", "declined"]


@dataclass(frozen=True)
class Theirs:
    """An event as another client makes it.

    `start` and `end`: aware times in their zone, naive ones for floating times, or dates for whole
    days (the end's day is not part of it). `rule`: an RRULE's value. `without`: occurrences left
    out, by their start. `moved`: where occurrences were moved to, by their start by the rule.
    `declined` means: by the host.
    """

    key: str
    start: datetime | date
    end: datetime | date
    rule: str = ""
    without: tuple[datetime, ...] = ()
    moved: Mapping[datetime, tuple[datetime, datetime]] = field(default_factory=dict)
    shown: Shown = "busy"


@dataclass(frozen=True)
class Stands:
    """A single event as another client finds it. Instants in UTC."""

    title: str
    start: datetime
    end: datetime


class Harness(Protocol):
    """One account. `calendar`: its main calendar, in the zone Europe/Berlin where calendars have
    one. What another client does is seen by the next reading. A harness may also have `put_all`,
    which makes many events at once, and `many`: how many fill three pages, 600 where it says none.
    """

    provider: Provider
    account: Account
    calendar: str

    def put(self, event: Theirs) -> None:
        """Another client makes this event, or changes the one of this key into it."""
        ...

    def drop(self, key: str) -> None:
        """Another client deletes it."""
        ...

    def drag(self, written: Written, start: datetime, end: datetime) -> None:
        """The host moves one of our events."""
        ...

    def discard(self, written: Written) -> None:
        """The host deletes one of our events."""
        ...

    def standing(self) -> tuple[Stands, ...]:
        """All that stands in the calendar, read by another client."""
        ...

    def expire(self) -> None:
        """No cursor given so far is accepted any more."""
        ...

    def misbehave(self, mood: Mood) -> None:
        """Every request goes wrong in this way, until `behave`."""
        ...

    def behave(self) -> None:
        """All is well again."""
        ...


def put_all(harness: Harness, events: list[Theirs]) -> None:
    """Another client makes many events: at once, where its harness has a faster way."""
    many = getattr(harness, "put_all", None)
    if many is not None:
        many(events)
        return
    for event in events:
        harness.put(event)


@dataclass
class Mirror:
    """Follows a calendar as the service does: applies one reading after the other."""

    harness: Harness
    cursor: str | None = None
    known: dict[str, Occurrence] = field(default_factory=dict)

    def catch_up(self) -> Reading:
        """Reads what changed; that reading."""
        here = self.harness
        reading = here.provider.read(here.account, here.calendar, self.cursor, NOW)
        if reading.complete:
            self.known.clear()
        gone = set(reading.replaced)
        self.known = {key: one for key, one in self.known.items() if one.event_id not in gone}
        for one in reading.occurrences:
            self.known.pop(one.id, None)
            if not one.removed:
                self.known[one.id] = one
        self.cursor = reading.cursor
        return reading

    @property
    def busy(self) -> list[tuple[datetime, datetime]]:
        """What blocks, in order of time."""
        return sorted((one.start, one.end) for one in self.known.values() if one.blocks)

    def of(self, event_id: str) -> list[Occurrence]:
        """What is known of one event."""
        return [one for one in self.known.values() if one.event_id == event_id]


def draft(identity: str = "c" * 32, hours: int = 24, conference: bool = False) -> Draft:  # noqa: FBT001, FBT002 - as in Draft
    """An event of ours, an hour long, so many hours ahead."""
    start = NOW + hours * HOUR
    return Draft(identity, start, start + HOUR, "Intro - Sam", "With: Sam", conference=conference)
