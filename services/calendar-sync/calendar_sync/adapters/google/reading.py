"""Google's events as occurrences, and the cursor of a calendar.

Google expands recurring events itself (`singleEvents`). A sync token tells every change without
any window, so the first reading alone sets one; it is repeated each `ANEW`, since occurrences of
an endless series come into the window by time alone, which no sync token tells.
https://developers.google.com/calendar/api/guides/sync
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calendar_sync.adapters.google.api import JSON
from calendar_sync.adapters.provider import READ_AHEAD
from calendar_sync.domain.calendars import Occurrence

ANEW = timedelta(days=7)
BEHIND = timedelta(days=2)
"""How far back the first reading goes: what has just ended may still keep a buffer busy."""
FREE_KINDS = {"workingLocation", "birthday"}
"""Event types that say where somebody is, or whose day it is: nobody is busy by them."""
FIELDS = (
    "nextPageToken,nextSyncToken,timeZone,"
    "items(id,status,recurringEventId,transparency,eventType,"
    "start(date,dateTime),end(date,dateTime),attendees(self,resource,responseStatus))"
)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Position:
    """A cursor: Google's sync token, the calendar's zone then, and the end of the window."""

    token: str
    zone: str
    until: str

    @classmethod
    def of(cls, cursor: str | None) -> "Position | None":
        """`None` for none, and for one of another form."""
        try:
            return cls(**json.loads(cursor or ""))
        except (TypeError, ValueError):
            return None

    @property
    def cursor(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    @property
    def end(self) -> datetime:
        """Of the window."""
        return datetime.fromisoformat(self.until)

    def covers(self, now: datetime) -> bool:
        """Whether the window still reaches as far as it must."""
        return self.end >= now + READ_AHEAD


@dataclass(frozen=True)
class Window:
    """What a first reading asks for; it reaches further than it must until the next one."""

    start: datetime
    end: datetime

    @classmethod
    def at(cls, now: datetime) -> "Window":
        """The window of a first reading at `now`."""
        return cls(now - BEHIND, now + READ_AHEAD + ANEW)


def zone_of(name: str) -> ZoneInfo:
    """The calendar's zone; UTC where we do not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def occurrences(items: Iterable[JSON], zone: ZoneInfo) -> Iterator[Occurrence]:
    """Each event, or occurrence of one."""
    for item in items:
        event_id = str(item.get("recurringEventId") or item["id"])
        if item.get("status") == "cancelled":
            yield _gone(str(item["id"]), event_id)
        else:
            yield _occurrence(item, event_id, zone)


def caught_up(changed: Iterable[Occurrence], until: datetime) -> Iterator[Occurrence]:
    """Changes that a sync token told, cut to the window.

    Occurrences of a series touched come without end: those after the window are not ours to keep.
    An event that became a series is told as its occurrences alone, so what stood for the event
    itself goes; it is told without its event's id, since the event was not deleted.
    """
    series: set[str] = set()
    singles: set[str] = set()
    for one in changed:
        repeated = one.id != one.event_id
        (series if repeated else singles).add(one.event_id)
        yield _gone(one.id, one.event_id) if repeated and one.start >= until else one
    for master in series - singles:
        yield _gone(master, "")


def _occurrence(item: JSON, event_id: str, zone: ZoneInfo) -> Occurrence:
    start, end = _moment(item["start"], zone), _moment(item["end"], zone)
    attendees = item.get("attendees", ())
    free = item.get("transparency") == "transparent" or item.get("eventType") in FREE_KINDS
    return Occurrence(
        id=str(item["id"]),
        event_id=event_id,
        start=start,
        end=end,
        blocks=start < end and not free and not any(_declined(one, me=True) for one in attendees),
        declined=any(_declined(one, me=False) for one in attendees),
    )


def _declined(attendee: JSON, *, me: bool) -> bool:
    """Whether the host (`self`), or somebody else who is no room, said no."""
    if attendee.get("resource") or attendee.get("responseStatus") != "declined":
        return False
    return bool(attendee.get("self")) is me


def _gone(occurrence_id: str, event_id: str) -> Occurrence:
    return Occurrence(occurrence_id, event_id, _NEVER, _NEVER + timedelta(minutes=1), removed=True)


def _moment(place: dict[str, Any], zone: ZoneInfo) -> datetime:
    """All-day events begin and end at midnight where the calendar is."""
    if "date" in place:
        return datetime.combine(date.fromisoformat(place["date"]), time(), zone).astimezone(UTC)
    return datetime.fromisoformat(place["dateTime"]).astimezone(UTC)
