"""Instants, zones and names in the words of a mail (English, 24-hour clock, zone always named)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifications.domain.text import one_line

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; UTC where the name means nothing here."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return ZoneInfo("UTC")


def offset(at: datetime) -> str:
    """The UTC offset of an aware local time: `UTC+0`, `UTC-5`, `UTC+5:30`."""
    shift = at.utcoffset() or timedelta()
    minutes = int(shift.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def city(at: datetime, where: ZoneInfo) -> str:
    """The zone in a word: `Buenos Aires`; `UTC`; for `Etc/GMT+5` the offset it means, `UTC-5`."""
    area, _, last = where.key.rpartition("/")
    if last in {"UTC", "UCT", "Universal", "Zulu"}:
        return "UTC"
    if area == "Etc" or not area:
        return offset(at)
    return last.replace("_", " ")


def zone_words(at: datetime, where: ZoneInfo) -> str:
    """The zone with the offset in force at that time: `London, UTC+0`."""
    name, shift = city(at, where), offset(at)
    return name if name in {"UTC", shift} else f"{name}, {shift}"


def short_time(start: datetime, zone_name: str) -> str:
    """For a subject: `Tue 1 Dec 14:00 (London)`."""
    where = zone(zone_name)
    at = start.astimezone(where)
    return (
        f"{_DAYS[at.weekday()][:3]} {at.day} {_MONTHS[at.month - 1][:3]} "
        f"{at:%H:%M} ({city(at, where)})"
    )


def _day(at: datetime) -> str:
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year}"


def long_time(start: datetime, zone_name: str) -> str:
    """An instant in full: `Tuesday 1 December 2026, 14:00 (London, UTC+0)`."""
    where = zone(zone_name)
    at = start.astimezone(where)
    return f"{_day(at)}, {at:%H:%M} ({zone_words(at, where)})"


def time_range(start: datetime, end: datetime, zone_name: str) -> str:
    """`Tuesday 1 December 2026, 14:00 to 14:30 (London, UTC+0)`.

    The end carries its day if that is another one, and its offset if a clock change lies between.
    """
    where = zone(zone_name)
    first, last = start.astimezone(where), end.astimezone(where)
    until = f"{last:%H:%M}"
    if last.date() != first.date():
        until = f"{_day(last)}, {until}"
    if last.utcoffset() != first.utcoffset():
        until = f"{until} {offset(last)}"
    return f"{_day(first)}, {first:%H:%M} to {until} ({zone_words(first, where)})"


def names(people: Sequence[str], most: int = 60) -> str:
    """`Ada`, `Ada and Bea`, `Ada, Bea and Cyd`, `Ada, Bea and 3 others`."""
    short = [one_line(name, most) for name in people]
    if len(short) > 3:
        short = [short[0], short[1], f"{len(short) - 2} others"]
    if len(short) < 2:
        return "".join(short)
    return f"{', '.join(short[:-1])} and {short[-1]}"


def length(start: datetime, end: datetime) -> str:
    """`45 min`, `1 h`, `1 h 30 min`: elapsed time."""
    hours, minutes = divmod(int((end - start).total_seconds()) // 60, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)


def colour_or(colour: str, otherwise: str) -> str:
    """`colour` if it is `#rrggbb`."""
    return colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else otherwise


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on a `#rrggbb` ground (WCAG relative luminance)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"
