"""Weekly hours and dates in people's words: `monday: [09:00-17:00]`."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from contracts.availability import DateOverride, WeekdayHours, Window

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = 24 * 60
_WINDOW = re.compile(r"(\d{1,2}):([0-5]\d)\s*-\s*(\d{1,2}):([0-5]\d)")


class Unclear(ValueError):
    """What cannot be read: `path` inside the entry, and why."""

    def __init__(self, path: str, says: str) -> None:
        super().__init__(says)
        self.path, self.says = path, says


def window_text(window: Window) -> str:
    """`22:00-02:00` ends in the next day; one of more than a day counts its hours on: `26:00`."""
    end = window.end - DAY if DAY < window.end <= window.start + DAY else window.end
    return f"{_clock(window.start)}-{_clock(end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def window(text: object, path: str) -> Window:
    """The reverse. Raises `Unclear`."""
    found = _WINDOW.fullmatch(str(text).strip())
    if not found:
        raise Unclear(path, "Write a window as 09:00-17:00.")
    start = int(found[1]) * 60 + int(found[2])
    end = int(found[3]) * 60 + int(found[4])
    end += DAY if end <= start else 0
    if start >= DAY or end > 2 * DAY:
        raise Unclear(path, "A window starts before 24:00 and ends within the next day.")
    return Window(start=start, end=end)


def _windows(texts: object, path: str) -> tuple[Window, ...]:
    if not isinstance(texts, list):
        raise Unclear(path, "Write a list of windows, such as [09:00-12:00, 13:00-17:00].")
    return tuple(window(text, f"{path}[{number}]") for number, text in enumerate(texts))


def week_text(hours: Iterable[WeekdayHours]) -> dict[str, list[str]]:
    """The weekdays that have hours, Monday first."""
    found = {day.weekday: [window_text(one) for one in day.windows] for day in hours}
    return {DAYS[number - 1]: found[number] for number in sorted(found) if found[number]}


def week(texts: Mapping[str, object]) -> tuple[WeekdayHours, ...]:
    """The reverse. Raises `Unclear`."""
    for name in texts:
        if name not in DAYS:
            raise Unclear(f"hours.{name}", f"Use the days {', '.join(DAYS)}.")
    return tuple(
        WeekdayHours(weekday=number, windows=_windows(texts[name], f"hours.{name}"))
        for number, name in enumerate(DAYS, start=1)
        if texts.get(name)
    )


def dates_text(overrides: Iterable[DateOverride]) -> dict[str, list[str]]:
    """By date; an empty list is a day off."""
    ordered = sorted(overrides, key=lambda one: one.day)
    return {one.day.isoformat(): [window_text(each) for each in one.windows] for one in ordered}


def dates(texts: Mapping[str, object]) -> tuple[DateOverride, ...]:
    """The reverse. Raises `Unclear`."""
    return tuple(
        DateOverride(day=_day(text), windows=_windows(texts[text], f"overrides.{text}"))
        for text in sorted(texts)
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unclear(f"overrides.{text}", "Write a date as 2026-12-24.") from None
