"""Each kind of link with the real availability: one decides, the other knows it a moment later."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from availability.service import Availability
from contracts.availability import GetSlots, SaveTimeOff, TimeOff
from contracts.booking import (
    DecideBooking,
    LinkHost,
    PlaceHold,
    ReassignBooking,
    RescheduleBooking,
)
from contracts.errors import Invalid, SlotTaken
from integration.booking.test_ledger import counts
from integration.booking.test_teams import saved
from integration.booking.world import World

DAY = date(2026, 12, 2)
NINE = datetime(2026, 12, 2, 9, tzinfo=UTC)
HALF, HOUR = timedelta(minutes=30), timedelta(hours=1)


@pytest.fixture
def real(databases):
    """Ada, Bea and Cyd work from nine to five in London, where it is UTC in December."""
    world = World(databases, availability=Availability)
    world.cyd = world.account("Cyd")
    world.deliver()
    return world


def link(world, kind, **changes):
    places = tuple(
        LinkHost(host_id=one.id, position=n)
        for n, one in enumerate((world.ada, world.bea, world.cyd))
    )
    made = world.link(**({"kind": kind, "hosts": places, "slug": "the-team"} | changes))
    world.deliver()
    return made


def seats(world, link, hold_id=None):
    """The seats of the day's slots."""
    asked = GetSlots(
        slug=link.settings.slug, first=DAY, last=DAY, timezone="UTC", except_hold=hold_id
    )
    return {slot.start: slot.seats for slot in world.availability.slots(asked).slots}


def book(world, link, **more):
    booked = world.book(link, **({"start": NINE} | more))
    world.deliver()
    return booked


def hold(world, link, start=NINE):
    held = world.booking.place_hold(
        PlaceHold(hold_id=uuid4(), slug=link.settings.slug, start=start)
    )
    world.deliver()
    return held.id


def away(world, host):
    off = TimeOff(
        id=uuid4(), workspace_id=world.workspace, host_id=host.id, first_day=DAY, last_day=DAY
    )
    world.availability.save_time_off(SaveTimeOff(time_off=off))
    world.deliver()


def names(booked):
    return [host.name for host in booked.booking.hosts]


def test_a_team_takes_turns_until_a_slot_is_full(real):
    team = link(real, "round_robin")
    assert [names(book(real, team)) for _ in range(3)] == [["Ada"], ["Bea"], ["Cyd"]]
    assert NINE not in seats(real, team)
    with pytest.raises(SlotTaken) as refused:
        book(real, team)
    assert refused.value.alternatives[0] == "2026-12-02T09:30:00Z"


def test_who_is_away_is_passed_over_and_credited(real):
    team = link(real, "round_robin", assignment="balanced")
    away(real, real.ada)
    booked = book(real, team)
    assert names(booked) == ["Bea"]
    (decision,) = real.decisions(booked.booking)
    first = decision.candidates[0]
    assert (first.state, first.rule) == ("away", "time_off")


def test_a_picked_host_is_asked_about_among_all(real):
    team = saved(real, real.ada, real.bea)
    real.deliver()
    picking = real.link(kind="round_robin", slug="pick-one", team_id=team.id, visitor_picks=True)
    real.deliver()
    booked = book(real, picking, host_id=real.bea.id)
    assert names(booked) == ["Bea"]
    (decision,) = real.decisions(booked.booking)
    assert [one.state for one in decision.candidates] == ["free", "free"]
    with pytest.raises(SlotTaken) as refused:
        book(real, picking, host_id=real.bea.id)
    assert refused.value.alternatives[0] == "2026-12-02T09:30:00Z"
    assert counts(real, team) == [0, 1]


def test_a_visitors_own_hold_is_not_in_their_way_whoever_is_chosen(real):
    team = link(real, "round_robin")
    own = hold(real, team)
    others = [hold(real, team) for _ in range(2)]
    assert (NINE in seats(real, team), NINE in seats(real, team, own)) == (False, True)
    assert names(book(real, team, hold_id=own)) == ["Ada"]
    assert names(book(real, team, hold_id=others[1])) == ["Cyd"]


def test_a_moved_meeting_is_not_in_its_own_way_and_keeps_its_host(real):
    team = link(real, "round_robin", durations=(60,), interval=30)
    moved = real.move(book(real, team), NINE + HALF)
    real.deliver()
    assert names(moved) == ["Ada"]
    real.link(slug="own-ada")
    real.deliver()
    book(real, "own-ada", start=NINE + 4 * HOUR)
    again = real.move(moved, NINE + 4 * HOUR)
    assert names(again) == ["Bea"]


def test_a_meeting_is_given_to_who_is_free_and_to_nobody_else(real):
    team = link(real, "round_robin", notice=0)
    booked = book(real, team).booking
    away(real, real.bea)
    give = ReassignBooking(
        workspace_id=real.workspace, booking_id=booked.id, host_id=real.bea.id, actor="system"
    )
    with pytest.raises((SlotTaken, Invalid)):
        real.booking.reassign(give)
    given = real.booking.reassign(
        ReassignBooking(
            workspace_id=real.workspace, booking_id=booked.id, host_id=real.cyd.id, actor="system"
        )
    )
    assert [host.name for host in given.hosts] == ["Cyd"]


def test_all_who_meet_together_must_be_free(real):
    panel = link(real, "collective")
    away_at_ten = real.link(slug="own-bea", owner=real.bea)
    real.deliver()
    book(real, away_at_ten, start=NINE + HOUR)
    assert (NINE in seats(real, panel), NINE + HOUR in seats(real, panel)) == (True, False)
    with pytest.raises(SlotTaken):
        book(real, panel, start=NINE + HOUR)
    booked = book(real, panel)
    assert names(booked) == ["Ada", "Bea", "Cyd"]
    assert NINE not in seats(real, panel)
    assert NINE not in seats(real, away_at_ten)
    moved = real.move(booked, NINE + 2 * HOUR)
    real.deliver()
    assert NINE in seats(real, panel)
    real.cancel(moved)
    real.deliver()
    assert NINE + 2 * HOUR in seats(real, panel)


def test_a_groups_seats_are_known_to_both(real):
    webinar = link(real, "group", capacity=3)
    assert seats(real, webinar)[NINE] == 3
    first = book(real, webinar)
    assert seats(real, webinar)[NINE] == 2
    own = hold(real, webinar)
    assert (seats(real, webinar)[NINE], seats(real, webinar, own)[NINE]) == (1, 2)
    second = book(real, webinar)
    assert (NINE in seats(real, webinar), seats(real, webinar, own)[NINE]) == (False, 1)
    with pytest.raises(SlotTaken):
        book(real, webinar)
    third = book(real, webinar, hold_id=own)
    assert NINE not in seats(real, webinar)
    moved = real.move(first, NINE + HOUR)
    real.deliver()
    assert (seats(real, webinar)[NINE], seats(real, webinar)[NINE + HOUR]) == (1, 2)
    joined = real.move(second, NINE + HOUR)
    real.deliver()
    assert joined.booking.meeting_id == moved.booking.meeting_id
    real.cancel(third)
    real.deliver()
    assert (seats(real, webinar)[NINE], seats(real, webinar)[NINE + HOUR]) == (3, 1)


def test_a_first_held_seat_leaves_the_others_open(real):
    webinar = link(real, "group", capacity=2)
    own = hold(real, webinar)
    assert (seats(real, webinar)[NINE], seats(real, webinar, own)[NINE]) == (1, 2)
    assert (
        book(real, webinar).booking.meeting_id
        == book(real, webinar, hold_id=own).booking.meeting_id
    )


def test_a_group_moves_as_a_whole_with_its_only_attendee(real):
    webinar = link(real, "group", capacity=2, durations=(60,), interval=30)
    booked = book(real, webinar)
    moved = real.move(booked, NINE + HALF)
    assert moved.booking.meeting_id == booked.booking.meeting_id


def test_a_request_takes_its_time_until_it_is_answered(real):
    asking = link(real, "one_on_one", hosts=(), approval=True)
    booked = book(real, asking).booking
    assert NINE not in seats(real, asking)
    real.booking.decide(
        DecideBooking(
            workspace_id=real.workspace, booking_id=booked.id, approve=False, actor="system"
        )
    )
    real.deliver()
    assert NINE in seats(real, asking)


def test_the_host_moves_a_team_meeting_within_notice(real):
    team = link(real, "round_robin", notice=60 * 24 * 3)
    booked = book(real, team, start=NINE + timedelta(days=6)).booking
    moved = real.booking.reschedule(
        RescheduleBooking(
            workspace_id=real.workspace, booking_id=booked.id, idempotency_key="h", start=NINE,
            actor=f"host:{real.ada.id}",
        )
    )  # fmt: skip
    assert (moved.start, moved.hosts[0].name) == (NINE, "Ada")
