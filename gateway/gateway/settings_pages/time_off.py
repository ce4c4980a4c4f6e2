"""Time off: whole days or an exact period in which a host cannot be booked."""

from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.availability import DeleteTimeOff, SaveTimeOff, Schedules, TimeOff
from contracts.booking import Host
from contracts.errors import Conflict, Invalid, NotFound
from gateway import current, desk
from gateway.security import signed_in
from gateway.settings_pages import blueprint
from gateway.settings_pages.inputs import Reader, place
from gateway.settings_pages.schedules import all_of, is_over, own, show_list, whose

INPUTS = {
    "first_day": ("first_day",),
    "last_day": ("last_day",),
    "start": ("from_day",),
    "end": ("to_day",),
    "reason": ("reason",),
}
TYPED = ("kind", "first_day", "last_day", "from_day", "from_time", "to_day", "to_time", "reason")


@blueprint.post("/schedules/time-off")
@signed_in
def add_time_off() -> Answer | tuple[str, int]:
    """Time off for the reader, or for a host by an admin; exact times in the schedule's zone."""
    host, reader = whose(), Reader(request.form)
    found = all_of(host.id)
    period = read_time_off(reader, host, _zone(found, host))
    if not reader.errors and is_over(period.last_day, period.end):
        reader.say("last_day" if period.last_day else "to_day", "This time has passed.")
    if not reader.errors:
        try:
            wish = SaveTimeOff(time_off=period, actor=desk.actor())
            current.services().availability.save_time_off(wish)
        except (Invalid, Conflict) as refusal:
            reader.errors.update(place(refusal.fields, INPUTS) or {"": refusal.message})
    if reader.errors:
        values = {name: reader.raw(name) for name in TYPED}
        return show_list(host, found, values, reader.errors), 422
    flash("Time off is entered. Nobody can book it; what is booked already stays.", "")
    return redirect(url_for("settings_pages.schedules", host=own(host.id)))


def _zone(found: Schedules, host: Host) -> str:
    return next((s.timezone for s in found.schedules if s.is_default), host.timezone)


def read_time_off(reader: Reader, host: Host, timezone: str) -> TimeOff:
    """What was typed; wrong values are said in `reader.errors`."""
    common: dict[str, Any] = {
        "id": reader.id("time_off_id") or uuid4(),
        "workspace_id": host.workspace_id,
        "host_id": host.id,
        "reason": reader.text("reason", 200),
    }
    if reader.choice("kind", ("days", "exact"), "days") == "exact":
        start = reader.instant("from_day", "from_time", timezone)
        end = reader.instant("to_day", "to_time", timezone)
        if start is None and "from_time" not in reader.errors:
            reader.say("from_day", "The beginning is needed.")
        if "to_time" not in reader.errors and (end is None or (start and end <= start)):
            reader.say("to_day", "An end after the beginning is needed.")
        return TimeOff(**common, start=start, end=end)
    first = reader.day("first_day")
    last = reader.day("last_day") or first
    if first is None:
        reader.say("first_day", "The first day is needed.")
    elif last and last < first:
        reader.say("last_day", "The last day lies before the first.")
    return TimeOff(**common, first_day=first, last_day=last)


@blueprint.post("/schedules/time-off/<uuid:time_off_id>/delete")
@signed_in
def delete_time_off(time_off_id: UUID) -> Answer:
    """The host can be booked again in that time."""
    mine = None if desk.sees_all() else current.account().id
    period = next((off for off in all_of(mine).time_off if off.id == time_off_id), None)
    if period is None:
        raise NotFound
    current.services().availability.delete_time_off(
        DeleteTimeOff(workspace_id=period.workspace_id, time_off_id=time_off_id, actor=desk.actor())
    )
    flash("Deleted. The time can be booked again.", "")
    return redirect(url_for("settings_pages.schedules", host=own(period.host_id)))
