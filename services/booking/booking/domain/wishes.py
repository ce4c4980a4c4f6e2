"""Links and teams that somebody would save together: what results, and what would be refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from booking.domain import links, teams
from contracts.booking import CheckDrafts, Host, Link, LinkDraft, LinkSettings, Team
from contracts.errors import Conflict, Invalid, SlugTaken

Problems = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Known:
    """What stands now in the workspace. `link_slugs` and `team_slugs` say whose each wished slug
    is in the installation, where somebody has it.
    """

    timezone: str
    links: Mapping[UUID, Link]
    teams: Mapping[UUID, Team]
    hosts: tuple[Host, ...]
    link_slugs: Mapping[str, UUID]
    team_slugs: Mapping[str, UUID]


@dataclass(frozen=True)
class Wishes:
    """What is asked for, beside what stands."""

    asked: CheckDrafts
    known: Known
    now: datetime

    def team(self, team_id: UUID | None) -> Team | None:
        """A team as it would be."""
        if team_id is None:
            return None
        changed = {team.id: team for team in self.asked.teams}
        return changed.get(team_id) or self.known.teams.get(team_id)

    def settings(self, draft: LinkDraft) -> LinkSettings:
        """A link's with the hosts it would have."""
        settings = links.completed(draft.settings, draft.owner_id)
        team = self.team(settings.team_id)
        return teams.applied(settings, team) if team else settings


def resulting(wishes: Wishes) -> tuple[Link, ...]:
    """The links as they would be: the drafts, then others that would follow one of the teams.

    Raises `Conflict` where something was changed since its version, and `Invalid` with every wrong
    field, such as `links[2].slug` and `teams[0].members`.
    """
    _require_newest(wishes)
    wrong = dict(_problems(wishes))
    if wrong:
        raise Invalid(fields=wrong)
    return (*(_link(wishes, draft) for draft in wishes.asked.links), *_following(wishes))


def _require_newest(wishes: Wishes) -> None:
    asked, known = wishes.asked, wishes.known
    pairs: list[tuple[int, Link | Team | None]] = []
    pairs += [(draft.version, known.links.get(draft.link_id)) for draft in asked.links]
    pairs += [(team.version, known.teams.get(team.id)) for team in asked.teams]
    if any(version != (found.version if found else 0) for version, found in pairs):
        raise Conflict


def _problems(wishes: Wishes) -> Problems:
    asked, known = wishes.asked, wishes.known
    everyone = {host.id for host in known.hosts}
    for number, team in enumerate(asked.teams):
        yield from _refused(f"teams[{number}]", partial(teams.check, team, everyone))
    for number, draft in enumerate(asked.links):
        yield from _refused(f"links[{number}]", partial(_check_link, wishes, draft))
    freed = set(asked.removed)
    wished = [(draft.settings.slug, draft.link_id) for draft in asked.links]
    yield from _taken(
        "links", wished, {k: v for k, v in known.link_slugs.items() if v not in freed}
    )
    yield from _taken("teams", [(team.slug, team.id) for team in asked.teams], known.team_slugs)


def _refused(prefix: str, check: Callable[[], None]) -> Problems:
    try:
        check()
    except Invalid as error:
        yield from ((f"{prefix}.{field}", says) for field, says in error.fields.items())


def _check_link(wishes: Wishes, draft: LinkDraft) -> None:
    """As `linking` does when it saves one."""
    before, hosts = wishes.known.links.get(draft.link_id), wishes.known.hosts
    active = {host.id for host in hosts if host.active}
    if before is not None and before.settings.kind != draft.settings.kind:
        raise Invalid(fields={"kind": links.OTHER_KIND})
    if before is None and draft.owner_id not in active:
        raise Invalid(fields={"owner_id": "The owner is not a member of this workspace."})
    if draft.settings.team_id is None:
        links.check(wishes.settings(draft), active)
    elif wishes.team(draft.settings.team_id) is None:
        raise Invalid(fields={"team_id": "There is no such team."})
    else:
        links.check(wishes.settings(draft), {host.id for host in hosts})


def _taken(section: str, wished: list[tuple[str, UUID]], owners: Mapping[str, UUID]) -> Problems:
    """A slug that something else has, or that was wished before."""
    before: dict[str, UUID] = {}
    for number, (slug, mine) in enumerate(wished):
        if owners.get(slug, mine) != mine or before.setdefault(slug, mine) != mine:
            yield f"{section}[{number}].slug", SlugTaken.default


def _link(wishes: Wishes, draft: LinkDraft) -> Link:
    settings = wishes.settings(draft)
    before = wishes.known.links.get(draft.link_id)
    if before is not None:
        used = before.used and settings.single_use
        return msgspec.structs.replace(before, settings=settings, used=used)
    return Link(
        id=draft.link_id,
        workspace_id=wishes.asked.workspace_id,
        owner_id=draft.owner_id,
        settings=settings,
        workspace_timezone=wishes.known.timezone,
        created_at=wishes.now,
    )


def _following(wishes: Wishes) -> Iterator[Link]:
    drafted = {draft.link_id for draft in wishes.asked.links} | set(wishes.asked.removed)
    changed = {team.id: team for team in wishes.asked.teams}
    for link in wishes.known.links.values():
        team = changed.get(link.settings.team_id) if link.settings.team_id else None
        if team is not None and link.id not in drafted:
            settings = teams.applied(link.settings, team)
            yield msgspec.structs.replace(link, settings=settings)
