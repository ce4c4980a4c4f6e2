"""Teams: an ordered list of hosts with weights and levels, from which links take their hosts."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.booking import DeleteTeam, Link, ListLinks, ListTeams, SaveTeam, Team
from contracts.errors import Conflict, Invalid, NotFound, SlugTaken
from gateway import current, desk
from gateway.security import role as needs
from gateway.settings_pages import blueprint
from gateway.settings_pages.inputs import Reader
from gateway.settings_pages.team_form import Typed, read, shown

MOVES = ("up:", "down:", "remove:", "add")
"""What the page's buttons do to the form without saving it."""


@dataclass(frozen=True)
class Card:
    """A team on the list: its members' names, and the titles of the links that name it."""

    team: Team
    names: list[str]
    paused: int
    links: list[Link]
    url: str


def listed() -> tuple[Team, ...]:
    """The workspace's teams, by name."""
    wish = ListTeams(workspace_id=current.account().workspace_id)
    return current.services().booking.list_teams(wish).teams


def find(team_id: UUID) -> Team:
    """A team of the reader's workspace. Raises `NotFound`."""
    found = next((team for team in listed() if team.id == team_id), None)
    if found is None:
        raise NotFound
    return found


def naming(team_id: UUID | None = None) -> list[Link]:
    """The links that name this team, or any."""
    wish = ListLinks(workspace_id=current.account().workspace_id)
    links = current.services().booking.list_links(wish).links
    named = (link for link in links if link.settings.team_id is not None)
    return [link for link in named if team_id in {None, link.settings.team_id}]


def url_of(slug: str) -> str:
    """The public address at which the visitor picks one of the team."""
    return f"{current.settings().public_url.rstrip('/')}/team/{slug}"


def cards() -> list[Card]:
    """The teams as the page of the team shows them."""
    known, links = desk.hosts(), naming()
    return [
        Card(
            team=team,
            names=[known[m.host_id].name for m in team.members if m.host_id in known],
            paused=sum(not member.active for member in team.members),
            links=[link for link in links if link.settings.team_id == team.id],
            url=url_of(team.slug),
        )
        for team in listed()
    ]


@blueprint.route("/team/new", methods=["GET", "POST"])
@needs("admin")
def new_team() -> str | Answer | tuple[str, int]:
    """A name and its people."""
    known = desk.hosts()
    if request.method != "POST":
        return _page(None, shown(None, known))
    team_id = Reader(request.form).id("team_id") or uuid4()
    return _posted(None, team_id, read(Reader(request.form), known))


@blueprint.route("/team/<uuid:team_id>", methods=["GET", "POST"])
@needs("admin")
def edit_team(team_id: UUID) -> str | Answer | tuple[str, int]:
    """Its name, its address, who is in it, in which order and on what terms."""
    stored, known = find(team_id), desk.hosts()
    if request.method != "POST":
        return _page(stored, shown(stored, known))
    return _posted(stored, team_id, read(Reader(request.form), known))


def _posted(stored: Team | None, team_id: UUID, typed: Typed) -> str | Answer | tuple[str, int]:
    if request.form.get("do", "").startswith(MOVES):
        typed.errors.clear()
        return _page(stored, typed)
    saved = _saved(stored, team_id, typed)
    if saved is None:
        return _page(stored, typed), 409 if "version" in typed.errors else 422
    flash(f"The team “{saved.name}” is saved; its links follow at once.", "")
    return redirect(url_for("settings_pages.edit_team", team_id=saved.id))


def _saved(stored: Team | None, team_id: UUID, typed: Typed) -> Team | None:
    """The saved team; None where `typed.errors` says what is wrong."""
    if typed.errors:
        return None
    seen = Reader(request.form).whole("version", 0, 999_999_999)
    team = Team(
        id=team_id,
        workspace_id=current.account().workspace_id,
        name=typed.name,
        slug=typed.slug,
        members=typed.members(),
        version=0 if stored is None else stored.version if seen is None else seen,
    )
    try:
        return current.services().booking.save_team(SaveTeam(team=team, actor=desk.actor()))
    except SlugTaken as refusal:
        typed.errors["slug"] = refusal.message
    except Invalid as refusal:
        typed.refused(refusal.fields or {"": refusal.message})
    except Conflict as refusal:
        typed.errors["version"] = refusal.message
    return None


def _page(stored: Team | None, typed: Typed) -> str:
    conflict = "version" in typed.errors
    return render_template(
        "settings/team_edit.html",
        team=stored,
        typed=typed,
        team_id=request.form.get("team_id") or (stored.id if stored else uuid4()),
        version=request.form.get("version", stored.version if stored else 0),
        newest=stored.version if stored else 0,
        conflict=conflict,
        errors={name: said for name, said in typed.errors.items() if name != "version"},
        labels=_labels(typed),
        base_url=url_of(""),
        links=naming(stored.id) if stored else [],
        url=url_of(stored.slug) if stored else "",
    )


def _labels(typed: Typed) -> dict[str, str]:
    named = {"name": "Name", "slug": "Address", "members": "People"}
    for row in typed.rows:
        named[f"weight_{row.host_id}"] = f"Weight of {row.name}"
        named[f"level_{row.host_id}"] = f"Level of {row.name}"
    return named


@blueprint.route("/team/<uuid:team_id>/delete", methods=["GET", "POST"])
@needs("admin")
def delete_team(team_id: UUID) -> str | Answer:
    """Asks once; a team that links name stays until they name another."""
    team = find(team_id)
    if request.method != "POST":
        return render_template("settings/team_delete.html", team=team, links=naming(team_id))
    wish = DeleteTeam(workspace_id=team.workspace_id, team_id=team_id, actor=desk.actor())
    try:
        current.services().booking.delete_team(wish)
    except Conflict as refusal:
        desk.tell(refusal)
        return redirect(url_for("settings_pages.delete_team", team_id=team_id))
    flash(f"The team “{team.name}” is deleted.", "")
    return redirect(url_for("settings_pages.team"))
