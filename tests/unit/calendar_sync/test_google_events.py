"""What we ask Google for, and how its answers are understood: pure rules."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.adapters.google import events
from calendar_sync.adapters.google.reading import Position, caught_up, occurrences, zone_of
from calendar_sync.adapters.google.transport import retry_after
from calendar_sync.domain.calendars import Draft, Occurrence

START = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def draft(**given_fields):
    return Draft("c" * 32, START, START + HOUR, "Intro", **given_fields)


def answer(**fields):
    """As Google gives an event back: in the calendar's zone, without what is usual."""
    stored = events.body(draft())
    stored.pop("transparency")
    stored["start"] = {"dateTime": "2026-12-01T10:00:00+01:00"}
    stored["end"] = {"dateTime": "2026-12-01T11:00:00+01:00"}
    return {"id": "c" * 32, "etag": '"1"'} | stored | fields


def test_an_event_is_in_line_however_google_writes_its_times():
    assert events.in_line(answer(), draft())


@pytest.mark.parametrize(
    "fields",
    [
        {"summary": "Other"},
        {"status": "cancelled"},
        {"status": "tentative"},
        {"description": "<b>"},
        {"transparency": "transparent"},
        {"start": {"dateTime": "2026-12-01T10:30:00+01:00"}},
        {"start": {"date": "2026-12-01"}},
        {"extendedProperties": {"private": {"workestra": "another"}}},
        {"extendedProperties": {}},
    ],
)
def test_an_event_that_differs_is_not_in_line(fields):
    assert not events.in_line(answer(**fields), draft())


def test_properties_of_others_do_not_put_an_event_out_of_line():
    properties = {"private": {"workestra": "c" * 32, "crm": "7"}, "shared": {"a": "b"}}
    assert events.in_line(answer(extendedProperties=properties), draft())


@given(st.text(max_size=12_000))
def test_no_description_is_html_or_too_long(text):
    shown = events.body(draft(description=text))["description"]
    assert len(shown) <= 8192
    assert not set(shown) & {"<", ">"}


def test_a_join_url_is_the_video_entry_or_else_the_old_link():
    phone = {"entryPointType": "phone", "uri": "tel:+1"}
    video = {"entryPointType": "video", "uri": "https://meet.google.com/a"}
    assert events.join_url({"conferenceData": {"entryPoints": [phone, video]}}) == video["uri"]
    assert events.join_url({"hangoutLink": "https://meet.google.com/b"}).endswith("/b")
    assert events.join_url({"conferenceData": {"entryPoints": [phone]}}) == ""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": " 0 "}, 0),
        (
            {
                "Retry-After": "Tue, 01 Dec 2026 09:01:00 GMT",
                "Date": "Tue, 01 Dec 2026 09:00:00 GMT",
            },
            60,
        ),
        (
            {
                "Retry-After": "Tue, 01 Dec 2026 08:00:00 GMT",
                "Date": "Tue, 01 Dec 2026 09:00:00 GMT",
            },
            0,
        ),
    ],
)
def test_a_wish_to_wait_is_read_in_both_forms(headers, seconds):
    assert retry_after(headers) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5", "Tue, 01 Dec"])
def test_a_wish_to_wait_that_makes_no_sense_is_none(text):
    assert retry_after({"Retry-After": text}) is None


@pytest.mark.parametrize("cursor", [None, "", "x", "[]", "{}", '{"token": "t"}', "7"])
def test_a_cursor_of_another_form_is_none(cursor):
    assert Position.of(cursor) is None


def test_a_cursor_is_what_it_was():
    position = Position("token", "Europe/Berlin", START.isoformat())
    assert Position.of(position.cursor) == position


def test_a_zone_that_we_do_not_know_is_utc():
    assert zone_of("Mars/Olympus") == ZoneInfo("UTC")


def test_a_tombstone_needs_no_more_than_an_id():
    (one,) = occurrences([{"id": "a", "status": "cancelled"}], ZoneInfo("UTC"))
    assert (one.id, one.event_id, one.removed) == ("a", "a", True)


def test_a_day_without_a_midnight_begins_with_its_first_moment():
    """In Cairo clocks go from 00:00 to 01:00 on the last Friday of April."""
    item = {"id": "a", "start": {"date": "2027-04-30"}, "end": {"date": "2027-05-01"}}
    (one,) = occurrences([item], ZoneInfo("Africa/Cairo"))
    assert one.start == datetime(2027, 4, 29, 22, tzinfo=UTC)
    assert one.end == datetime(2027, 4, 30, 21, tzinfo=UTC)


def test_changes_after_the_window_are_told_as_gone_for_series_alone():
    until = START + timedelta(days=10)
    far = until + HOUR
    one = Occurrence("m_1", "m", START, START + HOUR)
    two = Occurrence("m_2", "m", far, far + HOUR)
    single = Occurrence("s", "s", far, far + HOUR)
    told = {item.id: item.removed for item in caught_up([one, two, single], until)}
    assert told == {"m_1": False, "m_2": True, "s": False, "m": True}
