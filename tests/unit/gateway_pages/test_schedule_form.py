"""A week's hours as a form, and the week that results."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from contracts.availability import Period, WeekdayHours, Window
from gateway.settings_pages.schedule_form import (
    clock_change,
    hours_of,
    is_wrong,
    read_week,
    strip,
    week_of,
    week_words,
)

windows = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(
    lambda pair: Window(start=pair[0], end=min(pair[0] + pair[1], 2879))
)
hours = st.dictionaries(
    st.integers(1, 7), st.lists(windows, min_size=1, max_size=4), max_size=7
).map(
    lambda found: tuple(
        WeekdayHours(weekday=day, windows=tuple(sorted(each, key=lambda w: (w.start, w.end))))
        for day, each in sorted(found.items())
    )
)


def form_of(week, **more):
    typed = MultiDict(more)
    for day in week:
        if day.on:
            typed.add(f"on_{day.weekday}", "1")
        for row in day.rows:
            typed.add(f"start_{day.weekday}", row.start)
            typed.add(f"end_{day.weekday}", row.end)
    return typed


def can_be_shown(windows):
    # 09:00 to 09:00 of the next day cannot be told from an empty window by its wall times.
    whole = any(w.end - w.start == 1440 and w.start != 0 for w in windows)
    return not whole and all(a.end < b.start for a, b in pairwise(windows))


@given(hours)
def test_what_a_week_shows_is_what_it_saves(stored):
    kept = tuple(h for h in stored if can_be_shown(h.windows))
    assert hours_of(read_week(form_of(week_of(kept)))) == kept


def week(*rows, on=True, day=1, do=""):
    typed = MultiDict({"do": do} if do else {})
    if on:
        typed.add(f"on_{day}", "1")
    for start, end in rows:
        typed.add(f"start_{day}", start)
        typed.add(f"end_{day}", end)
    return read_week(typed)


def test_a_whole_day_is_midnight_to_24():
    assert hours_of(week(("00:00", "24:00"))) == (
        WeekdayHours(weekday=1, windows=(Window(start=0, end=1440),)),
    )


def test_an_end_before_the_start_lies_in_the_next_day():
    found = week(("22:00", "2"))
    assert hours_of(found)[0].windows == (Window(start=1320, end=1560),)
    assert found[0].rows[0].next_day


@pytest.mark.parametrize(
    "row", [("9", ""), ("", "17"), ("x", "17"), ("9", "9"), ("24:00", "2"), ("9", "25")]
)
def test_a_wrong_window_is_marked_and_kept(row):
    found = week(row)
    assert is_wrong(found)
    assert (found[0].rows[0].start, found[0].rows[0].end) == row


def test_windows_that_touch_or_overlap_become_one():
    found = week(("13", "17"), ("9", "14"), ("17", "18"), ("19", "20"))
    assert not is_wrong(found)
    merged = (Window(start=540, end=1080), Window(start=1140, end=1200))
    assert hours_of(found)[0].windows == merged


def test_an_empty_row_beside_a_filled_one_is_no_mistake():
    found = week(("9", "12"), ("", ""))
    assert not is_wrong(found)
    assert len(hours_of(found)[0].windows) == 1


def test_a_day_that_is_on_without_hours_is_said():
    assert is_wrong(week(("", "")))


def test_a_day_that_is_off_is_never_wrong_and_keeps_what_was_typed():
    found = week(("x", "y"), on=False)
    assert not is_wrong(found)
    assert hours_of(found) == ()
    assert found[0].rows[0].start == "x"


def test_adding_gives_an_empty_row_and_switches_the_day_on():
    found = week(("9", "12"), on=False, do="add:1")
    assert [row.start for row in found[0].rows] == ["9", ""]
    assert found[0].on


def test_removing_takes_that_row_alone():
    found = week(("9", "12"), ("13", "17"), do="drop:1:0")
    assert [row.start for row in found[0].rows] == ["13"]


def test_copying_reaches_the_working_days_or_all():
    assert [day.on for day in week(("9", "12"), do="copy:1")] == [True] * 5 + [False] * 2
    assert [day.on for day in week(("9", "12"), do="everywhere:1")] == [True] * 7


@pytest.mark.parametrize(
    "do", ["add:8", "add:", "drop:1:9", "drop:1:x", "copy:0", "burn:1", "add:²"]
)
def test_a_wish_that_makes_no_sense_changes_nothing(do):
    assert week(("9", "12"), do=do) == week(("9", "12"))


def test_days_with_the_same_hours_are_said_together():
    nine_to_five = (Window(start=540, end=1020),)
    days = [WeekdayHours(weekday=n, windows=nine_to_five) for n in (1, 2, 3, 5)]
    en = "\N{EN DASH}"
    assert week_words(days) == [f"Mon{en}Wed 09:00{en}17:00", f"Fri 09:00{en}17:00"]


def test_the_strip_cuts_at_local_midnight_and_marks_the_clock_change():
    def at(day, hour):
        return datetime(2026, 3, day, hour, tzinfo=UTC)

    days = strip(date(2026, 3, 28), 2, [Period(start=at(28, 22), end=at(29, 2))], "Europe/London")
    en = "\N{EN DASH}"
    assert [day.pieces for day in days] == [(f"22:00{en}24:00",), (f"00:00{en}03:00",)]
    assert [day.change for day in days] == ["", "Clocks go forward 1 h"]


def test_a_clock_change_of_half_an_hour_is_said():
    assert clock_change(date(2026, 4, 5), "Australia/Lord_Howe") == "Clocks go back 30 min"
