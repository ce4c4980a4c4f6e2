"""Busy time from Microsoft 365: what the contract of calendars leaves open, over TLS."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calendar_sync.adapters.provider import READ_AHEAD, AccessRefused, ProviderUnavailable
from fakes.graph import GONE, RESYNC, Mood
from fakes.graph.account import Office, opened
from unit.calendar_sync.builders import HOUR, NOW

DAY = timedelta(days=1)
TOMORROW = NOW + DAY
WEEKLY = [(TOMORROW + week * 7 * DAY, TOMORROW + week * 7 * DAY + HOUR) for week in range(4)]


@pytest.fixture
def office():
    with opened() as made:
        yield made


def busy(reading):
    return sorted(
        (one.start, one.end) for one in reading.occurrences if one.blocks and not one.removed
    )


def then(office: Office, cursor: str):
    return office.read(cursor, NOW + timedelta(minutes=5))


def at(start, hours=1):
    return (start, start + hours * HOUR)


def test_all_of_three_pages_are_read_and_the_next_round_brings_what_changed(office):
    office.graph.deltas.most = 4
    items = [office.book.block(*at(TOMORROW + number * 2 * HOUR)) for number in range(10)]
    first = office.read(None, NOW)
    assert len(busy(first)) == 10
    assert office.asked("GET delta") == 3
    office.book.move(items[7], *at(NOW + 5 * DAY))
    second = then(office, first.cursor)
    assert (busy(second), second.complete) == ([at(NOW + 5 * DAY)], False)


def test_the_window_reaches_a_day_back_and_further_than_any_link(office):
    office.book.block(*at(NOW - 20 * HOUR))
    office.book.block(*at(NOW + READ_AHEAD - HOUR))
    office.book.block(*at(NOW + 2000 * DAY))
    assert len(busy(office.read(None, NOW))) == 2


def test_a_window_is_made_anew_once_a_day(office):
    cursor = office.read(None, NOW).cursor
    assert not office.read(cursor, NOW + 23 * HOUR).complete
    assert office.read(cursor, NOW + 25 * HOUR).complete
    assert office.read(cursor, NOW - HOUR).complete


def test_when_the_window_is_made_anew_deleted_is_what_the_old_link_says_is(office):
    """A list may lack an event that was made a moment ago: nobody deleted that."""
    gone, stays = office.book.block(*at(TOMORROW)), office.book.block(*at(NOW + 5 * DAY))
    cursor = office.read(None, NOW).cursor
    office.book.drop(gone)
    anew = office.read(cursor, NOW + 25 * HOUR)
    assert (anew.complete, anew.lost) == (True, True)
    assert {one.event_id: one.removed for one in anew.occurrences} == {
        gone.id: True,
        stays.id: False,
    }


def test_at_its_last_use_a_window_still_reaches_as_far_as_a_link(office):
    cursor = office.read(None, NOW).cursor
    late = NOW + 23 * HOUR
    office.book.block(*at(late + READ_AHEAD - HOUR))
    assert len(busy(office.read(cursor, late))) == 1


@pytest.mark.parametrize("mood", [GONE, RESYNC, Mood("refuse", 400, "SyncStateInvalid")])
def test_a_link_that_is_accepted_no_more_leads_to_everything_in_the_same_call(office, mood):
    office.book.block(*at(TOMORROW))
    cursor = office.read(None, NOW).cursor
    office.graph.misbehave("GET delta", mood)
    again = then(office, cursor)
    assert (busy(again), again.complete) == ([at(TOMORROW)], True)


def test_a_first_round_that_is_reset_is_begun_anew_later(office):
    office.graph.deltas.most = 2
    for number in range(5):
        office.book.block(*at(TOMORROW + number * 2 * HOUR))
    office.graph.misbehave("GET delta", GONE)
    with pytest.raises(ProviderUnavailable):
        office.read(None, NOW)
    assert len(busy(office.read(None, NOW))) == 5


def test_a_cursor_of_another_form_leads_to_everything(office):
    assert office.read("of an earlier version", NOW).complete


def test_a_round_without_an_end_is_given_up(office):
    office.book.block(*at(TOMORROW))
    office.graph.deltas.endless = True
    with pytest.raises(ProviderUnavailable, match="without an end"):
        office.read(None, NOW)
    assert office.asked("GET delta") == 2


def test_a_token_goes_to_no_other_server_than_ours(office):
    """Graph's links are asked of the address that we were given, whatever they say."""
    office.graph.deltas.most = 1
    office.graph.link_base = "https://graph.example.com"
    office.book.block(*at(TOMORROW))
    office.book.block(*at(TOMORROW + 3 * HOUR))
    first = office.read(None, NOW)
    assert len(busy(first)) == 2
    assert not then(office, first.cursor).complete


@pytest.mark.parametrize(
    ("shown", "blocks"),
    [
        ("busy", True),
        ("oof", True),
        ("tentative", True),
        ("unknown", True),
        ("free", False),
        ("workingElsewhere", False),
    ],
)
def test_a_series_means_for_its_occurrences_what_its_master_says(office, shown, blocks):
    """Graph tells an occurrence by its times alone."""
    office.book.series(WEEKLY, show_as=shown)
    reading = office.read(None, NOW)
    assert len(reading.occurrences) == 4
    assert busy(reading) == (WEEKLY if blocks else [])


@pytest.mark.parametrize("more", [{"response": "declined"}, {"cancelled": True}])
def test_a_series_that_the_host_declined_or_was_cancelled_blocks_nowhere(office, more):
    office.book.series(WEEKLY, **more)
    assert busy(office.read(None, NOW)) == []


def test_a_series_of_whole_days_blocks_the_hosts_days(office):
    days = [datetime(2026, 12, day, tzinfo=UTC) for day in (7, 14)]
    office.book.series([(day, day + DAY) for day in days], all_day=True)
    assert busy(office.read(None, NOW)) == [(day - HOUR, day + DAY - HOUR) for day in days]


def test_the_master_of_an_occurrence_is_asked_for_where_the_round_does_not_hold_it(office):
    master = office.book.series(WEEKLY, show_as="free")
    told = office.graph.deltas
    page = told.page
    told.page = lambda *args: _without(page(*args), master.id)
    assert busy(office.read(None, NOW)) == []
    assert office.asked("GET event") == 1


def _without(page, identity):
    return page | {"value": [one for one in page["value"] if one["id"] != identity]}


def test_an_occurrence_that_was_deleted_is_gone_though_nobody_says_so(office):
    master = office.book.series(WEEKLY)
    cursor = office.read(None, NOW).cursor
    office.book.put(office.book.recur(master, WEEKLY[:1] + WEEKLY[2:]))
    reading = then(office, cursor)
    assert reading.replaced == (master.id,)
    assert busy(reading) == WEEKLY[:1] + WEEKLY[2:]


def test_a_series_that_was_deleted_is_told_as_replaced_by_nothing(office):
    master = office.book.series(WEEKLY)
    cursor = office.read(None, NOW).cursor
    office.book.drop(master)
    reading = then(office, cursor)
    assert (reading.replaced, busy(reading)) == ((master.id,), [])
    assert all(one.removed for one in reading.occurrences)


def test_a_single_event_that_becomes_a_series_is_replaced_by_its_occurrences(office):
    item = office.book.block(*WEEKLY[0])
    cursor = office.read(None, NOW).cursor
    item.type = "seriesMaster"
    office.book.put(office.book.recur(item, WEEKLY))
    reading = then(office, cursor)
    assert reading.replaced == (item.id,)
    assert {one.event_id for one in reading.occurrences} == {item.id}
    assert busy(reading) == WEEKLY


def test_where_many_series_changed_everything_is_read(office):
    masters = [office.book.series(WEEKLY) for _ in range(21)]
    cursor = office.read(None, NOW).cursor
    for master in masters:
        office.book.put(office.book.recur(master, WEEKLY[:2]))
    reading = then(office, cursor)
    assert (len(reading.occurrences), reading.complete) == (42, True)
    assert office.asked("GET instances") == 0


def test_an_event_that_left_the_window_is_told_as_removed(office):
    item = office.book.block(*at(TOMORROW))
    cursor = office.read(None, NOW).cursor
    office.book.move(item, *at(NOW + 3000 * DAY))
    (gone,) = then(office, cursor).occurrences
    assert (gone.event_id, gone.removed) == (item.id, True)


def test_whole_days_follow_the_mailboxs_zone_over_the_change_of_clocks(office):
    office.book.whole_days(date(2027, 3, 27), date(2027, 3, 30))
    berlin = ZoneInfo("Europe/Berlin")
    ends = [datetime(2027, 3, day, tzinfo=berlin).astimezone(UTC) for day in (27, 30)]
    assert busy(office.read(None, NOW)) == [tuple(ends)]


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        ("Tokyo Standard Time", 15),
        ("America/New_York", 5),
        ("UTC", 0),
        ("tzone://Microsoft/Custom", 0),
    ],
)
def test_the_mailboxs_zone_may_be_named_by_windows_or_by_iana(office, zone, starts):
    office.graph.mailboxes["ada@acme.test"].zone = zone
    office.book.whole_days(date(2026, 12, 10), date(2026, 12, 11))
    ((start, _),) = busy(office.read(None, NOW))
    assert start.hour == starts


def test_private_events_block_and_their_titles_are_never_held(office):
    office.book.block(*at(TOMORROW), sensitivity="private", subject="Dentist")
    reading = office.read(None, NOW)
    assert busy(reading) == [at(TOMORROW)]
    assert "Dentist" not in repr(reading)


def test_an_event_of_no_length_blocks_nothing(office):
    office.book.block(TOMORROW, TOMORROW)
    reading = office.read(None, NOW)
    assert busy(reading) == []
    assert all(one.start < one.end for one in reading.occurrences)


def guest(address, response, kind="required"):
    return {"type": kind, "status": {"response": response}, "emailAddress": {"address": address}}


@pytest.mark.parametrize(
    ("attendee", "declined"),
    [
        (guest("sam@example.org", "declined"), True),
        (guest("sam@example.org", "tentativelyAccepted"), False),
        (guest("room1@acme.test", "declined", "resource"), False),
        (guest("ada@acme.test", "declined"), False),
    ],
)
def test_an_attendee_who_declined_is_told(office, attendee, declined):
    office.book.block(*at(TOMORROW), attendees=[attendee])
    (seen,) = office.read(None, NOW).occurrences
    assert (seen.declined, seen.blocks) == (declined, True)


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "UTC")
FIRST = datetime(2027, 3, 1)  # noqa: DTZ001 - a wall clock's time; the clocks change that month


def test_fifty_series_over_the_change_of_clocks_in_twenty_calendars_block_where_they_should(office):
    """Held against hours counted on each zone's wall clock."""
    books = [office.book, *(office.graph.calendar("ada@acme.test", f"C{n}") for n in range(19))]
    wanted = {book.id: [] for book in books}
    for number in range(50):
        zone, book = ZoneInfo(ZONES[number % 5]), books[number % 20]
        wall = [FIRST + timedelta(hours=number % 24, weeks=week) for week in range(10)]
        times = [at(one.replace(tzinfo=zone).astimezone(UTC)) for one in wall]
        book.series(times[:4] + times[5:], exceptions=[at(times[4][0] + 30 * HOUR)])
        wanted[book.id] += times[:4] + times[5:] + [at(times[4][0] + 30 * HOUR)]
    for book in books:
        reading = office.microsoft.read(office.account, book.id, None, NOW)
        assert busy(reading) == sorted(wanted[book.id])


def test_only_the_hosts_own_calendars_are_offered_the_main_one_first(office):
    office.graph.calendar("ada@acme.test", "Bea's", owner="bea@acme.test")
    office.graph.calendar("ada@acme.test", "Holidays").can_edit = False
    for number in range(120):
        office.graph.calendar("ada@acme.test", f"C{number}")
    found = office.microsoft.calendars(office.account)
    assert (found[0].id, found[0].writable, len(found)) == (office.book.id, True, 122)
    assert [one.name for one in found if not one.writable and not one.own] == ["Holidays"]


def test_a_calendar_that_is_gone_is_a_permission_taken_back_and_not_an_empty_one(office):
    """Nobody can tell whether its time is free."""
    with pytest.raises(AccessRefused):
        office.microsoft.read(office.account, "AAMkgone=", None, NOW)


def test_a_calendar_that_is_there_although_its_events_cannot_be_found_is_unavailable(office):
    office.graph.misbehave("GET delta", Mood("refuse", 404, "ErrorItemNotFound"))
    with pytest.raises(ProviderUnavailable):
        office.read(None, NOW)
