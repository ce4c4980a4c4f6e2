"""The rules that a listing shows in whole days: buffers, grid, limits by zone, next and nearest."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from availability.domain import engine, listing
from availability.domain.facts import Ask, HostFacts, LinkFacts
from availability.domain.hours import Hours
from availability.domain.minutes import day_number, outward
from contracts.availability import Schedule, WeekdayHours, Window
from contracts.booking import Claim, Host, Limits, Link, LinkHost, LinkSettings

ADA = uuid4()
DAY = date(2026, 5, 5)
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOURS = Hours(
    Schedule(
        id=ADA, workspace_id=ADA, host_id=ADA, name="Hours", timezone="UTC", is_default=True,
        hours=tuple(WeekdayHours(weekday=n, windows=(Window(start=600, end=840),)) for n in range(1, 8)),
    )
)  # fmt: skip


def host(zone="UTC", limits=None, **facts) -> HostFacts:
    value = Host(
        id=ADA, workspace_id=ADA, name="Ada", email="ada@acme.test", timezone=zone,
        slug="ada-acme", limits=limits or Limits(),
    )  # fmt: skip
    return HostFacts(host=value, schedules=(HOURS,), **facts)


def link(claims=(), zone="UTC", **changes) -> LinkFacts:
    settings = LinkSettings(**({"title": "T", "slug": "call", "notice": 0} | changes))
    settings = msgspec.structs.replace(settings, hosts=(LinkHost(host_id=ADA),))
    value = Link(
        id=ADA,
        workspace_id=ADA,
        owner_id=ADA,
        settings=settings,
        created_at=NOW,
        workspace_timezone=zone,
    )
    return LinkFacts(value, tuple(claims))


def booked(start=NOON, before=0, after=0, **changes) -> Claim:
    end = start + timedelta(minutes=30)
    values = {
        "id": uuid4(), "meeting_id": uuid4(), "host_id": ADA, "link_id": ADA, "state": "confirmed",
        "start": start - timedelta(minutes=before), "end": end + timedelta(minutes=after),
        "meeting_start": start, "meeting_end": end,
    }  # fmt: skip
    return Claim(**(values | changes))


def times(offer=None, facts=None, duration=30, now=NOW, **ask) -> list[str]:
    circumstances = Ask(now=now, duration=duration, **ask)
    asked = listing.Offer(offer or link(), (facts or host(),), circumstances)
    number = day_number(DAY)
    return [f"{slot:%H:%M}" for slot in listing.in_days(asked, "UTC", number, number)]


ALL = ["10:00", "10:30", "11:00", "11:30", "12:00", "12:30", "13:00", "13:30"]


def test_buffers_may_stick_out_of_the_hours():
    assert times(link(buffer_before=60, buffer_after=60)) == ALL


def test_between_two_bookings_lies_the_first_after_and_the_second_before():
    taken = host(claims=(booked(after=15),))
    # Ends at 12:30, free from 12:45; with 15 minutes before, the next can start at 13:00.
    assert times(link(buffer_before=15), taken)[-2:] == ["13:00", "13:30"]
    assert "12:30" not in times(link(buffer_before=0), taken)
    assert "11:30" in times(link(buffer_before=15), taken)
    assert "11:30" not in times(link(buffer_after=5), taken)


def test_busy_time_gets_this_links_buffers_and_never_moves_the_grid():
    away = host(busy=(outward(NOON + timedelta(minutes=10), NOON + timedelta(minutes=20)),))
    assert times(link(), away) == [t for t in ALL if t != "12:00"]
    assert times(link(buffer_after=15), away) == [t for t in ALL if t not in {"11:30", "12:00"}]


def test_an_event_that_touches_does_not_block():
    away = host(busy=(outward(NOON, NOON + timedelta(minutes=30)),))
    assert times(link(), away) == [t for t in ALL if t != "12:00"]


def test_interval_and_durations():
    assert times(link(interval=60, durations=(30, 45)), duration=45) == ALL[::2]
    assert times(link(durations=(30, 90)), duration=90) == ["10:00", "11:30"]


def test_notice_ends_with_the_very_second():
    at = NOON - timedelta(minutes=60)
    assert times(link(notice=60), now=at)[0] == "12:00"
    assert times(link(notice=60), now=at + timedelta(seconds=1))[0] == "12:30"


def test_a_links_limit_is_counted_in_the_workspaces_zone_and_a_hosts_in_their_own():
    # 12:30 UTC on the 5th is already the 6th in Kiritimati (UTC+14); 09:00 is still the 5th there.
    late = booked(NOON)
    assert times(link([late], "Pacific/Kiritimati", limits=Limits(day=1))) == []
    early = booked(NOON.replace(hour=9))
    assert times(link([early], "Pacific/Kiritimati", limits=Limits(day=1))) == ALL
    assert times(link([early], "UTC", limits=Limits(day=1))) == []
    kiritimati = host("Pacific/Kiritimati", Limits(day=1), claims=(early,))
    assert times(link(), kiritimati) == ALL
    assert times(link(), host("UTC", Limits(day=1), claims=(early,))) == []


def test_an_expired_hold_and_ones_own_are_no_obstacle():
    hold = booked(state="hold", expires_at=NOW)
    assert times(link(), host(claims=(hold,))) == ALL
    alive = booked(state="hold", expires_at=NOW + timedelta(seconds=1))
    assert "12:00" not in times(link(), host(claims=(alive,)))
    assert times(link(), host(claims=(alive,)), except_hold=alive.id) == ALL


def test_a_horizon_is_counted_in_the_hosts_zone():
    # It is the 5th in Kiritimati when it is the 4th in UTC: one day ahead reaches into the 6th there.
    far = host("Pacific/Kiritimati")
    assert times(link(horizon_days=1), far)
    assert times(link(first_day=date(2026, 5, 6), last_day=date(2026, 5, 6)), far) == ALL
    assert times(link(first_day=date(2026, 5, 6), last_day=date(2026, 5, 6)), host()) == []


@pytest.mark.parametrize(
    ("changes", "ask"),
    [({"active": False}, {}), ({"expires_at": NOW}, {})],
)
def test_a_closed_link_offers_nothing(changes, ask):
    assert times(link(**changes), **ask) == []


def test_a_used_up_link_is_open_to_the_booking_that_used_it():
    offer = link(single_use=True)
    used = LinkFacts(msgspec.structs.replace(offer.link, used=True))
    claim = booked(booking_id=uuid4())
    assert times(used, host(claims=(claim,))) == []
    assert times(used, host(claims=(claim,)), except_booking=claim.booking_id) == ALL


def test_next_free_is_the_first_slot_after_the_window():
    offer = listing.Offer(
        link(horizon_days=200, notice=60 * 24 * 150), (host(),), Ask(now=NOW, duration=30)
    )
    expected = (NOW + timedelta(days=150)).replace(hour=12)
    assert listing.next_free(offer, "UTC", day_number(DAY)) == expected
    near = listing.Offer(
        link(horizon_days=5, notice=60 * 24 * 150), (host(),), Ask(now=NOW, duration=30)
    )
    assert listing.next_free(near, "UTC", day_number(DAY)) is None


def test_nearest_are_at_most_three_soonest_first():
    offer = listing.Offer(link(), (host(),), Ask(now=NOW, duration=30))
    assert [f"{t:%H:%M}" for t in listing.nearest(offer, NOON)] == ["11:00", "11:30", "12:30"]
    assert listing.nearest(offer, NOW.replace(year=9999))
    assert listing.nearest(offer, NOW.replace(year=1990))[0] == NOW


def test_the_first_rule_that_refuses_is_told():
    def rule(offer, facts, start=NOON, **ask):
        return engine.refusal(offer, facts, Ask(now=NOW, duration=30, **ask), start)

    assert rule(link(), host()) is None
    assert rule(link(), host(), NOON + timedelta(seconds=1)) == "off_grid"
    assert rule(link(notice=10_000), host()) == "notice"
    assert rule(link(), host(), NOON + timedelta(days=31)) == "horizon"
    assert rule(link(), host(), NOON.replace(hour=14)) == "hours"
    stale = host(calendar="ok", synced_at=NOW - timedelta(minutes=16))
    assert rule(link(), stale) == "calendar_stale"
    assert rule(link(freshness=16), stale) is None
    assert (
        rule(link(), host(calendar="broken", busy=(outward(NOON, NOON + timedelta(1)),))) == "busy"
    )
    gone = HostFacts(host=msgspec.structs.replace(host().host, active=False), schedules=(HOURS,))
    assert rule(link(), gone) == "not_a_host"
