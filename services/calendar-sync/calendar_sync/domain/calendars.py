"""What passes between us and any provider of calendars. Instants are in UTC."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class OwnedCalendar:
    """One calendar of an account. `writable`: our events can stand in it."""

    id: str
    name: str
    writable: bool = True


@dataclass(frozen=True)
class Occurrence:
    """A period `[start, end)` that blocks, in UTC. `id` is stable for one occurrence of one event;
    `event_id` is the event's own, by which ours are told apart.
    """

    id: str
    event_id: str
    start: datetime
    end: datetime
    removed: bool = False


@dataclass(frozen=True)
class Reading:
    """What changed since a cursor, and the next one. `complete`: this is all there is."""

    occurrences: tuple[Occurrence, ...]
    cursor: str
    complete: bool


@dataclass(frozen=True)
class Draft:
    """An event as it should stand in a calendar. Instants in UTC, texts plain."""

    id: str
    start: datetime
    end: datetime
    title: str
    description: str = ""
    location: str = ""
    conference: bool = False


@dataclass(frozen=True)
class Written:
    """An event as it stands; `join_url` is empty without a conference."""

    id: str
    join_url: str = ""
