"""Which times the events of an iCalendar text take (RFC 5545), each occurrence by itself.

Recurring events are expanded within a window: rules, further dates, dates left out, and
occurrences that were moved or cancelled. Whole days and times without a zone are those of the
calendar's zone.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component, vRecur
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendar_sync.domain.calendars import Occurrence

AT_MOST = 100_000
"""Occurrences of one calendar: more than any host has, fewer than fill the memory."""

DAY = timedelta(days=1)
FREE = {"FREE", "WORKINGELSEWHERE"}
"""Outlook's words in feeds for what does not block."""
RECURS = ("RRULE", "RDATE", "RECURRENCE-ID")
AT_MOST_A_DAY = 24
PLAIN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
ALLOWED: dict[str, frozenset[str]] = {
    "SECONDLY": frozenset(),
    "MINUTELY": frozenset(),
    "HOURLY": PLAIN,
    "DAILY": PLAIN | {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYHOUR", "BYMINUTE", "BYSECOND"},
}
"""The parts that the rules of frequent series may have; others may have all."""

PIECE = 25
"""Events read at once: reading takes some tenths of a millisecond for each, and others wait."""

_TELLS = re.compile(
    r"^(?:(?:BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|SEQUENCE|STATUS"
    r"|TRANSP|X-MICROSOFT-CDO-BUSYSTATUS)[:;]|ATTENDEE;[^\n]*PARTSTAT=\"?DECLINED)[^\n]*",
    re.MULTILINE | re.IGNORECASE,
)
"""The lines of an event that tell which time it takes; reading the others would take most time."""

_NAME = re.compile(r"^(?:TZID|X-LIC-LOCATION|X-WR-TIMEZONE)[^:\n]*:(.*)$", re.MULTILINE)


class BadCalendar(Exception):
    """A text that is no calendar, or one that is out of all bounds. The message can be shown."""


@dataclass(frozen=True)
class View:
    """How a calendar is looked at: its zone, the window `[since, until)` in which its series are
    expanded, and the host's own addresses in lower case.
    """

    zone: tzinfo
    since: datetime
    until: datetime
    owner: frozenset[str] = frozenset()


def _go_on() -> None:
    """Nobody waits."""


def expand(text: str, event_id: str, view: View) -> tuple[Occurrence, ...]:
    """The occurrences of one event or series, as CalDAV keeps them, a text for each. One that does
    not recur is told wherever it is. Raises `BadCalendar`.
    """
    return tuple(_series(list(_events(text, _go_on)), event_id, view))


def expand_all(text: str, view: View, pause: Callable[[], None] = _go_on) -> tuple[Occurrence, ...]:
    """What of a whole calendar is within the window. Events are known by their UID. `pause` is
    called again and again, so that others have their turn.

    Raises `BadCalendar`.
    """
    events: dict[str, list[Component]] = {}
    for number, one in enumerate(_events(text, pause)):
        events.setdefault(str(one.get("UID") or f"without-uid-{number}"), []).append(one)
    found: list[Occurrence] = []
    for number, (uid, parts) in enumerate(events.items()):
        if number % PIECE == 0 or len(parts) > 1 or "RRULE" in parts[0]:
            pause()
        within = (one for one in _series(parts, uid, view) if _overlaps(one, view))
        found += within
        if len(found) > AT_MOST:
            raise BadCalendar("This calendar has too many events.")
    return tuple(found)


def zone_named(text: str) -> ZoneInfo | None:
    """The zone that a VTIMEZONE or a calendar's X-WR-TIMEZONE names, if there is such a one."""
    for name in _NAME.findall(text):
        found = _zone(name.strip()) or _zone(WINDOWS_TO_OLSON.get(name.strip(), ""))
        if found is not None:
            return found
    return None


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def _events(text: str, pause: Callable[[], None]) -> Iterator[Component]:
    """The events of all calendars in the text, with what tells which time they take."""
    lines = "\n" + text.lstrip("\ufeff \t\r\n").replace("\r\n", "\n").rstrip() + "\n"
    if not (lines.startswith("\nBEGIN:VCALENDAR\n") and lines.endswith("\nEND:VCALENDAR\n")):
        raise BadCalendar("This is not a calendar.")
    unfolded = lines.replace("\n ", "").replace("\n\t", "")
    zones = "".join(one for one in _parts(unfolded, "VTIMEZONE")[0] if not _is_known(one))
    events = _parts(unfolded, "VEVENT")[0]
    for first in range(0, len(events), PIECE):
        yield from _read(zones, [_telling(one) for one in events[first : first + PIECE]])
        pause()


def _telling(event: str) -> str:
    """An event without its alarms, and without what tells nothing of its time."""
    return "\n".join(_TELLS.findall(_parts(f"\n{event}", "VALARM")[1])) + "\n"


def _parts(text: str, name: str) -> tuple[list[str], str]:
    """The components of that name, and the text without them. One search after the other: an
    expression would look for each missing end anew.
    """
    first, last = f"\nBEGIN:{name}\n", f"\nEND:{name}\n"
    found, rest, at = [], [], 0
    while (start := text.find(first, at)) >= 0 and (end := text.find(last, start)) >= 0:
        rest.append(text[at:start])
        at = end + len(last) - 1
        found.append(text[start + 1 : at + 1])
    return found, "".join([*rest, text[at:]])


def _read(zones: str, events: list[str]) -> list[Component]:
    """A piece of a calendar; each event by itself where one of them cannot be read."""
    text = f"BEGIN:VCALENDAR\n{zones}{''.join(events)}END:VCALENDAR\n"
    try:
        return list(Calendar.from_ical(text).walk("VEVENT"))
    except Exception:  # noqa: BLE001 - the library's errors on bad text are of many kinds
        return (
            [] if len(events) == 1 else [one for event in events for one in _read(zones, [event])]
        )


def _is_known(definition: str) -> bool:
    name = re.search(r"^TZID:(.*)$", definition, re.MULTILINE)
    return name is not None and _zone(name[1].strip()) is not None


def _series(parts: list[Component], event_id: str, view: View) -> Iterator[Occurrence]:
    if not any(name in part for part in parts for name in RECURS):
        yield from _told(parts[:1], event_id, view)
        return
    yield from _told(_expanded(parts, view), event_id, view)


def _expanded(parts: list[Component], view: View) -> Iterable[Any]:
    """The occurrences of a series; its parts as they stand where its rule makes no sense, for
    what cannot be read may well be meant.
    """
    if not all(_is_bounded(part.get("RRULE")) for part in parts):
        return parts
    calendar = Calendar()
    for part in parts:
        calendar.add_component(part)
    try:
        return list(recurring_ical_events.of(calendar).between(view.since, view.until))
    except Exception:  # noqa: BLE001 - the libraries' errors on bad rules are of many kinds
        return parts


def _is_bounded(rule: Any) -> bool:
    """Whether each of the rules can be followed in little time."""
    rules = rule if isinstance(rule, list) else [rule] if rule else []
    return all(isinstance(one, vRecur) and _is_quick(one) for one in rules)


def _is_quick(rule: vRecur) -> bool:
    """Not one that passes over each second of years, nor a daily one that may never come true,
    which would be followed up to the year 9999.
    """
    parts = set(rule)
    often = {str(one).upper() for one in rule.get("FREQ", [])} & set(ALLOWED)
    if often and {"BYMONTH", "BYMONTHDAY"} <= parts:
        return False
    if any(parts - ALLOWED[one] for one in often):
        return False
    times = prod(len(rule.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    return times <= AT_MOST_A_DAY and all(int(one) > 0 for one in rule.get("INTERVAL", [1]))


def _told(parts: Iterable[Any], event_id: str, view: View) -> Iterator[Occurrence]:
    """As occurrences; a part without a time that makes sense takes none."""
    for part in parts:
        try:
            start, end = _times(part, view.zone)
            name = _name(part.get("RECURRENCE-ID"))
        except (KeyError, AttributeError, TypeError, ValueError, OverflowError):
            continue
        yield Occurrence(
            id=f"{event_id}#{name}" if name else event_id,
            event_id=event_id,
            start=start,
            end=max(start, end),
            blocks=end > start and _blocks(part, view.owner),
            declined=_declines(part, view.owner)[1],
        )


def _times(part: Any, zone: tzinfo) -> tuple[datetime, datetime]:
    """Start and end in UTC. Without an end, a day is a day long and an instant takes no time."""
    start = part["DTSTART"].dt
    whole_days = not isinstance(start, datetime)
    if "DTEND" in part:
        end = part["DTEND"].dt
    elif "DURATION" in part:
        end = start + part["DURATION"].dt
    else:
        end = start
    if whole_days and end <= start:
        end = start + DAY
    return _instant(start, zone), _instant(end, zone)


def _instant(moment: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def _name(recurrence: Any) -> str:
    """An occurrence's own name in its series: when it would be by the rule."""
    if recurrence is None:
        return ""
    moment = recurrence.dt
    if not isinstance(moment, datetime):
        return f"{moment:%Y%m%d}"
    if moment.tzinfo is None:
        return f"{moment:%Y%m%dT%H%M%S}"
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _blocks(part: Any, owner: frozenset[str]) -> bool:
    return (
        str(part.get("STATUS", "")).upper() != "CANCELLED"
        and str(part.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(part.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() not in FREE
        and not _declines(part, owner)[0]
    )


def _declines(part: Any, owner: frozenset[str]) -> tuple[bool, bool]:
    """Whether the host declined, and whether somebody else did."""
    listed = part.get("ATTENDEE", [])
    attendees = listed if isinstance(listed, list) else [listed]
    gone = {
        str(one).lower().removeprefix("mailto:")
        for one in attendees
        if str(getattr(one, "params", {}).get("PARTSTAT", "")).upper() == "DECLINED"
    }
    return bool(gone & owner), bool(gone - owner)


def _overlaps(one: Occurrence, view: View) -> bool:
    return one.start < view.until and one.end > view.since
