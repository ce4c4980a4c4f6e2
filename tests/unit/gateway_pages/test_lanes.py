"""Where meetings stand in the week's picture, whatever the clocks do."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.calendar import lanes
from gateway.calendar.lanes import MOST_LANES, QUARTERS, Block

DAY = date(2026, 12, 2)
LONDON = ZoneInfo("Europe/London")


def at(hour, minute=0, day=DAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(9), at(9, 30), (36, 2)),
        (at(9), at(9, 5), (36, 2)),
        (at(9, 20), at(10, 10), (37, 4)),
        (at(23, 50), at(0, 20, DAY + timedelta(1)), (94, 2)),
        (at(23, 50, DAY - timedelta(1)), at(0, 20), (0, 2)),
    ],
)
def test_a_meeting_stands_at_its_quarters_and_is_never_too_small_to_read(start, end, expected):
    block = lanes.place("x", start, end, DAY)
    assert (block.at, block.length) == expected


def test_a_meeting_that_only_touches_a_day_is_not_in_it():
    assert lanes.place("x", at(23, day=DAY - timedelta(1)), at(0), DAY) is None
    assert (
        lanes.place("x", at(0, day=DAY + timedelta(1)), at(1, day=DAY + timedelta(1)), DAY) is None
    )


def test_a_meeting_in_the_repeated_hour_is_drawn_though_its_end_reads_earlier():
    day = date(2026, 10, 25)
    start = datetime(2026, 10, 25, 1, 45, tzinfo=LONDON)
    end = datetime(2026, 10, 25, 1, 15, fold=1, tzinfo=LONDON)
    assert (lanes.place("x", start, end, day).at, lanes.place("x", start, end, day).length) == (
        7,
        2,
    )


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(2, 6)), max_size=30))
def test_no_two_blocks_ever_stand_on_each_other(given_blocks):
    shown, left = lanes.beside(Block(n, at, size) for n, (at, size) in enumerate(given_blocks))
    assert len(shown) + left == len(given_blocks)
    for one in shown:
        assert 1 <= one.lane <= one.lanes <= MOST_LANES
        for other in shown:
            if one.what < other.what and one.at < other.end and other.at < one.end:
                assert (one.lanes, one.lane != other.lane) == (other.lanes, True)
    first, last = lanes.hours(shown)
    assert all(first * 4 <= one.at and one.end <= last * 4 <= QUARTERS for one in shown)
