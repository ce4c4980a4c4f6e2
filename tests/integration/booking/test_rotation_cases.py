"""Peers' own cases of rotation through the real service: booked, counted, decided, kept.

The rule itself, those whose hosts were away, and where ours differs, are in the unit tests.
"""

from datetime import timedelta
from itertools import count

import pytest

from contracts.booking import TeamMember
from integration.booking.test_round_robin import team_link
from integration.booking.test_teams import saved
from unit.booking.test_rotation_peers import CASES, DIFFERENT, FEWEST, PICKS

OTHER_MONTH = timedelta(days=45)
"""Gives a turn, and counts for nothing this month."""

HERE = [
    key
    for key in PICKS
    if key not in DIFFERENT
    and not any(host["out_of_office"] for host in CASES[key]["input"]["hosts"])
]


class Rota:
    """A team whose visitors have picked before, and now let the rotation choose."""

    def __init__(self, world, members, assignment):
        self.world, self.starts = world, count()
        self.hosts = [world.account(f"Host {number}") for number in range(len(members))]
        team = saved(
            world,
            *(
                TeamMember(host_id=host.id, weight=weight, level=level)
                for host, (weight, level) in zip(self.hosts, members, strict=True)
            ),
        )
        self.link = team_link(
            world, team, assignment=assignment, visitor_picks=True, durations=(5,)
        )

    def book(self, place=None, later=timedelta()):
        """The place of the host who got it."""
        start = self.world.START + next(self.starts) * timedelta(minutes=5) + later
        picked = None if place is None else self.hosts[place].id
        booked = self.world.book(self.link, start=start, host_id=picked).booking
        return [host.id for host in self.hosts].index(booked.hosts[0].id)


def last(host):
    return host["last_booking_created_at"] or ""


@pytest.mark.parametrize("key", HERE)
def test_a_peers_pick_is_ours(world, key):
    case = CASES[key]["input"]
    hosts = case["hosts"]
    weighted = case["use_weights"]
    members = [(host["weight"] if weighted else 1, host["priority"] + 1) for host in hosts]
    rota = Rota(world, members, "priority")
    for host in sorted(hosts, key=last):
        place, booked = hosts.index(host), len(host["bookings_created_at"])
        for _ in range(booked):
            rota.book(place)
        if last(host) and not booked:
            rota.book(place, OTHER_MONTH)
    assert hosts[rota.book()]["id"] == CASES[key]["expected"]["picked_host"]


@pytest.mark.parametrize("key", [key for key in FEWEST if CASES[key]["input"]["values"]])
def test_those_who_have_the_fewest_or_waited_longest_come_one_by_one(world, key):
    values, expected = CASES[key]["input"]["values"], CASES[key]["expected"]
    rota = Rota(world, [(1, 1)] * len(values), "balanced")
    counted = CASES[key]["input"]["algorithm"] == "fewest_upcoming"
    for place in sorted(range(len(values)), key=values.__getitem__):
        for _ in range(values[place] if counted else 1):
            rota.book(place, timedelta() if counted else OTHER_MONTH)
    wanted = expected["next_picks_are_a_permutation_of_host_indexes"]
    assert sorted(rota.book() for _ in wanted) == wanted
