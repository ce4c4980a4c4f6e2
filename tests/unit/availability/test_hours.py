"""A schedule's windows as instants, on the days that other schedulers get wrong."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from availability.domain import zones
from availability.domain.hours import Hours, runs, starts, working
from availability.domain.minutes import DAY, Frame, day_number, floor_minute, to_instant
from contracts.availability import DateOverride, Schedule, TimeOff, WeekdayHours, Window

ID = UUID(int=1)


def window(text: str) -> Window:
    start, end = (int(t[:2]) * 60 + int(t[3:]) for t in text.split("-"))
    return Window(start=start, end=end)


def hours(zone: str, *windows: str, days=range(1, 8), overrides=None) -> Hours:
    return Hours(
        Schedule(
            id=ID,
            workspace_id=ID,
            host_id=ID,
            name="Hours",
            timezone=zone,
            is_default=True,
            hours=tuple(
                WeekdayHours(weekday=day, windows=tuple(map(window, windows))) for day in days
            ),
            overrides=tuple(
                DateOverride(day=day, windows=tuple(map(window, texts)))
                for day, texts in (overrides or {}).items()
            ),
        )
    )


def open_on(value: Hours, day: date, *time_off: TimeOff) -> list[str]:
    """The open stretches of a local day, in UTC."""
    found = working(value, time_off, value.zone, (day, day))
    return [f"{to_instant(a):%d %H:%M}-{to_instant(b):%d %H:%M}" for a, b in found]


@pytest.mark.parametrize(
    ("zone", "windows", "day", "expected"),
    [
        # The hour 02:00 to 03:00 is missing: the window is shorter, its edges stay.
        ("America/New_York", ["01:00-05:00"], date(2026, 3, 8), ["08 06:00-08 09:00"]),
        # A window that lies in the gap is empty; an edge inside it moves to nothing else.
        ("America/New_York", ["02:00-03:00"], date(2026, 3, 8), []),
        ("America/New_York", ["02:30-04:00"], date(2026, 3, 8), ["08 07:00-08 08:00"]),
        # The repeated hour counts twice.
        ("America/New_York", ["00:00-03:00"], date(2026, 11, 1), ["01 04:00-01 08:00"]),
        # An edge inside the repeated hour gives two pieces.
        (
            "America/New_York",
            ["00:00-01:30"],
            date(2026, 11, 1),
            ["01 04:00-01 05:30", "01 06:00-01 06:30"],
        ),
        ("Europe/London", ["00:00-24:00"], date(2026, 3, 29), ["29 00:00-29 23:00"]),
        ("Europe/London", ["00:00-24:00"], date(2026, 10, 25), ["24 23:00-26 00:00"]),
        # Half an hour, in Lord Howe: from +10:30 to +11 and back.
        ("Australia/Lord_Howe", ["01:00-04:00"], date(2026, 10, 4), ["03 14:30-03 17:00"]),
        ("Australia/Lord_Howe", ["01:00-04:00"], date(2026, 4, 5), ["04 14:00-04 17:30"]),
        # At midnight itself: the day begins at 01:00.
        ("America/Santiago", ["00:00-02:00"], date(2026, 9, 6), ["06 04:00-06 05:00"]),
        ("Asia/Beirut", ["00:00-02:00"], date(2026, 3, 29), ["28 22:00-28 23:00"]),
        # Back over midnight: 23:00 to 24:00 comes twice on the day before.
        ("America/Santiago", ["22:00-24:00"], date(2026, 4, 4), ["05 01:00-05 04:00"]),
        # A day that never was, and the one after it.
        ("Pacific/Apia", ["09:00-17:00"], date(2011, 12, 30), []),
        ("Pacific/Apia", ["09:00-17:00"], date(2011, 12, 31), ["30 19:00-31 03:00"]),
        ("Asia/Kathmandu", ["09:00-17:00"], date(2026, 5, 5), ["05 03:15-05 11:15"]),
        ("Pacific/Kiritimati", ["09:00-17:00"], date(2026, 1, 1), ["31 19:00-01 03:00"]),
        # 23:59 is a minute earlier than 24:00.
        ("UTC", ["22:00-23:59"], date(2026, 5, 5), ["05 22:00-05 23:59"]),
    ],
)
def test_a_window_is_the_instants_whose_wall_time_lies_in_it(zone, windows, day, expected):
    assert expected == open_on(hours(zone, *windows), day)


def test_casablanca_leaves_summer_time_for_ramadan():
    before = open_on(hours("Africa/Casablanca", "09:00-17:00"), date(2026, 2, 14))
    within = open_on(hours("Africa/Casablanca", "09:00-17:00"), date(2026, 2, 16))
    assert (before, within) == (["14 08:00-14 16:00"], ["16 09:00-16 17:00"])


def test_an_override_replaces_only_the_windows_that_start_on_its_day():
    night = hours("UTC", "22:00-26:00", overrides={date(2026, 5, 5): []})
    # The night of the 4th still ends at 02:00 on the 5th; the one of the 5th does not take place.
    assert open_on(night, date(2026, 5, 5)) == ["05 00:00-05 02:00"]
    assert open_on(night, date(2026, 5, 6)) == ["06 22:00-07 00:00"]


def test_windows_that_touch_across_midnight_anchor_the_grid_once():
    value = hours("UTC", "00:00-02:00", "22:30-24:00")
    frame = Frame.around(day_number(date(2026, 5, 5)), day_number(date(2026, 5, 5)))
    allowed = starts(value, frame, 60, 60)
    grid = allowed.fits & allowed.grid
    day = floor_minute(datetime(2026, 5, 5, tzinfo=UTC)) - frame.start
    assert [n for n in range(-120, 120) if grid >> (day + n) & 1] == [-90, -30, 30]


def test_hours_that_never_close_have_one_grid_for_every_window_asked():
    value = hours("Australia/Lord_Howe", "00:00-24:00")
    seen: dict[int, set[int]] = {}
    for first in range(day_number(date(2026, 3, 30)), day_number(date(2026, 4, 12))):
        frame = Frame.around(first, first + 1)
        grid = starts(value, frame, 50, 50).grid
        for n in range(DAY, (frame.days - 2) * DAY):
            seen.setdefault(frame.start + n, set()).add(grid >> n & 1)
    assert all(len(answers) == 1 for answers in seen.values())
    assert {50} == {
        b - a
        for a, b in zip(
            *[sorted(m for m, s in seen.items() if 1 in s)[i:] for i in (0, 1)], strict=False
        )
    }


def test_hours_that_never_close_start_again_after_a_day_off():
    off = date(2026, 5, 5)
    value = hours("UTC", "00:00-24:00", overrides={off: []})
    year_later = floor_minute(datetime(2027, 5, 5, tzinfo=UTC))
    assert (
        floor_minute(datetime(2026, 5, 6, tzinfo=UTC))
        == runs(value, year_later, year_later + DAY)[0][0]
    )


def test_time_off_takes_local_days_or_an_exact_period():
    value = hours("America/New_York", "09:00-17:00")
    whole = TimeOff(
        id=ID, workspace_id=ID, host_id=ID, first_day=date(2026, 5, 5), last_day=date(2026, 5, 6)
    )
    start = datetime(2026, 5, 7, 15, 0, 30, tzinfo=UTC)
    exact = TimeOff(id=ID, workspace_id=ID, host_id=ID, start=start, end=start + timedelta(hours=1))
    assert open_on(value, date(2026, 5, 6), whole) == []
    assert open_on(value, date(2026, 5, 7), whole, exact) == [
        "07 13:00-07 15:00",
        "07 16:01-07 21:00",
    ]


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]
)
@pytest.mark.parametrize("year", [2011, 2026, 2040])
def test_the_wall_clock_is_the_one_of_the_zone_database(zone, year):
    start = floor_minute(datetime(year, 1, 1, tzinfo=UTC))
    offsets = [
        o for a, b, o in zones.stretches(zone, start, start + 365 * DAY) for _ in range(a, b, 30)
    ]
    wall = [
        to_instant(m).astimezone(ZoneInfo(zone)).utcoffset()
        for m in range(start, start + 365 * DAY, 30)
    ]
    assert [o.total_seconds() / 60 for o in wall if o is not None] == offsets
