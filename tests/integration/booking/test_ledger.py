"""Decisions on a real database: counted, credited, kept, told, and played again."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from uuid import uuid4

import msgspec
import pytest
import sqlalchemy as sa

from booking.domain.rotation.replay import again
from booking.domain.rotation.telling import heard
from booking.service import rotating
from booking.store import claims
from booking.store import links as stored_links
from contracts.availability import FreeHosts, PassedOver
from contracts.booking import (
    CancelBooking,
    GetDecisions,
    GetFairness,
    SaveTeam,
    SetNoShow,
    TeamMember,
    Terms,
    TryTerms,
)
from contracts.errors import Invalid, NotFound
from integration.booking.test_teams import link, saved, team

MONTH = date(2026, 12, 1)


def facts(free, *passed):
    return FreeHosts(
        link_id=uuid4(), duration=30, free=tuple(host.id for host in free),
        passed_over=tuple(PassedOver(host_id=host.id, rule=rule) for host, rule in passed),
    )  # fmt: skip


class Desk:
    """Books through a link whose hosts rotate, one meeting after the other."""

    def __init__(self, world, made, beside=None):
        self.world, self.link, self.booked = world, made, []
        self._template = beside and beside.template()

    def opened(self, tx, said, start):
        return rotating.opened(tx, stored_links.lock(tx, self.link.id), start, said)

    def decide(self, said, start=None, *, pick=None):
        """A booking and its decision, in the order of locks that a booking has."""
        start = start or self.world.START + timedelta(hours=len(self.booked))
        with self.world.service.db.begin() as tx:
            round_ = self.opened(tx, said, start)
            decision = round_.by_hand(pick.id, "picked") if pick else round_.choose()
            booking_id = self.insert(tx, decision.host_id, start)
            self.booked.append(booking_id)
            found = msgspec.structs.replace(
                self.template(), id=booking_id, root_id=booking_id, link_id=self.link.id
            )
            rotating.keep(tx, round_, decision, found, ("attendee", self.world.clock.now()))
        return decision

    def template(self):
        if self._template is None:
            self._template = self.world.book(
                self.world.link(slug=f"t-{uuid4().hex}"),
                start=self.world.START - timedelta(hours=12),
            ).booking
        return self._template

    def insert(self, tx, host_id, start):
        """Copies a stored booking: another host, start and link."""
        template, booking_id, meeting_id = self.template(), uuid4(), uuid4()
        end = start + timedelta(minutes=30)
        new = {"id": booking_id, "root_id": booking_id, "meeting_id": meeting_id}
        common = {"link_id": self.link.id, "host_ids": [host_id], "start_at": start, "end_at": end}
        copy(tx, "meeting", template.meeting_id, id=meeting_id, **common)
        copy(tx, "booking", template.id, request_key=booking_id.bytes, **new, **common)
        key = claims.lock_hosts(tx, [host_id])[host_id]
        tx.execute(
            sa.text(
                "INSERT INTO claim (id, workspace_id, meeting_id, host_id, host_key, link_id, state,"
                " start_at, end_at, meeting_start, meeting_end, booking_id) VALUES (:id, :w, :m, :h,"
                " :k, :l, 'confirmed', :s, :e, :s, :e, :b)"
            ),
            {
                "id": uuid4(), "w": self.world.workspace, "m": meeting_id, "h": host_id, "k": key,
                "l": self.link.id, "s": start, "e": end, "b": booking_id,
            },
        )  # fmt: skip
        return booking_id

    def decisions(self, booking_id):
        asked = GetDecisions(workspace_id=self.world.workspace, booking_id=booking_id)
        return self.world.booking.decisions(asked).decisions


def copy(tx, table, row_id, **changes):
    columns = [
        name
        for (name,) in tx.execute(
            sa.text(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = :t AND is_generated = 'NEVER'"
            ),
            {"t": table},
        )
    ]
    picked = ", ".join(f":{name}" if name in changes else name for name in columns)
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {picked} FROM {table} WHERE id = :old"
    )
    tx.execute(sa.text(statement), changes | {"old": row_id})


@pytest.fixture
def cyd(world):
    return world.account("Cyd")


@pytest.fixture
def sales(world, cyd):
    return saved(world, world.ada, world.bea, cyd)


@pytest.fixture
def desk(world, sales):
    return Desk(world, link(world, sales, assignment="balanced"))


def fairness(world, pool, *, first=MONTH, last=MONTH):
    asked = GetFairness(workspace_id=world.workspace, pool_id=pool.id, first=first, last=last)
    return world.booking.fairness(asked).rows


def counts(world, pool):
    return [row.count for row in fairness(world, pool)]


def test_a_decision_is_kept_with_its_candidates_and_reasons(world, cyd, desk):
    everyone = facts([world.ada, world.bea, cyd])
    desk.decide(everyone)
    desk.decide(facts([world.ada, cyd], (world.bea, "claimed")))
    first, second = (desk.decisions(booking_id)[0] for booking_id in desk.booked)
    assert (first.host_name, first.ground, first.month) == ("Ada", "place", MONTH)
    assert [(one.name, one.reason) for one in first.candidates] == [
        ("Ada", ""), ("Bea", "place"), ("Cyd", "place"),
    ]  # fmt: skip
    assert (second.host_name, second.ground, second.pool_id) == (
        "Cyd",
        "shortfall",
        desk.link.settings.team_id,
    )
    assert [(one.state, one.rule, one.count, one.reason) for one in second.candidates] == [
        ("free", "", 1, "shortfall"), ("busy", "claimed", 0, "busy"), ("free", "", 0, ""),
    ]  # fmt: skip
    assert second.candidates[0].turn == first.number
    assert second.last_host_id == world.ada.id


def test_the_ledger_is_only_added_to(world, desk):
    desk.decide(facts([world.ada]))
    for attempt in ("UPDATE ledger SET place = 9", "DELETE FROM ledger"):
        with pytest.raises(sa.exc.DBAPIError, match="only added to"):
            world.execute(attempt)


def test_cancelled_meetings_and_no_shows_give_the_credit_back(world, cyd, sales, desk):
    everyone = facts([world.ada, world.bea, cyd])
    for _ in range(4):
        desk.decide(everyone)
    assert counts(world, sales) == [2, 1, 1]
    world.booking.cancel(
        CancelBooking(workspace_id=world.workspace, booking_id=desk.booked[0], actor="system")
    )
    assert counts(world, sales) == [1, 1, 1]
    world.clock.advance(timedelta(days=2))
    no_show = SetNoShow(
        workspace_id=world.workspace, booking_id=desk.booked[1], no_show=True, actor="system"
    )
    world.booking.set_no_show(no_show)
    assert counts(world, sales) == [1, 0, 1]
    assert desk.decide(everyone, world.clock.now() + timedelta(days=3)).host_id == world.bea.id
    world.booking.set_no_show(msgspec.structs.replace(no_show, no_show=False))
    assert counts(world, sales) == [1, 2, 1]


def test_months_are_the_workspaces_and_each_is_counted_by_itself(world, cyd, sales, desk):
    everyone = facts([world.ada, world.bea, cyd])
    for start in (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2027, 1, 1, 9, tzinfo=UTC)):
        desk.decide(everyone, start)
    rows = fairness(world, sales, last=date(2027, 1, 31))
    assert [(row.month.month, row.name, row.count) for row in rows if row.count] == [
        (12, "Ada", 1),
        (1, "Bea", 1),
    ]
    world.execute("UPDATE workspace SET timezone = 'Asia/Tokyo'")
    assert counts(world, sales) == [0, 0, 0]


def test_the_meetings_of_all_the_teams_links_count_together(world, cyd, sales, desk):
    other = Desk(world, link(world, sales, slug="demo", assignment="balanced"), desk)
    panel = Desk(world, link(world, sales, slug="panel", kind="collective"), desk)
    everyone = facts([world.ada, world.bea, cyd])
    desk.decide(everyone)
    with world.service.db.begin() as tx:
        panel.insert(tx, world.bea.id, world.START + timedelta(days=3))
    assert other.decide(everyone, world.START + timedelta(hours=9)).host_id == world.bea.id
    assert counts(world, sales) == [1, 1, 0]


def test_who_joins_takes_up_with_their_share(world, cyd, sales, desk):
    for _ in range(6):
        desk.decide(facts([world.ada, world.bea, cyd]))
    dan = world.account("Dan")
    members = (*sales.members, TeamMember(host_id=dan.id, weight=2))
    world.booking.save_team(SaveTeam(team=msgspec.structs.replace(sales, members=members)))
    joined = desk.decide(facts([world.ada, world.bea, cyd, dan]))
    assert [one.candidate.credit for one in joined.judged] == [0, 0, 0, 4000]
    assert [one.standing.shortfall for one in joined.judged] == [0, 0, 0, 0]
    assert joined.host_id == dan.id
    row = fairness(world, sales)[-1]
    assert (row.name, row.count, row.credit, row.weight) == ("Dan", 1, 4.0, 2)


def test_who_was_away_or_inactive_returns_with_no_shortfall(world, cyd, sales, desk):
    for rule in ("time_off", "not_a_host", "time_off", "time_off"):
        away = desk.decide(facts([world.ada, world.bea], (cyd, rule)))
        assert away.judged[2].standing.shortfall == 0
    back = desk.decide(facts([world.ada, world.bea, cyd]))
    assert [one.candidate.arrived for one in back.judged] == [False, False, True]
    assert back.judged[2].candidate.credit == 2000
    assert {one.standing.shortfall for one in back.judged} == {0}
    assert world.scalar("SELECT credit FROM share ORDER BY credit DESC LIMIT 1") == 2000
    assert back.host_id == cyd.id
    assert not desk.decide(facts([world.ada, world.bea, cyd])).judged[2].candidate.arrived


def test_who_was_paused_returns_with_no_shortfall(world, cyd, sales, desk):
    everyone = [world.ada, world.bea, cyd]
    desk.decide(facts(everyone))
    paused = (*sales.members[:2], TeamMember(host_id=cyd.id, active=False))
    newer = world.booking.save_team(SaveTeam(team=msgspec.structs.replace(sales, members=paused)))
    for _ in range(5):
        desk.decide(facts(everyone[:2]))
    back = msgspec.structs.replace(newer, members=sales.members)
    world.booking.save_team(SaveTeam(team=back))
    returned = desk.decide(facts(everyone))
    assert [one.candidate.arrived for one in returned.judged] == [False, False, True]
    assert returned.judged[2].standing.shortfall == 0
    assert [row.count for row in fairness(world, sales)] == [3, 3, 1]


def test_a_pick_counts_and_does_not_move_the_ring(world, cyd, sales):
    desk = Desk(world, link(world, sales, assignment="rotate", visitor_picks=True))
    everyone = facts([world.ada, world.bea, cyd])
    assert desk.decide(everyone).host_id == world.ada.id
    assert desk.decide(everyone, pick=cyd).why == "picked"
    assert desk.decide(everyone).host_id == world.bea.id
    assert counts(world, sales) == [1, 1, 1]


def test_a_link_of_its_own_hosts_is_a_pool_of_its_own(world, sales):
    made = link(world, sales, assignment="balanced", team_id=None)
    desk = Desk(world, made)
    desk.decide(facts([world.ada, world.bea]))
    assert desk.decisions(desk.booked[0])[0].pool_id == made.id
    assert counts(world, made) == [1, 0, 0]
    assert counts(world, sales) == [0, 0, 0]


def test_who_has_left_stands_in_the_report_without_a_target(world, cyd, sales, desk):
    for _ in range(3):
        desk.decide(facts([world.ada, world.bea, cyd]))
    members = sales.members[1:]
    world.booking.save_team(SaveTeam(team=msgspec.structs.replace(sales, members=members)))
    rows = fairness(world, sales)
    assert [(row.name, row.weight, row.count, row.target) for row in rows] == [
        ("Bea", 1, 1, 1.0),
        ("Cyd", 1, 1, 1.0),
        ("Ada", 0, 1, 0.0),
    ]


def test_each_decision_of_the_ledger_is_made_again_the_same(world, cyd, desk):
    rounds = [[world.ada, world.bea, cyd], [world.bea, cyd], [world.ada, cyd]] * 5
    for free in rounds:
        away = [(host, "time_off") for host in (world.ada, world.bea, cyd) if host not in free]
        desk.decide(facts(free, *away))
    for booking_id in desk.booked:
        (decision,) = desk.decisions(booking_id)
        assert again(heard(decision).decision) == decision.host_id


def tried(world, pool, *terms, **changes):
    asked = {"workspace_id": world.workspace, "pool_id": pool.id, "first": MONTH, "last": MONTH}
    return world.booking.try_terms(TryTerms(**(asked | changes), terms=terms))


def test_what_if_plays_the_months_meetings_with_other_weights(world, cyd, sales, desk):
    for _ in range(12):
        desk.decide(facts([world.ada, world.bea, cyd]))
    same = tried(world, sales)
    assert (same.decisions, same.moved) == (12, 0)
    assert same.rows == fairness(world, sales)
    other = tried(world, sales, Terms(host_id=cyd.id, weight=4))
    assert [(row.count, row.weight) for row in other.rows] == [(2, 1), (2, 1), (8, 4)]
    assert other.moved >= 4
    assert counts(world, sales) == [4, 4, 4]
    world.booking.cancel(
        CancelBooking(workspace_id=world.workspace, booking_id=desk.booked[0], actor="system")
    )
    assert tried(world, sales).decisions == 11


def test_questions_that_make_no_sense_are_refused(world, sales):
    with pytest.raises(Invalid) as refused:
        tried(world, sales, Terms(host_id=world.ada.id, weight=0, level=200))
    assert sorted(refused.value.fields) == ["terms.0.level", "terms.0.weight"]
    for last in (date(2026, 11, 30), date(2029, 1, 1)):
        with pytest.raises(Invalid):
            fairness(world, sales, last=last)
    with pytest.raises(NotFound):
        fairness(world, team(world))
    with pytest.raises(NotFound):
        world.booking.fairness(
            GetFairness(workspace_id=uuid4(), pool_id=sales.id, first=MONTH, last=MONTH)
        )
    with pytest.raises(NotFound):
        Desk(world, None).decisions(uuid4())


def test_a_booking_that_no_rotation_decided_has_no_decisions(world):
    booked = world.book(world.link()).booking
    assert Desk(world, None).decisions(booked.id) == ()


def test_decisions_at_once_come_one_after_the_other(crowd):
    """Two links of one team: each decision sees the one before, and shares end even."""
    cyd = crowd.account("Cyd")
    known = saved(crowd, crowd.ada, crowd.bea, cyd)
    everyone = facts([crowd.ada, crowd.bea, cyd])
    desks = [
        Desk(crowd, link(crowd, known, slug=slug, assignment="balanced"))
        for slug in ("one-link", "two-link")
    ]
    desks[1]._template = desks[0].template()

    def go(number):
        start = crowd.START + timedelta(hours=number)
        desks[number % 2].decide(everyone, start)

    threads = [Thread(target=go, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counts(crowd, known) == [10, 10, 10]
