"""Reading CalDAV beyond the contract: ETags, pages, horizons, and entries that make no sense."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calendar_sync.adapters.caldav import CalDav
from calendar_sync.adapters.provider import (
    AccessRefused,
)
from contract.calendars.harness import HOUR, NOW, Theirs
from contract.calendars.icalendar_text import calendar, vevent
from fakes.authority import serve
from fakes.caldav import HOME, USER
from integration.calendar_sync.caldav_desk import (
    TRUSTING,
    ada,
    asked,
    fake,
    mirror,
    open_fake,
)

__all__ = ["ada", "mirror"]


def test_a_server_without_sync_collection_is_compared_by_etags(ada, mirror):
    ada.server.without_sync.add(ada.client.user)
    lunch, dinner = (Theirs(key, NOW + 24 * HOUR, NOW + 25 * HOUR) for key in ("lunch", "dinner"))
    ada.put_all([lunch, dinner, Theirs("old", NOW - 9000 * HOUR, NOW - 8999 * HOUR)])
    assert mirror.catch_up().complete
    assert len(mirror.busy) == 2
    ada.server.journal.clear()
    assert mirror.catch_up().occurrences == ()
    assert asked(ada) == ["PROPFIND"]
    ada.put(replace(lunch, start=NOW + 48 * HOUR, end=NOW + 49 * HOUR))
    ada.drop("dinner")
    reading = mirror.catch_up()
    assert (reading.complete, set(reading.replaced)) == (False, {"lunch", "dinner"})
    assert mirror.busy == [(NOW + 48 * HOUR, NOW + 49 * HOUR)]


def test_one_change_takes_two_requests_and_none_takes_one(ada, mirror):
    mirror.catch_up()
    ada.server.journal.clear()
    mirror.catch_up()
    assert asked(ada) == ["REPORT"]
    ada.put(Theirs("lunch", NOW + 24 * HOUR, NOW + 25 * HOUR))
    ada.server.journal.clear()
    mirror.catch_up()
    assert asked(ada) == ["REPORT", "REPORT"]


def test_all_is_read_again_before_links_reach_beyond_what_was_expanded(ada):
    ada.put(Theirs("daily", NOW, NOW + HOUR, rule="FREQ=DAILY"))
    first = ada.provider.read(ada.account, ada.calendar, None, NOW)
    later = ada.provider.read(ada.account, ada.calendar, first.cursor, NOW + timedelta(days=6))
    assert not later.complete
    again = ada.provider.read(ada.account, ada.calendar, first.cursor, NOW + timedelta(days=8))
    assert again.complete
    assert max(one.start for one in again.occurrences) > NOW + timedelta(days=8 + 731)


@pytest.mark.parametrize("cursor", ["", "nonsense", "{}", "[]", '{"until": "x"}', '{"until": 1}'])
def test_a_cursor_that_is_none_leads_to_a_complete_reading(ada, cursor):
    assert ada.provider.read(ada.account, ada.calendar, cursor, NOW).complete


def test_a_calendar_that_is_gone_is_said_to_be_gone(ada, mirror):
    mirror.catch_up()
    ada.client.delete(ada.calendar)
    with pytest.raises(AccessRefused, match="no longer there"):
        mirror.catch_up()


def test_an_entry_that_makes_no_sense_hides_no_other(ada, mirror):
    good = calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), ada.client.user))
    made = fake()
    made.shelves[f"{HOME}work/"].texts = {"a.ics": "nonsense", "b.ics": good}
    with serve(made) as url:
        reading = CalDav(TRUSTING).read(open_fake(url), f"{HOME}work/", None, NOW)
    assert [one.event_id for one in reading.occurrences] == ["b"]


def test_a_character_that_no_xml_may_hold_hides_no_entry():
    good = calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), USER))
    made = fake()
    made.shelves[f"{HOME}work/"].texts = {
        "a.ics": good.replace("Theirs", "The\x0birs\x1b"),
        "b.ics": good.replace("Theirs", "The&#11;irs").replace("&", "&\x00"),
    }
    with serve(made) as url:
        reading = CalDav(TRUSTING).read(open_fake(url), f"{HOME}work/", None, NOW)
    assert [one.event_id for one in reading.occurrences] == ["a", "b"]


def test_entries_too_large_to_be_read_hide_no_other():
    """Two are more than one answer may hold, and each more than a text in XML may be long."""
    good = calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), USER))
    large = good.replace("SUMMARY:", "ATTACH:" + "A" * 10_100_000 + "\r\nSUMMARY:")
    made = fake()
    made.shelves[f"{HOME}work/"].texts = {"a.ics": large, "b.ics": large, "c.ics": good}
    with serve(made) as url:
        reading = CalDav(TRUSTING).read(open_fake(url), f"{HOME}work/", None, NOW)
    assert [one.event_id for one in reading.occurrences] == ["c"]


def test_a_server_that_knows_no_ranges_of_time_is_read_all_the_same():
    made = fake(refuse_query=True)
    made.shelves[f"{HOME}work/"].put(
        "a.ics", calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), USER))
    )
    with serve(made) as url:
        reading = CalDav(TRUSTING).read(open_fake(url), f"{HOME}work/", None, NOW)
    assert [one.event_id for one in reading.occurrences] == ["a"]


def test_an_entry_that_can_be_read_no_more_stays_as_it_was():
    good = calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), USER))
    made = fake()
    shelf = made.shelves[f"{HOME}work/"]
    shelf.put("a.ics", good)
    with serve(made) as url:
        account, provider = open_fake(url), CalDav(TRUSTING)
        first = provider.read(account, f"{HOME}work/", None, NOW)
        shelf.put("a.ics", "nonsense")
        shelf.put("b.ics", good)
        reading = provider.read(account, f"{HOME}work/", first.cursor, NOW)
    assert [one.event_id for one in reading.occurrences] == ["b"]
    assert reading.replaced == ("b",)


def test_changes_come_page_after_page():
    made = fake(page=40)
    shelf = made.shelves[f"{HOME}work/"]
    with serve(made) as url:
        account, provider = open_fake(url), CalDav(TRUSTING)
        first = provider.read(account, f"{HOME}work/", None, NOW)
        for number in range(101):
            start = NOW + number * HOUR
            shelf.put(
                f"e{number}.ics", calendar(vevent(Theirs(f"e{number}", start, start + HOUR), USER))
            )
        shelf.drop("e0.ics")
        reading = provider.read(account, f"{HOME}work/", first.cursor, NOW)
    assert not reading.complete
    assert len([one for one in reading.occurrences if not one.removed]) == 100
    assert len(reading.replaced) == 101
