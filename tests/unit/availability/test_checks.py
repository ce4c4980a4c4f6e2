"""What is refused about a schedule, a time off and a window of days, and under which field."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from availability.domain import checks
from contracts.availability import DateOverride, Schedule, TimeOff, WeekdayHours, Window
from contracts.errors import Invalid

ID = UUID(int=1)
GOOD = Schedule(id=ID, workspace_id=ID, host_id=ID, name="Hours", timezone="Europe/London")


def day(*windows: tuple[int, int]) -> tuple[WeekdayHours, ...]:
    return (WeekdayHours(weekday=1, windows=tuple(Window(start=a, end=b) for a, b in windows)),)


def override(*windows: tuple[int, int]) -> DateOverride:
    return DateOverride(day=date(2026, 5, 5), windows=day(*windows)[0].windows)


def fields(**changes: object) -> list[str]:
    with pytest.raises(Invalid) as refused:
        checks.schedule(msgspec.structs.replace(GOOD, **changes))
    return sorted(refused.value.fields)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "   "}, "name"),
        ({"name": "Hours\0"}, "name"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"timezone": "America"}, "timezone"),
        ({"hours": day((540, 540))}, "hours.1"),
        ({"hours": day((600, 540))}, "hours.1"),
        ({"hours": day((540, 2881))}, "hours.1"),
        ({"hours": day((1440, 1500))}, "hours.1"),
        ({"hours": day((540, 600)) + day((700, 800))}, "hours.1"),
        ({"overrides": (override((540, 540)),)}, "overrides.2026-05-05"),
        ({"overrides": (override(), override())}, "overrides.2026-05-05"),
        ({"overrides": (DateOverride(day=date(9999, 1, 1)),)}, "overrides.9999-01-01"),
    ],
)
def test_a_wrong_schedule_is_refused_with_its_field(changes, field):
    assert [field] == fields(**changes)


def test_windows_that_touch_overlap_cross_midnight_or_reach_48_hours_are_fine():
    hours = day((0, 60), (60, 120), (100, 130), (1320, 2880))
    assert checks.schedule(msgspec.structs.replace(GOOD, hours=hours)) is None


def test_time_off_is_days_or_an_exact_period():
    at = datetime(2026, 5, 5, tzinfo=UTC)
    for wrong in (
        {},
        {"first_day": at.date()},
        {"first_day": at.date(), "last_day": date(2026, 5, 4)},
        {"start": at, "end": at},
        {"first_day": at.date(), "last_day": at.date(), "start": at, "end": at},
    ):
        with pytest.raises(Invalid):
            checks.time_off(TimeOff(id=ID, workspace_id=ID, host_id=ID, **wrong))


@pytest.mark.parametrize(
    ("first", "last", "zone", "field"),
    [
        (date(2026, 5, 5), date(2026, 5, 4), "UTC", "to"),
        (date(2026, 5, 1), date(2026, 7, 2), "UTC", "to"),
        (date(2026, 5, 1), date(2026, 5, 1), "Nowhere", "tz"),
        (date(9999, 12, 31), date(9999, 12, 31), "UTC", "from"),
        (date(1, 1, 1), date(1, 1, 2), "UTC", "from"),
    ],
)
def test_a_wrong_window_is_refused_with_its_field(first, last, zone, field):
    with pytest.raises(Invalid) as refused:
        checks.window(first, last, zone)
    assert [field] == list(refused.value.fields)


def test_62_days_can_be_asked_for():
    assert checks.window(date(2026, 5, 1), date(2026, 7, 1), "UTC") is None
