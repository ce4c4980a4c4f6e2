"""Links whose hosts meet together: all of them are claimed, or nobody is."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import ClaimsChanged, LinkHost, PlaceHold, ReleaseHold, SaveTeam, TeamMember
from contracts.errors import Invalid, SchedulingError, SlotTaken
from integration.booking.test_teams import change, saved
from integration.booking.test_threads import OVERLAPS, at_once

HOUR = timedelta(hours=1)


def together(world, *hosts, **changes):
    places = tuple(LinkHost(host_id=one.id, position=n) for n, one in enumerate(hosts))
    return world.link(**({"slug": "panel", "kind": "collective", "hosts": places} | changes))


@pytest.fixture
def panel(world):
    return together(world, world.bea, world.ada, buffer_after=15)


def names(booked):
    return [one.name for one in booked.booking.hosts]


def hold(world, link, hold_id=None, start=None):
    wanted = PlaceHold(
        hold_id=hold_id or uuid4(), slug=link.settings.slug, start=start or world.START
    )
    return world.booking.place_hold(wanted)


def test_all_hosts_are_booked_and_claimed(world, panel):
    booked = world.book(panel)
    assert names(booked) == ["Bea", "Ada"]
    (event,) = world.announced(ClaimsChanged)
    assert {claim.host_id for claim in event.claims} == {world.ada.id, world.bea.id}
    assert {claim.meeting_id for claim in event.claims} == {booked.booking.meeting_id}
    assert (world.count("meeting"), world.count("booking_host")) == (1, 2)
    for own in (world.link(), world.link(slug="own-bea", owner=world.bea)):
        with pytest.raises(SlotTaken):
            world.book(own)


def test_one_who_is_taken_is_enough_to_refuse_and_nothing_is_kept(world, panel):
    world.book(world.link())
    with pytest.raises(SlotTaken):
        world.book(panel)
    assert (world.count("meeting"), world.count("claim"), world.count("booking")) == (1, 1, 1)
    world.book(world.link(slug="own-bea", owner=world.bea))


def test_one_who_is_busy_is_enough_to_refuse(world, panel):
    world.generous.rules = {world.ada.id: "busy"}
    with pytest.raises(SlotTaken):
        world.book(panel)


def test_nobody_can_be_picked_out(world, panel):
    with pytest.raises(Invalid) as refused:
        world.book(panel, host_id=world.ada.id)
    assert list(refused.value.fields) == ["host"]


def test_a_hold_claims_all_and_is_spent_or_released_as_one(world, panel):
    held = hold(world, panel)
    assert world.count("claim") == 2
    assert hold(world, panel, held.id, start=world.START + HOUR).id == held.id
    booked = world.book(panel, hold_id=held.id, start=world.START + HOUR)
    assert (world.count("claim"), world.count("hold"), world.count("meeting")) == (2, 0, 1)
    again = hold(world, panel)
    world.booking.release_hold(ReleaseHold(hold_id=again.id))
    assert (world.count("claim"), world.count("hold"), world.count("meeting")) == (2, 0, 1)
    assert names(booked) == ["Bea", "Ada"]


def test_an_expired_hold_of_both_is_no_obstacle_to_one_and_ends_whole(world, panel):
    """Who books one of its hosts frees that host alone: only their lock is held then."""
    hold(world, panel)
    world.clock.advance(timedelta(minutes=10))
    world.book(world.link())
    assert world.count("claim") == 2
    world.book(world.link(slug="own-bea", owner=world.bea))
    assert (world.count("claim"), world.count("hold"), world.count("meeting")) == (2, 0, 2)
    hold(world, panel, start=world.START + HOUR)
    world.clock.advance(timedelta(minutes=10))
    world.local.tick("booking", "end_expired_holds")
    assert (world.count("claim"), world.count("hold"), world.count("meeting")) == (2, 0, 2)
    removed = [one for event in world.announced(ClaimsChanged) for one in event.claims]
    assert sum(one.removed for one in removed) == 4


def test_a_move_takes_all_along_and_a_cancellation_frees_all(world, panel):
    booked = world.book(panel)
    moved = world.move(booked, world.START + timedelta(minutes=15))
    assert names(moved) == ["Bea", "Ada"]
    first, second = world.announced(ClaimsChanged)
    assert {one.id for one in first.claims} == {one.id for one in second.claims}
    world.book(world.link(), start=world.START - HOUR)
    with pytest.raises(SlotTaken):
        world.move(moved, world.START - HOUR)
    world.cancel(moved)
    tombs = world.announced(ClaimsChanged)[-1].claims
    assert len(tombs) == 2
    assert all(one.removed for one in tombs)
    assert world.count("claim") == 1


def test_a_meeting_that_moves_is_with_those_who_are_in_the_team_by_then(world):
    cyd = world.account("Cyd")
    team = saved(world, world.ada, world.bea)
    link = world.link(slug="panel", kind="collective", team_id=team.id)
    booked = world.book(link)
    members = (TeamMember(host_id=cyd.id), TeamMember(host_id=world.ada.id))
    newer = world.booking.save_team(SaveTeam(team=change(team, members=members)))
    moved = world.move(booked, world.START + HOUR)
    assert names(moved) == ["Cyd", "Ada"]
    assert world.count("claim") == 2
    world.booking.save_team(SaveTeam(team=change(newer, members=members[:1])))
    alone = world.move(moved, world.START + 2 * HOUR)
    assert names(alone) == ["Cyd"]
    last = world.announced(ClaimsChanged)[-1].claims
    assert sorted(one.removed for one in last) == [False, True]
    assert world.count("claim") == 1


def test_many_at_once_in_crossing_teams_never_overlap_or_deadlock(crowd):
    cyd = crowd.account("Cyd")
    links = [
        together(crowd, crowd.ada, crowd.bea, slug="one-link"),
        together(crowd, cyd, crowd.bea, slug="two-link"),
        together(crowd, cyd, crowd.ada, slug="all-three"),
        crowd.link(),
    ]

    def live(n):
        done = []
        for step in range(5):
            start, link = crowd.START + HOUR * ((n * 7 + step * 3) % 12), links[(n + step) % 4]
            try:
                held = hold(crowd, link, start=start)
                moved = crowd.move(crowd.book(link, start=start, hold_id=held.id), start + HOUR)
                done.append(crowd.cancel(moved).status if step % 2 else "kept")
            except SchedulingError as refused:
                done.append(type(refused).__name__)
        return done

    told = Counter(word for done in at_once(12, live) for word in done)
    assert set(told) <= {"cancelled", "kept", "SlotTaken"}
    assert crowd.scalar(OVERLAPS) == 0
    hosts = "SELECT coalesce(sum(cardinality(host_ids)), 0) FROM"
    booked = crowd.scalar(f"{hosts} booking WHERE status = 'confirmed'")
    held = crowd.scalar(f"{hosts} meeting WHERE status = 'held'")
    assert crowd.count("claim") == booked + held
