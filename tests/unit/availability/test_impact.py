"""Meetings that no longer lie in their host's hours, or in time off."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from availability.domain import impact
from availability.domain.facts import HostFacts
from availability.domain.hours import Hours
from contracts.availability import Schedule, TimeOff, WeekdayHours, Window
from contracts.booking import Claim, Host

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)  # a Tuesday
TEN = NOW.replace(hour=10)
WORKSPACE, HOST, LINK = uuid4(), uuid4(), uuid4()


def hours(first, last, *, is_default=True, days=range(1, 6), **more):
    windows = (Window(start=first * 60, end=last * 60),)
    week = tuple(WeekdayHours(weekday=day, windows=windows) for day in days)
    return Hours(
        Schedule(
            id=uuid4(),
            workspace_id=WORKSPACE,
            host_id=HOST,
            name="Hours",
            timezone="UTC",
            hours=week,
            is_default=is_default,
            **more,
        )
    )


def claim(start, *, minutes=30, before=15, after=15, **more):
    end = start + timedelta(minutes=minutes)
    values = {
        "id": uuid4(), "meeting_id": uuid4(), "host_id": HOST, "link_id": LINK,
        "state": "confirmed", "start": start - timedelta(minutes=before),
        "end": end + timedelta(minutes=after), "meeting_start": start, "meeting_end": end,
        "booking_id": uuid4(),
    }  # fmt: skip
    return Claim(**(values | more))


def outside(*claims, schedules=None, time_off=(), links=None):
    host = Host(
        id=HOST, workspace_id=WORKSPACE, name="Ada", email="ada@acme.test", timezone="UTC",
        slug="ada", version=1,
    )  # fmt: skip
    facts = HostFacts(host, tuple(schedules or [hours(9, 17)]), tuple(time_off), claims)
    return [
        (meeting.meeting_id, meeting.rule) for meeting in impact.outside(facts, links or {}, NOW)
    ]


def off(**period):
    return TimeOff(id=uuid4(), workspace_id=WORKSPACE, host_id=HOST, **period)


def test_a_meeting_in_the_hours_is_not_named_though_its_buffers_stick_out():
    assert outside(claim(TEN.replace(hour=9)), claim(TEN.replace(hour=16, minute=30))) == []


def test_one_that_ends_after_the_hours_is_named():
    late = claim(TEN.replace(hour=16, minute=45))
    assert outside(late, claim(TEN)) == [(late.meeting_id, "hours")]


def test_time_off_names_what_it_meets_and_hours_come_first():
    day = off(first_day=date(2026, 12, 1), last_day=date(2026, 12, 1))
    inside, early = claim(TEN), claim(TEN.replace(hour=8, minute=30))
    assert outside(inside, early, time_off=[day]) == [
        (early.meeting_id, "hours"),
        (inside.meeting_id, "time_off"),
    ]
    touching = off(start=TEN + timedelta(minutes=30), end=TEN + timedelta(hours=1))
    assert outside(claim(TEN), time_off=[touching]) == []


def test_a_link_is_measured_by_the_schedule_that_it_names():
    evening = hours(18, 22, is_default=False)
    late = claim(TEN.replace(hour=19))
    both = [hours(9, 17), evening]
    assert outside(late, schedules=both) == [(late.meeting_id, "hours")]
    assert outside(late, schedules=both, links={LINK: evening.schedule.id}) == []


def test_holds_and_what_has_ended_are_no_meetings():
    hold = claim(TEN.replace(hour=20), state="hold", expires_at=NOW + timedelta(minutes=9))
    assert outside(hold, claim(NOW - timedelta(hours=2))) == []
    running = claim(NOW - timedelta(minutes=10))
    assert outside(running) == [(running.meeting_id, "hours")]


def test_a_pending_meeting_on_a_holiday_is_named():
    christmas = claim(datetime(2026, 12, 25, 10, tzinfo=UTC), state="pending")
    assert outside(christmas) == []
    assert outside(christmas, schedules=[hours(9, 17, holidays="DE")]) == [
        (christmas.meeting_id, "hours")
    ]
