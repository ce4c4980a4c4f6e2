"""The dashboard's picture, its overview, narrower lists, and a host's private feed."""

from datetime import date, timedelta
from hashlib import sha256

import pytest

from contracts.booking import (
    BookingsBetween,
    DropFeed,
    GetFeed,
    GetOverview,
    LinkHost,
    ListBookings,
    ReadFeed,
    SaveFeed,
)
from contracts.errors import Invalid, NotFound

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def digest(secret):
    return sha256(secret.encode()).hexdigest()


@pytest.fixture
def busy(world):
    """Of Ada: three an hour apart, the second cancelled, the third moved by a week; one of Bea; one
    of both together.
    """
    link, other = world.link(), world.link(slug="bea", owner=world.bea, title="With Bea")
    hosts = (LinkHost(host_id=world.ada.id), LinkHost(host_id=world.bea.id, position=1))
    both = world.link(slug="both", title="Both", kind="collective", hosts=hosts)
    made = [world.book(link, start=world.START + n * HOUR) for n in range(3)]
    world.cancel(made[1])
    made[2] = world.move(made[2], world.START + 7 * DAY)
    made.append(world.book(other, start=world.START))
    made.append(world.book(both, start=world.START + DAY))
    return [one.booking for one in made]


def between(world, start, end, **more):
    asked = {"workspace_id": world.ada.workspace_id, "start": start, "end": end} | more
    return world.booking.bookings_between(BookingsBetween(**asked))


def ids(found):
    return [one.id for one in found.bookings]


def test_a_period_has_what_takes_time_in_it_whose_ever_it_is(world, busy):
    first, _, moved, beas, both = (one.id for one in busy)
    everything = between(world, world.START, world.START + 8 * DAY)
    assert ids(everything) == [*sorted([first, beas], key=str), both, moved]
    mine = between(world, world.START, world.START + 8 * DAY, host_id=world.ada.id)
    assert ids(mine) == [first, both, moved]
    assert ids(between(world, world.START, world.START + DAY, search="with bea")) == [beas]
    only = between(world, world.START, world.START + 8 * DAY, link_id=busy[4].link_id)
    assert ids(only) == [both]


def test_a_meeting_that_reaches_into_the_period_is_in_it_and_one_that_touches_it_is_not(
    world, busy
):
    inside = between(world, world.START + HOUR / 4, world.START + HOUR, host_id=world.ada.id)
    assert ids(inside) == [busy[0].id]
    after = between(world, world.START + HOUR / 2, world.START + HOUR, host_id=world.ada.id)
    assert ids(after) == []


def test_a_full_period_says_that_there_is_more(world, busy):
    found = between(world, world.START, world.START + 8 * DAY, limit=2)
    assert (len(found.bookings), bool(found.cursor)) == (2, True)
    assert between(world, world.START, world.START + 8 * DAY, limit=4).cursor == ""
    with pytest.raises(Invalid):
        between(world, world.START, world.START)


def test_a_list_narrowed_to_a_link_and_a_period_counts_what_it_shows(world, busy):
    workspace = {"workspace_id": world.ada.workspace_id}
    first = busy[0]
    for host in (None, world.ada.id):
        listed = world.booking.list_bookings(
            ListBookings(**workspace, host_id=host, link_id=first.link_id)
        )
        assert ids(listed) == [first.id, busy[2].id]
        assert (listed.counts["upcoming"], listed.counts["cancelled"]) == (2, 1)
        week = {"since": world.START, "until": world.START + DAY}
        listed = world.booking.list_bookings(
            ListBookings(**workspace, host_id=host, link_id=first.link_id, **week)
        )
        assert (ids(listed), listed.counts["upcoming"]) == ([first.id], 1)


def overview(world, **more):
    asked = {"workspace_id": world.ada.workspace_id, "timezone": "Europe/London"} | more
    return world.booking.overview(GetOverview(first=date(2026, 12, 1), weeks=3, **asked))


def test_the_overview_counts_by_week_link_and_host_and_a_moved_meeting_once(world, busy):
    world.clock.set(world.START + HOUR)
    world.no_show(busy[0].id)
    found = overview(world)
    assert [(w.week.isoformat(), w.tally.booked) for w in found.weeks] == [
        ("2026-11-30", 4),
        ("2026-12-07", 1),
        ("2026-12-14", 0),
    ]
    assert (found.total.booked, found.total.no_shows, found.total.cancelled) == (5, 1, 1)
    assert [(one.name, one.tally.booked) for one in found.links] == [
        ("Intro", 3),
        ("Both", 1),
        ("With Bea", 1),
    ]
    assert [(one.name, one.tally.booked) for one in found.hosts] == [("Ada", 4), ("Bea", 2)]
    mine = overview(world, host_id=world.bea.id)
    assert ([one.name for one in mine.hosts], mine.total.booked) == (["Bea"], 2)
    assert overview(world, link_id=busy[3].link_id).total.booked == 1


def test_lead_time_is_the_median_from_the_first_booking_to_the_start(world, busy):
    """24 h, 25 h, 24 h and 48 h ahead, and eight days after the move."""
    found = overview(world)
    assert found.total.lead_hours == 25
    assert found.weeks[1].tally.lead_hours == 8 * 24
    assert found.weeks[2].tally.lead_hours is None


def test_a_week_begins_on_the_readers_monday(world):
    sunday_night = world.NOW + timedelta(
        days=5, hours=14
    )  # Sunday 23:00 in London, Monday further east
    world.book(world.link(), start=sunday_night)
    assert [w.tally.booked for w in overview(world).weeks] == [1, 0, 0]
    assert [w.tally.booked for w in overview(world, timezone="Asia/Tokyo").weeks] == [0, 1, 0]


def feed(world, host, secret):
    asked = {"workspace_id": host.workspace_id, "host_id": host.id, "digest": digest(secret)}
    return world.booking.save_feed(SaveFeed(**asked))


def test_a_feed_holds_the_hosts_open_bookings_around_now(world, busy):
    feed(world, world.ada, "s")
    found = world.booking.read_feed(ReadFeed(digest=digest("s")))
    assert found.host.id == world.ada.id
    assert ids(found) == [busy[0].id, busy[4].id, busy[2].id]
    world.clock.set(world.START + 31 * DAY)
    assert ids(world.booking.read_feed(ReadFeed(digest=digest("s")))) == [busy[4].id, busy[2].id]


def test_a_renewed_feed_is_found_by_its_new_secret_alone(world):
    first = feed(world, world.ada, "old")
    world.clock.advance(HOUR)
    assert feed(world, world.ada, "old") == first
    assert feed(world, world.ada, "new") != first
    with pytest.raises(NotFound):
        world.booking.read_feed(ReadFeed(digest=digest("old")))
    assert "old" not in world.scalar("SELECT encode(digest, 'escape') FROM feed")
    mine = {"workspace_id": world.ada.workspace_id, "host_id": world.ada.id}
    for _ in range(2):
        assert world.booking.drop_feed(DropFeed(**mine)).created_at is None
    assert world.booking.get_feed(GetFeed(**mine)).created_at is None
    with pytest.raises(NotFound):
        world.booking.read_feed(ReadFeed(digest=digest("new")))


def test_a_feed_dies_with_its_hosts_account_and_no_other_workspace_makes_or_ends_it(world):
    feed(world, world.ada, "s")
    there = {"workspace_id": world.other_workspace, "host_id": world.ada.id}
    with pytest.raises(NotFound):
        world.booking.save_feed(SaveFeed(**there, digest=digest("theirs")))
    world.booking.drop_feed(DropFeed(**there))
    assert world.booking.get_feed(GetFeed(**there)).created_at is None
    assert world.booking.read_feed(ReadFeed(digest=digest("s"))).bookings == ()
    world.account("Ada", account_id=world.ada.id, version=2, active=False)
    with pytest.raises(NotFound):
        world.booking.read_feed(ReadFeed(digest=digest("s")))
