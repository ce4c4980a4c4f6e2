"""Instants as a reader sees them: in their zone, in their language's clock, the zone named.

Every function takes aware datetimes and IANA zones; none reads the clock.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

TWELVE_HOUR_REGIONS = frozenset({"US", "CA", "AU", "NZ", "IN", "PH", "PK", "BD", "EG", "MY", "SG"})
"""Where English and its neighbours write 2:00 pm (CLDR `timeData`, preferred `h`)."""

TWELVE_HOUR_LANGUAGES = frozenset({"ar", "hi", "bn", "ur", "ko", "fil", "ta", "te"})


@lru_cache(maxsize=256)
def twelve_hours(accept_language: str) -> bool:
    """Whether the reader's first language (RFC 9110 Accept-Language) uses a 12-hour clock."""
    first = accept_language.partition(",")[0].partition(";")[0].strip()
    language, _, rest = first.replace("_", "-").partition("-")
    region = rest.rpartition("-")[2].upper()
    if region:
        return language.lower() in {"en", "hi", "es"} and region in TWELVE_HOUR_REGIONS
    return language.lower() in TWELVE_HOUR_LANGUAGES


def local(instant: datetime, zone: str) -> datetime:
    """The same instant on the reader's clock."""
    return instant.astimezone(ZoneInfo(zone))


def clock(instant: datetime, zone: str, *, twelve: bool = False) -> str:
    """`14:00` or `2:00 pm`."""
    moment = local(instant, zone)
    if not twelve:
        return f"{moment:%H:%M}"
    return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"


def day_long(day: date) -> str:
    """`Tuesday 1 December 2026`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def day_short(day: date) -> str:
    """`Tue 1 December`."""
    return f"{day:%a} {day.day} {day:%B}"


def when(instant: datetime, zone: str, *, twelve: bool = False) -> str:
    """`Tue 1 December, 14:00`."""
    return f"{day_short(local(instant, zone))}, {clock(instant, zone, twelve=twelve)}"


def span(start: datetime, end: datetime, zone: str, *, twelve: bool = False) -> str:
    """From and to, `14:00` to `14:30`; a meeting past midnight names its last day too."""
    last = clock(end, zone, twelve=twelve)
    if local(start, zone).date() != local(end, zone).date():
        last = f"{last} ({day_short(local(end, zone))})"
    return f"{clock(start, zone, twelve=twelve)} – {last}"  # noqa: RUF001 - an en dash, as in print


def city(zone: str) -> str:
    """The zone's place, as people say it: `New York` for `America/New_York`."""
    return zone.rpartition("/")[2].replace("_", " ")


def offset(instant: datetime, zone: str) -> str:
    """The zone's distance from UTC at that instant: `UTC+5:30`, `UTC-8`, `UTC+0`."""
    distance = local(instant, zone).utcoffset() or timedelta()
    minutes = round(distance.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def zone_name(instant: datetime, zone: str) -> str:
    """`London (UTC+0)`."""
    return zone if zone == "UTC" else f"{city(zone)} ({offset(instant, zone)})"


def clock_change(now: datetime, then: datetime, zone: str) -> date | None:
    """The local day of the last clock change after `now` that `then` already follows, if the
    offset differs between the two; None where nothing changes.
    """
    if local(now, zone).utcoffset() == local(then, zone).utcoffset():
        return None
    low, high = now, then
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        if local(middle, zone).utcoffset() == local(then, zone).utcoffset():
            high = middle
        else:
            low = middle
    return local(high, zone).date()


def month_of(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def month_after(month: date, by: int = 1) -> date:
    """The first of the month so many months later (or earlier)."""
    years, index = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, index + 1, 1)


def month_name(month: date) -> str:
    """`December 2026`."""
    return f"{month:%B} {month.year}"
