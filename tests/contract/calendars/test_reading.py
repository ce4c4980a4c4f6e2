"""The contract of calendars: what others do in a calendar comes in."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contract.calendars.harness import HOUR, NOW, Theirs, draft, put_all
from contract.calendars.needs import needs

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
TOMORROW = datetime(2026, 12, 2, 10, tzinfo=UTC)


def at(start, hours=1):
    return (start, start + hours * HOUR)


def theirs(key="lunch", start=TOMORROW, **more):
    return Theirs(key, start, start + HOUR, **more)


def test_an_empty_calendar_is_read_completely(harness, mirror):
    assert mirror.catch_up().complete
    assert mirror.busy == []


def test_what_another_client_made_is_busy(harness, mirror):
    harness.put(theirs())
    mirror.catch_up()
    assert mirror.busy == [at(TOMORROW)]


def test_what_is_made_after_a_reading_is_seen_by_the_next(harness, mirror):
    harness.put(theirs())
    mirror.catch_up()
    harness.put(theirs("dinner", TOMORROW + 9 * HOUR))
    mirror.catch_up()
    assert mirror.busy == [at(TOMORROW), at(TOMORROW + 9 * HOUR)]


def test_when_nothing_changed_a_reading_brings_nothing(harness, mirror):
    harness.put(theirs())
    mirror.catch_up()
    reading = mirror.catch_up()
    assert (reading.occurrences, reading.replaced, reading.complete) == ((), (), False)
    assert mirror.busy == [at(TOMORROW)]


def test_what_another_client_moved_is_busy_where_it_is_now(harness, mirror):
    harness.put(theirs())
    mirror.catch_up()
    harness.put(theirs(start=TOMORROW + DAY))
    mirror.catch_up()
    assert mirror.busy == [at(TOMORROW + DAY)]


def test_what_another_client_deleted_is_free(harness, mirror):
    harness.put(theirs())
    harness.put(theirs("dinner", TOMORROW + 9 * HOUR))
    mirror.catch_up()
    harness.drop("lunch")
    mirror.catch_up()
    assert mirror.busy == [at(TOMORROW + 9 * HOUR)]


@needs("expire")
def test_a_cursor_that_is_accepted_no_more_leads_to_a_complete_reading(harness, mirror):
    harness.put(theirs())
    harness.put(theirs("dinner", TOMORROW + 9 * HOUR))
    mirror.catch_up()
    harness.drop("lunch")
    harness.expire()
    assert mirror.catch_up().complete
    assert mirror.busy == [at(TOMORROW + 9 * HOUR)]
    assert not mirror.catch_up().complete


@needs("write")
def test_our_own_event_is_recognised_by_the_id_that_writing_it_gave(harness, mirror):
    ours = draft()
    mirror.catch_up()
    written = harness.provider.write(harness.account, harness.calendar, ours)
    mirror.catch_up()
    (seen,) = mirror.of(written.id)
    assert (seen.start, seen.end) == (ours.start, ours.end)


@needs("write")
def test_our_own_event_moved_by_the_host_is_seen(harness, mirror):
    written = harness.provider.write(harness.account, harness.calendar, draft())
    mirror.catch_up()
    harness.drag(written, TOMORROW, TOMORROW + HOUR)
    mirror.catch_up()
    (seen,) = mirror.of(written.id)
    assert (seen.start, seen.end) == at(TOMORROW)


@needs("write")
def test_our_own_event_deleted_by_the_host_is_told_as_removed(harness, mirror):
    written = harness.provider.write(harness.account, harness.calendar, draft())
    mirror.catch_up()
    harness.discard(written)
    reading = mirror.catch_up()
    assert [one.removed for one in reading.occurrences if one.event_id == written.id] == [True]
    assert mirror.of(written.id) == []


@needs("shown")
@pytest.mark.parametrize(
    ("shown", "blocks"),
    [("free", False), ("tentative", True), ("cancelled", False), ("declined", False)],
)
def test_what_is_shown_as_free_cancelled_or_declined_does_not_block(harness, mirror, shown, blocks):
    harness.put(theirs(shown=shown))
    mirror.catch_up()
    assert mirror.busy == ([at(TOMORROW)] if blocks else [])


@needs("shown")
def test_what_becomes_free_blocks_no_more(harness, mirror):
    harness.put(theirs())
    mirror.catch_up()
    harness.put(theirs(shown="free"))
    mirror.catch_up()
    assert mirror.busy == []


@needs("all_day")
def test_whole_days_block_in_the_zone_of_the_calendar(harness, mirror):
    harness.put(Theirs("fair", date(2026, 12, 3), date(2026, 12, 5)))
    mirror.catch_up()
    assert mirror.busy == [
        (datetime(2026, 12, 2, 23, tzinfo=UTC), datetime(2026, 12, 4, 23, tzinfo=UTC))
    ]


@needs("floating")
def test_times_without_a_zone_are_in_the_zone_of_the_calendar(harness, mirror):
    start = datetime(2026, 12, 3, 9)  # noqa: DTZ001 - floating
    harness.put(theirs(start=start))
    mirror.catch_up()
    assert mirror.busy == [at(datetime(2026, 12, 3, 8, tzinfo=UTC))]


WEEKLY = datetime(2027, 3, 15, 9, tzinfo=BERLIN)
"""A Monday two weeks before the clocks change."""
BY_UTC = [datetime(2027, 3, 15, 8, tzinfo=UTC), datetime(2027, 3, 22, 8, tzinfo=UTC)]
SUMMER = [datetime(2027, 3, 29, 7, tzinfo=UTC), datetime(2027, 4, 5, 7, tzinfo=UTC)]


@needs("recurring")
def test_a_series_keeps_its_local_time_over_the_change_of_clocks(harness, mirror):
    harness.put(theirs(start=WEEKLY, rule="FREQ=WEEKLY;COUNT=4"))
    mirror.catch_up()
    assert mirror.busy == [at(start) for start in (*BY_UTC, *SUMMER)]


@needs("recurring")
def test_occurrences_left_out_do_not_block_and_moved_ones_block_where_they_are(harness, mirror):
    away = datetime(2027, 3, 30, 16, tzinfo=BERLIN)
    harness.put(
        theirs(
            start=WEEKLY,
            rule="FREQ=WEEKLY;COUNT=4",
            without=(WEEKLY + 7 * DAY,),
            moved={WEEKLY + 14 * DAY: (away, away + HOUR)},
        )
    )
    mirror.catch_up()
    there = datetime(2027, 3, 30, 14, tzinfo=UTC)
    assert mirror.busy == [at(BY_UTC[0]), at(there), at(SUMMER[1])]


@needs("recurring")
def test_a_series_that_was_cut_short_blocks_only_what_is_left(harness, mirror):
    harness.put(theirs(start=WEEKLY, rule="FREQ=WEEKLY;COUNT=4"))
    harness.put(theirs("dinner", TOMORROW))
    mirror.catch_up()
    harness.put(theirs(start=WEEKLY, rule="FREQ=WEEKLY;COUNT=2"))
    mirror.catch_up()
    assert mirror.busy == [at(TOMORROW), *[at(start) for start in BY_UTC]]


@needs("recurring")
def test_a_series_that_was_deleted_is_gone_with_all_its_occurrences(harness, mirror):
    harness.put(theirs(start=WEEKLY, rule="FREQ=WEEKLY;COUNT=4"))
    mirror.catch_up()
    harness.drop("lunch")
    mirror.catch_up()
    assert mirror.busy == []


@needs("recurring")
def test_an_endless_series_is_read_as_far_as_a_link_can_reach(harness, mirror):
    start = NOW - 700 * DAY
    harness.put(theirs(start=start, rule="FREQ=WEEKLY"))
    mirror.catch_up()
    ahead = [one for one, _ in mirror.busy if one > NOW]
    assert ahead[0] == NOW + 7 * DAY - timedelta(0)
    assert ahead[-1] > NOW + 720 * DAY


@needs("many")
def test_events_on_every_page_block(harness, mirror):
    many = getattr(harness, "many", 600)
    starts = [TOMORROW + 2 * number * HOUR for number in range(many)]
    put_all(harness, [theirs(f"e{number}", start) for number, start in enumerate(starts)])
    mirror.catch_up()
    assert mirror.busy == [at(start) for start in starts]
