"""Links of several hosts: who is free, which seats are left, from copies that events fill."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import HostChanged, LinkHost, SeatHold
from integration.availability.conftest import NOW

TEN = NOW.replace(hour=10)
HALF = timedelta(minutes=30)


@pytest.fixture
def team(world):
    """Ada and Bea."""
    world.bea = world.host.__class__(
        id=uuid4(), workspace_id=world.workspace, name="Bea", email="bea@acme.test",
        timezone="Europe/London", slug="bea-acme", version=1,
    )  # fmt: skip
    world.hear(HostChanged(workspace_id=world.workspace, version=1, host=world.bea))
    return world


def offer(world, version=2, **settings):
    places = (LinkHost(host_id=world.host.id), LinkHost(host_id=world.bea.id))
    world.relink(version, hosts=places, **settings)


def test_a_round_robin_offers_who_is_free_and_says_why_the_others_are_not(team):
    offer(team, kind="round_robin")
    team.hear(team.claims_changed(team.claim(TEN)))
    assert "10:00" in team.starts()
    answer = team.free(TEN)
    assert (team.bea.id,) == answer.free
    assert [(over.host_id, over.rule) for over in answer.passed_over] == [(team.host.id, "claimed")]
    assert "10:00" not in team.starts(host_id=team.host.id)
    assert team.free(TEN, host_id=team.host.id).rule == "claimed"


def test_a_collective_takes_everybody_or_nobody_whoever_is_asked_for(team):
    offer(team, kind="collective")
    assert (team.host.id, team.bea.id) == team.free(TEN, host_id=team.bea.id).free
    team.hear(team.claims_changed(team.claim(TEN)))
    answer = team.free(TEN, host_id=team.bea.id)
    assert (answer.free, answer.rule) == ((), "claimed")
    assert team.starts(host_id=team.bea.id) == team.starts()
    assert "10:00" not in team.starts()


def seats(world):
    return {f"{slot.start:%H:%M}": slot.seats for slot in world.slots().slots}


def test_a_group_tells_its_seats_and_a_held_seat_comes_back_by_the_clock(team):
    offer(team, kind="group", capacity=3)
    hold = SeatHold(id=uuid4(), expires_at=NOW + timedelta(minutes=10))
    meeting = {"meeting_id": uuid4(), "seats_taken": 2, "seat_holds": (hold,)}
    team.hear(
        team.claims_changed(
            team.claim(TEN, **meeting), team.claim(TEN, host_id=team.bea.id, **meeting)
        )
    )
    assert (seats(team)["10:00"], seats(team)["10:30"]) == (1, 3)
    assert NOW + timedelta(minutes=10) == team.slots().valid_until
    assert (team.host.id, team.bea.id) == team.free(TEN).free
    team.clock.advance(timedelta(minutes=10))
    assert seats(team)["10:00"] == 2


def test_a_full_group_is_closed_but_to_the_one_who_holds_its_last_seat(team):
    offer(team, kind="group", capacity=1)
    hold = SeatHold(id=uuid4(), expires_at=NOW + timedelta(minutes=10))
    meeting = {"meeting_id": uuid4(), "seats_taken": 1, "seat_holds": (hold,), "booking_id": None}
    team.hear(
        team.claims_changed(
            team.claim(TEN, **meeting), team.claim(TEN, host_id=team.bea.id, **meeting)
        )
    )
    assert "10:00" not in team.starts()
    assert "10:00" in team.starts(except_hold=hold.id)
    assert team.free(TEN, except_hold=hold.id).free
