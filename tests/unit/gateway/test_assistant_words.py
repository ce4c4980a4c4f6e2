"""What a host says of a time or a meeting, understood."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from contracts.booking import Attendee, BookedHost, Booking
from gateway.assistant.matching import matches
from gateway.assistant.saying import Clues, clues, period

TODAY = date(2026, 11, 25)
"""A Wednesday."""


def days(first, last=None, month=11):
    return date(2026, month, first), date(2026, month, last or first)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("today", days(25)),
        ("What's on my calendar this week?", days(23, 29)),
        ("next week", (date(2026, 11, 30), date(2026, 12, 6))),
        ("last month", days(1, 31, month=10)),
        ("friday", days(27)),
        ("wednesday", days(25)),
        ("next friday", days(4, month=12)),
        ("last monday", days(16)),
        ("next 7 days", (date(2026, 11, 25), date(2026, 12, 1))),
        ("3 December", days(3, month=12)),
        ("December 3rd, 2026", days(3, month=12)),
        ("2 March", (date(2027, 3, 2), date(2027, 3, 2))),
        ("2026-12-03", days(3, month=12)),
        ("31 February", None),
        ("friday with Acme", None),
        ("whenever", None),
        ("", None),
    ],
)
def test_days(words, expected):
    assert period(words, TODAY) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the 3pm with Acme", Clues(None, frozenset({900}), ("acme",))),
        ("cancel my 3 p.m. with Acme, please", Clues(None, frozenset({900}), ("acme",))),
        ("the 3 o'clock", Clues(None, frozenset({180, 900}))),
        ("the 3:30 with O\N{RIGHT SINGLE QUOTATION MARK}Brien", Clues(None, frozenset({210, 930}), ("obrien",))),
        ("15:00 on friday", Clues(days(27), frozenset({900}))),
        ("friday's noon meeting with Zoë", Clues(days(27), frozenset({720}), ("zoe",))),
        ("tomorrow at 12am", Clues(days(26), frozenset({0}))),
        ("the call with May Wong", Clues(names=("may", "wong"))),
        ("the 3rd of December", Clues(days(3, month=12))),
        ("friday with Sun Corp", Clues(days(27), names=("sun", "corp"))),
        ("my meeting", Clues()),
    ],
)  # fmt: skip
def test_clues(words, expected):
    assert clues(words, TODAY) == expected


def booking(day, hour, name, email, **more):
    start = datetime(2026, 11, day, hour, tzinfo=UTC)
    one = uuid4()
    return Booking(
        id=one,
        workspace_id=one,
        root_id=one,
        meeting_id=one,
        link_id=one,
        link_slug="intro",
        link_title="Intro",
        status="confirmed",
        start=start,
        end=start,
        attendee=Attendee(name=name, email=email),
        hosts=(BookedHost(id=one, name="Ada", email="ada@x.test", timezone="UTC"),),
        uid="u",
        created_at=start,
        **more,
    )


ACME = booking(27, 15, "Wile E.", "wile@acme.com")
AGAIN = booking(30, 15, "Road R.", "road@acme.com")
GLOBEX = booking(27, 14, "Hank", "hank@globex.com", answers={"company": "Globex (not acmé-like)"})
ALL = [AGAIN, GLOBEX, ACME]


def found(words, zone="UTC"):
    return matches(ALL, clues(words, TODAY), zone)


def test_all_that_was_said_has_to_fit():
    assert found("the 3pm with Acme").exact == (ACME, AGAIN)
    assert found("friday 3pm with acme").exact == (ACME,)
    assert found("with Globex").exact == (GLOBEX,)
    assert found("the one with Hank at 2").exact == (GLOBEX,)


def test_times_are_the_hosts():
    assert found("the 3pm with wile", "Europe/Berlin").exact == ()
    assert found("the 4pm with wile", "Europe/Berlin").exact == (ACME,)


def test_what_fits_a_part_is_near_and_names_come_before_times():
    assert found("the 2pm with wile").exact == ()
    assert found("the 2pm with wile").near == (ACME, GLOBEX)


def test_nothing_said_means_no_meeting():
    assert found("the meeting") == matches([], Clues(), "UTC")


def test_a_name_is_the_beginning_of_a_word():
    assert found("with obex").exact == ()
