"""Teams on a real database: saved, refused, deleted, shown; their links follow."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import msgspec
import pytest

from booking.store import links as stored_links
from booking.store import slugs as stored_slugs
from contracts.booking import (
    CreateLink,
    DeleteTeam,
    FindTeam,
    GetLink,
    Link,
    LinkChanged,
    LinkHost,
    LinkSettings,
    ListTeams,
    SaveTeam,
    Team,
    TeamMember,
)
from contracts.errors import Conflict, Invalid, NotFound, SlugTaken


def team(world, *members, **changes):
    members = members or (world.ada, world.bea)
    values = {"name": "Sales", "slug": "sales"} | changes
    return Team(
        **({"id": uuid4(), "workspace_id": world.workspace} | values),
        members=tuple(
            one if isinstance(one, TeamMember) else TeamMember(host_id=one.id) for one in members
        ),
    )


def save(world, wanted):
    return world.booking.save_team(SaveTeam(team=wanted))


def saved(world, *members, **changes):
    return save(world, team(world, *members, **changes))


def listed(world):
    return world.booking.list_teams(ListTeams(workspace_id=world.workspace)).teams


def link(world, wanted, **changes):
    """A link that names a team, as it will be stored once its kind can be booked."""
    values = {"title": "Sales", "slug": "sales", "kind": "round_robin", "team_id": wanted.id}
    members = [one for one in wanted.members if one.active]
    places = tuple(
        LinkHost(host_id=one.host_id, position=n, weight=one.weight, level=one.level)
        for n, one in enumerate(members)
    )
    made = Link(
        id=uuid4(), workspace_id=world.workspace, owner_id=world.ada.id, version=1,
        settings=LinkSettings(hosts=places, **(values | changes)), created_at=world.clock.now(),
    )  # fmt: skip
    with world.service.db.begin() as tx:
        assert stored_links.make(tx, made)
        assert stored_slugs.take_for_link(tx, made.settings.slug, made.workspace_id, made.id)
    return made


def now(world, one):
    return world.booking.get_link(GetLink(workspace_id=one.workspace_id, link_id=one.id))


def change(known, **changes):
    return msgspec.structs.replace(known, **changes)


def wrong(world, wanted):
    with pytest.raises(Invalid) as refused:
        save(world, wanted)
    assert all(refused.value.fields.values())
    return sorted(refused.value.fields)


def test_a_team_is_kept_in_its_order_and_changed_by_who_has_seen_it(world):
    known = saved(world, world.bea, TeamMember(host_id=world.ada.id, weight=3, level=2))
    assert known.version == 1
    assert [one.host_id for one in known.members] == [world.bea.id, world.ada.id]
    newer = save(world, change(known, name=" Closers ", members=known.members[::-1]))
    assert (newer.name, newer.version) == ("Closers", 2)
    assert listed(world) == (newer,)
    with pytest.raises(Conflict):
        save(world, change(known, name="Lost"))


def test_a_repeated_request_has_the_same_answer_and_another_with_its_id_is_refused(world):
    wanted = team(world)
    assert save(world, wanted) == save(world, wanted)
    with pytest.raises(Conflict):
        save(world, change(wanted, name="Other"))
    newer = save(world, change(wanted, name="Other", version=1))
    assert save(world, change(wanted, name="Other", version=1)) == newer
    assert world.count("history WHERE action LIKE 'team%'") == 2


def test_bad_values_are_refused_at_their_fields_and_nothing_is_saved(world):
    stranger = world.account("Eve", workspace=world.other_workspace)
    ada = world.ada.id
    assert wrong(world, change(team(world), members=())) == ["members"]
    assert wrong(world, team(world, world.ada, world.ada)) == ["members"]
    assert wrong(world, team(world, stranger)) == ["members"]
    assert wrong(world, team(world, TeamMember(host_id=ada, active=False))) == ["members"]
    off = (TeamMember(host_id=ada, weight=0), TeamMember(host_id=world.bea.id, level=101))
    assert wrong(world, team(world, *off)) == ["members.0.weight", "members.1.level"]
    assert wrong(world, team(world, name=" ", slug="a b")) == ["name", "slug"]
    assert wrong(world, team(world, name="a\x00b")) == ["name"]
    assert listed(world) == ()


def test_a_team_without_a_slug_gets_one_of_its_name(world):
    assert saved(world, name="Größte Kunden", slug="").slug == "grote-kunden"


def test_a_slug_is_one_teams_in_the_installation_until_it_is_deleted(world):
    known = saved(world)
    eve = world.account("Eve", workspace=world.other_workspace)
    theirs = team(world, eve, workspace_id=world.other_workspace)
    with pytest.raises(SlugTaken) as refused:
        save(world, theirs)
    assert refused.value.fields
    other = saved(world, slug="other")
    with pytest.raises(SlugTaken):
        save(world, change(other, slug="sales"))
    world.booking.delete_team(DeleteTeam(workspace_id=world.workspace, team_id=known.id))
    assert save(world, theirs).slug == "sales"


def test_another_workspaces_team_does_not_exist(world):
    known = saved(world)
    asked = DeleteTeam(workspace_id=world.other_workspace, team_id=known.id)
    with pytest.raises(NotFound):
        world.booking.delete_team(asked)
    eve = world.account("Eve", workspace=world.other_workspace)
    with pytest.raises(NotFound):
        save(
            world,
            team(world, eve, id=known.id, workspace_id=eve.workspace_id, slug="x-x", version=1),
        )
    with pytest.raises(Conflict):
        save(world, team(world, eve, id=known.id, workspace_id=eve.workspace_id, slug="x-x"))
    assert world.booking.list_teams(ListTeams(workspace_id=eve.workspace_id)).teams == ()


def test_the_links_that_name_a_team_follow_it_at_once(world):
    cyd = world.account("Cyd")
    known = saved(world)
    one, two = link(world, known), link(world, known, slug="demo", kind="collective")
    lone = link(world, saved(world, slug="lone"), slug="lone")
    members = (TeamMember(host_id=cyd.id, weight=4), *known.members[::-1])
    paused = change(members[1], active=False)
    newer = save(world, change(known, members=(members[0], paused, members[2])))
    expected = (LinkHost(host_id=cyd.id, weight=4), LinkHost(host_id=world.ada.id, position=1))
    for before in (one, two):
        after = now(world, before)
        assert (after.settings.hosts, after.version) == (expected, 2)
    assert now(world, lone).version == 1
    told = {event.link.id: event.link for event in world.announced(LinkChanged)}
    assert told == {one.id: now(world, one), two.id: now(world, two)}
    save(world, change(newer, name="Renamed"))
    assert len(world.announced(LinkChanged)) == 2


def test_a_team_that_a_link_names_cannot_be_deleted(world):
    known = saved(world)
    link(world, known)
    asked = DeleteTeam(workspace_id=world.workspace, team_id=known.id)
    with pytest.raises(Conflict, match="Sales"):
        world.booking.delete_team(asked)
    world.execute("UPDATE link SET deleted_at = now()")
    for _ in range(2):
        world.booking.delete_team(asked)
    assert listed(world) == ()
    assert world.count("history WHERE action = 'team_deleted'") == 1
    with pytest.raises(NotFound):
        world.booking.delete_team(DeleteTeam(workspace_id=world.workspace, team_id=uuid4()))


def test_a_one_on_one_link_has_no_team_and_no_link_an_unknown_one(world):
    def create(**settings):
        values = {"title": "Intro", "slug": "intro"} | settings
        world.booking.create_link(
            CreateLink(
                workspace_id=world.workspace, link_id=uuid4(), owner_id=world.ada.id,
                settings=LinkSettings(**values),
            )
        )  # fmt: skip

    with pytest.raises(Invalid) as refused:
        create(team_id=saved(world, world.ada).id)
    assert sorted(refused.value.fields) == ["team_id"]
    with pytest.raises(Invalid) as refused:
        create(team_id=uuid4())
    assert sorted(refused.value.fields) == ["team_id"]


def test_a_teams_page_shows_who_can_be_picked_and_on_which_links(world):
    cyd, dan = world.account("Cyd"), world.account("Dan")
    members = (cyd, world.ada, TeamMember(host_id=world.bea.id, active=False), dan)
    known = saved(world, *members)
    world.account("Dan", account_id=dan.id, version=2, active=False)
    open_one = link(world, known, visitor_picks=True)
    link(world, known, slug="turns")
    link(world, known, slug="hidden", visitor_picks=True, listed=False)
    link(world, known, slug="paused", visitor_picks=True, active=False)
    page = world.booking.find_team(FindTeam(slug="sales"))
    assert page.team == known
    assert [host.id for host in page.hosts] == [cyd.id, world.ada.id]
    assert page.links == (now(world, open_one),)
    for slug in ("nothing", "\x00", ""):
        with pytest.raises(NotFound):
            world.booking.find_team(FindTeam(slug=slug))


def test_changes_of_a_team_and_its_links_at_once_neither_hang_nor_lose_one(crowd):
    known = saved(crowd)
    names = [link(crowd, known, slug=f"link-{n}") for n in range(5)]
    done = []

    def keep_saving():
        for _ in range(10):
            current = listed(crowd)[0]
            try:
                save(crowd, change(current, name=str(uuid4()), members=current.members[::-1]))
                done.append(1)
            except Conflict:
                done.append(0)

    threads = [Thread(target=keep_saving) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timedelta(seconds=60).total_seconds())
    assert len(done) == 60
    final = listed(crowd)[0]
    assert final.version == 1 + sum(done)
    order = [one.host_id for one in final.members]
    for one in names:
        assert [place.host_id for place in now(crowd, one).settings.hosts] == order
