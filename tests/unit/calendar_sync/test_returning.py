"""What counts as a host's own change of our event, and what does not."""

from dataclasses import replace

import pytest

from calendar_sync.domain import events, returning
from calendar_sync.domain.calendars import Occurrence
from calendar_sync.domain.returning import Ours
from unit.calendar_sync.builders import HOUR, NOW, booked

(WISH,) = events.wanted(booked())
LEFT = Ours(WISH, quiet=True, in_line_at=NOW, moved=None, declined=False)
LATER = NOW + HOUR


def seen(by=0 * HOUR, **more):
    return Occurrence("e", "e", WISH.starts_at + by, WISH.ends_at + by, **more)


def what(ours, *found, began=LATER, now=LATER):
    return [change.what for change in returning.changes(ours, found, began, now)]


@pytest.mark.parametrize(
    ("ours", "found", "expected"),
    [
        (LEFT, [seen()], []),
        (LEFT, [seen(HOUR)], ["moved"]),
        (LEFT, [seen(HOUR), seen()], []),
        (LEFT, [], ["deleted"]),
        (LEFT, [seen(removed=True)], ["deleted"]),
        (LEFT, [seen(declined=True)], ["declined"]),
        (LEFT, [seen(HOUR, declined=True)], ["moved", "declined"]),
        (replace(LEFT, declined=True), [seen(declined=True)], []),
        (replace(LEFT, declined=True), [seen()], ["undeclined"]),
        (replace(LEFT, moved=(LATER, LATER + HOUR)), [seen()], ["moved"]),
        (replace(LEFT, moved=(seen(HOUR).start, seen(HOUR).end)), [seen(HOUR)], []),
        (replace(LEFT, quiet=False), [seen(HOUR)], []),
        (replace(LEFT, quiet=False), [], []),
    ],
)
def test_only_what_differs_from_what_we_left_and_told_is_a_change(ours, found, expected):
    assert what(ours, *found) == expected


def test_what_was_read_before_our_last_write_had_ended_is_left_to_the_next_reading():
    assert what(LEFT, seen(HOUR), began=NOW) == ["unsure"]
    assert what(LEFT, seen(), began=NOW) == []


def test_what_is_over_is_nobodys_business():
    assert what(LEFT, now=WISH.ends_at) == []


def test_a_complete_list_is_believed_about_one_event_that_was_written_a_while_ago():
    assert returning.missing([LEFT], 0, LATER) == (LEFT,)
    assert returning.missing([LEFT], 0, NOW + returning.SETTLED) == ()


def test_a_complete_list_that_lacks_all_of_many_is_not_believed():
    many = [LEFT] * returning.MANY
    assert returning.missing(many, 0, LATER) == ()
    assert returning.missing(many, 1, LATER) == tuple(many)
