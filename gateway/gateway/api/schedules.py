"""Schedules and time off. Members see their own, admins the workspace's."""

from datetime import date
from typing import Annotated
from uuid import UUID

from flask import Response
from msgspec import Meta

from contracts.availability import (
    DeleteSchedule,
    DeleteTimeOff,
    GetHolidays,
    GetOutside,
    Holidays,
    Outside,
    Preview,
    Previewed,
    Region,
    SaveSchedule,
    SaveTimeOff,
    Schedule,
    Schedules,
    TimeOff,
)
from contracts.errors import Changed, NotFound
from contracts.wire import Message
from gateway import current
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply, tagged
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import Days, ScheduleAsked, TimeOffAsked
from gateway.api.repeating import once
from gateway.security import scope


class HolidaysOf(Days, frozen=True, kw_only=True):
    """Of which region, when."""

    region: Annotated[Region, Meta(description="`DE`, `DE-BY`; none lists the countries.")] = ""


class HostOf(Message, frozen=True, kw_only=True):
    """Whose."""

    host: Annotated[UUID | None, Meta(description="The key's own unless said; admins only.")] = None


@blueprint.get("/v1/schedules")
@scope("schedules:read")
@describes(Operation("Schedules and time off that the key sees", gives=Schedules))
def schedules() -> Response:
    """Members see their own, admins the workspace's."""
    return reply(seeing.schedules(seeing.limited_to()))


@blueprint.get("/v1/schedules/<uuid:schedule_id>")
@scope("schedules:read")
@describes(Operation("One schedule", gives=Schedule, tagged=True, knows=("If-None-Match",)))
def schedule(schedule_id: UUID) -> Response:
    """Its weekly hours and overrides."""
    found = seeing.schedule(schedule_id)
    return tagged(found, found.version)


@blueprint.put("/v1/schedules/<uuid:schedule_id>")
@scope("schedules:write")
@describes(
    Operation(
        "Makes or replaces a schedule",
        takes=ScheduleAsked,
        gives=Schedule,
        knows=("If-Match",),
        tagged=True,
        refuses=(409,),
    )
)
def save_schedule(schedule_id: UUID) -> Response:
    """A new one has an id of your choice and `version` 0; 409 when it was changed meanwhile."""
    asked, account = reading.body(ScheduleAsked), current.account()
    version = reading.seen_version(asked.version)
    _own_schedule(schedule_id, new=version == 0)
    schedule = Schedule(
        id=schedule_id,
        workspace_id=account.workspace_id,
        host_id=seeing.host(asked.host),
        name=asked.name,
        timezone=reading.zone(asked.timezone, "timezone"),
        hours=asked.hours,
        overrides=asked.overrides,
        is_default=asked.is_default,
        holidays=asked.holidays,
        version=version,
    )
    with reading.matched():
        saved = current.services().availability.save_schedule(
            SaveSchedule(schedule=schedule, actor=account.actor)
        )
    return tagged(saved, saved.version)


@blueprint.delete("/v1/schedules/<uuid:schedule_id>")
@scope("schedules:write")
@describes(
    Operation(
        "Deletes a schedule that is nobody's default",
        status=204,
        knows=("If-Match",),
        refuses=(409, 422),
    )
)
def delete_schedule(schedule_id: UUID) -> Response:
    """Links that named it use their host's default from now on."""
    _own_schedule(schedule_id, new=False)
    account = current.account()
    gone = DeleteSchedule(
        workspace_id=account.workspace_id,
        schedule_id=schedule_id,
        actor=account.actor,
        version=reading.seen_version(None),
    )
    with reading.matched(Changed):
        current.services().availability.delete_schedule(gone)
    return Response(status=204)


def _own_schedule(schedule_id: UUID, *, new: bool) -> None:
    """Raises `NotFound` for one that the key does not see; a new one is nobody's yet."""
    account = current.account()
    if account.is_admin:
        return
    every = {one.id: one.host_id for one in seeing.schedules(None).schedules}
    if every.get(schedule_id, account.id if new else None) != account.id:
        raise NotFound


@blueprint.get("/v1/schedules/<uuid:schedule_id>/preview")
@scope("schedules:read")
@describes(Operation("The hours that result, time off applied", gives=Previewed, query=Days))
def preview(schedule_id: UUID) -> Response:
    """Instants, over days of the schedule's zone."""
    days = reading.query(Days)
    asked = Preview(
        workspace_id=current.account().workspace_id,
        schedule_id=seeing.schedule(schedule_id).id,
        first=days.first,
        last=days.last,
    )
    return reply(current.services().availability.preview(asked))


@blueprint.get("/v1/outside")
@scope("schedules:read")
@describes(
    Operation(
        "Meetings that a host's hours no longer cover",
        gives=Outside,
        query=HostOf,
        refuses=(404,),
    )
)
def outside() -> Response:
    """Those that have not ended, soonest first."""
    host_id = seeing.host(reading.query(HostOf).host)
    asked = GetOutside(workspace_id=current.account().workspace_id, host_id=host_id)
    try:
        return reply(current.services().availability.outside(asked))
    except NotFound:  # availability has not heard of the host yet: nor of a meeting
        return reply(Outside())


@blueprint.get("/v1/holidays")
@scope("schedules:read")
@describes(
    Operation("Public holidays, and the regions that are known", gives=Holidays, query=HolidaysOf)
)
def holidays() -> Response:
    """At most 800 days at once."""
    wanted = reading.query(HolidaysOf)
    asked = GetHolidays(region=wanted.region, first=wanted.first, last=wanted.last)
    return reply(current.services().availability.holidays(asked))


@blueprint.post("/v1/time-off")
@scope("schedules:write")
@describes(
    Operation(
        "Keeps a host free",
        takes=TimeOffAsked,
        gives=TimeOff,
        status=201,
        knows=("Idempotency-Key",),
        refuses=(404, 409),
    )
)
def add_time_off() -> Response:
    """Whole local days, or an exact period."""
    asked, account = reading.body(TimeOffAsked), current.account()
    with once("time_off", asked) as number:
        time_off = TimeOff(
            id=number,
            workspace_id=account.workspace_id,
            host_id=seeing.host(asked.host),
            first_day=_day(asked.first_day, "first_day"),
            last_day=_day(asked.last_day, "last_day"),
            start=reading.instant(asked.start, "start") if asked.start else None,
            end=reading.instant(asked.end, "end") if asked.end else None,
            reason=asked.reason,
        )
        saved = SaveTimeOff(time_off=time_off, actor=account.actor)
        return reply(current.services().availability.save_time_off(saved), 201)


def _day(value: date | None, field: str) -> date | None:
    return reading.day(value, field) if value else None


@blueprint.delete("/v1/time-off/<uuid:time_off_id>")
@scope("schedules:write")
@describes(Operation("Ends a time off", status=204))
def delete_time_off(time_off_id: UUID) -> Response:
    """404 for one that the key does not see."""
    seen = seeing.schedules(seeing.limited_to()).time_off
    if time_off_id not in {time_off.id for time_off in seen}:
        raise NotFound
    account = current.account()
    gone = DeleteTimeOff(
        workspace_id=account.workspace_id, time_off_id=time_off_id, actor=account.actor
    )
    current.services().availability.delete_time_off(gone)
    return Response(status=204)
