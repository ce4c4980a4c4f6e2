"""The fake of Google is strict: what Google refuses it refuses, or our tests would prove nothing."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from fakes.google.books import Book
from fakes.google.listing import Lists
from fakes.google.masks import masked
from fakes.google.rules import Refusal, check, find

EVENTS = "/calendar/v3/calendars/ada%40example.com/events"
WHEN = {"start": {"dateTime": "2026-12-01T09:00:00Z"}, "end": {"dateTime": "2026-12-01T10:00:00Z"}}
START = datetime(2026, 12, 1, 9, tzinfo=UTC)


def call(verb, path, query=None, body=None):
    found = find(verb, path)
    assert found
    raw = b"" if body is None else json.dumps(body).encode()
    return check(*found, query or {}, raw)


def refused(act, *given, **named):
    with pytest.raises(Refusal) as refusal:
        act(*given, **named)
    return refusal.value.status, refusal.value.message


@pytest.mark.parametrize(
    "query",
    [
        {"sendUpdate": ["none"]},
        {"sendUpdates": ["nobody"]},
        {"conferenceDataVersion": ["2"]},
        {"conferenceDataVersion": ["one"]},
        {"supportsAttachments": ["yes"]},
        {"calendarId": ["other"]},
        {"sendUpdates": ["none", "all"]},
    ],
)
def test_parameters_that_the_document_does_not_know_are_refused(query):
    assert refused(call, "POST", EVENTS, query, WHEN)[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"start": WHEN["start"]},
        WHEN | {"summry": "x"},
        WHEN | {"summary": 7},
        WHEN | {"attendees": {"email": "a@example.com"}},
        WHEN | {"attendees": [{"mail": "a@example.com"}]},
        WHEN | {"extendedProperties": {"private": {"workestra": 7}}},
        WHEN | {"extendedProperties": {"hidden": {}}},
        WHEN | {"start": {"datetime": "2026-12-01T09:00:00Z"}},
        WHEN | {"start": {"dateTime": "tomorrow"}},
        WHEN | {"summary": None},
        [],
    ],
)
def test_bodies_that_the_document_does_not_know_are_refused(body):
    assert refused(call, "POST", EVENTS, {}, body)[0] == 400


def test_what_fits_is_taken_with_its_types():
    query = {"singleEvents": ["true"], "maxResults": ["10"], "timeMin": ["2026-12-01T09:00:00Z"]}
    found = call("GET", EVENTS, query)
    assert found.parameters == {
        "calendarId": "ada@example.com",
        "singleEvents": True,
        "maxResults": 10,
        "timeMin": START,
    }
    assert call("POST", EVENTS, {}, WHEN).body == WHEN


@pytest.mark.parametrize("event_id", ["abcd", "Abcde", "abcdw", "abc-de", "x" * 6, "a" * 1025])
def test_ids_outside_base32hex_are_refused(event_id):
    assert refused(Book("b", "B").insert, WHEN | {"id": event_id}, conferences=False)[0] == 400


@pytest.mark.parametrize(
    "change",
    [
        {"end": {"dateTime": "2026-12-01T08:00:00Z"}},
        {"end": {"date": "2026-12-02"}},
        {"start": {"dateTime": "2026-12-01T09:00:00"}},
        {"start": {"dateTime": "2026-12-01T09:00:00Z", "date": "2026-12-01"}},
        {"recurrence": ["RRULE:FREQ=DAILY"]},
        {"description": "x" * 8193},
    ],
)
def test_events_that_cannot_be_are_refused(change):
    assert refused(Book("b", "B").insert, WHEN | change, conferences=False)[0] == 400


def test_an_id_is_used_once_even_after_its_event_was_deleted():
    book = Book("b", "B")
    book.insert(WHEN | {"id": "abcde"}, conferences=False)
    book.delete("abcde")
    assert refused(book.insert, WHEN | {"id": "abcde"}, conferences=False) == (
        409,
        "The requested identifier already exists.",
    )
    assert refused(book.delete, "abcde")[0] == 410
    assert refused(book.delete, "other")[0] == 404
    assert book.get("abcde")["status"] == "cancelled"


def test_an_insertion_without_an_id_of_the_clients_is_doubled_when_it_is_repeated():
    """What our ids prevent."""
    book = Book("b", "B")
    book.insert(WHEN, conferences=False)
    book.insert(WHEN, conferences=False)
    assert len(book.living()) == 2


def test_a_stale_etag_is_refused():
    book = Book("b", "B")
    first = book.insert(WHEN | {"id": "abcde"}, conferences=False)
    second = book.patch("abcde", {"summary": "x"}, conferences=False, etag=first["etag"])
    assert second["etag"] != first["etag"]
    stale = refused(book.patch, "abcde", {}, conferences=False, etag=first["etag"])
    assert stale[0] == 412


def test_conference_data_is_ignored_by_clients_of_version_0():
    book = Book("b", "B")
    asked = {"conferenceData": {"createRequest": {"requestId": "r"}}}
    assert "conferenceData" not in book.insert(WHEN | asked, conferences=False)


@pytest.mark.parametrize(
    "more",
    [
        {"timeMin": START},
        {"timeMax": START},
        {"q": "x"},
        {"orderBy": "updated"},
        {"showDeleted": False},
        {"singleEvents": False},
    ],
)
def test_a_sync_token_goes_with_no_filter_and_with_the_same_parameters(more):
    lists = Lists(Book("b", "B"))
    token = lists.page({"singleEvents": True})["nextSyncToken"]
    assert refused(lists.page, {"singleEvents": True, "syncToken": token} | more)[0] == 400


def test_an_expired_or_foreign_sync_token_is_gone():
    lists = Lists(Book("b", "B"))
    token = lists.page({})["nextSyncToken"]
    lists.book.expire()
    assert refused(lists.page, {"syncToken": token})[0] == 410
    assert refused(lists.page, {"syncToken": "nonsense"})[0] == 410
    assert refused(Lists(Book("c", "C")).page, {"syncToken": token})[0] == 410


def test_the_sync_token_comes_with_the_last_page_alone_and_the_first_page_freezes_the_list():
    book = Book("b", "B")
    for number in range(3):
        book.put(START + timedelta(hours=number), START + timedelta(hours=number + 1))
    lists = Lists(book)
    first = lists.page({"maxResults": 2})
    assert ("nextSyncToken" in first, len(first["items"])) == (False, 2)
    late = book.put(START, START + timedelta(hours=1))
    assert refused(lists.page, {"maxResults": 3, "pageToken": first["nextPageToken"]})[0] == 400
    lists = Lists(book)
    pages = [lists.page({"maxResults": 3})]
    pages.append(lists.page({"maxResults": 3, "pageToken": pages[0]["nextPageToken"]}))
    assert late in {one["id"] for page in pages for one in page["items"]}
    again = lists.page({"syncToken": pages[1]["nextSyncToken"]})
    assert again["items"] == []


def test_a_change_during_the_pages_is_told_by_the_next_token():
    book = Book("b", "B")
    for number in range(3):
        book.put(START + timedelta(hours=number), START + timedelta(hours=number + 1))
    lists = Lists(book)
    first = lists.page({"maxResults": 2})
    late = book.put(START, START + timedelta(hours=1))
    last = lists.page({"maxResults": 2, "pageToken": first["nextPageToken"]})
    told = lists.page({"syncToken": last["nextSyncToken"]})["items"]
    assert [one["id"] for one in told] == [late]


def test_what_was_not_asked_for_is_left_out():
    answer = {"items": [{"id": "a", "start": {"date": "d", "timeZone": "z"}}], "etag": "e"}
    assert masked(answer, "items(id,start/date)") == {
        "items": [{"id": "a", "start": {"date": "d"}}]
    }
    assert refused(masked, answer, "items(id")[0] == 400
