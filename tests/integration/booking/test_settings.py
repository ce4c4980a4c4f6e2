"""Hosts, links and public pages, and what others announce about them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import (
    CreateLink,
    DeleteLink,
    FindPage,
    GetBooking,
    GetLink,
    HostChanged,
    LinkChanged,
    LinkSettings,
    ListHosts,
    ListLinks,
    SaveHost,
)
from contracts.calendar_sync import ConnectionChanged, EventWritten
from contracts.errors import Conflict, Invalid, NotFound, SlugTaken
from contracts.gateway import WorkspaceChanged


def create(world, link_id=None, owner=None, **settings):
    owner = owner or world.ada
    values = {"title": "Intro", "slug": "intro"} | settings
    return world.booking.create_link(
        CreateLink(
            workspace_id=owner.workspace_id, link_id=link_id or uuid4(), owner_id=owner.id,
            settings=LinkSettings(**values),
        )
    )  # fmt: skip


def hosts(world, workspace_id=None):
    found = world.booking.list_hosts(
        ListHosts(workspace_id=workspace_id or world.ada.workspace_id)
    ).hosts
    return {host.id: host for host in found}


def test_an_account_becomes_a_host_with_the_slug_it_wishes_or_the_next_free_one(world):
    other = world.account("Ada", slug="ada-acme")
    odd = world.account("Eve", slug="team")
    unnamed = world.account("Zoë Q", slug="")
    assert [world.ada.slug, other.slug, odd.slug, unnamed.slug] == [
        "ada-acme",
        "ada-acme-2",
        "team-2",
        "zoe-acme",
    ]
    assert world.announced(HostChanged)[-1].host == unnamed


def test_a_late_account_event_changes_nothing(world):
    newer = world.account("Ada Byron", account_id=world.ada.id, version=5)
    assert world.account("Ada Late", account_id=world.ada.id, version=4) == newer
    assert (newer.name, newer.slug) == ("Ada Byron", "ada-acme")


def test_a_hosts_slug_and_limits_are_theirs_to_change(world):
    request = SaveHost(workspace_id=world.ada.workspace_id, host_id=world.ada.id, slug="ada")
    saved = world.booking.save_host(request)
    assert (saved.slug, saved.version > world.ada.version) == ("ada", True)
    assert world.booking.find_page(FindPage(slug="ada")).hosts == (saved,)
    with pytest.raises(NotFound):
        world.booking.find_page(FindPage(slug="ada-acme"))
    taken = SaveHost(workspace_id=world.ada.workspace_id, host_id=world.ada.id, slug=world.bea.slug)
    with pytest.raises(SlugTaken):
        world.booking.save_host(taken)
    with pytest.raises(Invalid):
        world.booking.save_host(
            SaveHost(workspace_id=world.ada.workspace_id, host_id=world.ada.id, slug="new")
        )


def test_a_repeated_request_makes_one_link_and_another_with_its_id_is_refused(world):
    link_id = uuid4()
    assert create(world, link_id) == create(world, link_id)
    with pytest.raises(Conflict):
        create(world, link_id, title="Other")
    with pytest.raises(SlugTaken):
        create(world)
    with pytest.raises(SlugTaken):
        create(world, slug=world.ada.slug)
    assert len(world.announced(LinkChanged)) == 1


def test_a_link_is_changed_only_by_who_has_seen_its_newest_version(world):
    link = create(world)
    newer = world.update(link, title="Longer", slug="longer")
    assert (newer.version, newer.settings.title) == (2, "Longer")
    with pytest.raises(Conflict):
        world.update(link, title="Lost")
    create(world)
    with pytest.raises(SlugTaken):
        world.update(newer, slug="intro")
    with pytest.raises(Invalid):
        world.update(newer, kind="group")


def test_a_deleted_link_is_gone_and_gives_its_slug_back(world):
    link = create(world)
    request = DeleteLink(workspace_id=link.workspace_id, link_id=link.id)
    for _ in range(2):
        world.booking.delete_link(request)
    assert [event.deleted for event in world.announced(LinkChanged)] == [False, True]
    with pytest.raises(NotFound):
        world.booking.get_link(GetLink(workspace_id=link.workspace_id, link_id=link.id))
    assert world.booking.list_links(ListLinks(workspace_id=link.workspace_id)).links == ()
    create(world)


def test_links_are_listed_for_all_and_for_one(world):
    one = create(world)
    world.clock.advance(timedelta(minutes=1))
    two = create(world, owner=world.bea, slug="bea")
    assert world.booking.list_links(ListLinks(workspace_id=one.workspace_id)).links == (one, two)
    asked = ListLinks(workspace_id=one.workspace_id, owner_id=world.bea.id)
    assert world.booking.list_links(asked).links == (two,)


def test_a_page_is_a_link_or_a_host_with_their_listed_open_links(world):
    link = create(world)
    create(world, slug="hidden", listed=False)
    create(world, slug="paused", active=False)
    create(world, slug="bea", owner=world.bea)
    page = world.booking.find_page(FindPage(slug="intro"))
    assert (page.link, [host.id for host in page.hosts]) == (link, [world.ada.id])
    page = world.booking.find_page(FindPage(slug="ada-acme"))
    assert (page.link, page.links) == (None, (link,))
    for slug in ("nothing", "\x00", "a b", ""):
        with pytest.raises(NotFound):
            world.booking.find_page(FindPage(slug=slug))


def test_an_inactive_host_has_no_page(world):
    world.account("Ada", account_id=world.ada.id, version=9, active=False)
    with pytest.raises(NotFound):
        world.booking.find_page(FindPage(slug="ada-acme"))


def test_a_workspaces_name_and_zone_reach_its_hosts_and_links_and_late_news_do_not(world):
    link = create(world)
    for name, zone, version in (("Acme Ltd", "Asia/Kolkata", 7), ("Late", "UTC", 6)):
        world.hear(
            WorkspaceChanged(
                workspace_id=world.ada.workspace_id, version=version, name=name, timezone=zone
            )
        )
    ada = hosts(world)[world.ada.id]
    assert (ada.workspace_name, ada.workspace_timezone) == ("Acme Ltd", "Asia/Kolkata")
    told = world.announced(LinkChanged)[-1].link
    assert (told.id, told.workspace_timezone, told.version) == (link.id, "Asia/Kolkata", 2)
    assert {event.host.id for event in world.announced(HostChanged)[-2:]} == {
        world.ada.id,
        world.bea.id,
    }


def connection(host_id, workspace_id, version, *, writes=True):
    return ConnectionChanged(
        workspace_id=workspace_id,
        version=version,
        host_id=host_id,
        writes_calendar=writes,
        state="ok",
    )


def test_a_connection_is_kept_though_it_is_heard_of_before_its_account(world):
    host_id = uuid4()
    world.hear(connection(host_id, world.ada.workspace_id, 2))
    world.hear(connection(host_id, world.ada.workspace_id, 1, writes=False))
    assert world.account("Dan", account_id=host_id).writes_calendar


def test_a_written_event_gives_the_meeting_its_join_url(world):
    world.hear(connection(world.ada.id, world.ada.workspace_id, 1))
    booked = world.book(create(world)).booking
    assert booked.hosts[0].writes_calendar
    for version, url in ((2, "https://meet.test/2"), (1, "https://meet.test/late"), (3, "")):
        world.hear(
            EventWritten(
                workspace_id=booked.workspace_id, version=version, booking_id=booked.id, root_id=booked.root_id,
                meeting_id=booked.meeting_id, host_id=world.ada.id, start=booked.start, join_url=url,
            )
        )  # fmt: skip
    asked = GetBooking(workspace_id=booked.workspace_id, booking_id=booked.id)
    found = world.booking.get_booking(asked).booking
    assert (found.join_url, found.version) == ("https://meet.test/2", booked.version + 1)


def test_a_confirmation_waits_for_the_join_url_only_where_one_will_come(world):
    from contracts.booking import BookingConfirmed, Location  # noqa: PLC0415

    here = create(world, slug="here", location=Location(kind="address", value="Main Street 1"))
    far = create(world, slug="far")
    world.book(far)
    world.hear(connection(world.ada.id, world.ada.workspace_id, 1))
    world.book(far, start=world.START + timedelta(hours=1))
    world.book(here, start=world.START + timedelta(hours=2))
    assert [event.awaits_join_url for event in world.announced(BookingConfirmed)] == [
        False,
        True,
        False,
    ]
