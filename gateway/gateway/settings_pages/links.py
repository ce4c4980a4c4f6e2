"""Booking links: the list, a new one, everything about one, copy, pause, delete."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import msgspec
from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.availability import ListSchedules, Schedule
from contracts.booking import (
    CreateLink,
    DeleteLink,
    GetLink,
    Host,
    Link,
    LinkSettings,
    ListLinks,
    Team,
    UpdateLink,
)
from contracts.errors import Conflict, Invalid, SchedulingError, SlugTaken
from gateway import current, desk
from gateway.files.kinds import WORDS
from gateway.presenting.words import either, length
from gateway.security import signed_in
from gateway.settings_pages import blueprint, link_questions, link_who, new_links, teams
from gateway.settings_pages.inputs import Reader, place
from gateway.settings_pages.link_form import (
    COLOURS,
    INPUTS,
    SECTIONS,
    Typed,
    lengths,
    read,
    slug_of,
    to_values,
)
from gateway.settings_pages.link_words import LABELS, says, where

LENGTHS = (15, 20, 30, 45, 60, 90)
MANY = 12
"""Of more people than this, those who are chosen stand first."""


@dataclass(frozen=True)
class Row:
    """A link as its card shows it."""

    link: Link
    url: str
    length: str
    where: str
    names: list[str]
    state: str


@blueprint.get("/booking-links")
@signed_in
def links() -> str:
    """The reader's links; with `who=all`, for those who may, the workspace's."""
    everyone = desk.sees_all() and request.args.get("who") == "all"
    owner = None if everyone else current.account().id
    found = current.services().booking.list_links(
        ListLinks(workspace_id=current.account().workspace_id, owner_id=owner)
    )
    wanted = request.args.get("q", "").strip().casefold()
    shown = [_row(link) for link in found.links if _matches(link.settings, wanted)]
    me = desk.hosts().get(current.account().id)
    return render_template(
        "settings/links.html",
        rows=sorted(shown, key=lambda row: row.link.settings.title.casefold()),
        total=len(found.links),
        everyone=everyone,
        may_see_all=desk.sees_all(),
        search=request.args.get("q", ""),
        page=desk.url_of(me.slug) if me else "",
        copy_id=uuid4,
    )


def _matches(settings: LinkSettings, wanted: str) -> bool:
    return wanted in settings.title.casefold() or wanted in settings.slug


def _row(link: Link) -> Row:
    settings, known = link.settings, desk.hosts()
    host_ids = [place.host_id for place in settings.hosts] or [link.owner_id]
    return Row(
        link=link,
        url=desk.url_of(settings.slug),
        length=either([length(minutes) for minutes in settings.durations]),
        where=where(settings),
        names=[known[host_id].name for host_id in host_ids if host_id in known],
        state=_state(link),
    )


def _state(link: Link) -> str:
    expires = link.settings.expires_at
    if link.used:
        return "Used"
    if expires and expires <= current.now():
        return "Expired"
    return "" if link.settings.active else "Paused"


# --- new -----------------------------------------------------------------------------------------


@blueprint.route("/booking-links/new", methods=["GET", "POST"])
@signed_in
def new_link() -> str | Answer | tuple[str, int]:
    """A title and a length are enough; the rest is set to what suits most."""
    errors: dict[str, str] = {}
    begins = new_links.kept()
    if request.method == "POST":
        reader = Reader(request.form)
        title = reader.text("title", 200, required="A title is needed.")
        durations = lengths(reader, "length")
        who = link_who.begin(reader, others=desk.sees_all())
        errors = reader.errors
        if not errors:
            given = {"title": title, "slug": slug_of(title), "durations": durations, **who}
            settings = LinkSettings(**begins.settings() | given)
            made, errors = create(settings, _id_of("link_id"))
            if made:
                flash("The link is ready. Copy it, or set more below.", "")
                return redirect(url_for("settings_pages.link", link_id=made.id))
    page = render_template(
        "settings/link_new.html",
        values=request.form,
        errors=errors,
        labels=LABELS | {"length": "Length"},
        lengths=LENGTHS,
        usual=", ".join(str(minutes) for minutes in begins.durations),
        who=_who(request.form.getlist("hosts")),
        link_id=request.form.get("link_id") or uuid4(),
    )
    return (page, 422) if errors else page


def _id_of(name: str) -> UUID:
    """The id that the page made, so that a form sent twice makes one thing."""
    return Reader(request.form).id(name) or uuid4()


def create(settings: LinkSettings, link_id: UUID) -> tuple[Link | None, dict[str, str]]:
    """Makes a link under the next free slug; or says, by input, why it cannot."""
    account = current.account()
    first = account.name.split()[0] if account.name.split() else "me"
    base = settings.slug[:48].strip("-")
    wishes = [settings.slug, f"{base}-{slug_of(first)[:12]}".strip("-")]
    wishes += [f"{base}-{number}" for number in (2, 3, 4)] + [f"{base}-{link_id.hex[:6]}"]
    for slug in wishes:
        wish = CreateLink(
            workspace_id=account.workspace_id,
            link_id=link_id,
            owner_id=account.id,
            settings=msgspec.structs.replace(settings, slug=slug),
            actor=desk.actor(),
        )
        try:
            return current.services().booking.create_link(wish), {}
        except SlugTaken:
            continue
        except Invalid as refusal:
            if {name.removeprefix("settings.") for name in refusal.fields} != {"slug"}:
                return None, place(refusal.fields, {**INPUTS, "durations": ("length",)})
    return None, {"title": "This name cannot become an address. Choose another."}


# --- one link ------------------------------------------------------------------------------------


@blueprint.route("/booking-links/<uuid:link_id>", methods=["GET", "POST"])
@signed_in
def link(link_id: UUID) -> str | Answer | tuple[str, int]:
    """Everything about one link. A script that asks gets the page as it would be, unsaved."""
    stored = find(link_id)
    if request.method != "POST":
        return _page(stored, _unchanged(stored), stored.version)
    typed = read(request.form, stored.settings, desk.zone(), others=desk.sees_all())
    version = Reader(request.form).whole("version", 0, 999_999_999)
    seen = stored.version if version is None else version
    if "do" in request.form:
        typed.builder = link_questions.act(typed.builder, request.form["do"])
        typed.errors.clear()  # nothing is saved yet
        return _page(stored, typed, seen)
    if desk.wants_part():
        return _page(stored, typed, seen)
    if typed.settings and _save(stored, typed, seen):
        flash("Saved.", "")
        return redirect(url_for("settings_pages.link", link_id=link_id))
    newest = find(link_id) if "version" in typed.errors else stored
    status = 409 if "version" in typed.errors else 422
    return _page(newest, typed, newest.version if status == 409 else seen), status


def _unchanged(stored: Link) -> Typed:
    values = to_values(stored.settings, desk.zone())
    return Typed(values, builder=link_questions.begin(stored.settings))


def find(link_id: UUID) -> Link:
    """The link, if it is the reader's to see. Raises `NotFound`."""
    found = current.services().booking.get_link(
        GetLink(workspace_id=current.account().workspace_id, link_id=link_id)
    )
    desk.mine_or_404(found.owner_id)
    return found


def update(stored: Link, settings: LinkSettings, version: int) -> Link:
    """Saves it over this version. Raises `Conflict`, `Invalid`."""
    return current.services().booking.update_link(
        UpdateLink(
            workspace_id=stored.workspace_id,
            link_id=stored.id,
            version=version,
            settings=settings,
            actor=desk.actor(),
        )
    )


def _save(stored: Link, typed: Typed, version: int) -> bool:
    assert typed.settings is not None
    try:
        update(stored, typed.settings, version)
    except SlugTaken as refusal:
        typed.errors["slug"] = refusal.message
    except Invalid as refusal:
        rows, others = link_questions.at_rows(refusal.fields)
        typed.errors.update(place(others, INPUTS) | rows or {"": refusal.message})
    except Conflict:
        typed.errors["version"] = "changed"
    except SchedulingError as refusal:
        typed.errors[""] = refusal.message
    return not typed.errors


def _page(stored: Link, typed: Typed, version: int) -> str:
    """The page of one link, with what was typed."""
    schedules = desk.part(lambda: _schedules(stored))
    names = {schedule.id: schedule.name for schedule in schedules.value or ()}
    shown = typed.settings or stored.settings
    who = _who(typed.values["hosts"].split())
    theirs = to_values(stored.settings, desk.zone())
    conflict = "version" in typed.errors
    # In the order of the page, not of the rules.
    labels = LABELS | link_questions.labels(typed.builder)
    wrong = {name: typed.errors[name] for name in ("", *labels) if name in typed.errors}
    return render_template(
        "settings/link.html",
        row=_row(stored),
        version=version,
        values=typed.values,
        errors=wrong,
        labels=labels,
        differing=[LABELS[n] for n, v in theirs.items() if conflict and typed.values[n] != v],
        builder=typed.builder,
        asked=link_questions.preview(typed.builder),
        question_types=link_questions.TYPES,
        file_kinds=list(WORDS.items()),
        conflict=conflict,
        says=says(shown, names) | {"who": link_who.says(shown, *who.names)},
        opened=_opened(typed, wrong),
        schedules=schedules,
        who=who,
        kinds=link_who.KINDS,
        whom=link_who.people(shown, *who.names),
        colours=COLOURS,
        zone=desk.zone_words(desk.zone(), current.now()),
        base_url=desk.url_of(""),
        preview=shown,
        copy_id=uuid4(),
        zones=desk.zones(),
        workspace_zone=current.account().workspace_timezone,
    )


def _opened(typed: Typed, wrong: dict[str, str]) -> dict[str, bool]:
    """The sections with something to check, and the one that is being built."""
    opened = {name: any(i in wrong for i in inputs) for name, inputs in SECTIONS.items()}
    opened["questions"] |= typed.builder.unsaved or any(name.startswith("q.") for name in wrong)
    return opened


@dataclass(frozen=True)
class Who:
    """What the section "Who" offers to its reader."""

    others: bool
    kinds: list[tuple[str, str, str]]
    hosts: list[Host]
    teams: list[Team]
    problem: str
    chosen: list[str]
    methods: tuple[tuple[str, str], ...] = link_who.METHODS

    @property
    def names(self) -> tuple[dict[UUID, str], dict[UUID, str]]:
        """Of the people and of the teams."""
        people = {host.id: host.name for host in self.hosts}
        return people, {team.id: team.name for team in self.teams}


def _who(chosen: list[str]) -> Who:
    """`chosen` are the ids of the hosts that are ticked; they are offered whatever they are."""
    others = desk.sees_all()
    known = desk.part(lambda: sorted(desk.hosts().values(), key=lambda one: one.name.casefold()))
    found = desk.part(teams.listed)
    hosts = [host for host in known.value or () if host.active or str(host.id) in chosen]
    if len(hosts) > MANY:
        hosts.sort(key=lambda one: str(one.id) not in chosen)
    return Who(
        others=others,
        kinds=link_who.kinds(others=others),
        hosts=hosts,
        teams=list(found.value or ()),
        problem=known.problem or found.problem,
        chosen=chosen,
    )


def _schedules(stored: Link) -> tuple[Schedule, ...]:
    wish = ListSchedules(workspace_id=stored.workspace_id, host_id=stored.owner_id)
    return current.services().availability.list_schedules(wish).schedules


@blueprint.post("/booking-links/<uuid:link_id>/active")
@signed_in
def set_active(link_id: UUID) -> Answer:
    """Opens or pauses a link, from the list."""
    stored = find(link_id)
    active = Reader(request.form).flag("active")
    try:
        update(stored, msgspec.structs.replace(stored.settings, active=active), stored.version)
        title = stored.settings.title
        flash(f"“{title}” is open again." if active else f"“{title}” is paused.", "")
    except Conflict as refusal:
        desk.tell(refusal)
    return _back()


@blueprint.post("/booking-links/<uuid:link_id>/copy")
@signed_in
def copy_link(link_id: UUID) -> Answer:
    """A second link with the same settings, for the reader, at an address of its own."""
    stored = find(link_id)
    title = f"Copy of {stored.settings.title}"[:200]
    settings = msgspec.structs.replace(
        stored.settings, title=title, slug=slug_of(f"{stored.settings.slug[:50]}-copy")
    )
    if stored.owner_id != current.account().id and settings.kind == "one_on_one":
        settings = msgspec.structs.replace(settings, hosts=(), schedule_id=None)
    made, errors = create(settings, _id_of("copy_id"))
    if made is None:
        flash(next(iter(errors.values())), "danger")
        return _back()
    flash("Copied. This is the copy.", "")
    return redirect(url_for("settings_pages.link", link_id=made.id))


@blueprint.post("/booking-links/<uuid:link_id>/delete")
@signed_in
def delete_link(link_id: UUID) -> Answer:
    """Deletes a link; what was booked through it stays."""
    stored = find(link_id)
    current.services().booking.delete_link(
        DeleteLink(workspace_id=stored.workspace_id, link_id=link_id, actor=desk.actor())
    )
    flash(f"“{stored.settings.title}” is deleted. Its meetings stay.", "")
    return redirect(url_for("settings_pages.links"))


@blueprint.get("/booking-links/<uuid:link_id>/delete")
@signed_in
def ask_delete_link(link_id: UUID) -> str:
    """Asks once before a link is deleted."""
    return render_template("settings/link_delete.html", row=_row(find(link_id)))


def _back() -> Answer | Response:
    everyone = "all" if request.form.get("who") == "all" else None
    return redirect(url_for("settings_pages.links", who=everyone))
