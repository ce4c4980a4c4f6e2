"""Tabs, cursors, counts, search, export; and that no workspace sees another's."""

from datetime import timedelta

import pytest

from contracts import booking as c
from contracts.booking import Attendee, Export, ListBookings
from contracts.errors import Invalid, NotFound, SlugTaken

HOUR = timedelta(hours=1)


def page(world, tab="upcoming", **asked):
    values = {"workspace_id": world.ada.workspace_id} | asked
    return world.booking.list_bookings(ListBookings(tab=tab, **values))


def ids(listed):
    return [booking.id for booking in listed.bookings]


@pytest.fixture
def busy(world):
    """Six bookings of Ada at START, +1 h …, and one of Bea; the second cancelled, the third moved."""
    link, other = world.link(), world.link(slug="bea", owner=world.bea, title="With Bea")
    made = [world.book(link, start=world.START + n * HOUR) for n in range(6)]
    made.append(
        world.book(
            other, start=world.START, attendee=Attendee(name="Émile 100%", email="Emile@x.test")
        )
    )
    world.cancel(made[1])
    made[2] = world.move(made[2], world.START + 8 * HOUR)
    return [one.booking.id for one in made]


def test_upcoming_is_what_has_not_ended_soonest_first_and_past_the_reverse(world, busy):
    assert ids(page(world, host_id=world.ada.id)) == [busy[0], busy[3], busy[4], busy[5], busy[2]]
    world.clock.set(world.START + 4 * HOUR + HOUR / 4)
    assert ids(page(world, host_id=world.ada.id)) == [busy[4], busy[5], busy[2]]
    past = page(world, "past", host_id=world.ada.id)
    assert ids(past) == [busy[3], busy[0]]
    assert {booking.status for booking in past.bookings} == {"completed"}


def test_each_tab_has_its_own_and_moved_rows_are_in_none(world, busy):
    world.clock.set(world.START + HOUR)
    world.no_show(busy[0])
    assert ids(page(world, "no_shows")) == [busy[0]]
    assert ids(page(world, "cancelled")) == [busy[1]]
    assert ids(page(world, "pending")) == []
    assert page(world).counts == {
        "upcoming": 4,
        "past": 1,
        "no_shows": 1,
        "cancelled": 1,
        "pending": 0,
    }
    mine = page(world, host_id=world.bea.id)
    assert mine.counts == {"upcoming": 0, "past": 1, "no_shows": 0, "cancelled": 0, "pending": 0}


def test_pages_follow_each_other_without_gap_or_repeat(world, busy):
    everything = ids(page(world))
    seen, cursor = [], ""
    while True:
        part = page(world, limit=2, after=cursor)
        seen += ids(part)
        cursor = part.cursor
        if not cursor:
            break
    assert seen == everything
    with pytest.raises(Invalid):
        page(world, after="nonsense")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("émile", 1),
        ("EMILE@X", 1),
        ("with bea", 1),
        ("100%", 1),
        ("1%0", 0),
        ("_", 0),
        ("  ", 6),
        ("Zara", 0),
    ],
)
def test_search_is_for_name_address_and_title_as_they_are_typed(world, busy, search, found):
    listed = page(world, search=search)
    assert (len(listed.bookings), listed.counts["upcoming"]) == (found, found)


def test_a_search_that_no_row_could_hold_is_refused(world):
    with pytest.raises(Invalid):
        page(world, search="a\x00")


@pytest.mark.parametrize(
    ("kind", "number"), [("hosts", 2), ("links", 2), ("claims", 6), ("bookings", 8)]
)
def test_export_gives_every_row_once(world, busy, kind, number):
    seen, cursor = [], ""
    while True:
        part = world.booking.export(Export(kind=kind, after=cursor, limit=3))
        seen += [row.id for row in getattr(part, kind)]
        cursor = part.cursor
        if not cursor:
            break
    assert (len(seen), len(set(seen))) == (number, number)


def test_an_exported_claim_is_the_one_that_was_announced_last(world, busy):
    told = {}
    for event in world.announced(c.ClaimsChanged):
        for claim in event.claims:
            told[claim.id] = max(claim, told.get(claim.id, claim), key=lambda one: one.version)
    truth = {claim.id: claim for claim in world.booking.export(Export(kind="claims")).claims}
    assert {claim.id: claim for claim in told.values() if not claim.removed} == truth


def asked_by_another(world, stranger):
    """Each request that names a workspace, made from the stranger's, for what is Ada's."""
    link = world.link()
    booked = world.book(link)
    there, actor = {"workspace_id": stranger.workspace_id}, {"actor": f"host:{stranger.id}"}
    link_id, booking_id = {"link_id": link.id}, {"booking_id": booked.booking.id}
    settings = {"settings": link.settings}
    world.clock.set(world.START)
    return {
        "save_host": c.SaveHost(**there, host_id=world.ada.id, slug="stolen"),
        "update_link": c.UpdateLink(**there, **link_id, version=1, **settings),
        "delete_link": c.DeleteLink(**there, **link_id),
        "get_link": c.GetLink(**there, **link_id),
        "reschedule": c.RescheduleBooking(
            **there, **booking_id, **actor, idempotency_key="x", start=world.START + HOUR
        ),
        "cancel": c.CancelBooking(**there, **booking_id, **actor),
        "set_no_show": c.SetNoShow(**there, **booking_id, **actor, no_show=True),
        "get_booking": c.GetBooking(**there, **booking_id),
        "manage_tokens": c.ManageTokens(**there, **booking_id),
    }


def test_another_workspaces_ids_are_not_found_and_nothing_changes(world):
    stranger = world.account("Eve", slug="eve", workspace=world.other_workspace)
    requests = asked_by_another(world, stranger)
    before = world.dump()
    for name, request in requests.items():
        with pytest.raises(NotFound):
            getattr(world.booking, name)(request)
    assert world.dump() == before


def test_another_workspaces_rows_are_in_no_list(world, busy):
    stranger = world.account("Eve", slug="eve", workspace=world.other_workspace)
    there = {"workspace_id": stranger.workspace_id}
    assert [host.id for host in world.booking.list_hosts(c.ListHosts(**there)).hosts] == [
        stranger.id
    ]
    assert world.booking.list_links(c.ListLinks(**there)).links == ()
    assert world.booking.list_links(c.ListLinks(**there, owner_id=world.ada.id)).links == ()
    for tab in ("upcoming", "past", "no_shows", "cancelled", "pending"):
        listed = page(world, tab, **there, host_id=world.ada.id)
        assert (listed.bookings, set(listed.counts.values())) == ((), {0})


def test_a_link_can_name_neither_hosts_nor_owners_nor_slugs_of_another_workspace(world):
    stranger = world.account("Eve", slug="eve", workspace=world.other_workspace)
    mine = world.link()
    with pytest.raises(Invalid):
        world.link(slug="eves", owner=stranger, hosts=(c.LinkHost(host_id=world.ada.id),))
    with pytest.raises(Invalid):
        world.link(slug="eves", owner=world.ada, workspace_id=stranger.workspace_id)
    with pytest.raises(SlugTaken):
        world.link(slug=mine.settings.slug, owner=stranger)


def test_a_key_means_something_else_in_another_workspace(world):
    stranger = world.account("Eve", slug="eve", workspace=world.other_workspace)
    here, there = world.link(), world.link(slug="eves", owner=stranger)
    world.free_for(stranger)
    assert world.book(here, key="k").booking.id != world.book(there, key="k").booking.id
