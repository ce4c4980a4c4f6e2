"""The main job over HTTP: embedded, and with every service a process of its own over RabbitMQ."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests
from icalendar import Calendar

from support.waiting import wait_for


def _slots(suite, slug, zone="Asia/Tokyo"):
    today = datetime.now(UTC).date()
    days = {"from": today + timedelta(days=3), "to": today + timedelta(days=25), "tz": zone}
    answer = requests.get(f"{suite.url}/api/v1/links/{slug}/slots", params=days, timeout=20)
    assert answer.status_code == 200, answer.text
    return [slot["start"] for slot in answer.json()["slots"]]


def _book(suite, slug, start, email, key=None):
    return requests.post(
        f"{suite.url}/api/v1/links/{slug}/bookings",
        headers={"Idempotency-Key": key or str(uuid4())},
        json={
            "start": start,
            "attendee": {"name": "Zoë", "email": email, "timezone": "Asia/Tokyo"},
        },
        timeout=20,
    )


def _subjects(suite, email):
    return [mail["subject"].split(":")[0].strip() for mail in suite.mails(email)]


def _posted(suite, url, **body):
    path = url.split("/book/", 1)[1]
    return requests.post(
        f"{suite.url}/api/v1/bookings/{path}",
        json=body,
        headers={"Idempotency-Key": path[:80]},
        timeout=20,
    )


def test_a_stranger_books_moves_and_cancels_and_hears_of_each_once(suite, slug):
    email = f"zoe-{uuid4().hex[:8]}@x.test"
    first, second = _slots(suite, slug)[4:12:4]
    booked = _book(suite, slug, first, email)
    assert booked.status_code == 201, booked.text
    wait_for(lambda: _subjects(suite, email) == ["Confirmed"], "the confirmation")
    wait_for(lambda: first not in _slots(suite, slug), "the time gone from the page")

    moved = _posted(suite, booked.json()["reschedule_url"], start=second)
    assert (moved.status_code, moved.json()["start"]) == (200, second)
    wait_for(lambda: _subjects(suite, email) == ["Confirmed", "Moved"], "the move's mail")
    wait_for(lambda: first in _slots(suite, slug), "the old time free again")

    cancelled = _posted(suite, moved.json()["cancel_url"], reason="ill")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    wait_for(lambda: len(_subjects(suite, email)) == 3, "the cancellation")

    events = [Calendar.from_ical(mail["calendar"]) for mail in suite.mails(email)]
    inner = [calendar.walk("VEVENT")[0] for calendar in events]
    assert [str(c["METHOD"]) for c in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({str(event["UID"]) for event in inner}) == 1
    sequences = [int(event["SEQUENCE"]) for event in inner]
    assert sequences == sorted(set(sequences))


def test_looking_at_a_manage_link_changes_nothing(suite, slug):
    booked = _book(suite, slug, _slots(suite, slug)[20], f"eve-{uuid4().hex[:8]}@x.test").json()
    for link in (booked["cancel_url"], booked["reschedule_url"]):
        assert requests.get(link, timeout=20).status_code == 200
    again = _posted(suite, booked["cancel_url"])
    assert again.json()["status"] == "cancelled"
    assert _posted(suite, booked["cancel_url"]).json()["error"]["code"] == "already_cancelled"


def test_the_same_key_never_books_twice(suite, slug):
    start, key, email = _slots(suite, slug)[24], str(uuid4()), f"kim-{uuid4().hex[:8]}@x.test"
    one, two = (_book(suite, slug, start, email, key) for _ in range(2))
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json() == two.json()


def test_two_hundred_requests_for_one_slot_give_one_booking(suite, slug):
    start = _slots(suite, slug)[30]
    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(
                lambda n: _book(suite, slug, start, f"n{n}-{uuid4().hex[:6]}@x.test"), range(200)
            )
        )
    codes = [answer.status_code for answer in answers]
    assert (codes.count(201), codes.count(409)) == (1, 199)
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["error"]["code"] == "slot_taken"
    assert refused["alternatives"]


def test_a_reminder_comes_once_a_day_ahead(embedded_suite):
    email = f"rem-{uuid4().hex[:8]}@x.test"
    start = _slots(embedded_suite, "ada")[8]
    assert _book(embedded_suite, "ada", start, email).status_code == 201
    ahead = datetime.fromisoformat(start) - timedelta(hours=23) - datetime.now(UTC)
    try:
        embedded_suite.move_clock(ahead.total_seconds())
        wait_for(lambda: len(_subjects(embedded_suite, email)) == 2, "the reminder")
        embedded_suite.move_clock(ahead.total_seconds() + 3600)
        assert _subjects(embedded_suite, email).count("Reminder") == 1
    finally:
        embedded_suite.move_clock(0)


@pytest.mark.parametrize("suite", ["processes"], indirect=True)
def test_what_happened_while_notifications_was_away_is_caught_up(suite, slug):
    email = f"gap-{uuid4().hex[:8]}@x.test"
    suite.stop("notifications")
    try:
        start = _slots(suite, slug)[34]
        assert _book(suite, slug, start, email).status_code == 201
        assert suite.mails(email) == []
    finally:
        suite.start("notifications")
        suite.await_ready()
    wait_for(lambda: _subjects(suite, email) == ["Confirmed"], "the mail")
