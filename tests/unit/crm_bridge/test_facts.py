"""What one message about a booking proves."""

from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from contracts.booking import BookedFile, BookingDeclined, BookingRequested, Question
from crm_bridge.domain import facts
from unit.crm_bridge.builders import NOW, booked, cancelled, confirmed, missed, moved, rescheduled


def kinds(read):
    return [entry.kind for entry in read.entries]


def test_a_new_booking_opens_the_timeline():
    booking = booked()
    read = facts.confirmed(confirmed(booking))
    (entry,) = read.entries
    assert (entry.kind, entry.at, entry.start) == ("booked", NOW, booking.start)
    assert entry.detail == {"link": "Intro call", "host": "Ada"}


def test_the_timeline_has_the_answers_and_no_files_name():
    asked = (
        Question(id="company", label="Company"),
        Question(id="topics", label="Topics", type="multi_select", options=("a", "b")),
        Question(id="terms", label="Terms", type="checkbox"),
        Question(id="cv", label="CV", type="file"),
        Question(id="left", label="Left out"),
    )
    file = BookedFile(
        id=UUID(int=7), question="cv", name="private.pdf", size=9, type="application/pdf"
    )
    given = {"company": "<b>Acme</b>", "topics": ["a", "b"], "terms": True}
    booking = replace(booked(), questions=asked, answers=given, files=(file,))
    said = facts.first(booking).detail["answers"]
    assert said == "Company: <b>Acme</b>\nTopics: a, b\nTerms: Yes\nCV: a file"
    long = replace(booking, answers={"company": "x" * 5000})
    assert len(facts.first(long).detail["answers"]) == facts.LONGEST_ANSWERS


def test_the_first_move_also_proves_the_first_booking():
    first = booked()
    second = moved(first)
    read = facts.rescheduled(rescheduled(first, second))
    assert kinds(read) == ["booked", "rescheduled"]
    assert read.entries[0] == facts.confirmed(confirmed(first)).entries[0]
    assert read.entries[1].previous_start == first.start
    assert (read.origin.id, read.current.id) == (first.id, second.id)


def test_a_second_move_tells_of_itself_only():
    first = booked()
    second = moved(first)
    third = moved(second)
    assert kinds(facts.rescheduled(rescheduled(second, third))) == ["rescheduled"]


def test_a_repeated_message_has_the_same_keys():
    event = cancelled(booked())
    once, again = facts.cancelled(event, NOW), facts.cancelled(event, NOW + timedelta(hours=1))
    assert [entry.key for entry in once.entries] == [entry.key for entry in again.entries]


def test_a_cancellation_carries_its_own_time_when_it_has_one():
    at = NOW + timedelta(hours=3)
    read = facts.cancelled(cancelled(booked(), at), NOW + timedelta(days=9))
    assert read.entries[-1].at == at


def test_each_turn_of_a_no_show_is_an_entry_of_its_own():
    booking = booked()
    turns = [facts.no_show(missed(booking, turn=n), NOW).entries[-1] for n in (1, 2, 3)]
    assert [entry.kind for entry in turns] == ["no_show", "no_show_undone", "no_show"]
    assert len({entry.key for entry in turns}) == 3


def asked(before, after):
    return BookingRequested(
        workspace_id=after.workspace_id, version=after.version, booking=after, previous=before
    )


def refused(booking):
    return BookingDeclined(
        workspace_id=booking.workspace_id, version=booking.version, booking=booking,
        actor="system", at=NOW,
    )  # fmt: skip


def test_a_request_that_was_never_approved_proves_nothing():
    new = booked(status="pending", approved=False)
    assert facts.requested(asked(None, new)) is None
    assert facts.requested(asked(new, moved(new))) is None
    assert facts.declined(refused(new)) is None
    assert facts.cancelled(cancelled(new), NOW) is None


def test_a_known_chain_that_asks_to_be_moved_moves_and_ends_with_a_refusal():
    before = booked()
    after = replace(moved(before), status="pending")
    assert kinds(facts.requested(asked(before, after))) == ["booked", "rescheduled"]
    assert kinds(facts.declined(refused(replace(after, status="declined")))) == ["cancelled"]


def test_contacts_are_matched_in_lower_case():
    assert facts.email("  Sam@Example.ORG ") == "sam@example.org"
