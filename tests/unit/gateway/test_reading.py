"""Requests taken apart: what fits, and what is said of what does not."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from contracts.errors import Invalid, Malformed, NotFound
from gateway.api import reading
from gateway.api.host_shapes import PageOf
from gateway.api.shapes import BookingAsked

GOOD = {
    "start": "2026-12-01T14:00:00Z",
    "attendee": {"name": "Zoë", "email": "zoe@example.com", "timezone": "Europe/London"},
}


def without(path):
    value = {**GOOD, "attendee": dict(GOOD["attendee"])}
    inner = value
    *way, last = path.split(".")
    for name in way:
        inner = inner[name]
    del inner[last]
    return value


def replaced(path, new):
    value = {**GOOD, "attendee": dict(GOOD["attendee"])}
    inner = value
    *way, last = path.split(".")
    for name in way:
        inner = inner[name]
    inner[last] = new
    return value


def test_a_good_request_is_read():
    read = reading.convert(GOOD, BookingAsked)
    assert read.start == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert read.attendee.name == "Zoë"


def test_unknown_fields_are_ignored():
    read = reading.convert(GOOD | {"status": "cancelled", "workspace_id": "x"}, BookingAsked)
    assert not hasattr(read, "status")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (without("start"), "start"),
        (without("attendee"), "attendee"),
        (without("attendee.email"), "attendee.email"),
        (replaced("start", "2026-12-01T14:00:00"), "start"),
        (replaced("start", "2026-02-30T14:00:00Z"), "start"),
        (replaced("start", 1790000000), "start"),
        (replaced("start", "tomorrow"), "start"),
        (replaced("start", None), "start"),
        (replaced("duration", "30"), "duration"),
        (replaced("duration", 4), "duration"),
        (replaced("duration", 10**30), "duration"),
        (replaced("attendee", "Zoë"), "attendee"),
        (replaced("attendee.name", ""), "attendee.name"),
        (replaced("attendee.name", "x" * 10_000), "attendee.name"),
        (replaced("attendee.name", "x\x00"), "attendee.name"),
        (replaced("attendee.name", "\ud800"), "attendee.name"),
        (replaced("attendee.name", "\u202egnp.exe"), "attendee.name"),
        (replaced("attendee.email", 7), "attendee.email"),
        (replaced("hold", "not-an-id"), "hold"),
        (replaced("guests", ["a@b.test"] * 11), "guests"),
        (replaced("guests", [1]), "guests[0]"),
        (replaced("answers", {"note": 1.5}), "answers"),
        (replaced("answers", {"note": "\x07"}), "answers.note"),
        (replaced("answers", []), "answers"),
        ([], "body"),
        ("text", "body"),
        (None, "body"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(value, field):
    with pytest.raises(Invalid) as refused:
        reading.convert(value, BookingAsked)
    (path,) = refused.value.fields
    assert path == field
    assert "`" not in refused.value.fields[path]


def test_depth_is_bounded():
    value = current = {}
    for _ in range(40):
        current["x"] = {}
        current = current["x"]
    with pytest.raises(Malformed):
        reading.convert(value, BookingAsked)


@pytest.mark.parametrize(
    "value",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=14))),
        datetime(1999, 12, 31, 23, 59, tzinfo=UTC),
        datetime(2201, 1, 1, tzinfo=UTC),
    ],
)
def test_instants_that_no_meeting_can_have(value):
    with pytest.raises(Invalid) as refused:
        reading.instant(value, "start")
    assert set(refused.value.fields) == {"start"}


def test_instants_are_turned_to_utc():
    value = datetime(2026, 12, 1, 16, tzinfo=timezone(timedelta(hours=2)))
    assert reading.instant(value, "start") == datetime(2026, 12, 1, 14, tzinfo=UTC)


def test_a_slots_query_is_read():
    query = reading.slots_query(
        "ada", "from=2026-12-01&to=2026-12-31&tz=Europe%2FLondon&duration=45"
    )
    assert (query.first, query.last) == (date(2026, 12, 1), date(2026, 12, 31))
    assert (query.timezone, query.duration, query.slug) == ("Europe/London", 45, "ada")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "from"),
        ("from=2026-12-01&tz=UTC", "to"),
        ("from=2026-12-01&to=2026-12-02", "tz"),
        ("from=2026-12-01&to=2026-12-02&tz=Mars/Olympus", "tz"),
        ("from=2026-12-01&to=2026-12-02&tz=../../etc/passwd", "tz"),
        ("from=2026-12-01&to=2026-12-02&tz=%00", "tz"),
        ("from=2026-12-02&to=2026-12-01&tz=UTC", "to"),
        ("from=2026-12-01&to=2027-02-01&tz=UTC", "to"),
        ("from=2026-02-30&to=2026-12-01&tz=UTC", "from"),
        ("from=20261201&to=2026-12-01&tz=UTC", "from"),
        ("from=2026-W49-1&to=2026-12-01&tz=UTC", "from"),
        ("from=%D9%A2%D9%A0%D9%A2%D9%A6-12-01&to=2026-12-01&tz=UTC", "from"),
        ("from=2026-12-01&to=2026-12-01&tz=UTC&duration=x", "duration"),
        ("from=2026-12-01&to=2026-12-01&tz=UTC&duration=-5", "duration"),
        ("from=2026-12-01&to=2026-12-01&tz=UTC&duration=99999999999999", "duration"),
        ("from=2026-12-01&to=2026-12-01&tz=UTC&duration=%C2%B2", "duration"),
        ("from=2026-12-01&to=2026-12-01&tz=UTC&hold=x", "hold"),
        ("from=2026-12-01&to=2026-12-01&tz=UTC&host=x", "host"),
        ("&".join("x=1" for _ in range(30)), "query"),
    ],
)
def test_a_query_that_does_not_fit_is_refused_at_its_field(query, field):
    with pytest.raises(Invalid) as refused:
        reading.slots_query("ada", query)
    assert set(refused.value.fields) == {field}


def test_62_days_are_the_most():
    query = reading.slots_query("ada", "from=2026-12-01&to=2027-01-31&tz=UTC")
    assert (query.last - query.first).days == 61


@pytest.mark.parametrize("slug", ["a", "-ada", "ada-", "Ada", "a b", "x" * 65, "ada\n", "../x", ""])
def test_what_can_be_no_slug_is_not_found(slug):
    with pytest.raises(NotFound):
        reading.slug(slug)


@pytest.mark.parametrize("text", ["0", "201", "x", "-1", "1.5", "", "²", "9" * 400])
def test_page_sizes_out_of_bounds_are_refused(text):
    with pytest.raises(Invalid) as refused:
        reading.convert({"limit": text}, PageOf, strict=False)
    assert list(refused.value.fields) == ["limit"]
