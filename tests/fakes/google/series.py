"""Recurring events, expanded as Google does it: in the event's own zone, a few years ahead."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from fakes.google.rules import JSON

MOST = 1000
"""Occurrences of one series at most: an endless one ends somewhere."""


def expanded(master: JSON, zone: str) -> Iterator[JSON]:
    """Every occurrence, as an instance of the series; `zone` is the calendar's."""
    for start in islice(_starts(master), MOST):
        yield _instance(master, start, zone)


def _starts(master: JSON) -> Iterator[datetime]:
    """Wall times, in the event's zone."""
    zone = master["start"].get("timeZone", "UTC")
    first = _wall(master["start"])
    rules = rruleset()
    rules.rdate(first)
    for line in master["recurrence"]:
        if line.startswith(("EXDATE", "RDATE")):
            add = rules.exdate if line.startswith("EXDATE") else rules.rdate
            for text in line.partition(":")[2].split(","):
                add(_listed(text, zone))
        else:
            rules.rrule(cast("rrule", rrulestr(_local_until(line, zone), dtstart=first)))
    return iter(rules)


def _local_until(line: str, zone: str) -> str:
    """UNTIL is in UTC where the event has times; the rule is reckoned in wall time."""

    def local(found: re.Match[str]) -> str:
        return f"UNTIL={_listed(found[1], zone):%Y%m%dT%H%M%S}"

    return re.sub(r"UNTIL=(\d{8}(?:T\d{6}Z)?)", local, line)


def _listed(text: str, zone: str) -> datetime:
    if len(text) == 8:
        return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a wall time
    found = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the same
    if text.endswith("Z"):
        return found.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return found


def _wall(place: JSON) -> datetime:
    if "date" in place:
        return datetime.fromisoformat(place["date"])
    zone = ZoneInfo(place["timeZone"])
    return datetime.fromisoformat(place["dateTime"]).astimezone(zone).replace(tzinfo=None)


def _instance(master: JSON, start: datetime, zone: str) -> JSON:
    kept = {key: value for key, value in master.items() if key != "recurrence"}
    if "date" in master["start"]:
        length = date.fromisoformat(master["end"]["date"]) - date.fromisoformat(
            master["start"]["date"]
        )
        begins = {"date": start.date().isoformat()}
        ends = {"date": (start.date() + length).isoformat()}
        mark = f"{start:%Y%m%d}"
    else:
        begins, ends, mark = _timed(master, start, zone)
    return kept | {
        "id": f"{master['id']}_{mark}",
        "recurringEventId": master["id"],
        "originalStartTime": begins,
        "start": begins,
        "end": ends,
    }


def _timed(master: JSON, start: datetime, zone: str) -> tuple[JSON, JSON, str]:
    first, last = (datetime.fromisoformat(master[key]["dateTime"]) for key in ("start", "end"))
    begins = start.replace(tzinfo=ZoneInfo(master["start"]["timeZone"])).astimezone(UTC)
    ends = begins + (last - first)
    return (
        at(begins, zone, master["start"]["timeZone"]),
        at(ends, zone, master["start"]["timeZone"]),
        f"{begins:%Y%m%dT%H%M%SZ}",
    )


def at(moment: datetime, zone: str, named: str | None = None) -> JSON:
    """An instant as Google shows it: in the calendar's zone."""
    shown = {"dateTime": moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")}
    return shown | ({"timeZone": named} if named else {})


def shifted(place: JSON, by: timedelta) -> JSON:
    """The same, moved."""
    if "date" in place:
        return place | {"date": (date.fromisoformat(place["date"]) + by).isoformat()}
    moved = datetime.fromisoformat(place["dateTime"]) + by
    return place | {"dateTime": moved.isoformat(timespec="seconds")}
