"""Links and teams looked at together before they are saved."""

from uuid import uuid4

import msgspec
import pytest

from contracts.booking import (
    CheckDrafts,
    LinkDraft,
    LinkSettings,
    SaveTeam,
    Team,
    TeamMember,
)
from contracts.errors import Conflict, Invalid


def checked(world, links=(), teams=(), removed=()):
    asked = CheckDrafts(
        workspace_id=world.workspace, links=tuple(links), teams=tuple(teams), removed=tuple(removed)
    )
    return world.booking.check_drafts(asked).links


def refused(world, *asked, **more):
    with pytest.raises(Invalid) as error:
        checked(world, *asked, **more)
    return error.value.fields


def draft(world, **settings):
    settings = {"title": "Sales", "slug": "sales-call"} | settings
    return LinkDraft(link_id=uuid4(), owner_id=world.ada.id, settings=LinkSettings(**settings))


def team(world, *hosts, **changes):
    members = tuple(TeamMember(host_id=host.id) for host in hosts or (world.ada, world.bea))
    values = {"id": uuid4(), "workspace_id": world.workspace, "name": "Sales", "slug": "sales"}
    return Team(**(values | changes), members=members)


def test_a_link_may_name_a_team_that_would_be_made_with_it(world):
    made = team(world)
    wanted = draft(world, kind="round_robin", team_id=made.id)
    (link,) = checked(world, [wanted], [made])
    assert [place.host_id for place in link.settings.hosts] == [world.ada.id, world.bea.id]
    assert refused(world, [wanted]) == {"links[0].team_id": "There is no such team."}


def test_links_that_follow_a_changed_team_are_told_too(world):
    known = world.booking.save_team(SaveTeam(team=team(world)))
    link = world.link(kind="round_robin", slug="follows", team_id=known.id)
    smaller = msgspec.structs.replace(known, members=known.members[1:])
    (follows,) = checked(world, teams=[smaller])
    assert (follows.id, [one.host_id for one in follows.settings.hosts]) == (
        link.id, [world.bea.id],
    )  # fmt: skip


def test_every_wrong_field_of_every_draft_is_named_and_nothing_is_saved(world):
    drafts = [draft(world), draft(world), draft(world, slug="other", durations=(30, 30))]
    empty = msgspec.structs.replace(team(world), members=())
    wrong = refused(world, drafts, [empty])
    assert sorted(wrong) == ["links[1].slug", "links[2].durations", "teams[0].members"]
    assert checked(world, drafts[:1])


def test_a_slug_is_free_once_its_link_is_removed(world):
    link = world.link(slug="in-use")
    wanted = draft(world, slug="in-use")
    assert list(refused(world, [wanted])) == ["links[0].slug"]
    assert checked(world, [wanted], removed=[link.id])[0].settings.slug == "in-use"


def test_what_was_changed_meanwhile_is_a_conflict_and_a_kind_stays(world):
    link = world.link(slug="older")
    old = LinkDraft(link_id=link.id, owner_id=link.owner_id, settings=link.settings)
    with pytest.raises(Conflict):
        checked(world, [old])
    other = msgspec.structs.replace(link.settings, kind="collective")
    newer = msgspec.structs.replace(old, version=link.version, settings=other)
    assert list(refused(world, [newer])) == ["links[0].kind"]
