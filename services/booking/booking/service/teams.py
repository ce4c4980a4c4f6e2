"""Teams: saved, deleted, shown; their links follow in the same transaction.

A link that names a team carries its hosts, so that booking and availability never ask for the
team. Locks: team, then links in the order of their ids.
"""

from uuid import UUID

import msgspec

from booking.domain import links as link_rules
from booking.domain import teams as rules
from booking.domain import text
from booking.service.desk import Desk
from booking.store import history, hosts, links
from booking.store import teams as stored
from contracts.booking import (
    DeleteTeam,
    FindTeam,
    Link,
    LinkChanged,
    LinkSettings,
    ListTeams,
    SaveTeam,
    Team,
    TeamPage,
    Teams,
)
from contracts.errors import Changed, Conflict, Invalid, NotFound
from servicekit import Tx


def save(desk: Desk, request: SaveTeam) -> Team:
    """Made (version 0) or replaced; a repeated request to make one has the same answer."""
    team, actor = rules.completed(request.team), text.checked(request.actor, "actor")
    with desk.db.begin() as tx:
        members = {host.id for host in hosts.of_workspace(tx, team.workspace_id)}
        rules.check(team, members)
        known = stored.lock(tx, team.workspace_id, team.id)
        if known is not None and _same(known, team):
            return known
        saved = _make(desk, tx, team) if team.version == 0 else _replace(desk, tx, known, team)
        action = "team_made" if team.version == 0 else "team_changed"
        entry = history.entry(desk.clock.now(), actor, action, slug=saved.slug)
        history.add(tx, (saved.workspace_id, saved.id), entry)
        return saved


def _same(known: Team, wanted: Team) -> bool:
    """A repeat: what it would make, or replace, is there already."""
    next_one = msgspec.structs.replace(wanted, version=wanted.version + 1)
    return known == next_one


def _make(desk: Desk, tx: Tx, wanted: Team) -> Team:
    team = msgspec.structs.replace(wanted, version=1)
    if not stored.make(tx, team, desk.clock.now()):
        raise Conflict("A team has this id already.")
    return team


def _replace(desk: Desk, tx: Tx, known: Team | None, wanted: Team) -> Team:
    if known is None:
        raise NotFound("There is no such team.")
    if known.version != wanted.version:
        raise Conflict
    team = msgspec.structs.replace(wanted, version=wanted.version + 1)
    stored.save(tx, team)
    _follow(desk, tx, team)
    return team


def _follow(desk: Desk, tx: Tx, team: Team) -> None:
    """Its links take its hosts."""
    for link in stored.lock_links(tx, team.id):
        settings = rules.applied(link.settings, team)
        if settings != link.settings and links.save(tx, link.id, link.version, settings):
            _announce(desk, tx, links.get(tx, link.workspace_id, link.id))


def _announce(desk: Desk, tx: Tx, link: Link) -> None:
    event = LinkChanged(workspace_id=link.workspace_id, version=link.version, link=link)
    desk.announce(tx, event)


def applied(tx: Tx, settings: LinkSettings, workspace_id: UUID) -> LinkSettings:
    """A link's settings with the hosts of the team they name, which stays locked.

    Raises `Invalid`.
    """
    if settings.team_id is None:
        return settings
    team = stored.lock(tx, workspace_id, settings.team_id)
    if team is None:
        raise Invalid(fields={"team_id": "There is no such team."})
    return rules.applied(settings, team)


def delete(desk: Desk, request: DeleteTeam) -> None:
    """Deleting it again is no matter."""
    actor, now = text.checked(request.actor, "actor"), desk.clock.now()
    with desk.db.begin() as tx:
        team = stored.lock(tx, request.workspace_id, request.team_id)
        if team is None:
            if not stored.was(tx, request.workspace_id, request.team_id):
                raise NotFound("There is no such team.")
            return
        if request.version not in {None, team.version}:
            raise Changed
        naming = stored.links(tx, team.id)
        if naming:
            titles = ", ".join(link.settings.title for link in naming)
            raise Conflict(f"These links take their hosts from the team: {titles}.")
        stored.delete(tx, team.id, now)
        entry = history.entry(now, actor, "team_deleted", slug=team.slug)
        history.add(tx, (team.workspace_id, team.id), entry)


def listed(desk: Desk, request: ListTeams) -> Teams:
    """By name."""
    with desk.db.begin() as tx:
        return Teams(teams=stored.of_workspace(tx, request.workspace_id))


def page(desk: Desk, request: FindTeam) -> TeamPage:
    """Whom the visitor can pick, and on which links. Raises `NotFound`."""
    with desk.db.begin() as tx:
        team = stored.by_slug(tx, request.slug)
        members = hosts.by_ids(tx, [place.host_id for place in rules.places(team)])
        naming = stored.links(tx, team.id)
    now = desk.clock.now()
    shown = (link for link in naming if link.settings.listed and link.settings.visitor_picks)
    return TeamPage(
        team=team,
        hosts=tuple(host for host in members if host.active),
        links=tuple(link for link in shown if link_rules.is_open(link, now)),
    )
