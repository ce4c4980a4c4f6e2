"""What Graph's answers mean: waits, times, whole days, and answers that are none."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from calendar_sync.adapters.microsoft.shapes import Event, Moment, instant, parse, period, zone
from calendar_sync.adapters.microsoft.transport import Answer
from calendar_sync.adapters.provider import ProviderUnavailable

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17),
        ({"Retry-After": "999999999"}, 86400),
        (
            {
                "Retry-After": "Tue, 01 Dec 2026 09:01:00 GMT",
                "Date": "Tue, 01 Dec 2026 09:00:15 GMT",
            },
            45,
        ),
        (
            {
                "Retry-After": "Tue, 01 Dec 2026 09:00:00 GMT",
                "Date": "Tue, 01 Dec 2026 10:00:00 GMT",
            },
            0,
        ),
    ],
)
def test_a_wait_is_in_seconds_or_until_a_date_by_the_servers_clock(headers, seconds):
    assert Answer(429, headers, b"").retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "Mon, 99 Xxx 2026"])
def test_a_wait_that_says_nothing_is_none(text):
    assert Answer(429, {"Retry-After": text}, b"").retry_after is None


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        (Moment("2026-12-01T09:00:00.0000000"), 9),
        (Moment("2026-12-01T10:00:00.0000000", "W. Europe Standard Time"), 9),
        (Moment("2026-12-01T18:00:00", "Asia/Tokyo"), 9),
    ],
)
def test_times_are_understood_in_any_zone_that_has_a_name(moment, hour):
    assert instant(moment) == datetime(2026, 12, 1, hour, tzinfo=UTC)


def test_a_zone_that_nobody_knows_is_no_time():
    with pytest.raises(ProviderUnavailable):
        zone("tzone://Microsoft/Custom")


def whole(start, end):
    return Event("e", start=Moment(start), end=Moment(end), is_all_day=True)


def test_a_whole_day_is_one_of_the_mailboxs_days():
    day = whole("2026-12-01T00:00:00.0000000", "2026-12-02T00:00:00.0000000")
    assert period(day, BERLIN) == (
        datetime(2026, 11, 30, 23, tzinfo=UTC),
        datetime(2026, 12, 1, 23, tzinfo=UTC),
    )


def test_whole_days_that_were_turned_into_instants_are_taken_as_such():
    day = whole("2026-11-30T23:00:00.0000000", "2026-12-01T23:00:00.0000000")
    assert period(day, BERLIN) == (
        datetime(2026, 11, 30, 23, tzinfo=UTC),
        datetime(2026, 12, 1, 23, tzinfo=UTC),
    )


def test_what_is_unknown_blocks_and_titles_are_not_held():
    event = parse(b'{"id": "e", "showAs": "new", "subject": "Dentist", "attendees": null}', Event)
    assert event.blocks
    assert b"Dentist" not in msgspec.json.encode(event)


@pytest.mark.parametrize("body", [b"", b'{"id": "e", "sho', b"<html>", b'{"id": 7}', b"\xff\xfe"])
def test_half_an_answer_or_one_of_another_form_is_none(body):
    with pytest.raises(ProviderUnavailable):
        parse(body, Event)
