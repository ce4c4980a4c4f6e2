"""What mails follow from a request, its answer, and a meeting that another host takes."""

from datetime import timedelta

import msgspec
import pytest

from contracts.booking import Location
from notifications.domain import asking, decide, people, plan
from notifications.domain.decide import Question, Send, Skip
from notifications.domain.facts import AnswerLinks, Subject
from notifications.domain.plan import Told
from notifications.domain.thread import Thread
from notifications.rendering import invitation, pages
from unit.notifications.builders import (
    ADA,
    BEA,
    NOW,
    START,
    approved,
    ended,
    given,
    make_booking,
    make_request,
    moved,
    was_cancelled,
    was_confirmed,
    was_declined,
    was_given,
    was_requested,
    was_written,
)

ATTENDEE, OF_ADA, OF_BEA = "attendee", f"host:{ADA.id}", f"host:{BEA.id}"
HOSTILE = '<script>alert(1)</script>"\r\nBcc: evil@x.test'


def blank(booking):
    return Thread(booking.root_id, booking.workspace_id)


def planned(mails):
    return {(mail.kind, mail.role) for mail in mails}


def test_a_request_asks_each_host_and_tells_the_attendee_but_no_guest():
    booking = make_request(hosts=(ADA, BEA), guests=("bob@example.org",))
    mails = asking.requested(was_requested(booking), blank(booking), NOW)
    assert planned(mails) == {
        ("requested", ATTENDEE),
        ("approval_asked", OF_ADA),
        ("approval_asked", OF_BEA),
    }
    assert {mail.due_at for mail in mails} == {NOW}


@pytest.mark.parametrize("newer", [approved, lambda one: ended(one, status="declined"), ended])
def test_a_request_heard_of_after_its_end_asks_nobody(newer):
    booking = make_request()
    thread = blank(booking).with_booking(newer(booking))
    assert asking.requested(was_requested(booking), thread, NOW) == []


def test_an_approval_confirms_and_reminds_unless_it_came_within_the_last_day():
    booking = approved(make_request())
    event = was_confirmed(booking)
    assert ("reminder", ATTENDEE) in planned(plan.confirmed(event, blank(booking), NOW))
    late = msgspec.structs.replace(event, at=START - timedelta(hours=23))
    kinds = {mail.kind for mail in plan.confirmed(late, blank(booking), NOW)}
    assert kinds == {"confirmed"}


def test_an_approved_meeting_waits_a_minute_from_its_approval_for_its_join_url():
    booking = approved(make_request())
    event = msgspec.structs.replace(
        was_confirmed(booking, awaits=True), at=NOW + timedelta(hours=5)
    )
    mails = plan.confirmed(event, blank(booking), NOW + timedelta(hours=5))
    due = {mail.due_at for mail in mails if mail.kind == "confirmed"}
    assert due == {NOW + timedelta(hours=5, seconds=60)}


@pytest.mark.parametrize(
    ("changes", "lapsed", "told"),
    [
        ({}, False, {("declined", ATTENDEE)}),
        ({}, True, {("lapsed", ATTENDEE), ("lapsed", OF_ADA)}),
        ({"approved": True}, False, {("declined", ATTENDEE), ("declined", OF_ADA)}),
    ],
)
def test_the_end_of_a_request_is_told_to_who_does_not_know_it(changes, lapsed, told):
    booking = ended(make_request(**changes), status="declined")
    assert planned(asking.declined(was_declined(booking, lapsed=lapsed), NOW)) == told


def test_guests_hear_of_the_end_only_of_what_was_confirmed():
    guests = ("bob@example.org",)
    taken_back = ended(make_request(guests=guests))
    cancelled = ended(make_booking(guests=guests))
    guest = ("cancelled", "guest:bob@example.org")
    assert guest not in planned(plan.cancelled(was_cancelled(taken_back), NOW))
    assert guest in planned(plan.cancelled(was_cancelled(cancelled), NOW))


def test_another_host_is_told_reminded_and_the_old_one_leaves():
    before = make_booking()
    booking = given(before, BEA)
    mails = asking.reassigned(was_given(booking, before), blank(booking), NOW)
    assert planned(mails) == {
        ("reassigned", ATTENDEE),
        ("reassigned", OF_BEA),
        ("handed_over", OF_ADA),
        ("reminder", ATTENDEE),
        ("reminder", OF_BEA),
    }


def test_the_old_host_is_told_even_when_the_chain_has_gone_on():
    before = make_booking()
    booking = given(before, BEA)
    thread = blank(booking).with_booking(ended(booking))
    mails = asking.reassigned(was_given(booking, before), thread, NOW)
    assert planned(mails) == {("handed_over", OF_ADA)}


def test_each_time_that_a_row_is_given_on_has_its_own_keys():
    first = make_booking()
    second = given(first, BEA)
    third, fourth = given(second, ADA), given(given(second, ADA), BEA)
    once = asking.reassigned(was_given(second, first), blank(first), NOW)
    again = asking.reassigned(was_given(fourth, third), blank(first), NOW)
    keys = {mail.key for mail in once} & {mail.key for mail in again}
    assert {key.partition("|")[0] for key in keys} == {"reminder"}


def test_the_url_of_a_host_who_left_is_not_the_meetings_any_more():
    before = make_booking()
    thread = blank(before).with_booking(before).with_event(was_written(before, "https://a.b/c"))
    assert thread.with_booking(before).join_url == "https://a.b/c"
    assert thread.with_booking(given(before, BEA)).join_url == ""
    mails = asking.reassigned(was_given(given(before, BEA), before, awaits=True), thread, NOW)
    due = {mail.due_at for mail in mails if mail.kind == "reassigned"}
    assert due == {NOW + timedelta(seconds=60)}


def test_a_new_hosts_late_url_updates_once_more_and_only_who_was_told_of_them():
    before = make_booking()
    booking = given(before, BEA)
    event = msgspec.structs.replace(was_written(booking, "https://b.b/c", 9), host_id=BEA.id)
    thread = blank(before).with_booking(booking).with_event(event)
    first = Told(ATTENDEE, "zoe@example.org", booking.id, "https://a.b/c", "confirmed", 0)
    second = Told(ATTENDEE, "zoe@example.org", booking.id, "", "reassigned", 1)
    (update,) = plan.updates(thread, [first, second], NOW)
    (of_before,) = plan.updates(
        blank(before).with_booking(before).with_event(was_written(before, "https://a.b/d")),
        [first],
        NOW,
    )
    assert update.key != of_before.key


def ask(kind, booking, role=ATTENDEE, departed=None):
    return Question(kind, role, booking.id, booking.start, booking.sequence, departed)


@pytest.mark.parametrize("kind", ["requested", "approval_asked"])
def test_a_question_is_asked_only_while_it_is_open(kind):
    booking = make_request()

    def answer(current, now=NOW):
        return decide.about_booking(ask(kind, booking), current, now)

    assert isinstance(answer(booking), Send)
    assert answer(approved(booking)) == Skip(decide.ANSWERED)
    assert answer(ended(booking, status="declined")) == Skip(decide.DECLINED)
    assert answer(ended(booking)) == Skip(decide.CANCELLED)
    assert answer(moved(booking, START, NOW)) == Skip(decide.MOVED)
    assert answer(given(booking, BEA)) == Skip(decide.REASSIGNED)


def test_a_refusal_is_mailed_only_of_what_was_refused():
    booking = make_request()
    refused = ended(booking, status="declined")
    assert isinstance(decide.about_booking(ask("declined", booking), refused, NOW), Send)
    found = decide.about_booking(ask("declined", booking), approved(booking), NOW)
    assert found == Skip(decide.NOT_DECLINED)


def test_who_has_the_meeting_again_is_not_told_that_it_is_gone():
    booking = make_booking()
    question = ask("handed_over", booking, OF_ADA, people.host(ADA))
    assert decide.about_booking(question, booking, NOW) == Skip(decide.STILL_HOST)
    assert isinstance(decide.about_booking(question, given(booking, BEA), NOW), Send)


def subject(kind, booking, role=ATTENDEE, **more):
    reader = people.find(booking, role) or people.host(ADA)
    return Subject(kind, booking, reader, **more)


@pytest.mark.parametrize("kind", ["requested", "approval_asked", "declined", "lapsed", "cancelled"])
def test_what_was_never_confirmed_carries_no_calendar(kind):
    assert invitation.method(subject(kind, make_request())) is None


@pytest.mark.parametrize(
    ("kind", "method"),
    [("requested", "REQUEST"), ("declined", "CANCEL"), ("lapsed", "CANCEL")],
)
def test_a_confirmed_meeting_that_asks_to_move_stays_in_calendars_until_it_is_refused(kind, method):
    assert invitation.method(subject(kind, make_request(approved=True))) == method


def test_a_host_who_was_never_invited_gets_no_cancellation():
    booking = given(make_booking(), BEA)
    assert invitation.method(subject("handed_over", booking, OF_ADA)) == "CANCEL"
    assert invitation.method(subject("handed_over", booking, OF_ADA, invited=False)) is None


def test_the_sequence_grows_from_the_question_over_the_answer_to_the_update():
    booking = make_booking(sequence=3)
    numbers = [
        invitation.sequence(subject(kind, booking))
        for kind in ("requested", "confirmed", "updated")
    ]
    after = invitation.sequence(subject("cancelled", ended(booking)))
    assert [*numbers, after] == sorted({*numbers, after})


def test_a_host_reads_two_buttons_and_until_when_and_an_attendee_none():
    answer = AnswerLinks("https://h.test/book/approve/a", "https://h.test/book/decline/d", START)
    words = pages.booking(subject("approval_asked", make_request(), OF_ADA, answer=answer))
    assert words.subject == "Please answer: Intro call with Zoë, Tue 1 Dec 14:00 (London)"
    for body in (words.text, words.html):
        assert answer.approve in body
        assert answer.decline in body
        assert "Please answer by Tuesday 1 December 2026, 14:00 (London, UTC+0)" in body
    of_attendee = pages.booking(subject("requested", make_request()))
    assert "/book/" not in of_attendee.text + of_attendee.html


def test_a_request_does_not_give_the_address_to_join_away():
    place = Location(kind="url", value="https://own.example/room")
    words = pages.booking(subject("requested", make_request(location=place)))
    assert "own.example" not in words.text + words.html
    assert "Where: Online" in words.text


@pytest.mark.parametrize(
    "kind", ["requested", "approval_asked", "declined", "lapsed", "reassigned", "handed_over"]
)
@pytest.mark.parametrize("role", [ATTENDEE, OF_ADA])
@pytest.mark.parametrize("was_approved", [True, False])
def test_hostile_names_break_nothing(kind, role, was_approved):
    hosts = (msgspec.structs.replace(ADA, name=HOSTILE),)
    booking = make_request(approved=was_approved, hosts=hosts, link_title=HOSTILE)
    more = {"previous_start": START, "previous_hosts": HOSTILE}
    words = pages.booking(subject(kind, booking, role, **more))
    assert "<script" not in words.html
    assert "\n" not in words.subject
