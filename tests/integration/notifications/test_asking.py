"""Requests for approval and meetings that change hands: who hears what, and what calendars get."""

from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from icalendar import Calendar

from contracts.booking import (
    DecideBooking,
    DecideByToken,
    LinkHost,
    ReassignBooking,
)
from contracts.gateway import Account, AccountChanged

ADA, BEA, ZOE = "ada@acme.test", "bea@acme.test", "zoe@example.org"


def body(mail):
    return mail.get_body(("plain",)).get_content()


def page(mail):
    return mail.get_body(("html",)).get_content()


def event(mail):
    """The method, status and sequence of the calendar part; `None` without one."""
    parts = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    if not parts:
        return None
    (entry,) = Calendar.from_ical(parts[0].get_content()).events
    return parts[0].get_param("method"), str(entry["status"]), entry["sequence"], str(entry["uid"])


def token(mail, action):
    line = next(line for line in body(mail).splitlines() if f"/book/{action}/" in line)
    return line.rpartition("/")[2]


def decide(office, booking, *, approve):
    return office.booking.decide(
        DecideBooking(
            workspace_id=office.workspace,
            booking_id=booking.id,
            approve=approve,
            reason="" if approve else "Not this week",
            actor=f"host:{office.ada}",
        )
    )


@pytest.fixture
def asked(office):
    """Zoë has asked Ada for a meeting."""
    office.link("ask", approval=True)
    office.local.deliver()
    return office.book(slug="ask")


@pytest.fixture
def pair(office):
    """Bea works here too; her id."""
    bea = uuid4()
    account = Account(
        id=bea,
        workspace_id=office.workspace,
        email=BEA,
        name="Bea",
        role="member",
        timezone="Europe/London",
        version=1,
    )
    office.hear(
        office.booking,
        AccountChanged(
            workspace_id=office.workspace,
            version=1,
            account=account,
            workspace_name="Acme",
            workspace_timezone="Europe/London",
            host_slug="bea-acme",
        ),
    )
    office.local.deliver()
    return bea


def together(office, bea, slug, **settings):
    hosts = (LinkHost(host_id=office.ada), LinkHost(host_id=bea, position=1))
    office.link(slug, hosts=hosts, **settings)
    office.local.deliver()


def give(office, booking, host):
    return office.booking.reassign(
        ReassignBooking(
            workspace_id=office.workspace,
            booking_id=booking.id,
            host_id=host,
            actor=f"account:{office.ada}",
        )
    )


def test_a_request_asks_the_host_with_buttons_that_work_and_invites_nobody_yet(office, asked):
    office.send()
    office.send()
    (received,), (question,) = office.mails(ZOE), office.mails(ADA)
    assert received["Subject"].startswith("Requested: Intro call with Ada")
    assert "We have asked Ada" in body(received)
    assert f"/book/cancel/{asked.cancel_token}" in body(received)
    assert (event(received), event(question)) == (None, None)
    assert "About the fountain" in body(question)
    assert "Please answer by Wednesday 25 November 2026, 09:00" in body(question)
    assert f"/book/decline/{token(question, 'decline')}" in page(question)
    office.booking.decide_by_token(
        DecideByToken(token=token(question, "approve"), action="approve")
    )
    office.send()
    assert office.subjects(ZOE) == ["Requested", "Confirmed"]
    assert office.subjects(ADA) == ["Please", "Confirmed"]
    assert event(office.mails(ZOE)[1])[:2] == ("REQUEST", "CONFIRMED")


def test_the_buttons_tokens_stand_nowhere_but_in_the_mail(office, asked):
    office.send()
    (question,) = office.mails(ADA)
    kept = [token(question, "approve"), token(question, "decline"), asked.cancel_token]
    for table in ("delivery", "inbox", "outbox", "thread"):
        rows = office.execute(f"SELECT row_to_json({table})::text FROM {table}").scalars().all()
        assert not [row for row in rows for one in kept if one in row]
    assert kept[0] not in "".join(mail.as_string() for mail in office.mails(ZOE))


def test_a_day_before_only_a_confirmed_meeting_is_reminded_of(office, asked):
    office.send()
    decide(office, asked.booking, approve=True)
    office.send()
    office.later(days=7, hours=6)
    assert office.subjects(ZOE) == ["Requested", "Confirmed", "Reminder"]


def test_a_request_that_waits_is_not_reminded_of_and_lapses_for_both(office, asked):
    office.send()
    office.clock.advance(timedelta(hours=48))
    office.local.tick("booking", "lapse_requests")
    office.send()
    office.later(days=9)
    assert office.subjects(ZOE) == ["Requested", "Lapsed"]
    assert office.subjects(ADA) == ["Please", "Lapsed"]
    assert [event(mail) for mail in office.mails(ZOE) + office.mails(ADA)] == [None] * 4


def test_a_refusal_is_told_to_the_attendee_with_its_reason_and_cancels_nothing(office, asked):
    office.send()
    decide(office, asked.booking, approve=False)
    office.send()
    assert office.subjects(ZOE) == ["Requested", "Declined"]
    assert office.subjects(ADA) == ["Please"]
    assert "Not this week" in body(office.mails(ZOE)[1])
    assert event(office.mails(ZOE)[1]) is None


def test_a_request_that_is_taken_back_cancels_nothing_in_any_calendar(office, asked):
    office.send()
    office.cancel(asked)
    office.send()
    assert (office.subjects(ZOE), office.subjects(ADA)) == (
        ["Requested", "Cancelled"],
        ["Please", "Cancelled"],
    )
    assert "has cancelled this request" in body(office.mails(ADA)[1])
    assert [event(mail) for mail in office.mails(ZOE) + office.mails(ADA)] == [None] * 4


def test_a_question_answered_before_it_was_sent_is_not_asked(office, asked):
    decide(office, asked.booking, approve=True)
    office.send()
    assert (office.subjects(ZOE), office.subjects(ADA)) == (["Confirmed"], ["Confirmed"])


@pytest.mark.parametrize("approve", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_repeat_of_a_request_and_its_answer_ends_right(office, asked, seed, approve):
    decide(office, asked.booking, approve=approve)
    office.local.deliver(shuffle=Random(seed), repeat=2)
    office.local.tick("notifications", "send_due")
    office.later(days=7, hours=6)
    assert office.subjects(ZOE) == (["Confirmed", "Reminder"] if approve else ["Declined"])
    assert office.subjects(ADA) == (["Confirmed", "Reminder"] if approve else [])


def test_a_confirmed_meeting_that_asks_to_move_is_tentative_and_ends_with_the_refusal(
    office, asked
):
    decide(office, asked.booking, approve=True)
    office.send()
    moved = office.move(asked, office.START + office.DAY)
    office.send()
    assert office.subjects(ZOE) == ["Confirmed", "Requested"]
    assert "wants to move your meeting. It was Tuesday 1 December" in body(office.mails(ADA)[1])
    decide(office, moved.booking, approve=False)
    office.send()
    events = [event(mail) for mail in office.mails(ZOE)]
    assert [one[:2] for one in events] == [
        ("REQUEST", "CONFIRMED"),
        ("REQUEST", "TENTATIVE"),
        ("CANCEL", "CANCELLED"),
    ]
    numbers = [one[2] for one in events]
    assert numbers == sorted(set(numbers))
    assert {one[3] for one in events} == {asked.booking.uid}
    assert office.subjects(ADA) == ["Confirmed", "Please", "Declined"]


def test_hosts_who_meet_together_are_each_asked_and_each_told(office, pair):
    together(office, pair, "both", kind="collective", approval=True)
    booked = office.book(slug="both")
    office.send()
    assert (office.subjects(ADA), office.subjects(BEA)) == (["Please"], ["Please"])
    decide(office, booked.booking, approve=True)
    office.send()
    for who in (ADA, BEA):
        assert office.subjects(who) == ["Please", "Confirmed"]
    assert office.subjects(ZOE) == ["Requested", "Confirmed"]


def test_in_a_group_each_attendee_gets_their_own_mails_alone(office):
    office.link("group", kind="group", capacity=3)
    office.local.deliver()
    first, second = (office.book(slug="group", name=name) for name in ("Zoë", "Yan"))
    office.cancel(second)
    office.send()
    assert sorted(office.subjects(ZOE)) == ["Cancelled", "Confirmed"]
    assert sorted(office.subjects(ADA)) == ["Cancelled", "Confirmed"]
    of_first = [mail for mail in office.mails(ZOE) if mail["To"].addresses[0].display_name == "Zoë"]
    assert [first.cancel_token in body(mail) for mail in of_first] == [True]
    assert "Yan" not in of_first[0].as_string()


def test_a_meeting_given_to_another_host_moves_between_their_calendars(office, pair):
    together(office, pair, "turns", kind="round_robin")
    booked = office.book(slug="turns")
    office.send()
    give(office, booked.booking, pair)
    office.send()
    office.send()
    assert office.subjects(ZOE) == ["Confirmed", "New"]
    assert office.subjects(ADA) == ["Confirmed", "Handed"]
    assert office.subjects(BEA) == ["Yours"]
    assert "You meet Bea instead of Ada" in body(office.mails(ZOE)[1])
    requested, cancelled = (event(mail) for mail in office.mails(ADA))
    taken = event(office.mails(BEA)[0])
    assert (requested[0], cancelled[0], taken[0]) == ("REQUEST", "CANCEL", "REQUEST")
    assert requested[2] < cancelled[2]
    assert requested[2] < taken[2]
    assert requested[3] == cancelled[3] == taken[3] == booked.booking.uid
    office.later(days=7, hours=6)
    assert office.subjects(BEA) == ["Yours", "Reminder"]
    assert "Reminder" not in office.subjects(ADA)
    assert office.subjects(ZOE).count("Reminder") == 1


def test_a_host_who_was_never_told_hears_nothing_when_another_takes_it(office, pair):
    together(office, pair, "turns", kind="round_robin")
    booked = office.book(slug="turns")
    give(office, booked.booking, pair)
    office.send()
    assert office.subjects(ADA) == []
    assert office.subjects(BEA) == ["Yours"]
    assert office.subjects(ZOE) == ["New"]


@pytest.mark.parametrize("seed", range(4))
def test_given_away_and_back_in_any_order_ends_with_the_host_who_has_it(office, pair, seed):
    together(office, pair, "turns", kind="round_robin")
    booked = office.book(slug="turns")
    office.send()
    back = give(office, give(office, booked.booking, pair), office.ada)
    office.local.deliver(shuffle=Random(seed), repeat=2)
    office.local.tick("notifications", "send_due")
    assert [host.id for host in back.hosts] == [office.ada]
    assert office.subjects(ADA) == ["Confirmed", "Yours"]
    assert office.subjects(BEA) == []
    assert office.subjects(ZOE) == ["Confirmed", "New"]


def test_a_request_given_to_another_host_asks_them(office, pair):
    together(office, pair, "turns", kind="round_robin", approval=True)
    booked = office.book(slug="turns")
    office.send()
    give(office, booked.booking, pair)
    office.send()
    assert office.subjects(ADA) == ["Please", "Handed"]
    assert office.subjects(BEA) == ["Please"]
    assert office.subjects(ZOE) == ["Requested", "Requested"]
    everything = office.mails(ADA) + office.mails(BEA) + office.mails(ZOE)
    assert {event(mail) for mail in everything} == {None}


def test_a_new_host_makes_a_new_join_url_and_nobody_is_sent_the_old_one(office, pair):
    together(office, pair, "turns", kind="round_robin")
    booked = office.book(slug="turns")
    office.local.deliver()
    office.written(booked.booking, "https://meet.example/of-ada")
    office.send()
    assert "of-ada" in body(office.mails(ZOE)[-1])
    give(office, booked.booking, pair)
    office.send()
    assert office.subjects(ZOE)[-1] == "New"
    assert "of-ada" not in body(office.mails(ZOE)[-1]) + body(office.mails(BEA)[0])


def test_a_move_to_another_host_takes_the_meeting_out_of_the_old_ones_calendar(office, pair):
    together(office, pair, "turns", kind="round_robin")
    booked = office.book(slug="turns")
    office.send()
    office.book(office.START + office.DAY)
    moved = office.move(booked, office.START + office.DAY)
    office.send()
    assert [host.id for host in moved.booking.hosts] == [pair]
    assert sorted(office.subjects(ADA)) == ["Confirmed", "Confirmed", "Handed"]
    (gone,) = (mail for mail in office.mails(ADA) if mail["Subject"].startswith("Handed"))
    assert event(gone)[:2] == ("CANCEL", "CANCELLED")
    assert "It was Tuesday 1 December 2026" in body(gone)
    assert office.subjects(BEA) == ["Moved"]
