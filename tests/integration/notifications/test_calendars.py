"""What happens in hosts' calendars, in mailboxes: the attendee hears of a followed change once, the
host of one that was not.
"""

from datetime import timedelta

import pytest

from contracts.calendar_sync import EventDeleted, EventMoved
from contracts.errors import SchedulingError

ADA, ZOE = "ada@acme.test", "zoe@example.org"
HOUR = timedelta(hours=1)


def about(office, booking, version):
    return {
        "workspace_id": office.workspace,
        "version": version,
        "root_id": booking.root_id,
        "meeting_id": booking.meeting_id,
        "host_id": office.ada,
        "was_start": booking.start,
    }


def shifted(office, booking, by=HOUR, version=1):
    start, end = booking.start + by, booking.end + by
    seen = about(office, booking, version) | {"was_end": booking.end}
    return EventMoved(**seen, start=start, end=end)


def body(mail, kind="plain"):
    return mail.get_body((kind,)).get_content()


def test_a_followed_move_is_mailed_once_as_any_other(office):
    booking = office.book().booking
    office.send()
    for _ in range(2):
        office.hear(office.booking, shifted(office, booking))
        office.send()
    assert office.subjects(ZOE) == ["Confirmed", "Moved"]
    assert office.subjects(ADA) == ["Confirmed", "Moved"]


def test_a_followed_deletion_is_mailed_once_as_any_other(office):
    booking = office.book().booking
    office.send()
    office.hear(office.booking, EventDeleted(**about(office, booking, 1)))
    office.send()
    assert office.subjects(ZOE) == ["Confirmed", "Cancelled"]
    assert "Ada" in body(office.mails(ZOE)[-1])


def test_a_change_that_is_only_told_goes_to_the_host_once_and_to_nobody_else(office):
    office.link("told", calendar_changes="tell")
    office.local.deliver()
    booking = office.book(slug="told").booking
    office.send()
    office.hear(office.booking, shifted(office, booking))
    office.send()
    office.send()
    assert office.subjects(ZOE) == ["Confirmed"]
    first, differs = office.mails(ADA)
    assert differs["Subject"] == "Intro call with Zoë: your calendar and the booking differ"
    assert "moved Intro call with Zoë to Tuesday 1 December 2026, 15:00" in body(differs)
    assert "still stands at Tuesday 1 December 2026, 14:00" in body(differs)
    assert "https://h.test/calendar" in body(differs, "html")
    assert first["To"] == differs["To"]


def test_a_time_that_is_taken_is_told_in_words(office):
    office.book(office.START + HOUR)
    booking = office.book().booking
    office.send()
    office.hear(office.booking, shifted(office, booking))
    office.send()
    assert "another meeting at that time" in body(office.mails(ADA)[-1])


def test_a_difference_that_is_settled_before_its_mail_goes_out_is_not_told(office):
    office.link("told", calendar_changes="tell")
    office.local.deliver()
    booked = office.book(slug="told")
    office.send()
    office.hear(office.booking, shifted(office, booked.booking))
    office.cancel(booked)
    office.send()
    assert office.subjects(ADA) == ["Confirmed", "Cancelled"]
    kinds = {kind: state for kind, _, state in office.states(booked.booking)}
    assert kinds["calendar_differs"] == "skipped"
    with pytest.raises(SchedulingError):
        office.cancel(booked)
