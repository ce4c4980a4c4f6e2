"""Instants, spans, cut-offs, limits, holds and the choice of alternatives."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain import cursors, holds, limits, moments, refusals
from booking.domain.zones import is_zone
from contracts.availability import FreeHosts
from contracts.booking import Host, Limits, Link, LinkSettings
from contracts.errors import CalendarUnreachable, Invalid, LimitReached, LinkClosed, SlotTaken

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


@pytest.mark.parametrize(
    "value",
    [NOW.replace(tzinfo=None), datetime.max.replace(tzinfo=ZoneInfo("America/New_York")),
     datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo"))],
)  # fmt: skip
def test_what_is_no_instant_is_refused(value):
    with pytest.raises(Invalid) as refused:
        moments.instant(value)
    assert list(refused.value.fields) == ["start"]


@pytest.mark.parametrize(
    "start",
    [
        NOW - timedelta(minutes=1),
        NOW + timedelta(days=1101),
        NOW + timedelta(seconds=1),
        NOW + timedelta(microseconds=1),
    ],
)
def test_the_past_the_far_and_the_odd_cannot_be_booked(start):
    with pytest.raises(Invalid) as refused:
        moments.require_bookable(start, NOW)
    assert list(refused.value.fields) == ["start"]


def test_a_claim_is_the_meeting_with_its_buffers():
    settings = LinkSettings(title="A", slug="abc", buffer_before=10, buffer_after=15)
    end = NOW + timedelta(minutes=30)
    assert moments.span(NOW, end, settings) == (
        NOW - timedelta(minutes=10),
        end + timedelta(minutes=15),
    )


def test_cut_offs_lie_before_the_start():
    settings = LinkSettings(title="A", slug="abc", reschedule_cutoff=60)
    assert moments.cut_offs(NOW, settings) == (NOW - timedelta(hours=1), NOW)


@given(
    st.datetimes(
        NOW.replace(tzinfo=None, year=2000),
        NOW.replace(tzinfo=None, year=2099),
        timezones=st.just(UTC),
    ),
    st.sampled_from(ZONES),
)
def test_a_start_lies_in_its_day_week_and_month_which_begin_at_local_midnight(start, name):
    for period in (limits.day, limits.week, limits.month):
        first, after = period(start, name)
        assert first <= start < after
        local = first.astimezone(ZoneInfo(name))
        assert (local.hour, local.minute) in {(0, 0), (0, 30), (1, 0)}  # where midnight is skipped
    assert limits.week(start, name)[0].astimezone(ZoneInfo(name)).isoweekday() == 1
    assert limits.month(start, name)[0].astimezone(ZoneInfo(name)).day == 1


def test_the_day_of_a_clock_change_has_its_own_length():
    spring = limits.day(datetime(2026, 3, 29, 12, tzinfo=UTC), "Europe/London")
    autumn = limits.day(datetime(2026, 10, 25, 12, tzinfo=UTC), "Europe/London")
    assert [after - first for first, after in (spring, autumn)] == [
        timedelta(hours=23),
        timedelta(hours=25),
    ]


def test_a_links_limit_counts_in_the_workspaces_zone_and_a_hosts_in_theirs():
    host = Host(
        id=uuid4(),
        workspace_id=uuid4(),
        name="Cyd",
        email="c@x.test",
        timezone="Asia/Kolkata",
        slug="cyd",
        limits=Limits(day=2),
    )
    link = Link(
        id=uuid4(), workspace_id=host.workspace_id, owner_id=host.id, workspace_timezone="America/New_York",
        settings=LinkSettings(title="A", slug="abc", limits=Limits(week=5, month=9)), created_at=NOW,
    )  # fmt: skip
    late = datetime(2026, 12, 1, 20, tzinfo=UTC)
    week, month, day = limits.counts(link, (host,), late)
    assert [(c.scope, c.owner, c.most) for c in (week, month, day)] == [
        ("link", link.id, 5), ("link", link.id, 9), ("host", host.id, 2),
    ]  # fmt: skip
    assert week.first == datetime(2026, 11, 30, 5, tzinfo=UTC)
    assert (day.first, day.after) == (
        datetime(2026, 12, 1, 18, 30, tzinfo=UTC),
        datetime(2026, 12, 2, 18, 30, tzinfo=UTC),
    )


def test_a_hold_lasts_ten_minutes_and_thirty_in_all():
    assert holds.expiry(NOW, NOW) == NOW + timedelta(minutes=10)
    assert holds.expiry(NOW, NOW + timedelta(minutes=15)) == NOW + timedelta(minutes=25)
    assert holds.expiry(NOW, NOW + timedelta(minutes=25)) == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("address", "counted"),
    [("", False), ("127.0.0.1", False), ("::1", False), ("192.0.2.7", True), ("odd", True)],
)
def test_whose_holds_are_counted(address, counted):
    assert holds.is_counted(address) is counted


def facts(rule, nearest=()):
    return FreeHosts(link_id=uuid4(), duration=30, free=(), rule=rule, nearest=nearest)


@pytest.mark.parametrize(
    ("rule", "error"),
    [("busy", SlotTaken), ("claimed", SlotTaken), ("time_off", SlotTaken), ("host_limit", LimitReached), ("link_limit", LimitReached),
     ("calendar_stale", CalendarUnreachable), ("link_closed", LinkClosed), ("off_grid", Invalid), ("past", Invalid),
     ("notice", Invalid), ("horizon", Invalid), ("hours", Invalid), ("not_a_host", Invalid), (None, SlotTaken)],
)  # fmt: skip
def test_each_rule_is_told_as_its_error(rule, error):
    assert type(refusals.error(facts(rule))) is error


def test_a_refused_start_is_named_and_the_nearest_are_told():
    refused = refusals.error(facts("notice", (NOW,)))
    assert (list(refused.fields), refused.alternatives) == (["start"], ["2026-12-01T09:00:00Z"])


def test_alternatives_are_the_nearest_ahead_that_do_not_touch_what_was_taken():
    starts = [NOW + timedelta(minutes=30 * n) for n in range(-2, 8)]
    wanted = NOW + timedelta(minutes=60)
    found = refusals.nearest(starts, wanted, timedelta(minutes=45), NOW)
    assert found == tuple(wanted + timedelta(minutes=m) for m in (60, 90, 120))


@given(st.lists(st.integers(-500, 500)), st.integers(1, 200))
def test_no_other_alternative_is_nearer(offsets, taken):
    minute = timedelta(minutes=1)
    found = refusals.nearest(
        (NOW + n * minute for n in set(offsets)), NOW + 100 * minute, taken * minute, NOW
    )
    left = [
        n for n in set(offsets) if n > 0 and abs(n - 100) >= taken and NOW + n * minute not in found
    ]
    assert list(found) == sorted(found)
    assert len(found) == 3 or not left
    assert all(
        abs(n - 100) >= max(abs((f - NOW) / minute - 100) for f in found) for n in left if found
    )


def test_a_cursor_comes_back_as_it_was_and_others_are_refused():
    row = uuid4()
    assert cursors.read_time(cursors.after_time(NOW, row)) == (NOW, row)
    assert (cursors.read_time(""), cursors.read_id("")) == (None, None)
    for odd in (
        "x",
        "====",
        "é",
        "MjAyNi0xMi0wMXw=",
        cursors.after_time(NOW.replace(tzinfo=None), row),
    ):
        with pytest.raises(Invalid):
            cursors.read_time(odd)
    with pytest.raises(Invalid):
        cursors.read_id("1; DROP TABLE booking")


def test_zones_are_names_in_tzdata_and_never_paths():
    assert is_zone("Europe/London")
    assert not is_zone("../Europe/London")
