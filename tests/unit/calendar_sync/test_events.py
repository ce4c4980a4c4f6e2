"""Which event a booking wants, and the next step towards it."""

import re
from dataclasses import replace as changed
from uuid import UUID, uuid4

import pytest
from msgspec import structs

from calendar_sync.domain import events, labels
from calendar_sync.domain.writing import Place, Standing, next_step
from contracts.booking import NOTE, Attendee, BookingReassigned, BookingRequested, Location
from contracts.languages import LANGUAGES
from unit.calendar_sync.builders import ADA, BEA, HOUR, NOW, booked, cancelled, moved, rescheduled

PLACE = Place(UUID(int=8), "main", ok=True)
BROKEN = changed(PLACE, ok=False)


def standing(wish, place=None, *, written=False):
    return Standing(wish, "id", place, written=written, attempts=0)


def test_an_events_id_is_stable_per_chain_and_host_and_fit_for_google():
    root, host = uuid4(), uuid4()
    made = events.event_id(root, host)
    assert made == events.event_id(root, host)
    assert made != events.event_id(root, uuid4())
    assert re.fullmatch(r"[0-9a-v]{32}", made)


def test_a_booking_wants_an_event_for_each_host_with_all_they_need():
    first, second = events.wanted(booked(hosts=(ADA, BEA)))
    assert (first.host_id, second.host_id) == (ADA.id, BEA.id)
    assert first.title == "Intro call - Sam"
    assert (first.conference, second.conference) == (True, False)
    assert "sam@example.org" in first.description
    assert "Anything we should know beforehand?: <b>Hello</b>" in first.description


def test_only_a_conference_asks_for_a_join_url():
    (wish,) = events.wanted(booked(location=Location(kind="address", value="1 High Street")))
    assert (wish.conference, wish.location) == (False, "1 High Street")


def seats(*bookings):
    return [seat for booking in bookings for seat in events.wanted(booking)]


def test_those_who_share_a_meeting_share_its_event():
    first = booked(capacity=5)
    second = structs.replace(
        booked(capacity=5, meeting_id=first.meeting_id, join_url="https://meet.test/1"),
        attendee=structs.replace(first.attendee, name="Lee"),
    )
    sam, lee = seats(first, second)
    alone = events.together([sam], None, sam)
    assert (alone.root_id, alone.title, alone.conference) == (
        first.meeting_id,
        "Intro call - Sam",
        True,
    )
    both = events.together([sam, lee], alone, lee)
    assert (both.title, both.conference) == ("Intro call - Sam, Lee", True)
    assert both.rank > alone.rank
    assert events.together([sam, lee], both, sam) is None
    left = events.together([lee], both, sam)
    assert (left.title, left.conference, left.removed) == ("Intro call - Lee", True, False)
    gone = events.together([], left, lee)
    assert gone.removed
    assert gone.rank > left.rank
    assert events.together([], gone, sam) is None
    assert events.together([], None, sam) is None


def test_a_move_to_another_host_removes_the_event_of_the_first():
    before = booked()
    after = moved(before, hosts=(BEA,))
    wishes = events.wanted_after_move(rescheduled(before, after))
    assert [(wish.host_id, wish.removed) for wish in wishes] == [(BEA.id, False), (ADA.id, True)]


def asked(before, after):
    return BookingRequested(
        workspace_id=after.workspace_id, version=after.version, booking=after, previous=before
    )


def test_a_request_has_no_event_and_its_refusal_removes_none_that_was_never_made():
    new = booked(status="pending", approved=False)
    assert events.wanted_while_asked(asked(None, new)) == ()
    later = moved(new, status="pending")
    assert events.wanted_while_asked(asked(new, later)) == ()


def test_a_meeting_that_asks_to_be_moved_stands_at_its_new_time_until_it_is_answered():
    before = booked()
    after = moved(before, status="pending", hosts=(BEA,))
    wishes = events.wanted_while_asked(asked(before, after))
    assert [(wish.host_id, wish.removed) for wish in wishes] == [(BEA.id, False), (ADA.id, True)]
    assert wishes[0].starts_at == after.start
    (declined,) = events.removal(
        structs.replace(after, status="declined", sequence=after.sequence + 1)
    )
    assert wishes[0].rank < declined.rank
    (approved,) = events.wanted(
        structs.replace(after, status="confirmed", version=after.version + 1)
    )
    assert wishes[0].rank < approved.rank


def test_a_reassigned_meeting_goes_from_one_calendar_to_the_other():
    before = booked()
    after = structs.replace(before, hosts=(BEA,), sequence=1, version=2)
    event = BookingReassigned(
        workspace_id=after.workspace_id, version=2, booking=after, previous=before,
        actor="system", at=NOW,
    )  # fmt: skip
    wishes = events.wanted_after_move(event)
    assert [(wish.host_id, wish.removed) for wish in wishes] == [(BEA.id, False), (ADA.id, True)]


def test_the_later_wish_ranks_higher_and_a_removal_wins_a_tie():
    before = booked()
    after = moved(before)
    (first,) = events.wanted(before)
    (second,) = events.wanted_after_move(rescheduled(before, after))
    (gone,) = events.removal(cancelled(after).booking)
    assert first.rank < second.rank < gone.rank
    assert second.rank < changed(second, removed=True).rank


@pytest.mark.parametrize(
    ("removed", "stands", "written", "place", "expected"),
    [
        (False, None, False, PLACE, "write"),
        (False, None, False, BROKEN, "wait"),
        (False, None, False, None, "wait"),
        (False, PLACE, False, PLACE, "write"),
        (False, PLACE, True, PLACE, "move"),
        (False, BROKEN, True, BROKEN, "wait"),
        (True, None, False, PLACE, "nothing"),
        (True, PLACE, False, PLACE, "delete"),
        (True, PLACE, True, PLACE, "delete"),
        (True, BROKEN, True, BROKEN, "wait"),
    ],
)
def test_the_next_step_follows_from_what_is_wanted_and_what_may_stand(
    removed, stands, written, place, expected
):
    (wish,) = events.wanted(booked())
    event = standing(changed(wish, removed=removed), stands, written=written)
    assert next_step(event, place, NOW) == expected


def test_what_is_over_or_was_invited_by_mail_is_not_written():
    (wish,) = events.wanted(booked())
    assert next_step(standing(wish), PLACE, wish.ends_at) == "nothing"
    assert next_step(standing(wish), PLACE, wish.ends_at - HOUR) == "write"
    assert next_step(standing(changed(wish, asked=False)), PLACE, NOW) == "nothing"


def test_an_event_speaks_its_hosts_language():
    """Each host's own; a language that is none of ours is English. Braces in a name stay braces."""
    ada, bea = structs.replace(ADA, language="de-AT"), structs.replace(BEA, language="sv")
    sam = Attendee(name="{0}", email="sam@example.org", language="he")
    booking = booked(hosts=(ada, bea), attendee=sam, answers={"note": True})
    german, english = (wish.description for wish in events.wanted(booking))
    note = "Gibt es etwas, das wir vorab wissen sollten?: ja"
    assert german == f"Mit: {{0}} <sam@example.org>\n{note}"
    assert english.startswith("With: {0} <sam@example.org>\n")


def test_there_are_labels_of_every_language():
    assert len({labels.labels(code) for code in LANGUAGES}) == len(LANGUAGES)
    assert labels.labels("en").note == NOTE.label
