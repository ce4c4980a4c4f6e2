"""Rules that are tried out: the counts are those of the listings before and after."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from contracts.availability import (
    ListSchedules,
    SaveTimeOff,
    TimeOff,
    WeekdayHours,
    WhatIf,
    Window,
)
from contracts.booking import Limits
from contracts.calendar_sync import BusyPeriod
from contracts.errors import Invalid, NotFound
from integration.availability.conftest import NOW, TODAY

LAST = TODAY + timedelta(days=29)
MORNINGS = tuple(
    WeekdayHours(weekday=day, windows=(Window(start=480, end=720),)) for day in range(1, 7)
)


def tried(world, **asked):
    asked = {"workspace_id": world.workspace, "timezone": "UTC"} | asked
    return world.rpc.what_if(WhatIf(**asked)).links


def offered(world, slug="call"):
    return {slot.start for slot in world.slots(TODAY, LAST, slug=slug).slots}


def default(world):
    asked = ListSchedules(workspace_id=world.workspace, host_id=world.host.id)
    (found,) = world.rpc.list_schedules(asked).schedules
    return found


@pytest.fixture(autouse=True)
def _busy(world):
    """A life with a meeting, a hold, busy time and a day off, so that every rule has a say."""
    claim = world.claim(NOW + timedelta(days=1, hours=2))
    start = NOW + timedelta(days=2, hours=1)
    world.hear(
        world.claims_changed(claim),
        world.busy_changed(1, BusyPeriod(start=start, end=start + timedelta(hours=2), id="a")),
    )
    off = TimeOff(
        id=uuid4(), workspace_id=world.workspace, host_id=world.host.id,
        first_day=TODAY + timedelta(days=8), last_day=TODAY + timedelta(days=9),
    )  # fmt: skip
    world.rpc.save_time_off(SaveTimeOff(time_off=off))


def test_a_links_counts_are_those_of_its_slots_before_and_after(world):
    wanted = {
        "durations": (45, 30), "interval": 15, "buffer_after": 20, "notice": 600,
        "horizon_days": 20, "limits": Limits(day=1),
    }  # fmt: skip
    before = offered(world)
    (told,) = tried(world, links=(world.make_link(version=2, **wanted),))
    assert before == offered(world)
    world.relink(2, **wanted)
    after = offered(world)
    assert (told.before, told.after) == (len(before), len(after))
    assert (told.appear, told.vanish) == (len(after - before), len(before - after))
    assert told.appear > 0
    assert told.vanish > 0


def test_a_schedules_counts_are_those_of_every_link_that_follows_it(world):
    before = offered(world)
    new = msgspec.structs.replace(default(world), id=uuid4(), version=0, hours=MORNINGS, name="Am")
    (told,) = tried(world, schedules=(new,))
    assert default(world).name == "Working hours"
    world.save(new)
    after = offered(world)
    assert (told.slug, told.before, told.after) == ("call", len(before), len(after))
    assert (told.appear, told.vanish) == (len(after - before), len(before - after))


def test_a_new_link_appears_and_a_removed_one_vanishes(world):
    count = len(offered(world))
    new = msgspec.structs.replace(world.make_link(slug="new-one"), id=uuid4())
    gone, made = tried(world, links=(new,), removed=(world.link.id,))
    assert (gone.slug, gone.before, gone.after, gone.vanish) == ("call", count, 0, count)
    assert (made.slug, made.before, made.after, made.appear) == ("new-one", 0, count, count)


def test_every_wrong_field_is_named_and_no_other_workspace_is_seen(world):
    bad = msgspec.structs.replace(
        default(world), hours=(WeekdayHours(weekday=1, windows=(Window(start=600, end=540),)),)
    )
    with pytest.raises(Invalid) as refused:
        tried(world, schedules=(default(world), bad), timezone="Mars/Olympus")
    assert sorted(refused.value.fields) == ["schedules[1].hours.1", "timezone"]
    with pytest.raises(NotFound):
        tried(world, links=(world.make_link(),), workspace_id=uuid4())
