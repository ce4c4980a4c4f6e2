"""Reading what was typed: a value, or a sentence for the field."""

from datetime import UTC, date, datetime

import pytest
from werkzeug.datastructures import MultiDict

from gateway.settings_pages.inputs import (
    Reader,
    cleaned,
    clock_of,
    hours_text,
    in_zone,
    minutes_of,
    place,
)


def reader(**typed):
    return Reader(MultiDict(typed))


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("9", 540),
        ("09:30", 570),
        ("9.30", 570),
        ("0930", 570),
        ("24:00", 1440),
        ("0:00", 0),
        ("5 pm", 1020),
        ("12am", 0),
        ("12:15 p.m.", 735),
    ],
)
def test_times_are_read_as_people_write_them(typed, minutes):
    assert minutes_of(typed) == minutes


@pytest.mark.parametrize("typed", ["", "x", "25:00", "24:01", "9:60", "13 pm", "0am", "-1", "9:5"])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(ValueError, match="is no time"):
        minutes_of(typed)


def test_an_end_past_midnight_is_shown_as_the_next_days_time():
    assert [clock_of(minutes) for minutes in (0, 1440, 1500)] == ["00:00", "24:00", "01:00"]


def test_hours_are_shown_without_superfluous_digits():
    assert [hours_text(minutes) for minutes in (0, 30, 240, 90, 6000)] == [
        "0",
        "0.5",
        "4",
        "1.5",
        "100",
    ]


def test_hidden_characters_are_dropped_and_letters_of_every_script_kept():
    assert cleaned(" a\x00\u202eb\r\n\u200dעß\x9f ") == "ab\n\u200dעß"


@pytest.mark.parametrize("typed", ["0", "481", "5.5", "1e2", "-5", "five", "٣٠"])
def test_a_wrong_number_is_said_at_its_field(typed):
    form = reader(interval=typed)
    assert form.whole("interval", 5, 480, unit="minutes") is None
    assert form.errors == {"interval": "A whole number from 5 to 480 minutes."}


@pytest.mark.parametrize(("typed", "minutes"), [("", 0), ("4", 240), ("0.5", 30), ("1,25", 75)])
def test_hours_become_minutes(typed, minutes):
    form = reader(notice=typed)
    assert (form.hours("notice", 8760), form.errors) == (minutes, {})


@pytest.mark.parametrize("typed", ["x", "-1", "nan", "inf", "8761", "0.001", "1e400"])
def test_wrong_hours_are_said(typed):
    form = reader(notice=typed)
    assert form.hours("notice", 8760) == 0
    assert "notice" in form.errors


def test_a_day_and_a_time_make_an_instant_of_the_zone():
    form = reader(day="2026-07-01", at="14:00")
    assert form.instant("day", "at", "Europe/London") == datetime(2026, 7, 1, 13, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_said():
    form = reader(day="2026-03-29", at="01:30")
    assert form.instant("day", "at", "Europe/London") is None
    assert "skip" in form.errors["at"]


def test_a_time_that_comes_twice_is_its_first_occurrence():
    assert in_zone(date(2026, 10, 25), 90, "Europe/London") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("typed", [{"day": "2026-07-01"}, {"at": "14:00"}])
def test_half_an_instant_is_said(typed):
    form = reader(**typed)
    assert form.instant("day", "at", "UTC") is None
    assert list(form.errors.values()) == ["A day and a time are needed."]


def test_the_first_thing_wrong_with_a_field_is_what_is_said():
    form = reader()
    form.say("title", "first")
    form.say("title", "second")
    assert form.errors == {"title": "first"}


def test_a_refusals_fields_are_said_at_their_inputs_and_the_rest_above_the_form():
    inputs = {"notice": ("notice_hours",), "location": ("location_value",)}
    refusal = {"settings.notice": "a", "location.value": "b", "elsewhere": "c"}
    assert place(refusal, inputs) == {"notice_hours": "a", "location_value": "b", "": "c"}
