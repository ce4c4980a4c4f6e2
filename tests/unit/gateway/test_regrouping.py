"""What a page says besides its times, for a script to put them under another zone's days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.availability import Slot
from gateway.presenting import regrouping
from gateway.presenting.picker import Context, Wish

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
MONTH = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        ([], []),
        ([5], [[5, 0, 1]]),
        ([0, 30, 60, 90], [[0, 30, 4]]),
        ([0, 30, 90, 100, 110], [[0, 30, 2], [90, 10, 3]]),
    ],
)
def test_rising_minutes_are_told_in_runs(minutes, found):
    assert regrouping.runs(minutes) == found


def test_every_run_is_read_back_as_it_was():
    minutes = [day * 1440 + at for day in range(9) for at in (540, 570, 600, 700, 720, 725)]
    told = [
        start + step * n for start, step, count in regrouping.runs(minutes) for n in range(count)
    ]
    assert told == minutes


def test_the_words_have_places_for_what_the_zone_decides():
    wish = Wish(path="/book/ada", zone="Europe/London", month=MONTH)
    slots = [Slot(start=NOW + timedelta(minutes=30 * n)) for n in range(3)]
    days = (date(2026, 11, 30), date(2027, 1, 1))
    told = regrouping.said(wish, slots, days, Context(now=NOW))
    minute = int(NOW.timestamp()) // 60
    assert told == {
        "month": "2026-12",
        "present": "2026-12",
        "now": minute,
        "from": int(datetime(2026, 11, 30, tzinfo=UTC).timestamp()) // 60,
        "until": int(datetime(2027, 1, 2, tzinfo=UTC).timestamp()) // 60,
        "runs": [[minute, 30, 3]],
        "long": "{w} {d} December 2026",
        "middle": "{w} {d} December",
        "count": {"one": "{d}, {n} time", "other": "{d}, {n} times"},
        "today": "{d}, today",
        "line": "Times in {z}",
        "clock": "HH",
    }
