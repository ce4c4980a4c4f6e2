"""Peers' own cases of rotation, and where our rule differs from theirs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from booking.domain import limits
from booking.domain.rotation.choosing import choose
from booking.domain.rotation.shares import calibrated
from booking.domain.rotation.values import Candidate

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[2] / "vectors" / "rotation_peers.json").read_text()
    )["cases"]
}
DIFFERENT = {
    "cal-rr-weights-150-100": "ties go to who was assigned longest ago, not to the larger weight",
    "cal-rrperiod-day-start": "shares are counted over the calendar month of the meeting's start",
    "cal-rrperiod-created-end": "meetings count by their start, not by when they were booked",
}
PICKS = [key for key, case in CASES.items() if "hosts" in case["input"]]
FEWEST = [key for key, case in CASES.items() if "values" in case["input"]]


def turns(hosts):
    stamps = sorted({host["last_booking_created_at"] for host in hosts} - {None})
    return {
        host["id"]: stamps.index(host["last_booking_created_at"])
        for host in hosts
        if host["last_booking_created_at"] is not None
    }


def returned(host):
    """When the host came back last; the empty string where they were never away."""
    return max((end for _, end in host["out_of_office"]), default="")


def candidates(case):
    """Counts and weights as the peer has them; credits as at the return of those who were away."""
    hosts, turn = case["hosts"], turns(case["hosts"])
    back = max(map(returned, hosts))
    then = calibrated(
        tuple(
            Candidate(
                UUID(int=host["id"]), place, weight=host["weight"] if case["use_weights"] else 1,
                count=sum(at <= back for at in host["bookings_created_at"]),
                arrived=bool(host["out_of_office"]),
            )
            for place, host in enumerate(hosts)
        ),
        {},
        by_level=False,
    )  # fmt: skip
    return tuple(
        Candidate(
            one.host_id, one.place, weight=one.weight, level=host["priority"] + 1,
            count=len(host["bookings_created_at"]), credit=one.credit, turn=turn.get(host["id"]),
        )
        for one, host in zip(then, hosts, strict=True)
    )  # fmt: skip


@pytest.mark.parametrize("key", sorted(set(PICKS) - set(DIFFERENT)))
def test_a_peers_pick_is_ours(key):
    case = CASES[key]
    decision = choose("priority", candidates(case["input"]))
    assert decision.host_id == UUID(int=case["expected"]["picked_host"])


@pytest.mark.parametrize("key", FEWEST)
def test_those_who_have_the_fewest_or_waited_longest_come_one_by_one(key):
    values, expected = CASES[key]["input"]["values"], CASES[key]["expected"]
    counted = CASES[key]["input"]["algorithm"] == "fewest_upcoming"
    members = [
        Candidate(UUID(int=n), n, **({"count": value} if counted else {"turn": value}))
        for n, value in enumerate(values)
    ]
    wanted = expected["next_picks_are_a_permutation_of_host_indexes"]
    picked = []
    for turn in range(len(wanted)):
        place = choose("balanced", tuple(members)).place
        picked.append(place)
        one = members[place]
        members[place] = Candidate(one.host_id, place, count=one.count + 1, turn=100 + turn)
    assert sorted(picked) == wanted


def test_where_a_peer_picks_at_random_we_take_the_first():
    case = CASES["nettu-rr-equal"]
    members = tuple(
        Candidate(UUID(int=n), n, count=count)
        for n, count in enumerate(case["input"]["upcoming"].values())
    )
    place = choose("balanced", members).place
    assert list(case["input"]["upcoming"])[place] == case["expected"]["picked_one_of"][0]


def test_of_equal_shortfalls_we_take_the_longest_waiting_not_the_heavier():
    case = CASES["cal-rr-weights-150-100"]
    decision = choose("priority", candidates(case["input"]))
    assert (decision.ground, decision.host_id) == ("turn", UUID(int=2))
    assert decision.host_id != UUID(int=case["expected"]["picked_host"])


def test_our_period_is_the_calendar_month_of_the_start_in_the_workspaces_zone():
    start = datetime(2024, 3, 15, 14, 30, tzinfo=UTC)
    assert limits.month(start, "UTC")[0] == datetime(2024, 3, 1, tzinfo=UTC)
    assert limits.month(start, "America/New_York")[1] == datetime(2024, 4, 1, 4, tzinfo=UTC)
    assert CASES["cal-rrperiod-day-start"]["expected"]["instant"] == "2024-03-15T00:00:00Z"


def test_every_case_is_tried():
    ours = set(PICKS) | set(FEWEST) | set(DIFFERENT) | {"nettu-rr-equal"}
    assert ours == set(CASES)
