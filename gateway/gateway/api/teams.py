"""Hosts and teams, and whether the turns within a team are fair. Changes are for admins."""

from datetime import date
from uuid import UUID

from flask import Response
from msgspec import UNSET

from contracts.booking import (
    DeleteTeam,
    Fairness,
    GetFairness,
    Host,
    Hosts,
    ListHosts,
    ListTeams,
    SaveHost,
    SaveTeam,
    Team,
    Teams,
    Tried,
    TryTerms,
)
from contracts.errors import Changed, Invalid, NotFound
from gateway import current
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply, tagged
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import Days, HostChange, TeamAsked, TrialAsked
from gateway.security import scope


@blueprint.get("/v1/hosts")
@scope("members:read")
@describes(Operation("Everybody who can be booked", gives=Hosts))
def hosts() -> Response:
    """Of the workspace; a host's id is that of their account."""
    return reply(_hosts())


def _hosts() -> Hosts:
    asked = ListHosts(workspace_id=current.account().workspace_id)
    return current.services().booking.list_hosts(asked)


@blueprint.patch("/v1/hosts/<uuid:host_id>")
@scope("links:write")
@describes(
    Operation("Changes one's own page and limits", takes=HostChange, gives=Host, refuses=(409,))
)
def change_host(host_id: UUID) -> Response:
    """404 for anybody but the key's own host."""
    asked, account = reading.body(HostChange), current.account()
    host = next((one for one in _hosts().hosts if one.id == host_id == account.id), None)
    if host is None:
        raise NotFound
    wish = SaveHost(
        workspace_id=account.workspace_id,
        host_id=host.id,
        slug=host.slug if asked.slug is UNSET else asked.slug,
        limits=host.limits if asked.limits is UNSET else asked.limits,
        actor=account.actor,
    )
    return reply(current.services().booking.save_host(wish))


@blueprint.get("/v1/teams")
@scope("teams:read")
@describes(Operation("The workspace's teams, by name", gives=Teams))
def teams() -> Response:
    """Each with its members in their order."""
    asked = ListTeams(workspace_id=current.account().workspace_id)
    return reply(current.services().booking.list_teams(asked))


@blueprint.get("/v1/teams/<uuid:team_id>")
@scope("teams:read")
@describes(Operation("One team", gives=Team, tagged=True, knows=("If-None-Match",)))
def team(team_id: UUID) -> Response:
    """With its members in their order."""
    found = seeing.team(team_id)
    return tagged(found, found.version)


@blueprint.put("/v1/teams/<uuid:team_id>")
@scope("teams:write")
@describes(
    Operation(
        "Makes or replaces a team",
        takes=TeamAsked,
        gives=Team,
        knows=("If-Match",),
        tagged=True,
        refuses=(409,),
    )
)
def save_team(team_id: UUID) -> Response:
    """For admins. A new one has an id of your choice. The links that name it follow at once."""
    seeing.admin()
    asked, account = reading.body(TeamAsked), current.account()
    version = reading.seen_version(asked.version)
    if version:
        seeing.team(team_id)
    team = Team(
        id=team_id,
        workspace_id=account.workspace_id,
        name=asked.name,
        slug=asked.slug,
        members=asked.members,
        version=version,
    )
    with reading.matched():
        saved = current.services().booking.save_team(SaveTeam(team=team, actor=account.actor))
    return tagged(saved, saved.version)


@blueprint.delete("/v1/teams/<uuid:team_id>")
@scope("teams:write")
@describes(
    Operation("Deletes a team that no link names", status=204, knows=("If-Match",), refuses=(409,))
)
def delete_team(team_id: UUID) -> Response:
    """For admins."""
    seeing.admin()
    account = current.account()
    gone = DeleteTeam(
        workspace_id=account.workspace_id,
        team_id=team_id,
        actor=account.actor,
        version=reading.seen_version(None),
    )
    with reading.matched(Changed):
        current.services().booking.delete_team(gone)
    return Response(status=204)


@blueprint.get("/v1/teams/<uuid:team_id>/fairness")
@scope("teams:read")
@describes(Operation("Who had how many meetings of which share", gives=Fairness, query=Days))
def fairness(team_id: UUID) -> Response:
    """For admins. Month by month, at most 24."""
    seeing.admin()
    days = reading.query(Days)
    _months(days.first, days.last)
    asked = GetFairness(
        workspace_id=current.account().workspace_id,
        pool_id=seeing.team(team_id).id,
        first=days.first,
        last=days.last,
    )
    return reply(current.services().booking.fairness(asked))


@blueprint.post("/v1/teams/<uuid:team_id>/fairness")
@scope("teams:read")
@describes(Operation("Tries other terms; changes nothing", takes=TrialAsked, gives=Tried))
def try_terms(team_id: UUID) -> Response:
    """For admins. The meetings of these months, given out again."""
    seeing.admin()
    asked = reading.body(TrialAsked)
    _months(asked.first, asked.last)
    trial = TryTerms(
        workspace_id=current.account().workspace_id,
        pool_id=seeing.team(team_id).id,
        first=asked.first,
        last=asked.last,
        method=asked.method,
        terms=asked.terms,
    )
    return reply(current.services().booking.try_terms(trial))


def _months(first: date, last: date) -> None:
    """Raises `Invalid` unless they are 1 to 24 months of our times."""
    reading.day(first, "from")
    months = (last.year - first.year) * 12 + last.month - first.month
    if not 0 <= months < 24:
        raise Invalid(fields={"to": "Ask for 1 to 24 months, the first one first."})
