"""Links whose hosts take turns: booked, held, moved, cancelled, decided under the pool's lock."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain.rotation.replay import again
from booking.domain.rotation.telling import heard
from contracts.booking import (
    BookingConfirmed,
    BookingRescheduled,
    ClaimsChanged,
    Limits,
    LinkHost,
    PlaceHold,
    SaveTeam,
)
from contracts.errors import Conflict, Invalid, LimitReached, SchedulingError, SlotTaken
from integration.booking.test_ledger import counts
from integration.booking.test_teams import change, saved
from integration.booking.test_threads import OVERLAPS, at_once

HOUR = timedelta(hours=1)


@pytest.fixture
def cyd(world):
    return world.account("Cyd")


@pytest.fixture
def sales(world, cyd):
    return saved(world, world.ada, world.bea, cyd)


@pytest.fixture
def link(world, sales):
    return team_link(world, sales)


def team_link(world, team, **changes):
    settings = {"slug": "sales-call", "kind": "round_robin", "team_id": team.id} | changes
    return world.link(**settings)


def hosts(bookings):
    return [one.booking.hosts[0].name for one in bookings]


def hold(world, link, hold_id=None, start=None, **more):
    return world.booking.place_hold(
        PlaceHold(
            hold_id=hold_id or uuid4(), slug=link.settings.slug, start=start or world.START, **more
        )
    )


def test_the_hosts_take_turns_and_each_decision_is_explained(world, link):
    booked = [world.book(link, start=world.START + n * HOUR) for n in range(4)]
    assert hosts(booked) == ["Ada", "Bea", "Cyd", "Ada"]
    (decision,) = world.decisions(booked[1].booking)
    assert (decision.host_name, decision.ground, decision.why) == ("Bea", "ring", "chosen")
    assert again(heard(decision).decision) == world.bea.id
    assert len(world.announced(BookingConfirmed)) == 4


def test_a_slot_is_given_to_each_host_and_then_to_nobody(world, link):
    booked = [world.book(link) for _ in range(3)]
    assert hosts(booked) == ["Ada", "Bea", "Cyd"]
    with pytest.raises(SlotTaken) as refused:
        world.book(link)
    assert refused.value.alternatives
    assert (world.count("booking"), world.count("claim"), world.count("ledger")) == (3, 3, 3)


def test_who_turns_out_to_be_taken_is_passed_over_and_said_to_be(world, link):
    world.book(world.link())
    booked = world.book(link).booking
    (decision,) = world.decisions(booked)
    assert decision.host_name == "Bea"
    assert [(one.state, one.rule) for one in decision.candidates] == [
        ("busy", "claimed"), ("free", ""), ("free", ""),
    ]  # fmt: skip
    assert world.scalar(OVERLAPS) == 0


def test_who_is_busy_or_away_is_never_booked(world, cyd, link):
    world.generous.rules = {world.ada.id: "busy", cyd.id: "time_off"}
    booked = [world.book(link, start=world.START + n * HOUR) for n in range(2)]
    assert hosts(booked) == ["Bea", "Bea"]
    world.generous.rules[world.bea.id] = "hours"
    with pytest.raises(SlotTaken):
        world.book(link, start=world.START + 2 * HOUR)
    assert world.count("booking") == 2


def test_a_hosts_limit_passes_the_meeting_on(world, cyd, link):
    world.limit(world.ada, Limits(day=1))
    booked = [world.book(link, start=world.START + n * HOUR) for n in range(4)]
    assert hosts(booked) == ["Ada", "Bea", "Cyd", "Bea"]
    state = world.decisions(booked[3].booking)[0].candidates[0]
    assert (state.state, state.rule) == ("unavailable", "host_limit")
    for host in (world.bea, cyd):
        world.limit(host, Limits(day=1))
    with pytest.raises(LimitReached):
        world.book(link, start=world.START + 5 * HOUR)


def test_the_links_own_limit_counts_all_of_its_hosts(world, sales):
    link = team_link(world, sales, limits={"day": 2})
    for n in range(2):
        world.book(link, start=world.START + n * HOUR)
    with pytest.raises(LimitReached):
        world.book(link, start=world.START + 5 * HOUR)


def test_one_key_books_once(world, link):
    assert world.book(link, key="k") == world.book(link, key="k")
    assert (world.count("booking"), world.count("ledger")) == (1, 1)


def test_a_visitor_picks_where_the_link_allows_it_and_nowhere_else(world, cyd, sales, link):
    with pytest.raises(Invalid) as refused:
        world.book(link, host_id=cyd.id)
    assert list(refused.value.fields) == ["host"]
    picking = team_link(world, sales, slug="pick-one", visitor_picks=True)
    booked = world.book(picking, host_id=cyd.id).booking
    (decision,) = world.decisions(booked)
    assert (decision.why, decision.host_name) == ("picked", "Cyd")
    assert [one.state for one in decision.candidates] == ["free"] * 3
    with pytest.raises(SlotTaken):
        world.book(picking, host_id=cyd.id)
    with pytest.raises(Invalid):
        world.book(picking, host_id=world.account("Dan").id)
    assert hosts([world.book(picking)]) == ["Ada"]


def test_a_picked_host_who_is_away_is_refused_and_gains_nothing(world, cyd, sales):
    picking = team_link(world, sales, visitor_picks=True)
    world.generous.rules = {cyd.id: "time_off"}
    with pytest.raises(SlotTaken):
        world.book(picking, host_id=cyd.id)
    assert world.count("share") == world.count("ledger") == 0


def test_a_hold_keeps_one_hosts_time_and_decides_nothing(world, link):
    held = hold(world, link)
    assert world.count("claim") == 1
    assert world.count("ledger") == world.count("share") == 0
    booked = [world.book(link, hold_id=held.id), world.book(link), world.book(link)]
    assert hosts(booked) == ["Ada", "Bea", "Cyd"]
    assert world.count("hold") == 0
    assert world.count("meeting") == world.count("claim") == 3


def test_a_held_place_may_become_another_hosts_meeting(world, link):
    held = hold(world, link)
    world.book(link, start=world.START + HOUR)
    booked = world.book(link, hold_id=held.id)
    assert hosts([booked]) == ["Bea"]
    assert (world.count("hold"), world.count("claim"), world.count("meeting")) == (0, 2, 2)
    tombs = [one for event in world.announced(ClaimsChanged) for one in event.claims if one.removed]
    assert [(one.id, one.host_id) for one in tombs] == [(held.id, world.ada.id)]


def test_a_hold_moves_from_one_host_to_the_next_with_its_start(world, link):
    held = hold(world, link)
    world.book(link, start=world.START + HOUR)
    moved = hold(world, link, held.id, start=world.START + 2 * HOUR)
    assert (world.count("hold"), world.count("claim")) == (1, 2)
    assert world.scalar(f"SELECT host_id FROM claim WHERE id = '{moved.id}'") == world.bea.id


def test_everybody_held_or_booked_leaves_nothing(world, link):
    for _ in range(3):
        hold(world, link)
    with pytest.raises(SlotTaken):
        hold(world, link)
    with pytest.raises(SlotTaken):
        world.book(link)


def test_a_move_keeps_the_host_who_is_free_and_counts_once(world, sales, link):
    booked = world.book(link)
    world.book(link)
    moved = world.move(booked, world.START + HOUR)
    assert hosts([moved]) == ["Ada"]
    assert [one.why for one in world.decisions(moved.booking)] == ["chosen", "kept"]
    assert counts(world, sales) == [1, 1, 0]
    assert moved.booking.meeting_id == booked.booking.meeting_id


def test_a_moved_meeting_whose_host_is_taken_goes_to_another(world, sales, link):
    booked = world.book(link)
    world.book(world.link(), start=world.START + HOUR)
    moved = world.move(booked, world.START + HOUR)
    assert hosts([moved]) == ["Bea"]
    first, second = world.decisions(moved.booking)
    assert (first.why, second.why, second.candidates[0].state) == ("chosen", "again", "busy")
    assert counts(world, sales) == [0, 1, 0]
    (event,) = world.announced(BookingRescheduled)
    assert (event.previous.hosts[0].name, event.booking.hosts[0].name) == ("Ada", "Bea")
    claim = world.announced(ClaimsChanged)[-1].claims[-1]
    assert (claim.host_id, claim.removed) == (world.bea.id, False)


@pytest.mark.parametrize("rule", ["claimed", "time_off"])
def test_a_link_that_does_not_repick_refuses_instead(world, sales, rule):
    link = team_link(world, sales, repick=False)
    booked = world.book(link)
    if rule == "claimed":
        world.book(world.link(), start=world.START + HOUR)
    else:
        world.generous.rules = {world.ada.id: rule}
    with pytest.raises(SlotTaken):
        world.move(booked, world.START + HOUR)
    assert world.count("ledger") == 1


def test_a_cancelled_meeting_gives_the_credit_back(world, sales, link):
    booked = [world.book(link) for _ in range(2)]
    world.cancel(booked[0])
    assert counts(world, sales) == [0, 1, 0]
    assert hosts([world.book(link)]) == ["Cyd"]
    assert hosts([world.book(link)]) == ["Ada"]


def test_a_link_may_name_its_hosts_itself(world):
    places = [LinkHost(host_id=one.id, position=n) for n, one in enumerate((world.bea, world.ada))]
    link = world.link(kind="round_robin", hosts=tuple(places))
    assert hosts([world.book(link), world.book(link)]) == ["Bea", "Ada"]


def test_a_team_that_changes_meanwhile_is_asked_about_again(world, cyd, sales, link, monkeypatch):
    """Whom availability was asked about is not whom the link has by now."""
    ask = world.generous.free_hosts

    def slow(request):
        facts = ask(request)
        world.booking.save_team(SaveTeam(team=change(sales, members=sales.members[:2])))
        return facts

    monkeypatch.setattr(world.generous, "free_hosts", slow)
    with pytest.raises(Conflict):
        world.book(link)
    assert world.count("booking") == 0


def test_many_at_once_share_the_slots_fairly_and_never_deadlock(crowd):
    """Two links of one team and one of each host's own; bookers, movers, cancellers and holders."""
    cyd = crowd.account("Cyd")
    team = saved(crowd, crowd.ada, crowd.bea, cyd)
    links = [
        team_link(crowd, team, slug="one-link"),
        team_link(crowd, team, slug="two-link", assignment="balanced"),
        *(crowd.link(slug=f"own-{one.slug}", owner=one) for one in (crowd.ada, crowd.bea, cyd)),
    ]

    def live(n):
        done = []
        for step in range(5):
            start, link = crowd.START + HOUR * ((n * 7 + step * 3) % 12), links[(n + step) % 5]
            try:
                held = hold(crowd, link, start=start)
                booked = crowd.book(link, start=start, hold_id=held.id)
                moved = crowd.move(booked, start + HOUR)
                done.append(crowd.cancel(moved).status if step % 2 else "kept")
            except SchedulingError as refused:
                done.append(type(refused).__name__)
        return done

    told = Counter(word for done in at_once(12, live) for word in done)
    assert set(told) <= {"cancelled", "kept", "SlotTaken"}
    assert crowd.scalar(OVERLAPS) == 0
    left = crowd.scalar("SELECT count(*) FROM booking WHERE status = 'confirmed'")
    held = crowd.scalar("SELECT count(*) FROM claim WHERE state = 'hold'")
    assert crowd.count("claim") == left + held
    assert held == crowd.count("hold")
