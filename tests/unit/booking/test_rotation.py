"""Rotation: rotate, balanced and priority, the credit for absences, and the ledger played again."""

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain.rotation.choosing import by_hand, choose
from booking.domain.rotation.replay import again, what_if
from booking.domain.rotation.shares import calibrated, met, standings
from booking.domain.rotation.telling import About, heard, told
from booking.domain.rotation.values import MILLI, Candidate, Decision, Kept, Last, Presence, Share

MONTH = date(2026, 12, 1)
SLACK = 2
METHODS = ("rotate", "balanced", "priority")


def who(number):
    return UUID(int=number)


def team(*counts, **lists):
    """One candidate a count; other fields as lists of the same length."""
    return tuple(
        Candidate(who(n), n, count=count, **{name: values[n] for name, values in lists.items()})
        for n, count in enumerate(counts)
    )


def reasons(decision):
    return [one.reason for one in decision.judged]


def test_rotate_takes_the_first_free_host_after_the_last():
    decision = choose("rotate", team(0, 0, 0, state=("free", "busy", "free")), Last(who(0), 0))
    assert (decision.host_id, decision.ground) == (who(2), "ring")
    assert reasons(decision) == ["ring", "busy", ""]


def test_rotate_begins_with_the_first_and_goes_round():
    assert choose("rotate", team(0, 0, 0)).host_id == who(0)
    assert choose("rotate", team(0, 0, 0), Last(who(2), 2)).host_id == who(0)


def test_rotate_goes_on_at_the_place_of_a_host_who_has_left():
    assert choose("rotate", team(0, 0, 0), Last(who(99), 1)).host_id == who(1)
    assert choose("rotate", team(0, 0, 0), Last(who(99), 3)).host_id == who(0)


def test_balanced_takes_the_largest_shortfall_against_weighted_targets():
    decision = choose("balanced", team(3, 2, weight=(2, 1)))
    assert (decision.host_id, decision.ground) == (who(0), "shortfall")
    assert reasons(decision) == ["", "shortfall"]
    assert [one.standing.shortfall for one in decision.judged] == [333, -333]


def test_ties_are_broken_by_the_longest_since_assigned_then_by_place():
    never = choose("balanced", team(1, 1, turn=(5, None)))
    assert (never.host_id, never.ground, reasons(never)) == (who(1), "turn", ["turn", ""])
    assert choose("balanced", team(1, 1, turn=(5, 4))).host_id == who(1)
    by_place = choose("balanced", team(0, 0))
    assert (by_place.host_id, by_place.ground) == (who(0), "place")


def test_priority_takes_the_highest_level_with_a_free_host_then_balances_inside_it():
    members = team(9, 4, 3, 0, level=(2, 3, 3, 1), state=("free", "busy", "free", "free"))
    decision = choose("priority", members)
    assert (decision.host_id, decision.ground) == (who(2), "level")
    assert reasons(decision) == ["level", "busy", "", "level"]
    inside = choose("priority", tuple(replace(one, state="free") for one in members))
    assert (inside.host_id, inside.ground) == (who(2), "shortfall")


def test_who_is_away_or_gone_has_no_part_in_the_shares():
    with_absent = team(2, 8, 0, weight=(1, 4, 5), state=("free", "free", "away"))
    found = standings(with_absent, by_level=False)
    assert {one.shortfall for one in found.values()} == {0}
    assert who(2) not in found


def test_who_is_busy_keeps_what_they_are_owed():
    found = standings(team(4, 0, state=("free", "busy")), by_level=False)
    assert found[who(1)].shortfall == 2 * MILLI


@pytest.mark.parametrize("method", METHODS)
def test_nobody_free_is_no_decision(method):
    assert choose(method, team(0, 0, state=("busy", "unavailable"))) is None
    assert choose(method, ()) is None


def test_the_only_free_host_is_told_as_such():
    for method in METHODS:
        decision = choose(method, team(9, 0, state=("free", "busy")))
        assert (decision.host_id, decision.ground) == (who(0), "only_free")


def test_who_joins_or_returns_has_no_shortfall():
    members = team(7, 5, 0, weight=(1, 1, 2), arrived=(False, False, True))
    arrived = calibrated(members, {}, by_level=False)
    assert arrived[2].credit == 12 * MILLI
    assert standings(arrived, by_level=False)[who(2)].shortfall == 0
    returned = calibrated(team(6, 2, arrived=(False, True)), {}, by_level=False)
    assert returned[1].credit == 4 * MILLI


def test_two_who_arrive_together_have_no_shortfall_either():
    members = team(6, 0, 1, weight=(2, 1, 3), arrived=(False, True, True))
    found = standings(calibrated(members, {}, by_level=False), by_level=False)
    assert {one.shortfall for one in found.values()} == {0}


def test_who_returns_above_their_share_keeps_it_and_a_credit_never_falls():
    members = team(2, 5, 0, arrived=(False, True, True), credit=(0, 100, 3000))
    calibrated_members = calibrated(members, {}, by_level=False)
    assert [one.credit for one in calibrated_members[:2]] == [0, 100]
    assert standings(calibrated_members, by_level=False)[who(2)].shortfall == 0


def test_where_all_arrive_together_there_is_nothing_to_make_up():
    members = team(3, 0, arrived=(True, True))
    assert calibrated(members, {}, by_level=False) == members


def test_a_level_is_calibrated_by_itself():
    members = team(8, 1, 0, level=(2, 1, 1), arrived=(False, False, True))
    assert calibrated(members, {}, by_level=True)[2].credit == MILLI


def test_a_pick_by_hand_says_what_the_shares_were():
    decision = by_hand("balanced", team(2, 0, 1, state=("free", "free", "busy")), who(0), "picked")
    assert (decision.host_id, decision.ground, decision.place) == (who(0), "choice", 0)
    assert reasons(decision) == ["", "choice", "busy"]
    assert again(decision) == who(0)


def test_wrong_values_cannot_be_built():
    for wrong in ({"weight": 0}, {"count": -1}, {"credit": -1}):
        with pytest.raises(ValueError, match="weights"):
            Candidate(who(0), 0, **wrong)


# --- whatever the team ---

states = st.sampled_from(["free", "free", "free", "busy", "away", "inactive", "unavailable"])
someone = st.builds(
    dict,
    weight=st.integers(1, 20),
    level=st.integers(1, 3),
    state=states,
    count=st.integers(0, 50),
    credit=st.integers(0, 9000),
    turn=st.none() | st.integers(1, 9),
    arrived=st.booleans(),
)
teams = st.lists(someone, max_size=8).map(
    lambda found: tuple(Candidate(who(n), n, **one) for n, one in enumerate(found))
)
lasts = st.none() | st.builds(Last, st.integers(0, 9).map(who), st.integers(0, 9))
methods = st.sampled_from(METHODS)


@given(methods, teams, lasts, st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_are_named_is_no_matter(method, members, last, random):
    shuffled = list(members)
    random.shuffle(shuffled)
    assert choose(method, tuple(shuffled), last) == choose(method, members, last)


@given(methods, teams, lasts)
def test_only_a_free_host_is_chosen_and_everybody_else_has_a_reason(method, members, last):
    decision = choose(method, members, last)
    free = {one.host_id for one in members if one.state == "free"}
    assert (decision is None) == (not free)
    if decision is not None:
        assert decision.host_id in free
        assert [one.candidate for one in decision.judged if not one.reason] == [
            one for one in members if one.host_id == decision.host_id
        ]
        for one in decision.judged:
            if one.candidate.state != "free":
                assert one.reason == one.candidate.state


@given(methods, teams, lasts)
def test_the_ledger_gives_the_same_choice_again(method, members, last):
    decision = choose(method, members, last)
    if decision is not None:
        about = About(None, who(1), who(2), who(3), who(4), MONTH)
        assert again(heard(told(decision, about)).decision) == decision.host_id
        assert heard(told(decision, about)) == Kept(who(2), MONTH, decision)


@given(teams)
def test_calibration_leaves_nobody_who_arrived_below_their_target(members):
    for by_level in (False, True):
        found = calibrated(members, {}, by_level=by_level)
        standing = standings(found, by_level=by_level)
        groups = {one.level for one in members} if by_level else {0}
        for group in groups:
            inside = [one for one in found if one.present and (not by_level or one.level == group)]
            if any(not one.arrived for one in inside):
                # A thousandth for the rounding of each credit.
                slack = len(inside)
                short = [standing[one.host_id].shortfall for one in inside if one.arrived]
                assert all(shortfall <= slack for shortfall in short)
        assert all(new.credit >= old.credit for new, old in zip(found, members, strict=True))


# --- in the long run ---


def played(weights, steps, free=lambda _step: None):
    """Deviations from the weighted share after each step, where all are free unless `free` says."""
    counts, turns, decisions = Counter(), {}, []
    for step in range(steps):
        open_now = free(step)
        members = tuple(
            Candidate(
                who(n), n, weight=weight, count=counts[n], turn=turns.get(n),
                state="free" if open_now is None or n in open_now else "busy",
            )
            for n, weight in enumerate(weights)
        )  # fmt: skip
        decision = choose("balanced", members)
        counts[decision.place] += 1
        turns[decision.place] = step
        decisions.append(decision)
        total = sum(weights)
        yield [counts[n] - Fraction((step + 1) * w, total) for n, w in enumerate(weights)]


def test_a_team_of_seven_with_other_weights_stays_within_one_of_its_shares():
    for deviations in played((1, 1, 1, 2, 2, 3, 4), 5000):
        assert all(abs(deviation) < 1 for deviation in deviations)


@given(st.integers(1, 9))
def test_equal_weights_never_differ_by_more_than_one(hosts):
    for deviations in played((1,) * hosts, 40):
        assert max(deviations) - min(deviations) <= 1


@given(st.lists(st.integers(1, 50), min_size=1, max_size=7))
def test_nobody_is_ever_a_whole_meeting_above_their_share(weights):
    *_, bound = (Fraction(1),)
    for deviations in played(weights, 60):
        # A thousandth for the rounding of targets.
        assert max(deviations) < bound + Fraction(1, MILLI)


def test_who_was_busy_makes_it_up_once_they_are_free():
    *_, last = played((1, 1, 2), 60, lambda step: {0, 1} if step < 20 else None)
    assert all(abs(deviation) < 1 for deviation in last)


@given(st.integers(2, 7), st.lists(st.sets(st.integers(0, 6), min_size=1), max_size=40))
def test_the_ring_goes_on_whoever_is_free(hosts, open_sets):
    last = None
    for open_now in open_sets:
        free = {n for n in open_now if n < hosts} or {0}
        state = ["free" if n in free else "busy" for n in range(hosts)]
        decision = choose("rotate", team(*([0] * hosts), state=state), last)
        behind = -1 if last is None else last.place
        expected = next(
            n % hosts for n in range(behind + 1, behind + 1 + hosts) if n % hosts in free
        )
        assert decision.place == expected
        last = Last(decision.host_id, decision.place)


# --- what if ---


def month(weights, steps, away, method="balanced"):
    """A month as the service would keep it; `away` gives the absent places of each step."""
    counts, turns, credit, before, last, found = Counter(), {}, {}, {}, None, []
    for step in range(steps):
        absent = away(step)
        gathered = tuple(
            Candidate(
                who(n), n, weight=weight, count=counts[n], credit=credit.get(who(n), 0),
                turn=turns.get(n), state="away" if n in absent else "free",
            )
            for n, weight in enumerate(weights)
        )  # fmt: skip
        members, before = met(gathered, before, by_level=method == "priority")
        credit = {one.host_id: one.credit for one in members}
        decision = choose(method, members, last)
        assert decision.place not in absent
        counts[decision.place] += 1
        turns[decision.place] = step
        last = Last(decision.host_id, decision.place)
        found.append(Kept(UUID(int=step), MONTH, decision))
    return found


def ledger(weights, steps, method="balanced", arriving=None):
    """Host `arriving[0]` is away before step `arriving[1]`; else everybody is there."""

    def away(step):
        return {arriving[0]} if arriving and step < arriving[1] else set()

    return month(weights, steps, away, method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("arriving", [None, (2, 17)])
def test_the_ledger_played_again_on_its_own_terms_changes_nothing(method, arriving):
    weights = (1, 2, 3, 1)
    kept = ledger(weights, 60, method, arriving)
    terms = {who(n): Share(weight) for n, weight in enumerate(weights)}
    assert [outcome.moved for outcome in what_if(kept, method, terms)] == [False] * 60
    assert [outcome.decision for outcome in what_if(kept, method, {})] == [
        one.decision for one in kept
    ]


def test_a_host_who_returns_takes_up_with_their_share():
    kept = ledger((1, 1, 1), 60, arriving=(2, 30))
    counts = Counter(one.decision.place for one in kept)
    assert counts == {0: 25, 1: 25, 2: 10}


def test_other_weights_give_other_shares():
    kept = ledger((1, 1), 40)
    tried = what_if(kept, "balanced", {who(0): Share(3)})
    counts = Counter(outcome.decision.place for outcome in tried)
    assert counts == {0: 30, 1: 10}
    assert sum(outcome.moved for outcome in tried) >= 10


def test_what_was_decided_by_hand_stays():
    kept = ledger((1, 1), 4)
    picked = by_hand(
        "balanced", tuple(j.candidate for j in kept[0].decision.judged), who(1), "picked"
    )
    tried = what_if([replace(kept[0], decision=picked), *kept[1:]], "balanced", {who(0): Share(9)})
    assert isinstance(tried[0].decision, Decision)
    assert tried[0].decision.host_id == who(1)
    assert tried[0].decision.why == "picked"


def test_who_returns_is_owed_what_they_were_short_of_when_they_left_one_meeting_at_most():
    for count, owed in ((4, 0), (3, 667), (1, 1000), (5, -667), (8, -1000)):
        there = {who(n): Presence(present=True) for n in range(3)}
        gone = team(4, 4, count, state=("free", "free", "away"))
        _, after = met(gone, there, by_level=False)
        assert after[who(2)] == Presence(present=False, owed=owed)
        back, after = met(team(9, 9, count), after, by_level=False)
        shortfall = standings(back, by_level=False)[who(2)].shortfall
        assert shortfall == pytest.approx(owed, abs=1)
        assert after[who(2)] == Presence(present=True)


def test_while_a_heavy_host_is_away_the_others_keep_their_proportions():
    kept = ledger((1, 4, 5), 100, arriving=(2, 100))
    assert Counter(one.decision.place for one in kept) == {0: 20, 1: 80}


@given(st.lists(st.integers(1, 4), min_size=2, max_size=7), st.data())
def test_whatever_absences_the_ledger_repeats_itself(weights, data):
    few = st.sets(st.integers(0, len(weights) - 1), max_size=len(weights) - 1)
    kept = month(weights, 30, lambda _step: data.draw(few))
    assert [one.decision for one in what_if(kept, "balanced", {})] == [one.decision for one in kept]


@pytest.mark.parametrize(
    "rates",
    [(0, 0, 0, 0, 0, 0, 0.5), (0, 0.5, 0, 0.5, 0, 0, 0.5), (0.25,) * 7, (0, 0, 0.9, 0, 0, 0, 0.1)],
)
def test_who_is_away_for_some_starts_and_there_for_others_has_their_share_of_those(rates):
    weights, random = (1, 1, 1, 2, 2, 3, 4), Random(7)
    expected = Counter()

    def away(_step):
        absent = {n for n, rate in enumerate(rates) if random.random() < rate}
        there = {n for n in range(7) if n not in absent} or {0}
        total = sum(weights[n] for n in there)
        expected.update({n: Fraction(weights[n], total) for n in there})
        return set(range(7)) - there

    kept = month(weights, 1000, away)
    counts = Counter(one.decision.place for one in kept)
    assert all(abs(counts[n] - expected[n]) < SLACK for n in range(7)), [
        (counts[n], round(float(expected[n]), 1)) for n in range(7)
    ]
