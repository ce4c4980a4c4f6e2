"""Copies under hostile delivery, announcements, and their comparison with the owners."""

import random
from datetime import date, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from contracts.availability import AvailabilityChanged, ListSchedules
from contracts.calendar_sync import BusyPeriod, HostBusy, Refreshed
from contracts.errors import NotFound
from integration.availability.conftest import NOW

TEN = NOW.replace(hour=10)
HALF = timedelta(minutes=30)


def rows(world, table):
    with world.service.db.begin() as tx:
        found = tx.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1, 2"))
        return [tuple(row) for row in found]


def announced(world):
    world.local.tick("availability", "announce_changes")
    with world.service.db.begin() as tx:
        assert not tx.execute(sa.text("SELECT * FROM dirty")).all()


@pytest.mark.parametrize("seed", range(8))
def test_events_may_come_repeated_and_in_any_order(world, seed):
    first, second = world.claim(TEN), world.claim(TEN + HALF)
    moved = world.claim(TEN + 4 * HALF, 3, claim_id=first.id)
    gone = world.claim(TEN + HALF, 2, claim_id=second.id, removed=True)
    period = BusyPeriod(id="a", start=TEN + 6 * HALF, end=TEN + 7 * HALF)
    late = BusyPeriod(id="b", start=TEN + 8 * HALF, end=TEN + 9 * HALF)
    ended = msgspec.structs.replace(period, removed=True)
    world.hear(
        world.claims_changed(first),
        world.claims_changed(second),
        world.claims_changed(moved),
        world.claims_changed(gone),
        world.busy_changed(1, period, full=True),
        world.busy_changed(2, late),
        world.busy_changed(3, ended),
        world.link_changed(world.make_link(version=2, notice=60)),
        world.link_changed(world.make_link(version=3, notice=90)),
        shuffle=random.Random(seed),
        repeat=2,
    )
    taken = {"12:00", "14:00"}
    expected = [f"{hour:02}:{half}" for hour in range(9, 17) for half in ("00", "30")][1:]
    assert [start for start in expected if start not in taken] == world.starts()


def test_a_full_copy_replaces_what_was_and_ignores_what_is_older(world):
    at = [BusyPeriod(id=str(n), start=TEN + n * HALF, end=TEN + (n + 1) * HALF) for n in range(4)]
    world.hear(world.busy_changed(1, at[0]), world.busy_changed(3, at[3]))
    world.hear(world.busy_changed(2, at[1], full=True))
    world.hear(world.busy_changed(1, at[2]))
    assert [t for t in ("10:00", "10:30", "11:00", "11:30") if t in world.starts()] == [
        "10:00",
        "11:00",
    ]


def test_a_slug_given_to_another_link_follows_it(world):
    old = world.make_link(version=2, slug="old-call")
    new = msgspec.structs.replace(world.make_link(durations=(60,)), id=world.host.id)
    world.clock.advance(HALF / 30)
    world.hear(world.link_changed(new))
    world.hear(world.link_changed(old))
    assert world.slots().duration == 60
    assert world.slots(slug="old-call").duration == 30


def test_changes_are_announced_by_slug_once_for_many(world):
    announced(world)
    world.local.deliver()
    heard = len([e for e in world.local.outbox if isinstance(e, AvailabilityChanged)])
    with world.service.db.begin() as tx:
        for n in range(10):
            event = world.claims_changed(world.claim(TEN + n * HALF))
            world.service.on_claims_changed((event,), tx)
    announced(world)
    world.local.deliver()
    events = [e for e in world.local.outbox if isinstance(e, AvailabilityChanged)][heard:]
    assert [event.slugs for event in events] == [("call",)]


def test_a_renamed_link_is_announced_under_both_slugs(world):
    announced(world)
    with world.service.db.begin() as tx:
        world.service.on_link_changed(
            world.link_changed(world.make_link(version=2, slug="chat")), tx
        )
    assert {"call", "chat"} == {row[0] for row in rows(world, "dirty")}


def test_a_calendar_read_again_without_change_is_no_news_for_gateways(world):
    world.hear(world.busy_changed(1))
    announced(world)
    world.clock.advance(HALF)
    with world.service.db.begin() as tx:
        world.service.on_busy_changed(world.busy_changed(1), tx)
    assert rows(world, "dirty") == []
    assert world.starts()


def test_tombstones_go_after_a_day(world):
    gone = world.claim(TEN, removed=True)
    hold = world.claim(TEN + HALF, state="hold", expires_at=NOW)
    world.hear(world.claims_changed(gone), world.claims_changed(hold))
    world.local.tick("availability", "purge")
    assert len(rows(world, "claim")) == 2
    world.clock.advance(timedelta(days=1, seconds=1))
    world.local.tick("availability", "purge")
    assert rows(world, "claim") == []


def test_a_default_schedule_is_made_once(world):
    world.hear(world.host_changed(), world.host_changed(), repeat=3)
    found = world.rpc.list_schedules(
        ListSchedules(workspace_id=world.workspace, host_id=world.host.id)
    )
    (schedule,) = found.schedules
    assert (schedule.timezone, schedule.is_default, schedule.version) == ("Europe/London", True, 1)


def test_resync_finds_and_mends_what_was_missed(world, owner, calendars):
    kept, lost = world.claim(TEN), world.claim(TEN + HALF)
    stray = world.claim(TEN + 2 * HALF)
    world.hear(world.claims_changed(kept, stray))
    owner.hosts, owner.links = (world.host,), (world.link,)
    owner.claims = (msgspec.structs.replace(kept, version=2), lost)
    period = BusyPeriod(id="x", start=TEN + 4 * HALF, end=TEN + 5 * HALF)
    calendars.answer = Refreshed(
        hosts=(
            HostBusy(
                host_id=world.host.id, state="ok", synced_at=NOW, periods=(period,), version=4
            ),
        )
    )
    differing = {"hosts": 0, "links": 0, "claims": 3, "busy": 1}
    assert differing == world.service.resync(check=True)
    assert differing == world.service.resync(check=False)
    assert dict.fromkeys(differing, 0) == world.service.resync(check=True)
    assert not {"10:00", "10:30", "12:00"} & set(world.starts())
    assert "11:00" in world.starts()


def test_resync_brings_back_everything_and_forgets_what_is_gone(world, owner):
    owner.hosts, owner.links = (world.host,), ()
    assert world.service.resync(check=False) == {"hosts": 0, "links": 1, "claims": 0, "busy": 0}
    with pytest.raises(NotFound):
        world.slots()
    owner.links = (world.link,)
    world.service.resync(check=False)
    assert world.starts(date(2026, 12, 2))
