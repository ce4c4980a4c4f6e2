"""Limits count meetings by their start, in the zone of whoever set the limit."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from availability.domain import limits
from availability.domain.minutes import Frame, day_number, to_instant
from contracts.booking import Claim, Limits

FRAME = Frame.around(day_number(date(2026, 4, 20)), day_number(date(2026, 6, 10)))


def claim(day: int, hour: int = 12, **changes) -> Claim:
    start = datetime(2026, 5, day, hour, tzinfo=UTC)
    end = start + timedelta(minutes=30)
    values = {
        "id": uuid4(),
        "meeting_id": uuid4(),
        "host_id": uuid4(),
        "link_id": uuid4(),
        "state": "confirmed",
    }
    times = {"start": start, "end": end, "meeting_start": start, "meeting_end": end}
    return Claim(**(values | times | changes))


def full(claims, zone="UTC", **most) -> list[str]:
    spans = limits.full(claims, Limits(**most), zone, FRAME)
    return [f"{to_instant(a):%m-%d %H:%M} {to_instant(b):%m-%d %H:%M}" for a, b in spans]


def test_a_day_is_full_when_it_holds_as_many_as_it_may():
    assert full([claim(5)], day=2) == []
    assert full([claim(5), claim(5, 14)], day=2) == ["05-05 00:00 05-06 00:00"]


def test_pending_meetings_count_and_holds_do_not():
    assert full([claim(5, state="hold")], day=1) == []
    assert len(full([claim(5, state="pending")], day=1)) == 1


def test_a_meeting_of_several_hosts_counts_once():
    meeting = uuid4()
    assert full([claim(5, meeting_id=meeting), claim(5, meeting_id=meeting)], day=2) == []


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        # 23:00 UTC on the 5th is the 6th in Kolkata, still the 5th in New York.
        ("Asia/Kolkata", "05-05 18:30 05-06 18:30"),
        ("America/New_York", "05-05 04:00 05-06 04:00"),
    ],
)
def test_days_are_those_of_the_given_zone(zone, expected):
    assert full([claim(5, 23)], zone, day=1) == [expected]


def test_weeks_begin_on_monday():
    # 3 May 2026 is a Sunday, 4 May a Monday.
    assert full([claim(3), claim(4)], week=2) == []
    assert full([claim(4), claim(10)], week=2) == ["05-04 00:00 05-11 00:00"]


def test_months_are_calendar_months():
    assert full([claim(1), claim(31)], month=2) == ["05-01 00:00 06-01 00:00"]
    assert full([claim(1)], month=2) == []


def test_a_day_of_a_clock_change_has_23_hours():
    frame = Frame.around(day_number(date(2026, 3, 29)), day_number(date(2026, 3, 29)))
    start = datetime(2026, 3, 29, 12, tzinfo=UTC)
    spans = limits.full([claim(5, meeting_start=start)], Limits(day=1), "Europe/London", frame)
    assert sum(b - a for a, b in spans) == 23 * 60
