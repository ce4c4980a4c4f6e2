"""Reassign by hand: the same booking, another host."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import (
    BookingReassigned,
    ClaimsChanged,
    Limits,
    ListBookings,
    ReassignBooking,
)
from contracts.calendar_sync import EventWritten
from contracts.errors import (
    AlreadyCancelled,
    Conflict,
    Invalid,
    LimitReached,
    LinkClosed,
    NotFound,
    SlotTaken,
    TooLate,
)
from integration.booking.test_ledger import counts
from integration.booking.test_round_robin import team_link
from integration.booking.test_teams import saved
from integration.booking.test_threads import OVERLAPS, at_once

HOUR = timedelta(hours=1)


@pytest.fixture
def sales(world):
    return saved(world, world.ada, world.bea)


@pytest.fixture
def link(world, sales):
    return team_link(world, sales)


def reassign(world, booking, host, **changes):
    values = {"workspace_id": world.workspace, "booking_id": booking.id, "host_id": host.id}
    return world.booking.reassign(
        ReassignBooking(**(values | {"actor": f"host:{world.ada.id}"} | changes))
    )


def written(world, booking, host, url, version=1):
    world.hear(
        EventWritten(
            workspace_id=world.workspace, version=version, booking_id=booking.id,
            root_id=booking.root_id, meeting_id=booking.meeting_id, host_id=host.id,
            start=booking.start, join_url=url,
        )
    )  # fmt: skip


def mine(world, host):
    asked = ListBookings(workspace_id=world.workspace, host_id=host.id)
    return [one.id for one in world.booking.list_bookings(asked).bookings]


def test_the_other_host_takes_the_same_booking(world, sales, link):
    booked = world.book(link)
    given = reassign(world, booked.booking, world.bea)
    assert [host.name for host in given.hosts] == ["Bea"]
    assert (given.id, given.uid, given.sequence) == (booked.booking.id, booked.booking.uid, 1)
    assert given.version > booked.booking.version
    assert (mine(world, world.ada), mine(world, world.bea)) == ([], [given.id])
    (event,) = world.announced(BookingReassigned)
    assert (event.booking, event.previous.hosts[0].name) == (given, "Ada")
    first, second = (event.claims[-1] for event in world.announced(ClaimsChanged))
    assert (second.id, second.host_id, second.removed) == (first.id, world.bea.id, False)
    assert counts(world, sales) == [0, 1]
    told = world.decisions(given)
    assert [(one.why, one.host_name) for one in told] == [("chosen", "Ada"), ("reassigned", "Bea")]
    world.book(world.link())
    world.cancel(booked)


def test_the_ring_goes_on_from_whom_it_had_chosen(world, link):
    booked = world.book(link)
    reassign(world, booked.booking, world.bea)
    assert world.book(link, start=world.START + HOUR).booking.hosts[0].name == "Bea"


def test_again_is_harmless(world, link):
    booked = world.book(link).booking
    given = [reassign(world, booked, world.bea) for _ in range(2)]
    assert given[0] == given[1]
    assert len(world.announced(BookingReassigned)) == 1


def test_a_host_who_is_not_free_does_not_get_it(world, link):
    booked = world.book(link).booking
    world.book(link)
    with pytest.raises(SlotTaken):
        reassign(world, booked, world.bea)
    world.generous.rules = {world.bea.id: "busy"}
    with pytest.raises(SlotTaken):
        reassign(world, booked, world.bea)
    assert world.announced(BookingReassigned) == []


def test_a_hosts_limit_holds_by_hand_too(world, link):
    booked = world.book(link).booking
    world.limit(world.bea, Limits(day=1))
    world.book(world.link(slug="own-bea", owner=world.bea), start=world.START + HOUR)
    with pytest.raises(LimitReached):
        reassign(world, booked, world.bea)


def test_only_hosts_of_the_link_and_only_links_with_turns(world, link):
    booked = world.book(link).booking
    with pytest.raises(Invalid) as refused:
        reassign(world, booked, world.account("Cyd"))
    assert list(refused.value.fields) == ["host"]
    own = world.book(world.link(slug="own-bea", owner=world.bea)).booking
    with pytest.raises(Conflict):
        reassign(world, own, world.ada)
    with pytest.raises(NotFound):
        reassign(world, booked, world.bea, workspace_id=uuid4())
    world.delete(link)
    with pytest.raises(LinkClosed):
        reassign(world, booked, world.bea)


def test_not_after_its_end(world, link):
    cancelled, over = world.book(link), world.book(link).booking
    world.cancel(cancelled)
    with pytest.raises(AlreadyCancelled):
        reassign(world, cancelled.booking, world.bea)
    world.clock.set(over.end)
    with pytest.raises(TooLate):
        reassign(world, over, world.ada)


def test_the_conference_becomes_the_other_hosts(world, link):
    booked = world.book(link).booking
    written(world, booked, world.ada, "https://meet.test/ada", version=5)
    given = reassign(world, booked, world.bea)
    assert given.join_url == ""
    written(world, given, world.ada, "https://meet.test/late", version=6)
    written(world, given, world.bea, "https://meet.test/bea")
    assert mine(world, world.bea)
    asked = ListBookings(workspace_id=world.workspace, host_id=world.bea.id)
    (shown,) = world.booking.list_bookings(asked).bookings
    assert shown.join_url == "https://meet.test/bea"


def test_a_moved_meeting_keeps_its_conference_with_its_host_alone(world, link):
    booked = world.book(link)
    written(world, booked.booking, world.ada, "https://meet.test/ada", version=5)
    moved = world.move(booked, world.START + HOUR)
    assert moved.booking.join_url == "https://meet.test/ada"
    world.book(world.link(), start=world.START + 3 * HOUR)
    again = world.move(moved, world.START + 3 * HOUR)
    assert (again.booking.hosts[0].name, again.booking.join_url) == ("Bea", "")


def test_reassigned_moved_and_cancelled_at_once_one_order_wins(crowd):
    team = saved(crowd, crowd.ada, crowd.bea)
    link = team_link(crowd, team)
    for round_ in range(4):
        booked = crowd.book(link, start=crowd.START + 10 * HOUR * round_)
        acts = [
            lambda b=booked: reassign(crowd, b.booking, crowd.bea),
            lambda b=booked: reassign(crowd, b.booking, crowd.ada),
            lambda b=booked: crowd.cancel(b),
            lambda b=booked: crowd.move(b, b.booking.start + HOUR),
        ]
        at_once(8, lambda n, acts=acts: acts[n % 4]())
    assert crowd.scalar(OVERLAPS) == 0
    alive = "SELECT count(*) FROM booking WHERE status = 'confirmed'"
    assert crowd.count("claim") == crowd.scalar(alive)
    wrong = """
        SELECT count(*) FROM booking b JOIN meeting m ON m.id = b.meeting_id
        WHERE b.status = 'confirmed' AND (
            b.host_ids <> m.host_ids
            OR b.host_ids[1] <> (SELECT host_id FROM claim WHERE meeting_id = m.id)
            OR b.host_ids[1] <> (SELECT host_id FROM booking_host WHERE booking_id = b.id)
        )
    """
    assert crowd.scalar(wrong) == 0
