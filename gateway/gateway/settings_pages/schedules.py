"""Schedules: the list, a week's hours, date overrides, the default, the week that results."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.availability import (
    DateOverride,
    DeleteSchedule,
    ListSchedules,
    Preview,
    SaveSchedule,
    Schedule,
    Schedules,
    WeekdayHours,
    Window,
)
from contracts.booking import Host
from contracts.errors import Conflict, Invalid, NotFound, SchedulingError
from gateway import current, desk
from gateway.security import signed_in
from gateway.settings_pages import blueprint, holidays, impact, schedule_form
from gateway.settings_pages.inputs import Reader
from gateway.settings_pages.schedule_form import Day

WORKING_WEEK = tuple(
    WeekdayHours(weekday=number, windows=(Window(start=540, end=1020),)) for number in range(1, 6)
)
"""What a new schedule starts with: Monday to Friday, 09:00 to 17:00."""
MOST_DAYS = 62


def whose() -> Host:
    """The host whose schedules are shown: the reader, or for admins the one asked for."""
    wish = Reader(request.values).id("host") or current.account().id
    desk.mine_or_404(wish)
    host = desk.hosts().get(wish)
    if host is None:
        raise NotFound("You cannot be booked yet; try again in a moment.")
    return host


def own(host_id: UUID) -> UUID | None:
    """The `host` of an address: none for the reader's own."""
    return None if host_id == current.account().id else host_id


def all_of(host_id: UUID | None) -> Schedules:
    """A host's schedules and time off, or the workspace's."""
    return current.services().availability.list_schedules(
        ListSchedules(workspace_id=current.account().workspace_id, host_id=host_id)
    )


@blueprint.get("/schedules")
@signed_in
def schedules() -> str:
    """The schedules and the time off of one host."""
    host = whose()
    found = all_of(host.id)
    return show_list(host, found, {}, {})


def show_list(host: Host, found: Schedules, values: dict[str, str], errors: dict[str, str]) -> str:
    """The page, with what was typed into its forms."""
    default = next((s.timezone for s in found.schedules if s.is_default), host.timezone)
    others = sorted(desk.hosts().values(), key=lambda each: each.name.casefold())
    return render_template(
        "settings/schedules.html",
        host=host,
        hosts=[each for each in others if each.active] if desk.sees_all() else [],
        own=own(host.id),
        schedules=sorted(found.schedules, key=lambda s: (not s.is_default, s.name.casefold())),
        week_words=schedule_form.week_words,
        outside=desk.part(lambda: impact.outside(host.id)),
        here=desk.zone_words(desk.zone(), current.now()),
        time_off=[off for off in found.time_off if not is_over(off.last_day, off.end)],
        default_zone=default,
        zone=desk.zone_words(default, current.now()),
        zones=desk.zones(),
        values=values,
        errors=errors,
        new_id=uuid4,
        now=current.now,
        desk=desk,
        today=desk.today(default),
    )


def is_over(last: date | None, end: datetime | None) -> bool:
    """Whether time off lies behind; whole days with a day to spare, for zones west of here."""
    if last is not None:
        return last < desk.today() - timedelta(days=1)
    return end is not None and end <= current.now()


@blueprint.post("/schedules/new")
@signed_in
def new_schedule() -> Answer | tuple[str, int]:
    """A schedule with a working week to change."""
    host, reader = whose(), Reader(request.form)
    name = reader.text("name", 200, required="A name is needed.")
    timezone = reader.zone("timezone")
    schedule_id = reader.id("schedule_id") or uuid4()
    if reader.errors:
        values = {"name": name, "timezone": reader.raw("timezone")}
        return show_list(host, all_of(host.id), values, reader.errors), 422
    schedule = Schedule(
        id=schedule_id,
        workspace_id=host.workspace_id,
        host_id=host.id,
        name=name,
        timezone=timezone,
        hours=WORKING_WEEK,
    )
    # A form that comes twice finds what the first one made.
    with suppress(Conflict):
        save(schedule)
    return redirect(url_for("settings_pages.schedule", schedule_id=schedule_id))


def save(schedule: Schedule) -> Schedule:
    """Saves a schedule; raises what availability refuses."""
    return current.services().availability.save_schedule(
        SaveSchedule(schedule=schedule, actor=desk.actor())
    )


def get(schedule_id: UUID) -> Schedule:
    """One schedule that the reader may see. Raises `NotFound`."""
    mine = None if desk.sees_all() else current.account().id
    found = next((s for s in all_of(mine).schedules if s.id == schedule_id), None)
    if found is None:
        raise NotFound
    desk.mine_or_404(found.host_id)
    return found


# --- one schedule --------------------------------------------------------------------------------


@blueprint.route("/schedules/<uuid:schedule_id>", methods=["GET", "POST"])
@signed_in
def schedule(schedule_id: UUID) -> str | Answer | tuple[str, int]:
    """The week, the zone, the overrides. `do` other than save changes the form only."""
    stored = get(schedule_id)
    if request.method != "POST":
        return _page(stored, schedule_form.week_of(stored.hours), {}, stored.version)
    reader, week = Reader(request.form), schedule_form.read_week(request.form)
    name = reader.text("name", 200, required="A name is needed.")
    timezone = reader.zone("timezone")
    version = reader.whole("version", 0, 999_999_999)
    seen = stored.version if version is None else version
    if reader.raw("do") not in {"", "save"}:
        return _page(stored, week, reader.errors, seen)
    if reader.errors or schedule_form.is_wrong(week):
        return _page(stored, week, reader.errors, seen), 422
    changed = msgspec.structs.replace(
        stored,
        name=name,
        timezone=timezone,
        hours=schedule_form.hours_of(week),
        is_default=stored.is_default or reader.flag("is_default"),
        version=seen,
    )
    return _store(changed, week)


def _store(changed: Schedule, week: list[Day]) -> Answer | tuple[str, int]:
    try:
        save(changed)
    except Conflict:
        newest = get(changed.id)
        return _page(newest, week, {"version": "changed"}, newest.version), 409
    except Invalid as refusal:
        wrong = {name.rpartition(".")[2]: words for name, words in refusal.fields.items()}
        for day in week:
            day.error = wrong.pop(str(day.weekday), day.error)
        return _page(changed, week, wrong, changed.version), 422
    flash("Saved.", "")
    return redirect(url_for("settings_pages.schedule", schedule_id=changed.id))


def _page(stored: Schedule, week: list[Day], errors: dict[str, str], version: int) -> str:
    typed = request.form if request.method == "POST" else {}
    begin = desk.today(stored.timezone)
    begin += timedelta(days=8 - begin.isoweekday())
    return render_template(
        "settings/schedule.html",
        schedule=stored,
        own=own(stored.host_id),
        week=week,
        version=version,
        conflict="version" in errors,
        errors={name: words for name, words in errors.items() if name != "version"},
        name=typed.get("name", stored.name),
        timezone=typed.get("timezone", stored.timezone),
        is_default=stored.is_default or bool(typed.get("is_default")),
        zones=desk.zones(),
        strip=desk.part(lambda: _strip(stored, begin)),
        overrides=[o for o in stored.overrides if o.day >= desk.today(stored.timezone)],
        windows_words=schedule_form.windows_words,
        zone=desk.zone_words(stored.timezone, current.now()),
        desk=desk,
        today=desk.today(stored.timezone),
        override=Override(),
        holidays=holidays.part_of(stored),
        outside=desk.part(lambda: impact.outside(stored.host_id)),
        here=desk.zone_words(desk.zone(), current.now()),
    )


def _strip(stored: Schedule, first: date) -> list[schedule_form.StripDay]:
    wish = Preview(
        workspace_id=stored.workspace_id,
        schedule_id=stored.id,
        first=first,
        last=first + timedelta(days=6),
    )
    answer = current.services().availability.preview(wish)
    return schedule_form.strip(first, 7, answer.periods, answer.timezone)


@blueprint.post("/schedules/<uuid:schedule_id>/default")
@signed_in
def make_default(schedule_id: UUID) -> Answer:
    """Makes a schedule the one that is used where a link names none."""
    stored = get(schedule_id)
    try:
        save(msgspec.structs.replace(stored, is_default=True))
        flash(f"“{stored.name}” is the default now.", "")
    except SchedulingError as refusal:
        desk.tell(refusal)
    return redirect(url_for("settings_pages.schedules", host=own(stored.host_id)))


@blueprint.route("/schedules/<uuid:schedule_id>/delete", methods=["GET", "POST"])
@signed_in
def delete_schedule(schedule_id: UUID) -> str | Answer:
    """Asks once, then deletes."""
    stored = get(schedule_id)
    if request.method != "POST":
        return render_template("settings/schedule_delete.html", schedule=stored)
    try:
        current.services().availability.delete_schedule(
            DeleteSchedule(
                workspace_id=stored.workspace_id, schedule_id=schedule_id, actor=desk.actor()
            )
        )
        flash(f"“{stored.name}” is deleted.", "")
    except (Conflict, Invalid) as refusal:
        desk.tell(refusal)
    return redirect(url_for("settings_pages.schedules", host=own(stored.host_id)))


@blueprint.post("/schedules/<uuid:schedule_id>/holidays")
@signed_in
def set_holidays(schedule_id: UUID) -> Answer:
    """The country, or the part of it, whose holidays are days off."""
    stored, region = get(schedule_id), holidays.region_of(Reader(request.form))
    try:
        save(msgspec.structs.replace(stored, holidays=region))
        flash("Saved. Holidays are days off now." if region else "Saved.", "")
    except (Conflict, Invalid) as refusal:
        flash(next(iter(refusal.fields.values()), refusal.message), "danger")
    address = url_for("settings_pages.schedule", schedule_id=schedule_id, _anchor="holidays")
    return redirect(address)


# --- overrides -----------------------------------------------------------------------------------


class Override(msgspec.Struct):
    """An override as typed."""

    first: str = ""
    last: str = ""
    kind: str = "off"
    rows: list[schedule_form.Row] = msgspec.field(default_factory=lambda: [schedule_form.Row()])
    errors: dict[str, str] = {}
    days: tuple[date, ...] = ()


@blueprint.route("/schedules/<uuid:schedule_id>/overrides", methods=["GET", "POST"])
@signed_in
def override(schedule_id: UUID) -> str | Answer | tuple[str, int]:
    """Other hours, or none, on a day or on several."""
    stored = get(schedule_id)
    if request.method != "POST":
        return _override_page(stored, Override(first=request.args.get("day", "")))
    typed = read_override(Reader(request.form))
    if Reader(request.form).raw("do") == "add":
        typed.rows.append(schedule_form.Row())
        return _override_page(stored, typed)
    if typed.days and typed.days[-1] < desk.today(stored.timezone):
        typed.errors["first"] = "This day has passed."
    if typed.errors:
        return _override_page(stored, typed), 422
    windows = schedule_form.windows_of(typed.rows) if typed.kind == "hours" else ()
    kept = [o for o in stored.overrides if o.day not in typed.days]
    kept += [DateOverride(day=day, windows=windows) for day in typed.days]
    problem = _save_overrides(stored, kept, "Saved.")
    if problem:
        typed.errors["first"] = problem
        return _override_page(stored, typed), 422
    return redirect(url_for("settings_pages.schedule", schedule_id=schedule_id))


def read_override(reader: Reader) -> Override:
    """What was typed, with the days it speaks of."""
    first, last = _within(reader, "first"), _within(reader, "last")
    kind = reader.choice("kind", ("off", "hours"), "off")
    rows = schedule_form.typed_rows(reader, "o")
    if first is None:
        reader.say("first", "A day is needed.")
    elif last and not first <= last <= first + timedelta(days=MOST_DAYS - 1):
        reader.say("last", f"A day after the first, {MOST_DAYS} days at most.")
    if kind == "hours" and not any(row.start or row.end for row in rows):
        reader.say("hours", "Say from when to when, or choose “Day off”.")
    if kind == "hours" and any(row.error for row in rows):
        reader.say("hours", next(row.error for row in rows if row.error))
    span = ((last or first) - first).days + 1 if first and not reader.errors else 0
    days = tuple(first + timedelta(days=n) for n in range(span)) if first else ()
    return Override(reader.raw("first"), reader.raw("last"), kind, rows, reader.errors, days)


def _within(reader: Reader, name: str) -> date | None:
    """A day that can be counted on from: the calendar ends with the year 9999."""
    day = reader.day(name)
    if day is not None and not 2000 <= day.year <= 2200:
        reader.say(name, "A day from 2000 to 2200.")
        return None
    return day


def _override_page(stored: Schedule, typed: Override) -> str:
    return render_template(
        "settings/override.html",
        schedule=stored,
        override=typed,
        zone=desk.zone_words(stored.timezone, current.now()),
        today=desk.today(stored.timezone),
    )


@blueprint.post("/schedules/<uuid:schedule_id>/overrides/<day>/delete")
@signed_in
def delete_override(schedule_id: UUID, day: str) -> Answer:
    """The day has its usual hours again."""
    stored = get(schedule_id)
    kept = [o for o in stored.overrides if o.day.isoformat() != day]
    problem = _save_overrides(stored, kept, "The usual hours are back.")
    if problem:
        flash(problem, "danger")
    return redirect(url_for("settings_pages.schedule", schedule_id=schedule_id))


def _save_overrides(stored: Schedule, kept: list[DateOverride], words: str) -> str:
    """Saves and says so; or gives back why it could not."""
    overrides = tuple(sorted(kept, key=lambda each: each.day))
    try:
        save(msgspec.structs.replace(stored, overrides=overrides))
    except (Conflict, Invalid) as refusal:
        return next(iter(refusal.fields.values()), refusal.message)
    flash(words, "")
    return ""
