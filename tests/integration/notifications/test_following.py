"""From a booking to the mailboxes: what arrives, how often, and what it says."""

from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from icalendar import Calendar

from contracts.gateway import AccountInvited, PasswordResetAsked
from notifications import writing
from notifications.service import Notifications
from notifications.store import secrets
from servicekit.sealing import Sealer

ADA, ZOE = "ada@acme.test", "zoe@example.org"


def body(mail):
    return mail.get_body(("plain",)).get_content()


def event(mail):
    part = next(one for one in mail.walk() if one.get_content_type() == "text/calendar")
    return part.get_param("method"), Calendar.from_ical(part.get_content()).events[0]


def test_a_booking_is_confirmed_once_to_each_with_links_that_work(office):
    booked = office.book()
    office.send()
    office.send()
    assert (office.subjects(ZOE), office.subjects(ADA)) == (["Confirmed"], ["Confirmed"])
    (mail,) = office.mails(ZOE)
    assert mail["Subject"] == "Confirmed: Intro call with Ada, Tue 1 Dec 09:00 (New York)"
    assert f"/book/reschedule/{booked.reschedule_token}" in body(mail)
    assert f"/book/cancel/{booked.cancel_token}" in body(mail)
    (of_host,) = office.mails(ADA)
    assert "About the fountain" in body(of_host)
    assert booked.cancel_token not in of_host.as_string()


def test_a_chain_keeps_one_uid_and_its_sequence_grows(office):
    booked = office.book()
    office.send()
    moved = office.move(booked, office.START + office.DAY)
    office.send()
    office.cancel(moved)
    office.send()
    assert office.subjects() == ["Confirmed", "Moved", "Cancelled"]
    events = [event(mail) for mail in office.mails()]
    assert [method for method, _ in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(one["uid"]) for _, one in events} == {booked.booking.uid}
    numbers = [one["sequence"] for _, one in events]
    assert numbers == sorted(set(numbers))
    assert moved.cancel_token in body(office.mails()[1])
    assert "Down with a cold" in body(office.mails(ADA)[2])


def test_tokens_are_nowhere_in_our_database(office):
    booked = office.book()
    office.send()
    rows = office.execute("SELECT row_to_json(delivery)::text FROM delivery").scalars().all()
    assert rows
    assert not [row for row in rows if booked.cancel_token in row]


def test_a_reminder_goes_to_both_a_day_before_and_only_once(office):
    office.book()
    office.send()
    office.clock.advance(office.START - office.DAY - office.NOW - timedelta(seconds=1))
    office.later()
    assert office.subjects() == ["Confirmed"]
    office.later(seconds=1)
    office.later(hours=1)
    assert office.subjects(ZOE) == ["Confirmed", "Reminder"]
    assert office.subjects(ADA) == ["Confirmed", "Reminder"]


def test_a_scheduler_that_was_down_catches_up_but_never_after_the_start(office):
    office.book()
    other = office.book(office.START + timedelta(hours=2))
    office.send()
    office.clock.advance(office.START - office.NOW)
    office.later()
    assert office.subjects() == ["Confirmed", "Confirmed", "Reminder"]
    assert ("reminder", ZOE, "sent") in office.states(other.booking)


def test_no_reminder_when_booked_less_than_a_day_ahead(office):
    booked = office.book(office.NOW + timedelta(hours=5))
    office.send()
    office.later(hours=4)
    assert office.subjects() == ["Confirmed"]
    assert "reminder" not in {kind for kind, _, _ in office.states(booked.booking)}


def test_a_moved_meeting_is_reminded_of_at_its_new_time_and_a_cancelled_one_not_at_all(office):
    booked = office.book()
    cancelled = office.book(office.START + timedelta(hours=1))
    office.send()
    office.move(booked, office.START + 2 * office.DAY)
    office.cancel(cancelled)
    office.send()
    office.later(days=7, hours=6)
    assert "Reminder" not in office.subjects()
    office.later(days=2)
    assert office.subjects().count("Reminder") == 1
    assert "3 Dec" in office.mails()[-1]["Subject"]


def test_a_reminder_is_decided_from_the_booking_even_before_its_event_is_here(office):
    booked = office.book()
    office.send()
    office.cancel(booked)
    office.clock.advance(office.START - office.DAY - office.NOW)
    office.later()
    assert office.subjects() == ["Confirmed"]
    office.send()
    assert office.subjects() == ["Confirmed", "Cancelled"]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_repeat_of_events_ends_with_the_right_mails(office, seed):
    booked = office.book()
    moved = office.move(booked, office.START + office.DAY)
    again = office.move(moved, office.START + 2 * office.DAY)
    other = office.book()
    office.cancel(other)
    office.local.deliver(shuffle=Random(seed), repeat=2)
    office.local.tick("notifications", "send_due")
    assert sorted(office.subjects(ZOE)) == ["Cancelled", "Moved"]
    assert sorted(office.subjects(ADA)) == ["Cancelled", "Moved"]
    office.later(days=9, hours=6)
    assert office.subjects().count("Reminder") == 1
    assert {kind for kind, _, state in office.states(again.booking) if state == "due"} == set()


def test_a_confirmation_waits_for_the_join_url_and_goes_when_it_comes(office):
    office.conference()
    booked = office.book(slug="meet")
    office.send()
    assert office.subjects() == []
    office.written(booked.booking)
    office.send()
    assert office.subjects() == ["Confirmed"]
    (mail,) = office.mails(ZOE)
    assert "https://meet.example/abc" in body(mail)
    assert event(mail)[1]["location"] == "https://meet.example/abc"


def test_a_confirmation_waits_a_minute_at_most_and_a_late_url_makes_one_update(office):
    office.conference()
    booked = office.book(slug="meet")
    office.send()
    office.later(seconds=59)
    assert office.subjects() == []
    office.later(seconds=1)
    assert office.subjects() == ["Confirmed"]
    office.written(booked.booking)
    office.written(booked.booking, version=2)
    office.send()
    assert office.subjects(ZOE) == ["Confirmed", "Updated"]
    assert office.subjects(ADA) == ["Confirmed", "Updated"]
    first, second = (event(mail)[1] for mail in office.mails(ZOE))
    assert second["sequence"] > first["sequence"]


def test_a_host_whose_calendar_is_written_gets_no_calendar_part(office):
    office.conference()
    booked = office.book(slug="meet")
    office.local.deliver()
    office.written(booked.booking)
    office.send()
    types = {part.get_content_type() for part in office.mails(ADA)[0].walk()}
    assert "text/calendar" not in types
    assert "text/calendar" in {part.get_content_type() for part in office.mails(ZOE)[0].walk()}


def test_a_break_of_the_calendar_is_told_once_and_so_is_its_end(office):
    office.connected()
    office.connected(2, "broken")
    office.connected(3, "broken")
    office.send()
    (mail,) = office.mails(ADA)
    assert mail["Subject"] == "Your Google Calendar can no longer be read"
    assert "Google refuses: sign in again." in body(mail)
    office.connected(4)
    office.connected(5)
    office.send()
    assert [mail["Subject"] for mail in office.mails(ADA)][1:] == [
        "Your Google Calendar works again"
    ]


def test_a_break_that_is_over_before_it_was_told_is_not_told(office):
    office.connected(1, "broken")
    office.connected(2)
    office.send()
    assert office.mails(ADA) == []


def invited(office, url="https://h.test/join/secret"):
    sealer = Sealer(office.notifications.settings.secret_keys)
    return AccountInvited(
        workspace_id=office.workspace,
        version=1,
        account_id=uuid4(),
        email="bea@acme.test",
        name="Bea",
        invited_by="Ada",
        workspace_name="Acme",
        sealed_url=sealer.seal(url),
        expires_at=office.NOW + office.DAY,
    )


def test_an_invitation_is_opened_only_for_the_mail(office):
    asked = invited(office)
    office.hear(office.notifications, asked)
    office.hear(office.notifications, asked)
    office.send()
    (mail,) = office.mails("bea@acme.test")
    assert mail["Subject"] == "Ada invites you to Acme"
    assert "https://h.test/join/secret" in body(mail)
    (payload,) = office.execute("SELECT payload::text FROM delivery").scalars()
    assert "sealed_url" not in payload


def test_a_waiting_link_is_sealed_anew_when_keys_rotate(office):
    office.hear(office.notifications, invited(office))
    rotated = Sealer(("a new key", *office.notifications.settings.secret_keys))
    with office.notifications.db.begin() as tx:
        assert secrets.reseal(tx, rotated) == (1, 0)
        assert secrets.reseal(tx, rotated) == (0, 0)
    with office.notifications.db.begin() as tx:
        assert secrets.reseal(tx, Sealer(office.notifications.settings.secret_keys)) == (0, 1)


def test_a_reset_link_that_has_expired_is_not_mailed(office):
    asked = invited(office)
    office.hear(
        office.notifications,
        PasswordResetAsked(
            workspace_id=office.workspace,
            version=1,
            account_id=asked.account_id,
            email=asked.email,
            name=asked.name,
            sealed_url=asked.sealed_url,
            expires_at=office.NOW + timedelta(hours=1),
        ),
    )
    office.later(hours=1)
    assert office.mails("bea@acme.test") == []
    assert office.execute("SELECT state FROM delivery").scalars().all() == ["skipped"]


class Counted:
    """booking, with a note of what it was asked."""

    def __init__(self, booking):
        self._booking = booking
        self.asked = []

    def __getattr__(self, name):
        self.asked.append(name)
        return getattr(self._booking, name)


@pytest.mark.parametrize(
    ("fresh", "asked"), [(1.0, ["manage_tokens"]), (0.0, ["manage_tokens", "get_booking"])]
)
def test_one_answer_serves_the_mails_of_one_booking_while_it_is_fresh(
    office, monkeypatch, fresh, asked
):
    counted = Counted(office.notifications.booking)
    monkeypatch.setattr(Notifications, "booking", counted)
    monkeypatch.setattr(writing, "FRESH", fresh * 60)
    office.book()
    office.send()
    assert counted.asked == asked
    assert office.subjects(ZOE) == office.subjects(ADA) == ["Confirmed"]
