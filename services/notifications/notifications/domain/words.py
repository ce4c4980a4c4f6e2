"""Instants, zones and names in the words of a mail: in its reader's language and zone, 24 hours,
the zone always named.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time

from notifications.domain.languages import Language, Phrase
from notifications.domain.text import one_line

_DAY = {"en": "EEEE d MMMM y"}
_SHORT_DAY = {"en": "EEE d MMM"}
"""Where CLDR's full date, and its day of a week and month, are not how we write them."""


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


def city(at: datetime, where: ZoneInfo, language: Language) -> str:
    """The zone in a word: `Buenos Aires`; `UTC`; for `Etc/GMT+5` the offset it means, `UTC-5`."""
    area, _, last = where.key.rpartition("/")
    if last in {"UTC", "UCT", "Universal", "Zulu"}:
        return "UTC"
    if area == "Etc" or not area:
        return offset(at)
    return language.city(where.key) or last.replace("_", " ")


def zone_words(at: datetime, where: ZoneInfo, language: Language) -> Phrase:
    """The zone with the offset in force at that time: `London, UTC+0`."""
    name, shift = city(at, where, language), offset(at)
    known = name in {"UTC", shift}
    return Phrase(name if known else f"{language.isolated(name)}, {shift}")


def short_time(start: datetime, zone_name: str, language: Language) -> Phrase:
    """For a subject: `Tue 1 Dec 14:00 (London)`."""
    where = zone(zone_name)
    at = start.astimezone(where)
    day = Phrase(_short_day(at, language))
    place = city(at, where, language)
    return language.say(
        "%(day)s %(time)s (%(zone)s)", day=day, time=_time(at, language), zone=place
    )


def _short_day(at: datetime, language: Language) -> str:
    if pattern := _SHORT_DAY.get(language.code):
        return format_date(at, pattern, locale=language.locale)
    return _first(format_skeleton("MMMEd", at, locale=language.locale), at, language)


def _day(at: datetime, language: Language) -> Phrase:
    pattern = _DAY.get(language.code, "full")
    return Phrase(_first(format_date(at, pattern, locale=language.locale), at, language))


def _first(day: str, at: datetime, language: Language) -> str:
    """In French, the first of a month is an ordinal, which CLDR's patterns cannot say."""
    return re.sub(r"\b1\b", "1er", day, count=1) if (language.code, at.day) == ("fr", 1) else day


def _time(at: datetime, language: Language) -> Phrase:
    return Phrase(format_time(at, "short", locale=language.locale))


def long_time(start: datetime, zone_name: str, language: Language) -> Phrase:
    """An instant in full: `Tuesday 1 December 2026, 14:00 (London, UTC+0)`."""
    where = zone(zone_name)
    at = start.astimezone(where)
    return language.say(
        "%(day)s, %(time)s (%(zone)s)",
        day=_day(at, language),
        time=_time(at, language),
        zone=zone_words(at, where, language),
    )


def time_range(start: datetime, end: datetime, zone_name: str, language: Language) -> Phrase:
    """`Tuesday 1 December 2026, 14:00 to 14:30 (London, UTC+0)`.

    The end carries its day if that is another one, and its offset if a clock change lies between.
    """
    where = zone(zone_name)
    first, last = start.astimezone(where), end.astimezone(where)
    until = _time(last, language)
    if last.utcoffset() != first.utcoffset():
        until = Phrase(f"{until} {offset(last)}")
    values = {
        "day": _day(first, language),
        "start": _time(first, language),
        "end": until,
        "zone": zone_words(first, where, language),
    }
    if last.date() == first.date():
        return language.say("%(day)s, %(start)s to %(end)s (%(zone)s)", **values)
    values["last"] = _day(last, language)
    return language.say("%(day)s, %(start)s to %(last)s, %(end)s (%(zone)s)", **values)


def names(people: Sequence[str], language: Language, most: int = 60) -> Phrase:
    """`Ada`, `Ada and Bea`, `Ada, Bea and Cyd`, `Ada, Bea and 3 others`."""
    short = [one_line(name, most) for name in people]
    if len(short) > 3:
        rest = language.count("%(num)s other", "%(num)s others", len(short) - 2)
        short = [short[0], short[1], rest]
    return language.listed(short)


def length(start: datetime, end: datetime, language: Language) -> Phrase:
    """`45 min`, `1 h`, `1 h 30 min`: elapsed time."""
    hours, minutes = divmod(int((end - start).total_seconds()) // 60, 60)
    values = {"hours": Phrase(hours), "minutes": Phrase(minutes)}
    if hours and minutes:
        return language.say("%(hours)s h %(minutes)s min", **values)
    return (
        language.say("%(hours)s h", **values)
        if hours
        else language.say("%(minutes)s min", **values)
    )


def colour_or(colour: str, otherwise: str) -> str:
    """`colour` if it is `#rrggbb`."""
    return colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else otherwise


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on a `#rrggbb` ground (WCAG relative luminance)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"
