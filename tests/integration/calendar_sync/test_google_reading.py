"""Google's calendars come in: whole, in step, and read as Google means them."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calendar_sync.adapters.provider import READ_AHEAD, AccessRefused
from fakes.google import refuse
from integration.calendar_sync.google_desk import HOUR, NOW, desk, draft, google_server

__all__ = ["desk", "google_server"]
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
TOMORROW = NOW + DAY


def at(start, hours=1):
    return (start, start + hours * HOUR)


def test_every_page_of_calendars_is_listed_the_main_one_first(desk):
    for number in range(260):
        desk.google.calendar(desk.email, f"Team {number}")
    shared = desk.google.calendar(desk.email, "Holidays", role="reader")
    hidden = desk.google.calendar(desk.email, "Boss", role="freeBusyReader")
    careful = desk.google.calendar(desk.email, "Kin", role="writerWithoutPrivateAccess")
    found = desk.adapter.calendars(desk.account)
    writable = {one.id: one.writable for one in found}
    assert found[0].id == desk.email
    assert len(found) == 264
    assert (writable[shared.id], writable[hidden.id]) == (False, False)
    assert writable[careful.id]
    assert {one.id for one in found if not one.own} == {shared.id, hidden.id, careful.id}


def test_six_hundred_events_on_three_pages_all_block(desk):
    starts = [TOMORROW + 2 * number * HOUR for number in range(600)]
    for start in starts:
        desk.book.put(start, start + HOUR)
    desk.book.page_size = 200
    desk.read()
    assert desk.busy == [at(start) for start in starts]
    assert len(desk.asked("events.list")) == 3


def test_an_incremental_reading_follows_every_page_too(desk):
    desk.read()
    starts = [TOMORROW + 2 * number * HOUR for number in range(30)]
    for start in starts:
        desk.book.put(start, start + HOUR)
    desk.book.page_size = 10
    reading = desk.read()
    assert not reading.complete
    assert desk.busy == [at(start) for start in starts]


def test_a_second_reading_asks_only_for_what_changed(desk):
    for number in range(50):
        desk.book.put(TOMORROW + 2 * number * HOUR, TOMORROW + (2 * number + 1) * HOUR)
    desk.read()
    changed = desk.book.put(TOMORROW + 200 * HOUR, TOMORROW + 201 * HOUR)
    reading = desk.read()
    assert [one.id for one in reading.occurrences] == [changed]
    assert "timeMin" not in desk.asked("events.list")[-1].parameters


def test_a_sync_token_that_expired_leads_to_a_complete_reading(desk):
    kept = desk.book.put(TOMORROW, TOMORROW + HOUR)
    gone = desk.book.put(TOMORROW + DAY, TOMORROW + DAY + HOUR)
    desk.read()
    desk.book.remove(gone)
    desk.book.expire()
    assert desk.read().complete
    assert list(desk.known) == [kept]


@pytest.mark.parametrize(
    "mood", [refuse(410, "fullSyncRequired"), refuse(410, "updatedMinTooLongAgo"), refuse(400)]
)
def test_a_token_refused_on_its_second_page_leads_to_a_complete_reading(desk, mood):
    desk.read()
    for number in range(12):
        desk.book.put(TOMORROW + number * HOUR, TOMORROW + (number + 1) * HOUR)
    desk.book.page_size = 10
    desk.google.moods.after("events.list", 1, mood)
    assert desk.read().complete
    assert len(desk.busy) == 12


def test_a_cursor_of_another_form_leads_to_a_complete_reading(desk):
    desk.cursor = "CPDAlvWDx70CEPDAlvWDx70C"
    assert desk.read().complete


def test_the_window_is_widened_before_a_link_can_reach_beyond_it(desk):
    """No sync token tells of an occurrence that comes nearer by time alone."""
    first = datetime(2026, 12, 2, 10, tzinfo=BERLIN)
    desk.book.put_series(first, HOUR, "RRULE:FREQ=DAILY")
    desk.read()
    assert not desk.read(NOW + 6 * DAY).complete
    after = NOW + 8 * DAY
    assert desk.read(after).complete
    assert max(end for _, end in desk.busy) > after + READ_AHEAD


def test_occurrences_of_a_series_touched_are_kept_to_the_window(desk):
    first = datetime(2026, 12, 2, 10, tzinfo=BERLIN)
    series = desk.book.put_series(first, HOUR, "RRULE:FREQ=WEEKLY")
    desk.read()
    before = desk.busy
    desk.book.change(series, summary="Renamed")
    desk.read()
    assert desk.busy == before


def test_a_calendar_that_moved_to_another_zone_is_read_anew(desk):
    desk.book.put_days(date(2026, 12, 3), date(2026, 12, 4))
    desk.read()
    assert desk.busy == [at(datetime(2026, 12, 2, 23, tzinfo=UTC), 24)]
    desk.book.zone = "America/New_York"
    desk.book.put(TOMORROW, TOMORROW + HOUR, transparency="transparent")
    assert desk.read().complete
    assert desk.busy == [at(datetime(2026, 12, 3, 5, tzinfo=UTC), 24)]


@pytest.mark.parametrize(
    ("kind", "blocks"),
    [
        ("outOfOffice", True),
        ("focusTime", True),
        ("fromGmail", True),
        ("workingLocation", False),
        ("birthday", False),
    ],
)
def test_event_types_block_as_google_means_them(desk, kind, blocks):
    desk.book.put(TOMORROW, TOMORROW + HOUR, eventType=kind)
    desk.read()
    assert desk.busy == ([at(TOMORROW)] if blocks else [])


def test_an_invitation_blocks_until_the_host_declines_it(desk):
    guests = [{"email": desk.email, "self": True, "responseStatus": "needsAction"}]
    event = desk.book.put(TOMORROW, TOMORROW + HOUR, attendees=guests)
    desk.read()
    assert desk.busy == [at(TOMORROW)]
    desk.book.change(event, attendees=[guests[0] | {"responseStatus": "declined"}])
    desk.read()
    assert desk.busy == []
    assert not desk.known[event].declined


def test_an_attendee_who_declines_is_told_and_a_room_that_does_is_not(desk):
    room = {"email": "room@example.com", "resource": True, "responseStatus": "declined"}
    event = desk.book.put(TOMORROW, TOMORROW + HOUR, attendees=[room])
    desk.read()
    assert not desk.known[event].declined
    sam = {"email": "sam@example.com", "responseStatus": "declined"}
    desk.book.change(event, attendees=[room, sam])
    desk.read()
    assert (desk.known[event].declined, desk.known[event].blocks) == (True, True)


def test_an_event_without_length_blocks_nothing(desk):
    desk.book.put(TOMORROW, TOMORROW)
    desk.read()
    assert desk.busy == []


def test_an_occurrence_cancelled_or_moved_later_is_followed(desk):
    first = datetime(2027, 3, 22, 9, tzinfo=BERLIN)
    series = desk.book.put_series(first, HOUR, "RRULE:FREQ=WEEKLY;COUNT=3")
    desk.read()
    desk.book.occurrence(series, 0, status="cancelled")
    there = datetime(2027, 4, 7, 12, tzinfo=UTC)
    places = {"start": desk.book.place(there), "end": desk.book.place(there + HOUR)}
    desk.book.occurrence(series, 2, **places)
    desk.read()
    assert desk.busy == [at(datetime(2027, 3, 29, 7, tzinfo=UTC)), at(there)]
    assert {one.event_id for one in desk.known.values()} == {series}


def test_an_event_that_becomes_a_series_is_not_counted_twice(desk):
    start = datetime(2026, 12, 2, 10, tzinfo=BERLIN)
    event = desk.book.put(start, start + HOUR)
    desk.read()
    zone = {"timeZone": "Europe/Berlin"}
    places = {"start": desk.book.place(start) | zone, "end": desk.book.place(start + HOUR) | zone}
    desk.book.change(event, **places, recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
    reading = desk.read()
    assert desk.busy == [at(start), at(start + DAY)]
    assert not [one for one in reading.occurrences if one.removed and one.event_id == event]


def test_our_own_event_is_told_whatever_its_state(desk):
    written = desk.write(draft())
    desk.read()
    assert desk.known[written.id].blocks
    desk.book.change(written.id, transparency="transparent")
    desk.read()
    assert not desk.known[written.id].blocks
    desk.book.remove(written.id)
    (told,) = desk.read().occurrences
    assert (told.event_id, told.removed) == (written.id, True)


def test_fifty_series_over_the_change_of_clocks_block_where_their_zones_say(desk):
    """Compared with an expansion of our own: wall time stays, the instant does not."""
    zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
    expected = []
    for number in range(50):
        zone = ZoneInfo(zones[number % 5])
        first = datetime(2027, 3, 1 + number % 7, 8 + number % 9, 5 * (number % 12), tzinfo=zone)
        desk.book.put_series(first, HOUR, "RRULE:FREQ=WEEKLY;COUNT=12")
        walls = [first.replace(tzinfo=None) + 7 * week * DAY for week in range(12)]
        expected += [at(wall.replace(tzinfo=zone).astimezone(UTC)) for wall in walls]
    desk.read()
    assert desk.busy == sorted(expected)


def test_the_cursor_holds_no_secret(desk):
    desk.read()
    assert set(json.loads(desk.cursor)) == {"token", "zone", "until"}


@pytest.mark.parametrize("mood", [refuse(404, "notFound"), refuse(403, "forbidden")])
def test_a_calendar_that_is_ours_no_more_is_the_hosts_to_mend(desk, mood):
    desk.misbehave("events.list", mood)
    with pytest.raises(AccessRefused):
        desk.read()
