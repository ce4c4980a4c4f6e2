"""What mails follow from each event, when, and how often."""

from datetime import timedelta

import pytest

from contracts.booking import Location
from contracts.calendar_sync import ConnectionChanged
from notifications.domain import decide, plan
from notifications.domain.decide import Question, Send, Skip
from notifications.domain.plan import Connected, Told
from notifications.domain.thread import Thread
from unit.notifications.builders import (
    ADA,
    NOW,
    START,
    WORKSPACE,
    ZOE,
    ended,
    make_booking,
    moved,
    was_cancelled,
    was_confirmed,
    was_moved,
    was_written,
)

ROLES = {"attendee", f"host:{ADA.id}"}


def blank(booking):
    return Thread(booking.root_id, booking.workspace_id)


def by_kind(mails, kind):
    return {mail.role: mail for mail in mails if mail.kind == kind}


def test_a_booking_mails_attendee_and_host_at_once_and_reminds_both_a_day_before():
    booking = make_booking()
    mails = plan.confirmed(was_confirmed(booking), blank(booking), NOW)
    assert set(by_kind(mails, "confirmed")) == ROLES
    assert {mail.due_at for mail in by_kind(mails, "confirmed").values()} == {NOW}
    assert set(by_kind(mails, "reminder")) == ROLES
    reminded = {mail.due_at for mail in by_kind(mails, "reminder").values()}
    assert reminded == {START - timedelta(hours=24)}


def test_guests_are_told_but_not_reminded():
    booking = make_booking(guests=("Bob@Example.org", "bob@example.org", ZOE.email))
    mails = plan.confirmed(was_confirmed(booking), blank(booking), NOW)
    assert set(by_kind(mails, "confirmed")) == ROLES | {"guest:bob@example.org"}
    assert set(by_kind(mails, "reminder")) == ROLES


@pytest.mark.parametrize(("ahead", "count"), [(timedelta(hours=24), 2), (timedelta(hours=23), 0)])
def test_no_reminder_when_booked_less_than_a_day_ahead(ahead, count):
    booking = make_booking(start=NOW + ahead)
    mails = plan.confirmed(was_confirmed(booking), blank(booking), NOW)
    assert len(by_kind(mails, "reminder")) == count


def test_an_event_that_comes_hours_late_still_plans_the_reminder():
    booking = make_booking(start=NOW + timedelta(hours=25))
    mails = plan.confirmed(was_confirmed(booking), blank(booking), NOW + timedelta(hours=2))
    assert len(by_kind(mails, "reminder")) == 2


@pytest.mark.parametrize(
    ("late", "wait"), [(timedelta(0), 60), (timedelta(seconds=45), 15), (timedelta(hours=1), 0)]
)
def test_a_confirmation_waits_a_minute_at_most_for_its_join_url(late, wait):
    booking = make_booking()
    now = NOW + late
    mails = plan.confirmed(was_confirmed(booking, awaits=True), blank(booking), now)
    due = by_kind(mails, "confirmed")["attendee"].due_at
    assert due == now + timedelta(seconds=wait)


def test_nobody_waits_for_a_join_url_that_came_first():
    booking = make_booking()
    thread = blank(booking).with_event(was_written(booking, "https://meet.example/a"))
    mails = plan.confirmed(was_confirmed(booking, awaits=True), thread, NOW)
    assert by_kind(mails, "confirmed")["attendee"].due_at == NOW


def test_no_stale_confirmation_follows_a_cancellation_or_a_move():
    booking = make_booking()
    later = moved(booking, START + timedelta(days=1), NOW)
    for newer in (ended(booking), later, ended(later)):
        thread = blank(booking).with_booking(newer)
        assert plan.confirmed(was_confirmed(booking), thread, NOW) == []
    thread = blank(booking).with_booking(ended(later))
    assert plan.rescheduled(was_moved(later, booking), thread, NOW) == []


def test_a_repeat_has_the_same_keys_and_a_move_has_others():
    booking = make_booking()
    first = {mail.key for mail in plan.confirmed(was_confirmed(booking), blank(booking), NOW)}
    again = {mail.key for mail in plan.confirmed(was_confirmed(booking), blank(booking), NOW)}
    later = moved(booking, START + timedelta(days=1), NOW)
    after = {m.key for m in plan.rescheduled(was_moved(later, booking), blank(booking), NOW)}
    assert first == again
    assert len(first) == 4
    assert not first & after


def test_a_cancellation_mails_both_at_once():
    mails = plan.cancelled(was_cancelled(ended(make_booking())), NOW)
    assert {(mail.kind, mail.role, mail.due_at) for mail in mails} == {
        ("cancelled", role, NOW) for role in ROLES
    }


def told(booking, join_url):
    return [Told("attendee", ZOE.email, booking.id, join_url)]


def test_a_late_join_url_updates_who_was_told_without_it():
    booking = make_booking()
    thread = blank(booking).with_booking(booking).with_event(was_written(booking, "https://a.b/c"))
    (update,) = plan.updates(thread, told(booking, ""), NOW)
    assert (update.kind, update.role, update.due_at) == ("updated", "attendee", NOW)
    assert plan.updates(thread, told(booking, "https://a.b/c"), NOW) == []


def test_no_update_for_a_moved_or_cancelled_booking_nor_one_that_is_no_conference():
    booking = make_booking()
    event = was_written(booking, "https://a.b/c")
    gone = blank(booking).with_booking(ended(booking)).with_event(event)
    later = blank(booking).with_booking(moved(booking, START, NOW)).with_event(event)
    phone = make_booking(location=Location(kind="phone", value="1"))
    on_phone = blank(phone).with_booking(phone).with_event(was_written(phone, "https://a.b/c"))
    assert plan.updates(gone, told(booking, ""), NOW) == []
    assert plan.updates(later, told(booking, ""), NOW) == []
    assert plan.updates(on_phone, told(phone, ""), NOW) == []


def changed(state, version):
    return ConnectionChanged(
        workspace_id=WORKSPACE,
        version=version,
        host_id=ADA.id,
        writes_calendar=True,
        state=state,
        provider="google",
    )


def kinds(states):
    known, found = Connected(), []
    for version, state in states:
        known, mail = plan.connection(changed(state, version), known, NOW)
        found += [mail.kind] if mail else []
    return found


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([(1, "ok")], []),
        ([(1, "ok"), (2, "broken")], ["connection_broken"]),
        ([(1, "broken"), (2, "broken"), (2, "broken")], ["connection_broken"]),
        ([(1, "broken"), (2, "ok"), (3, "ok")], ["connection_broken", "connection_restored"]),
        ([(2, "ok"), (1, "broken")], []),
        ([(1, "broken"), (2, "none"), (3, "ok")], ["connection_broken"]),
        (
            [(1, "broken"), (2, "ok"), (3, "broken")],
            ["connection_broken", "connection_restored", "connection_broken"],
        ),
    ],
)
def test_a_break_is_told_once_and_so_is_its_end(states, expected):
    assert kinds(states) == expected


def ask(kind, booking, role="attendee"):
    return Question(kind, role, booking.id, booking.start)


def test_a_due_mail_is_sent_to_the_person_as_the_booking_has_them_now():
    booking = make_booking()
    found = decide.about_booking(ask("confirmed", booking, f"host:{ADA.id}"), booking, NOW)
    assert isinstance(found, Send)
    assert (found.person.email, found.person.timezone) == (ADA.email, ADA.timezone)


@pytest.mark.parametrize("kind", ["confirmed", "rescheduled", "updated", "reminder"])
def test_nothing_but_the_cancellation_is_sent_for_a_cancelled_booking(kind):
    booking = make_booking()
    over = ended(booking)
    assert decide.about_booking(ask(kind, booking), over, NOW) == Skip(decide.CANCELLED)
    assert isinstance(decide.about_booking(ask("cancelled", booking), over, NOW), Send)


@pytest.mark.parametrize("kind", ["confirmed", "rescheduled", "updated", "reminder"])
def test_what_was_planned_before_a_move_is_not_sent_after_it(kind):
    booking = make_booking()
    later = moved(booking, START + timedelta(days=1), NOW)
    assert decide.about_booking(ask(kind, booking), later, NOW) == Skip(decide.MOVED)


@pytest.mark.parametrize(("after", "sent"), [(-1, True), (0, False), (1, False)])
def test_a_reminder_is_never_sent_from_the_start_on(after, sent):
    booking = make_booking()
    now = booking.start + timedelta(seconds=after)
    found = decide.about_booking(ask("reminder", booking), booking, now)
    assert isinstance(found, Send) == sent


def test_a_confirmation_that_a_dead_mail_server_delayed_past_the_start_is_not_lost():
    booking = make_booking()
    now = booking.start + timedelta(hours=2)
    assert isinstance(decide.about_booking(ask("confirmed", booking), booking, now), Send)


def test_who_left_the_meeting_is_not_mailed():
    booking = make_booking()
    found = decide.about_booking(ask("reminder", booking, "host:nobody"), booking, NOW)
    assert found == Skip(decide.LEFT)


def test_expired_links_and_repaired_connections_are_not_mailed():
    assert decide.about_account(NOW, NOW) == decide.EXPIRED
    assert decide.about_account(NOW + timedelta(seconds=1), NOW) == ""
    assert decide.about_connection("connection_broken", "ok", "") == decide.REPAIRED
    assert decide.about_connection("connection_broken", "broken", "") == ""
    assert decide.about_connection("connection_restored", "ok", "skipped") == decide.NEVER_TOLD
    assert decide.about_connection("connection_restored", "ok", "sent") == ""
