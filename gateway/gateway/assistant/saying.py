"""What a person says of a time, in English: "this week", "friday at 3", "the 3pm with Acme".

Pure: the present day comes in. Weeks begin on Monday. A weekday is its next occurrence, today
included; "next friday" is the Friday of next week. Days and times are wall time of the host.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
PARTS = {"morning": (0, 720), "afternoon": (720, 1020), "evening": (1020, 1440)}
"""Minutes after midnight, the last one not included."""
EMPTY = frozenset(
    re.findall(
        r"\w+",
        "a about an and appointment at booking by calendar call cancel event for from "
        "have i in is it me meeting meetings move my of on one our please reschedule the "
        "this that to today what with",
    )
)
"""Words that say nothing about which meeting is meant."""

_DAY = "|".join(f"{day}|{day[:3]}" for day in DAYS)
_MONTH = "|".join(f"{month}|{month[:3]}" for month in MONTHS)
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_CLOCK = (
    r"\b(?P<hour>\d{1,2})[:.](?P<minute>[0-5]\d)(?: ?(?P<half>am|pm))?\b",
    r"\b(?P<hour>\d{1,2}) ?(?P<half>am|pm)\b",
    r"\b(?P<hour>\d{1,2}) ?oclock\b",
    r"\b(?:at|the) (?P<hour>\d{1,2})\b(?! ?(?:st|nd|rd|th))",
)
Span = tuple[date, date]


@dataclass(frozen=True)
class Clues:
    """What words say: days (both included), starts in minutes after midnight, names.

    `None` and an empty set: nothing was said of it.
    """

    days: Span | None = None
    minutes: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Without case, accents and signs: what words are compared by."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in apart if not unicodedata.combining(char))
    letters = letters.replace("a.m.", "am").replace("p.m.", "pm")
    letters = letters.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    letters = re.sub(r"'s\b", " ", letters).replace("'", "")
    return re.sub(r"[^\w:.,-]+", " ", letters).strip()


def clues(words: str, today: date) -> Clues:
    """What the words say of a meeting."""
    rest = plain(words)
    days, rest = _days(rest, today)
    minutes, rest = _minutes(rest)
    tokens = re.split(r"[^\w]+", rest)
    return Clues(days, minutes, tuple(token for token in tokens if token and token not in EMPTY))


def period(words: str, today: date) -> Span | None:
    """The days that the words name, and nothing else; `None` where they say more or less."""
    days, rest = _days(plain(words), today)
    left = [token for token in re.split(r"[^\w]+", rest) if token and token not in EMPTY]
    return days if days and not left else None


# --- days ----------------------------------------------------------------------------------------


def _days(text: str, today: date) -> tuple[Span | None, str]:
    """The first days that the text names, and the text without them."""
    for pattern, read in _PHRASES:
        for found in re.finditer(pattern, text):
            try:
                span = read(found, today)
            except (ValueError, OverflowError):
                continue  # no such day
            return span, f"{text[: found.start()]} {text[found.end() :]}"
    return None, text


def _written(found: re.Match[str], _today: date) -> Span:
    day = date.fromisoformat(found[0])
    return day, day


def _named(found: re.Match[str], today: date) -> Span:
    """A day of a month: of this year, or of the next where it is long past."""
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(found["month"][:3]))
    year = int(found["year"] or today.year)
    day = date(year, month, int(found["day"]))
    if not found["year"] and (today - day).days > 180:
        day = date(year + 1, month, int(found["day"]))
    return day, day


def _ahead(found: re.Match[str], today: date) -> Span:
    count = min(int(found["count"]), 62) * (7 if found["unit"].startswith("week") else 1)
    return today, today + timedelta(days=max(count, 1) - 1)


def _week(found: re.Match[str], today: date) -> Span:
    by = {"last": -7, "next": 7}.get(found["which"] or "", 0)
    monday = today - timedelta(days=today.weekday() - by)
    return monday, monday + timedelta(days=6)


def _month(found: re.Match[str], today: date) -> Span:
    by = {"last": -1, "next": 1}.get(found["which"] or "", 0)
    first = _first(today, by)
    return first, _first(first, 1) - timedelta(days=1)


def _first(day: date, by: int) -> date:
    place = day.year * 12 + day.month - 1 + by
    return date(place // 12, place % 12 + 1, 1)


def _near(found: re.Match[str], today: date) -> Span:
    by = {"yesterday": -1, "tomorrow": 1}.get(found[0], 0)
    day = today + timedelta(days=by)
    return day, day


def _weekday(found: re.Match[str], today: date) -> Span:
    wanted = next(n for n, name in enumerate(DAYS) if name.startswith(found["name"][:3]))
    day = today + timedelta(days=(wanted - today.weekday()) % 7)
    if found["which"] in {"next", "last"}:
        by = 7 if found["which"] == "next" else -7
        day = today + timedelta(days=wanted - today.weekday() + by)
    return day, day


_WHICH = r"(?:(?P<which>this|next|last) )?"
_PHRASES: tuple[tuple[str, Callable[[re.Match[str], date], Span]], ...] = (
    (r"\b\d{4}-\d{2}-\d{2}\b", _written),
    (rf"\b{_NTH}(?: of)? (?P<month>{_MONTH})\b{_YEAR}", _named),
    (rf"\b(?P<month>{_MONTH}) {_NTH}\b{_YEAR}", _named),
    (r"\bnext (?P<count>\d{1,2}) (?P<unit>days?|weeks?)\b", _ahead),
    (rf"\b{_WHICH}week\b", _week),
    (rf"\b{_WHICH}month\b", _month),
    (r"\b(?:today|tonight|tomorrow|yesterday)\b", _near),
    (rf"(?<!with )\b{_WHICH}(?P<name>{_DAY})\b", _weekday),  # somebody may be called Sun
)


# --- times of day --------------------------------------------------------------------------------


def _minutes(text: str) -> tuple[frozenset[int], str]:
    """The starts that the text allows, and the text without them."""
    for pattern in _CLOCK:
        found = re.search(pattern, text)
        if found and int(found["hour"]) < 24:
            rest = f"{text[: found.start()]} {text[found.end() :]}"
            return _starts(found.groupdict()), rest
    for name, minute in (("noon", 720), ("midday", 720), ("midnight", 0)):
        if re.search(rf"\b{name}\b", text):
            return frozenset({minute}), re.sub(rf"\b{name}\b", " ", text)
    for name, (first, end) in PARTS.items():
        if re.search(rf"\b{name}\b", text):
            return frozenset(range(first, end)), re.sub(rf"\b{name}\b", " ", text)
    return frozenset(), text


def _starts(found: dict[str, str | None]) -> frozenset[int]:
    """Half a day is left open where nobody said which: "at 3" is 03:00 or 15:00."""
    hour, minute, half = int(found["hour"] or 0), int(found.get("minute") or 0), found.get("half")
    if half:
        return frozenset({(hour % 12 + (12 if half == "pm" else 0)) * 60 + minute})
    if 1 <= hour <= 12 and not (found["hour"] or "").startswith("0"):
        return frozenset({(hour % 12) * 60 + minute, (hour % 12 + 12) * 60 + minute})
    return frozenset({hour * 60 + minute})
