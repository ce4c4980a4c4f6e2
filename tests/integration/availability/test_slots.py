"""Slots and free hosts from copies that events fill."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from availability.store.memory import Memory
from contracts.availability import ExplainStart
from contracts.booking import Limits
from contracts.calendar_sync import BusyPeriod, HostBusy, Refreshed
from contracts.errors import Invalid, NotFound
from integration.availability.conftest import NOW

TEN = NOW.replace(hour=10)
HALF = timedelta(minutes=30)


def test_a_new_host_has_office_hours_and_their_link_offers_them(world):
    assert world.starts()[:2] == ["09:00", "09:30"]
    assert world.starts()[-1] == "16:30"
    assert world.starts(date(2026, 12, 5)) == []


def test_a_claim_takes_its_time_and_its_removal_gives_it_back(world):
    claim = world.claim(TEN)
    world.hear(world.claims_changed(claim))
    assert "10:00" not in world.starts()
    assert "10:00" in world.starts(except_booking=claim.booking_id)
    world.hear(world.claims_changed(world.claim(TEN, 2, claim_id=claim.id, removed=True)))
    assert "10:00" in world.starts()


def test_a_hold_hides_its_slot_from_others_until_it_ends(world):
    hold = world.claim(TEN, state="hold", booking_id=None, expires_at=NOW + timedelta(minutes=10))
    world.hear(world.claims_changed(hold))
    assert "10:00" not in world.starts()
    assert "10:00" in world.starts(except_hold=hold.id)
    assert NOW + timedelta(minutes=10) == world.slots().valid_until
    world.clock.advance(timedelta(minutes=10))
    assert "10:00" in world.starts()


def test_the_check_names_the_rule_and_the_nearest_other_starts(world):
    world.hear(world.claims_changed(world.claim(TEN)))
    answer = world.free(TEN)
    assert (answer.rule, answer.free) == ("claimed", ())
    assert list(answer.nearest) == [TEN - 2 * HALF, TEN - HALF, TEN + HALF]
    free = world.free(TEN + HALF)
    assert ((world.host.id,), None, ()) == (free.free, free.rule, free.nearest)
    assert world.free(TEN + timedelta(minutes=5)).rule == "off_grid"
    assert world.free(TEN - timedelta(days=400)).rule == "past"
    assert world.free(TEN.replace(year=9999)).rule == "horizon"
    assert world.free(TEN.replace(hour=3) + timedelta(days=1)).rule == "hours"


def test_the_host_may_override_notice_horizon_and_a_closed_link(world):
    world.relink(2, notice=600, horizon_days=1, active=False)
    for start in (TEN, TEN + timedelta(days=7)):
        assert world.free(start).rule == "link_closed"
        assert (world.host.id,) == world.free(start, by_host=True).free
    assert world.starts() == []


def test_a_limit_closes_its_day(world):
    world.relink(2, limits=Limits(day=1))
    world.hear(world.claims_changed(world.claim(TEN, state="pending")))
    assert world.starts() == []
    assert world.free(TEN + HALF).rule == "link_limit"
    assert "09:00" in world.starts(date(2026, 12, 2))


def test_an_empty_window_names_the_next_slot(world):
    answer = world.slots(date(2026, 12, 5), date(2026, 12, 6))
    assert ((), TEN.replace(day=7, hour=9)) == (answer.slots, answer.next_free)
    assert world.slots(date(2027, 6, 1)).next_free is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"timezone": "Nowhere"}, "tz"),
        ({"last": date(2026, 11, 1)}, "to"),
        ({"last": date(2027, 2, 1)}, "to"),
        ({"duration": 45}, "duration"),
    ],
)
def test_a_bad_request_names_its_field(world, more, field):
    with pytest.raises(Invalid) as refused:
        world.slots(**more)
    assert [field] == list(refused.value.fields)


def test_an_unknown_slug_and_a_deleted_link_are_not_found(world):
    with pytest.raises(NotFound):
        world.slots(slug="nothing")
    with pytest.raises(NotFound):
        world.slots(slug="call\0")
    gone = world.make_link(version=2)
    world.hear(world.link_changed(gone, deleted=True))
    with pytest.raises(NotFound):
        world.slots()


def test_a_start_is_explained_only_within_the_workspace(world):
    request = ExplainStart(
        workspace_id=world.workspace, slug="call", start=TEN.replace(hour=2, day=2)
    )
    told = world.rpc.explain(request)
    assert (told.offered, told.rule, told.hosts[0].free) == (False, "hours", False)
    failed = next(check for check in told.hosts[0].checks if not check.passed)
    assert failed.facts["windows"] == "09:00-17:00"
    with pytest.raises(NotFound):
        world.rpc.explain(ExplainStart(workspace_id=uuid4(), slug="call", start=TEN))


# --- calendars


def busy(start, minutes=30, key="1", **more):
    return BusyPeriod(id=key, start=start, end=start + timedelta(minutes=minutes), **more)


def copy(world, *periods, version=9, state="ok"):
    whole = HostBusy(
        host_id=world.host.id,
        state=state,
        synced_at=world.clock.now(),
        periods=periods,
        version=version,
    )
    return Refreshed(hosts=(whole,))


def test_a_host_without_a_calendar_never_costs_a_refresh(world, calendars):
    world.starts()
    world.free(TEN)
    assert calendars.asked == []


def test_a_booking_has_a_copy_older_than_a_minute_refreshed(world, calendars):
    world.hear(world.busy_changed(1, busy(TEN)))
    assert world.free(TEN).rule == "busy"
    assert calendars.asked == []
    world.clock.advance(timedelta(seconds=61))
    calendars.answer = copy(world, busy(TEN + HALF, key="2"))
    assert world.free(TEN).free
    assert world.free(TEN + HALF).rule == "busy"
    assert [request.max_age for request in calendars.asked] == [60]


def test_without_an_answer_a_fresh_copy_stays_and_a_stale_one_drops_out(world, calendars):
    world.hear(world.busy_changed(1))
    world.clock.advance(timedelta(minutes=10))
    assert world.free(TEN).free
    world.clock.advance(timedelta(minutes=6))
    assert world.free(TEN).rule == "calendar_stale"
    world.relink(2, open_when_stale=True)
    assert world.free(TEN).free


def test_pages_refresh_a_stale_copy_and_rest_after_a_failure(world, calendars):
    world.hear(world.busy_changed(1))
    world.clock.advance(timedelta(minutes=15))
    assert world.starts()
    assert calendars.asked == []
    world.clock.advance(timedelta(seconds=1))
    assert (world.starts(), world.starts()) == ([], [])
    assert len(calendars.asked) == 1
    world.clock.advance(timedelta(seconds=30))
    calendars.answer = copy(world)
    assert world.starts()


def test_pages_rest_when_the_provider_is_silent_but_calendar_sync_answers(world, calendars):
    world.hear(world.busy_changed(1))
    calendars.answer = copy(world, version=1)
    world.clock.advance(timedelta(minutes=16))
    assert (world.starts(), world.starts()) == ([], [])
    assert len(calendars.asked) == 1


def test_a_broken_calendar_offers_nothing(world):
    world.hear(world.busy_changed(1, state="broken"))
    assert world.starts() == []
    assert world.free(TEN).rule == "calendar_stale"


# --- replicas


def test_another_process_sees_a_change_at_once(world):
    """Two memories over one database: what one replica takes in, the other answers from."""
    one, other = Memory(), Memory()

    def claims(memory):
        with world.service.db.begin() as tx:
            _, hosts = memory.find(tx, "call", NOW)
        return hosts[0]

    before = claims(one), claims(other)
    assert (before[0], before[1]) == (claims(one), claims(other))
    world.hear(world.claims_changed(world.claim(TEN)))
    assert (len(claims(one).claims), len(claims(other).claims)) == (1, 1)
    # Hours that did not change keep their masks.
    assert before[0].schedules[0] is claims(one).schedules[0]
