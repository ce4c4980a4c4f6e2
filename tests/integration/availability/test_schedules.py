"""Schedules and time off: validated, versioned, audited, and true for slots at once."""

from datetime import UTC, date, datetime
from uuid import uuid4

import msgspec
import pytest
import sqlalchemy as sa

from contracts.availability import (
    DateOverride,
    DeleteSchedule,
    DeleteTimeOff,
    GetHolidays,
    GetOutside,
    ListSchedules,
    Preview,
    SaveTimeOff,
    Schedule,
    ScheduleChanged,
    TimeOff,
    WeekdayHours,
    Window,
)
from contracts.errors import Conflict, Invalid, NotFound

TUESDAY = (WeekdayHours(weekday=2, windows=(Window(start=600, end=660),)),)


@pytest.fixture
def default(world):
    return listed(world).schedules[0]


def listed(world):
    return world.rpc.list_schedules(ListSchedules(workspace_id=world.workspace))


def another(world, **changes):
    values = {
        "id": uuid4(), "workspace_id": world.workspace, "host_id": world.host.id,
        "name": "Evenings", "timezone": "Europe/London", "hours": TUESDAY,
    }  # fmt: skip
    return Schedule(**(values | changes))


def test_a_saved_schedule_changes_the_slots_and_is_announced(world, default):
    saved = world.save(msgspec.structs.replace(default, hours=TUESDAY), actor="account:ada")
    assert saved.version == 2
    assert world.starts() == ["10:00", "10:30"]
    world.local.deliver()
    assert saved.host_id in {
        e.host_id for e in world.local.outbox if isinstance(e, ScheduleChanged)
    }


def test_a_repeated_save_is_one_and_an_outdated_one_is_a_conflict(world, default):
    change = msgspec.structs.replace(default, hours=TUESDAY)
    assert world.save(change) == world.save(change)
    with pytest.raises(Conflict):
        world.save(msgspec.structs.replace(default, name="Mine"))
    made = another(world)
    assert world.save(made) == world.save(made)


def test_a_link_uses_the_schedule_it_names(world):
    made = world.save(another(world))
    world.relink(2, schedule_id=made.id)
    assert world.starts() == ["10:00", "10:30"]
    with pytest.raises(Conflict) as refused:
        world.rpc.delete_schedule(DeleteSchedule(workspace_id=world.workspace, schedule_id=made.id))
    assert "call" in str(refused.value)


def test_there_is_exactly_one_default(world, default):
    with pytest.raises(Invalid) as refused:
        world.save(msgspec.structs.replace(default, is_default=False))
    assert list(refused.value.fields) == ["is_default"]
    with pytest.raises(Conflict):
        world.rpc.delete_schedule(
            DeleteSchedule(workspace_id=world.workspace, schedule_id=default.id)
        )
    made = world.save(another(world, is_default=True))
    assert [made.id] == [s.id for s in listed(world).schedules if s.is_default]
    request = DeleteSchedule(workspace_id=world.workspace, schedule_id=default.id)
    world.rpc.delete_schedule(request)
    world.rpc.delete_schedule(request)  # repeated: no error
    assert [made.id] == [s.id for s in listed(world).schedules]


def test_another_workspace_finds_and_changes_nothing(world, default):
    stranger = uuid4()
    assert world.rpc.list_schedules(ListSchedules(workspace_id=stranger)).schedules == ()
    with pytest.raises(NotFound):
        world.save(msgspec.structs.replace(default, workspace_id=stranger))
    with pytest.raises(NotFound):
        world.rpc.delete_schedule(DeleteSchedule(workspace_id=stranger, schedule_id=default.id))
    with pytest.raises(NotFound):
        world.rpc.preview(
            Preview(
                workspace_id=stranger,
                schedule_id=default.id,
                first=date(2026, 12, 1),
                last=date(2026, 12, 1),
            )
        )


def test_a_wrong_schedule_is_refused_and_nothing_is_kept(world, default):
    hours = (WeekdayHours(weekday=1, windows=(Window(start=540, end=540),)),)
    with pytest.raises(Invalid) as refused:
        world.save(msgspec.structs.replace(default, hours=hours, timezone="Moon"))
    assert {"hours.1", "timezone"} == set(refused.value.fields)
    assert default == listed(world).schedules[0]


def test_time_off_takes_slots_and_gives_them_back(world):
    off = TimeOff(
        id=uuid4(), workspace_id=world.workspace, host_id=world.host.id,
        first_day=date(2026, 12, 1), last_day=date(2026, 12, 1), reason="Rest",
    )  # fmt: skip
    assert off == world.rpc.save_time_off(SaveTimeOff(time_off=off))
    assert world.starts() == []
    assert world.free(datetime(2026, 12, 1, 10, tzinfo=UTC)).rule == "time_off"
    assert (off,) == listed(world).time_off
    request = DeleteTimeOff(workspace_id=world.workspace, time_off_id=off.id)
    world.rpc.delete_time_off(request)
    world.rpc.delete_time_off(request)
    assert world.starts()


def test_every_change_is_in_the_audit(world, default):
    world.save(msgspec.structs.replace(default, hours=TUESDAY), actor="account:ada")
    with world.service.db.begin() as tx:
        rows = tx.execute(
            sa.text("SELECT actor, action, before, after FROM audit ORDER BY id")
        ).all()
    assert [row[:2] for row in rows] == [
        ("system", "schedule_saved"),
        ("account:ada", "schedule_saved"),
    ]
    assert (rows[0].before, rows[1].before["version"], rows[1].after["version"]) == (None, 1, 2)


def test_the_preview_shows_the_hours_that_result(world, default):
    override = DateOverride(day=date(2026, 12, 2), windows=(Window(start=1320, end=1560),))
    saved = world.save(msgspec.structs.replace(default, overrides=(override,)))
    shown = world.rpc.preview(
        Preview(
            workspace_id=world.workspace,
            schedule_id=saved.id,
            first=date(2026, 12, 1),
            last=date(2026, 12, 2),
        )
    )
    spans = [f"{period.start:%d %H:%M}-{period.end:%d %H:%M}" for period in shown.periods]
    assert spans == ["01 09:00-01 17:00", "02 22:00-03 00:00"]


def outside(world, **more):
    asked = {"workspace_id": world.workspace, "host_id": world.host.id} | more
    return world.rpc.outside(GetOutside(**asked)).meetings


def test_meetings_that_a_change_leaves_outside_are_named_by_the_rule(world, default):
    in_hours = world.claim(datetime(2026, 12, 2, 10, tzinfo=UTC))
    away = world.claim(datetime(2026, 12, 8, 10, tzinfo=UTC))
    world.hear(world.claims_changed(in_hours, away))
    assert outside(world) == ()
    world.save(msgspec.structs.replace(default, hours=TUESDAY))
    assert [(m.booking_id, m.rule) for m in outside(world)] == [(in_hours.booking_id, "hours")]
    day = date(2026, 12, 8)
    off = TimeOff(
        id=uuid4(), workspace_id=world.workspace, host_id=world.host.id, first_day=day, last_day=day
    )
    world.rpc.save_time_off(SaveTimeOff(time_off=off))
    assert [(m.meeting_id, m.rule) for m in outside(world)] == [
        (in_hours.meeting_id, "hours"),
        (away.meeting_id, "time_off"),
    ]
    with pytest.raises(NotFound):
        outside(world, workspace_id=uuid4())


def test_holidays_of_a_region_are_told_and_kept_free_by_a_schedule(world, default):
    first, last = date(2026, 12, 24), date(2026, 12, 29)
    told = world.rpc.holidays(GetHolidays(region="GB-ENG", first=first, last=last))
    assert [holiday.day.day for holiday in told.days] == [25, 26, 28]
    assert world.starts(date(2026, 12, 25))
    world.save(msgspec.structs.replace(default, holidays="GB-ENG"))
    assert (world.starts(date(2026, 12, 25)), bool(world.starts(date(2026, 12, 24)))) == ([], True)
    with pytest.raises(Invalid) as refused:
        world.rpc.holidays(GetHolidays(region="XX", first=last, last=first))
    assert set(refused.value.fields) == {"region", "to"}
