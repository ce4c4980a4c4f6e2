"""A week's hours as inputs of a page, and back; and how hours are said. Pure.

A window is wall time; an end at or before its start lies in the next day. 24:00 is a day's end.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.availability import Period, WeekdayHours, Window
from gateway.settings_pages.inputs import DAY, Form, Reader, clock_of, minutes_of

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_WINDOWS = 12


@dataclass
class Row:
    """One window as typed: two wall times and what is wrong with them."""

    start: str = ""
    end: str = ""
    error: str = ""

    @property
    def next_day(self) -> bool:
        """Whether the end lies in the next day."""
        try:
            return minutes_of(self.end) < minutes_of(self.start)
        except ValueError:
            return False


@dataclass
class Day:
    """One weekday as typed. `weekday` as in ISO 8601, 1 is Monday."""

    weekday: int
    on: bool
    rows: list[Row] = field(default_factory=list)
    error: str = ""

    @property
    def name(self) -> str:
        """`Monday`."""
        return NAMES[self.weekday - 1]


def week_of(hours: Iterable[WeekdayHours]) -> list[Day]:
    """Seven days that show `hours`; a day off keeps an empty row to fill in."""
    found = {day.weekday: day.windows for day in hours}
    return [
        Day(number, bool(found.get(number)), rows_of(found.get(number, ())))
        for number in range(1, 8)
    ]


def rows_of(windows: Sequence[Window]) -> list[Row]:
    """Rows that show windows; an empty one where there are none."""
    return [Row(clock_of(w.start), clock_of(w.end)) for w in windows] or [Row()]


def read_week(form: Form) -> list[Day]:
    """The week as typed, wrong values marked; `do` may add a row, take one away, or copy a day."""
    reader = Reader(form)
    week = [_read_day(reader, number) for number in range(1, 8)]
    _apply(reader.raw("do"), week)
    return week


def _read_day(reader: Reader, number: int) -> Day:
    day = Day(number, reader.flag(f"on_{number}"), typed_rows(reader, str(number)))
    if day.on and not any(row.start or row.end for row in day.rows):
        day.error = "Say from when to when, or switch the day off."
    if not day.on:
        for row in day.rows:
            row.error = ""
    return day


def typed_rows(reader: Reader, suffix: str) -> list[Row]:
    """The rows of `start_<suffix>` and `end_<suffix>`, wrong ones marked."""
    starts, ends = reader.rows(f"start_{suffix}"), reader.rows(f"end_{suffix}")
    pairs = list(zip(starts, ends, strict=False))[:MOST_WINDOWS]
    return [Row(start, end, _wrong(start, end)) for start, end in pairs] or [Row()]


def _wrong(start: str, end: str) -> str:
    if not start and not end:
        return ""
    try:
        first, last = minutes_of(start), minutes_of(end)
    except ValueError:
        return "Two times, such as 09:00 and 17:30; a whole day is 00:00 to 24:00."
    if first >= DAY:
        return "A start lies before 24:00."
    return "The end must differ from the start." if first == last else ""


def _apply(wish: str, week: list[Day]) -> None:
    """`add:3`, `drop:3:0`, `copy:3` (to the other working days) and `everywhere:3`."""
    what, _, rest = wish.partition(":")
    number, _, place = rest.partition(":")
    if not re.fullmatch("[1-7]", number):
        return
    day = week[int(number) - 1]
    if what == "add" and len(day.rows) < MOST_WINDOWS:
        day.on, day.error = True, ""
        day.rows.append(Row())
    elif what == "drop" and place.isdecimal() and int(place) < len(day.rows):
        del day.rows[int(place)]
        day.on = day.on and bool(day.rows)
        day.rows = day.rows or [Row()]
    elif what in {"copy", "everywhere"}:
        for other in week[: 5 if what == "copy" else 7]:
            other.on, other.error = day.on, day.error
            other.rows = [Row(row.start, row.end, row.error) for row in day.rows]


def windows_of(rows: Iterable[Row]) -> tuple[Window, ...]:
    """The windows of right rows, in the order of the day; an earlier end is the next day's.

    Hours that touch or overlap become one window, unless it were longer than a day, which two
    wall times cannot say.
    """
    merged: list[Window] = []
    spans = [_span(row) for row in rows if row.start and row.end]
    for window in sorted(spans, key=lambda each: (each.start, each.end)):
        last = merged[-1] if merged else window
        whole = Window(start=last.start, end=max(window.end, last.end))
        if merged and window.start <= last.end and whole.end - whole.start <= DAY:
            merged[-1] = whole
        else:
            merged.append(window)
    return tuple(merged)


def _span(row: Row) -> Window:
    start, end = minutes_of(row.start), minutes_of(row.end)
    return Window(start=start, end=end if end > start else end + DAY)


def hours_of(week: Iterable[Day]) -> tuple[WeekdayHours, ...]:
    """The hours of a right week."""
    return tuple(
        WeekdayHours(weekday=day.weekday, windows=windows_of(day.rows)) for day in week if day.on
    )


def is_wrong(week: Iterable[Day]) -> bool:
    """Whether anything in it has to be mended before it can be saved."""
    return any(day.error or any(row.error for row in day.rows) for day in week)


# --- words ---------------------------------------------------------------------------------------


def windows_words(windows: Sequence[Window]) -> str:
    """`09:00-12:00, 13:00-17:00`, or `off`."""
    return ", ".join(f"{clock_of(w.start)}\N{EN DASH}{clock_of(w.end)}" for w in windows) or "off"


def week_words(hours: Iterable[WeekdayHours]) -> list[str]:
    """`Mon-Fri 09:00-17:00`: runs of days with the same hours, days off left out."""
    found = {day.weekday: windows_words(day.windows) for day in hours if day.windows}
    runs: list[tuple[int, int, str]] = []
    for number, words in sorted(found.items()):
        if runs and runs[-1][1] == number - 1 and runs[-1][2] == words:
            runs[-1] = (runs[-1][0], number, words)
        else:
            runs.append((number, number, words))
    return [f"{_run(first, last)} {words}" for first, last, words in runs]


def _run(first: int, last: int) -> str:
    names = NAMES[first - 1][:3], NAMES[last - 1][:3]
    return names[0] if first == last else f"{names[0]}\N{EN DASH}{names[1]}"


# --- the strip of a week -------------------------------------------------------------------------


@dataclass(frozen=True)
class StripDay:
    """A day as it results: pieces of wall time, and the clock change on it, if any."""

    day: date
    pieces: tuple[str, ...]
    change: str = ""


def strip(first: date, days: int, periods: Sequence[Period], timezone: str) -> list[StripDay]:
    """The days from `first` on with what is open on each, in `timezone`."""
    return [
        StripDay(day, _pieces(day, periods, timezone), clock_change(day, timezone))
        for day in (first + timedelta(days=n) for n in range(days))
    ]


def _pieces(day: date, periods: Sequence[Period], timezone: str) -> tuple[str, ...]:
    begin, end = _midnight(day, timezone), _midnight(day + timedelta(days=1), timezone)
    zone, found = ZoneInfo(timezone), []
    for period in periods:
        start, stop = max(period.start, begin), min(period.end, end)
        if start < stop:
            last = "24:00" if stop == end else f"{stop.astimezone(zone):%H:%M}"
            found.append(f"{start.astimezone(zone):%H:%M}\N{EN DASH}{last}")
    return tuple(found)


def clock_change(day: date, timezone: str) -> str:
    """`Clocks go forward 1 h`, or back, on that day; empty when they do not change."""
    before = _midnight(day, timezone).utcoffset() or timedelta()
    after = _midnight(day + timedelta(days=1), timezone).utcoffset() or timedelta()
    minutes = int((after - before).total_seconds() // 60)
    if not minutes:
        return ""
    shown = f"{abs(minutes) // 60} h" if abs(minutes) % 60 == 0 else f"{abs(minutes)} min"
    return f"Clocks go {'forward' if minutes > 0 else 'back'} {shown}"


def _midnight(day: date, timezone: str) -> datetime:
    # Aware in the zone, so that it compares as an instant with the periods' UTC.
    return datetime.combine(day, time(), ZoneInfo(timezone))
