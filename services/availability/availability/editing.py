"""Saves and deletes schedules and time off: checked, versioned, audited, in the caller's
transaction.
"""

from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from availability.domain import checks
from availability.store import schedules, tables
from availability.store.schedules import Note
from contracts.availability import (
    DeleteSchedule,
    DeleteTimeOff,
    SaveSchedule,
    SaveTimeOff,
    Schedule,
    TimeOff,
    WeekdayHours,
    Window,
)
from contracts.booking import Host
from contracts.errors import Changed, Conflict, Invalid, NotFound
from servicekit import Tx

OFFICE = tuple(
    WeekdayHours(weekday=day, windows=(Window(start=540, end=1020),)) for day in range(1, 6)
)
"""Monday to Friday, 09:00 to 17:00."""


def _same(one: Schedule, other: Schedule) -> bool:
    return msgspec.structs.replace(one, version=0) == msgspec.structs.replace(other, version=0)


def make_default(tx: Tx, host: Host, now: datetime) -> Schedule | None:
    """The schedule every new host starts with; None where there is a default one already.

    Its id follows from the host's, so two processes that make it make the same one.
    """
    made = Schedule(
        id=uuid5(host.id, "default schedule"),
        workspace_id=host.workspace_id,
        host_id=host.id,
        name="Working hours",
        timezone=host.timezone,
        hours=OFFICE,
        is_default=True,
        version=1,
    )
    found, _ = schedules.of(tx, host.workspace_id, host.id)
    if found or not schedules.save(tx, made):
        return None
    schedules.note(tx, Note(at=now, actor="system", action="schedule_saved"), None, made)
    return made


def _displace_default(tx: Tx, saved: Schedule) -> None:
    """Only one schedule of a host is the default."""
    for other in schedules.of(tx, saved.workspace_id, saved.host_id)[0]:
        if other.is_default and other.id != saved.id:
            demoted = msgspec.structs.replace(other, is_default=False, version=other.version + 1)
            schedules.save(tx, demoted)


def _check_default(before: Schedule | None, wanted: Schedule) -> None:
    if before is not None and before.is_default and not wanted.is_default:
        message = "One schedule must be the default. Make another one the default instead."
        raise Invalid(fields={"is_default": message})


def save_schedule(tx: Tx, request: SaveSchedule, now: datetime) -> tuple[Schedule, bool]:
    """The schedule as saved, and whether that changed anything: a repeated request does not.

    Raises `Invalid`, `Conflict` on another version, `NotFound` for another workspace's host.
    """
    wanted = request.schedule
    checks.schedule(wanted)
    if not schedules.lock_host(tx, wanted.workspace_id, wanted.host_id):
        raise NotFound
    before = schedules.find(tx, wanted.workspace_id, wanted.id)
    if before is None and schedules.exists(tx, tables.schedule, wanted.id):
        raise NotFound
    if before is not None and before.host_id != wanted.host_id:
        raise NotFound
    current = before.version if before is not None else 0
    if current == wanted.version + 1 and before is not None and _same(before, wanted):
        return before, False
    if current != wanted.version:
        raise Conflict
    _check_default(before, wanted)
    saved = msgspec.structs.replace(wanted, version=wanted.version + 1)
    if saved.is_default:
        _displace_default(tx, saved)
    if not schedules.save(tx, saved):
        raise Conflict
    entry = Note(at=now, actor=request.actor, action="schedule_saved")
    schedules.note(tx, entry, before, saved)
    return saved, True


def delete_schedule(tx: Tx, request: DeleteSchedule, now: datetime) -> Schedule | None:
    """What was deleted; None where it was before. The default, one in use, or another version than
    was asked for, is refused.
    """
    found = schedules.find(tx, request.workspace_id, request.schedule_id)
    if found is None:
        _check_gone(tx, request.workspace_id, request.schedule_id)
        return None
    schedules.lock_host(tx, found.workspace_id, found.host_id)
    found = schedules.find(tx, request.workspace_id, request.schedule_id)
    if found is None:
        return None
    if request.version not in {None, found.version}:
        raise Changed
    if found.is_default:
        raise Conflict("The default schedule cannot be deleted.")
    if links := schedules.used_by(tx, found.id):
        raise Conflict(f"These links still use this schedule: {', '.join(links)}.")
    schedules.remove(tx, tables.schedule, found.id)
    entry = Note(at=now, actor=request.actor, action="schedule_deleted")
    schedules.note(tx, entry, found, None)
    return found


def _check_gone(tx: Tx, workspace_id: UUID, key: UUID) -> None:
    """Raises `NotFound` for what this workspace never had."""
    if not schedules.was_deleted(tx, workspace_id, key):
        raise NotFound


def save_time_off(tx: Tx, request: SaveTimeOff, now: datetime) -> tuple[TimeOff, bool]:
    """The time off as saved, and whether that changed anything."""
    wanted = request.time_off
    checks.time_off(wanted)
    if not schedules.lock_host(tx, wanted.workspace_id, wanted.host_id):
        raise NotFound
    before = schedules.find_time_off(tx, wanted.workspace_id, wanted.id)
    if before is None and schedules.exists(tx, tables.time_off, wanted.id):
        raise NotFound
    if before is not None and before.host_id != wanted.host_id:
        raise NotFound
    if before == wanted:
        return wanted, False
    schedules.save_time_off(tx, wanted)
    entry = Note(at=now, actor=request.actor, action="time_off_saved")
    schedules.note(tx, entry, before, wanted)
    return wanted, True


def delete_time_off(tx: Tx, request: DeleteTimeOff, now: datetime) -> TimeOff | None:
    """What was deleted; None where it was before."""
    found = schedules.find_time_off(tx, request.workspace_id, request.time_off_id)
    if found is None:
        _check_gone(tx, request.workspace_id, request.time_off_id)
        return None
    schedules.lock_host(tx, found.workspace_id, found.host_id)
    schedules.remove(tx, tables.time_off, found.id)
    entry = Note(at=now, actor=request.actor, action="time_off_deleted")
    schedules.note(tx, entry, found, None)
    return found
