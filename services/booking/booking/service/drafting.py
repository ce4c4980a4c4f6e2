"""Links and teams looked at together before anybody saves them."""

import msgspec

from booking.domain import teams, wishes
from booking.domain.wishes import Known, Wishes
from booking.service.desk import Desk
from booking.store import hosts, links, slugs, workspaces
from booking.store import teams as stored
from contracts.booking import CheckDrafts, Drafts
from servicekit import Tx


def check(desk: Desk, request: CheckDrafts) -> Drafts:
    """What they would be; in one transaction, so that they are looked at as they stand together."""
    completed = tuple(map(teams.completed, request.teams))
    asked = msgspec.structs.replace(request, teams=completed)
    with desk.db.begin() as tx:
        known = _known(tx, asked)
    return Drafts(links=wishes.resulting(Wishes(asked, known, desk.clock.now())))


def _known(tx: Tx, asked: CheckDrafts) -> Known:
    workspace_id = asked.workspace_id
    return Known(
        timezone=workspaces.timezone(tx, workspace_id),
        links={link.id: link for link in links.of_workspace(tx, workspace_id, None)},
        teams={team.id: team for team in stored.of_workspace(tx, workspace_id)},
        hosts=hosts.of_workspace(tx, workspace_id),
        link_slugs=slugs.owners(tx, [draft.settings.slug for draft in asked.links]),
        team_slugs=stored.owners(tx, [team.slug for team in asked.teams]),
    )
