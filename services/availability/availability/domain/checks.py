"""What a schedule, a time off and a window of days must be; `Invalid` names each wrong field."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from unicodedata import category

from availability.domain import holidays
from availability.domain.zones import is_zone
from contracts.availability import GetHolidays, Schedule, TimeOff, Window
from contracts.errors import Invalid

MOST_DAYS = 62
MOST_HOLIDAYS = 800
MOST_OVERRIDES = 1000
FIRST_YEAR, LAST_YEAR = 1972, 2500
"""Since 1972 every zone's offset is in whole minutes; nobody plans beyond the other end."""

UNKNOWN_ZONE = "This time zone is not known. Choose one such as Europe/London."

Problems = Iterator[tuple[str, str]]


def _refuse(problems: Problems) -> None:
    fields: dict[str, str] = {}
    for field, problem in problems:
        fields.setdefault(field, problem)
    if fields:
        raise Invalid(fields=fields)


def _windows(field: str, windows: tuple[Window, ...]) -> Problems:
    """Windows that touch or overlap are no problem: they are one."""
    for window in windows:
        if not 0 <= window.start < 1440:
            yield field, "A window starts between 00:00 and 23:59."
        elif window.end > 2880:
            yield field, "A window ends at 24:00 of the next day at the latest."
        elif window.start >= window.end:
            yield field, "A window must end after it starts."


def _hours(schedule: Schedule) -> Problems:
    seen: set[int] = set()
    for day in schedule.hours:
        field = f"hours.{day.weekday}"
        if not 1 <= day.weekday <= 7 or day.weekday in seen:
            yield field, "Each weekday, 1 to 7, can be given once."
        seen.add(day.weekday)
        yield from _windows(field, day.windows)


def _overrides(schedule: Schedule) -> Problems:
    if len(schedule.overrides) > MOST_OVERRIDES:
        yield "overrides", f"At most {MOST_OVERRIDES} dates can have hours of their own."
    seen: set[date] = set()
    for override in schedule.overrides:
        field = f"overrides.{override.day.isoformat()}"
        if not FIRST_YEAR <= override.day.year <= LAST_YEAR:
            yield field, "This date is too far away."
        if override.day in seen:
            yield field, "Each date can be given once."
        seen.add(override.day)
        yield from _windows(field, override.windows)


def _text(field: str, text: str) -> Problems:
    if any(category(character) in {"Cc", "Cs"} for character in text):
        yield field, "Only printable characters can be used here."


def _zone(field: str, name: str) -> Problems:
    if not is_zone(name):
        yield field, UNKNOWN_ZONE


def _region(field: str, name: str) -> Problems:
    if name and not holidays.is_region(name):
        yield field, "The holidays of this country or region are not known."


def schedule(value: Schedule) -> None:
    """Fields are `name`, `timezone`, `hours.<weekday>` and `overrides.<date>`."""

    def problems() -> Problems:
        if not value.name.strip():
            yield "name", "A schedule needs a name."
        yield from _text("name", value.name)
        yield from _zone("timezone", value.timezone)
        yield from _region("holidays", value.holidays)
        yield from _hours(value)
        yield from _overrides(value)

    _refuse(problems())


def time_off(value: TimeOff) -> None:
    """Either whole days or an exact period, its end not before its start."""

    def problems() -> Problems:
        first, last, start, end = value.first_day, value.last_day, value.start, value.end
        if (first, last) != (None, None) and (start, end) != (None, None):
            yield "first_day", "Give whole days or an exact period, not both."
        elif first is not None and last is not None:
            if last < first:
                yield "last_day", "The last day must not be before the first."
        elif start is not None and end is not None:
            if end <= start:
                yield "end", "The end must be after the start."
        else:
            yield "first_day", "Give the first and the last day, or the exact start and end."
        yield from _text("reason", value.reason)

    _refuse(problems())


def window(first: date, last: date, zone: str) -> None:
    """A window of local days that can be asked about; fields are `tz`, `from` and `to`."""
    _refuse(chain(_zone("tz", zone), _days(first, last, MOST_DAYS)))


def _days(first: date, last: date, most: int) -> Problems:
    if first.year < FIRST_YEAR or last.year > LAST_YEAR:
        yield "from", "These days are too far away."
    if last < first:
        yield "to", "The last day must not be before the first."
    elif (last - first).days >= most:
        yield "to", f"At most {most} days can be asked for at once."


def holidays_asked(asked: GetHolidays) -> None:
    """Fields are `region`, `from` and `to`."""
    _refuse(chain(_region("region", asked.region), _days(asked.first, asked.last, MOST_HOLIDAYS)))
