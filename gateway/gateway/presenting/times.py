"""Instants as a reader sees them: in their zone, in the language of the page, the zone named.

Every function takes aware datetimes and IANA zones; none reads the clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time

from gateway.presenting import speech
from gateway.presenting.cities import city
from gateway.presenting.speech import gettext


class Patterns(NamedTuple):
    """How a language writes days and months (UTS 35, date field symbols); `~` is a space at which
    no line ends.

    None of the names that stand alone (`LLLL`, `cccc`): where a language has none of its own, Babel
    gives those of whichever language was asked for first.
    """

    long: str
    middle: str
    short: str
    month: str


PATTERNS = {
    "en": Patterns("EEEE d MMMM y", "EEEE d MMMM", "EEE d MMMM", "MMMM y"),
    "de": Patterns("EEEE, d.~MMMM y", "EEEE, d.~MMMM", "EEE,~d.~MMMM", "MMMM y"),
    "fr": Patterns("EEEE d~MMMM y", "EEEE d~MMMM", "EEE~d~MMMM", "MMMM y"),
    "es": Patterns(
        "EEEE, d~'de'~MMMM 'de'~y", "EEEE, d~'de'~MMMM", "EEE,~d~'de'~MMMM", "MMMM 'de' y"
    ),
    "pt": Patterns(
        "EEEE, d~'de'~MMMM 'de'~y", "EEEE, d~'de'~MMMM", "EEE,~d~'de'~MMMM", "MMMM 'de' y"
    ),
    "ja": Patterns("y年M月d日EEEE", "M月d日EEEE", "M月d日(EEE)", "y年M月"),
    "he": Patterns("EEEE, d~בMMMM y", "EEEE, d~בMMMM", "EEE,~d~בMMMM", "MMMM y"),
}

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
    locale = speech.locale()
    if not twelve:
        return _hours(moment, locale)
    if locale.language == "en":
        return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"
    return format_time(moment.time(), "h:mm a", locale=locale)


def _hours(moment: datetime, locale: Locale) -> str:
    """24 hours; before ten with a nought or without, as the language has it."""
    short = "HH" if locale.language == "en" else str(locale.time_formats["short"])
    return f"{moment:%H:%M}" if "HH" in short else f"{moment.hour}:{moment:%M}"


def day_long(day: date) -> str:
    """`Tuesday 1 December 2026`."""
    return _written(day, _patterns().long)


def day_middle(day: date) -> str:
    """`Tuesday 1 December`."""
    return _written(day, _patterns().middle)


def day_short(day: date) -> str:
    """`Tue 1 December`."""
    return _written(day, _patterns().short)


def _patterns() -> Patterns:
    return PATTERNS[speech.language()]


def _written(day: date, pattern: str) -> str:
    whole = pattern.replace("~", "\N{NO-BREAK SPACE}")
    return format_date(day, whole, locale=speech.locale())


def when(instant: datetime, zone: str, *, twelve: bool = False) -> str:
    """`Tue 1 December, 14:00`."""
    day = day_short(local(instant, zone).date())
    return gettext("%(day)s, %(time)s", day=day, time=clock(instant, zone, twelve=twelve))


def span(start: datetime, end: datetime, zone: str, *, twelve: bool = False) -> str:
    """From and to, `14:00` to `14:30`; a meeting past midnight names its last day too."""
    last = clock(end, zone, twelve=twelve)
    if local(start, zone).date() != local(end, zone).date():
        last = f"{last} ({day_short(local(end, zone).date())})"
    return f"{clock(start, zone, twelve=twelve)} – {last}"  # noqa: RUF001 - an en dash, as in print


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


def midnight(day: date, zone: str) -> datetime:
    """The instant (UTC) at which a day begins; where the clocks skip it, the one after it."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def day_after(day: date) -> date:
    """The next one."""
    return day + timedelta(days=1)


def month_of(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def month_after(month: date, by: int = 1) -> date:
    """The first of the month so many months later (or earlier)."""
    years, index = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, index + 1, 1)


def month_name(month: date) -> str:
    """`December 2026`."""
    return _written(month, _patterns().month)


def month_alone(month: date) -> str:
    """`December`."""
    return _written(month, "MMMM")
