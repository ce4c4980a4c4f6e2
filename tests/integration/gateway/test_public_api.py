"""Visitors' API over the real services: look, hold, book, move, cancel."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest

from support.web import NOW

SEEN = count(1)
ATTENDEE = {"name": "Zoë", "email": "zoe@example.com", "timezone": "Asia/Tokyo"}
TOMORROW = "2026-12-02T14:00:00Z"
LATER = "2026-12-03T10:00:00Z"


class Visitor:
    """A visitor of one new link of one new workspace."""

    def __init__(self, suite, **settings):
        number = next(SEEN)
        self.suite, self.slug = suite, f"intro-{number}"
        self.ada = suite.site.workspace(f"Acme{number}")
        suite.hear()
        suite.link(self.ada, self.slug, **settings)
        self.http = suite.site.client()
        self.base = f"/api/v1/links/{self.slug}"

    def get(self, path="", **query):
        return self.http.get(self.base + path, query_string=query)

    def slots(self, **query):
        answer = self.get(
            "/slots", **{"from": "2026-12-01", "to": "2026-12-07", "tz": "UTC"} | query
        )
        assert answer.status_code == 200, answer.text
        return [slot["start"] for slot in answer.json["slots"]]

    def book(self, start=TOMORROW, key=None, **more):
        answer = self.http.post(
            f"{self.base}/bookings",
            json={"start": start, "attendee": ATTENDEE} | more,
            headers={"Idempotency-Key": key or str(uuid4())},
        )
        self.suite.hear()
        return answer

    def hold(self, start=TOMORROW):
        answer = self.http.post(f"{self.base}/holds", json={"start": start})
        self.suite.hear()
        return answer

    def act(self, url, **body):
        path = url.removeprefix("http://localhost/book")
        answer = self.http.post(f"/api/v1/bookings{path}", json=body)
        self.suite.hear()
        return answer


@pytest.fixture
def visitor(whole):
    return Visitor(whole)


def test_a_link_shows_what_a_stranger_may_know(visitor):
    answer = visitor.get()
    assert answer.status_code == 200
    assert {"slug", "title", "kind", "durations", "timezone", "questions", "color"} <= set(
        answer.json
    )
    assert answer.json["timezone"] == "Europe/London"
    assert "@" not in answer.text


def test_a_hosts_own_page_is_no_link(visitor):
    number = visitor.slug.removeprefix("intro-")
    assert visitor.http.get(f"/api/v1/links/ada-acme{number}").status_code == 404
    assert visitor.http.get("/api/v1/links/nobody-here").status_code == 404


def test_slots_are_sorted_in_utc_and_within_hours(visitor):
    starts = visitor.slots()
    assert starts == sorted(starts)
    assert TOMORROW in starts
    assert all(start.endswith("Z") and "09" <= start[11:13] < "17" for start in starts)


def test_a_booking_is_made_once_for_each_key(visitor):
    first, again = visitor.book(key="k-1"), visitor.book(key="k-1")
    assert first.status_code == again.status_code == 201
    assert first.json["id"] == again.json["id"]
    assert first.json["status"] == "confirmed"
    assert first.json["start"] == TOMORROW
    assert first.json["end"] == "2026-12-02T14:30:00Z"
    assert first.json["host"] == {"name": "Ada"}
    assert first.json["reschedule_url"].startswith("http://localhost/book/reschedule/")
    assert TOMORROW not in visitor.slots()


def test_who_comes_late_is_shown_the_nearest_times(visitor):
    visitor.book()
    late = visitor.book()
    assert late.status_code == 409
    assert late.json["error"]["code"] == "slot_taken"
    assert len(late.json["alternatives"]) == 3
    assert set(late.json["alternatives"]) <= set(visitor.slots())


def test_a_hold_hides_the_time_from_others_only(visitor):
    hold = visitor.hold()
    assert hold.status_code == 201
    assert TOMORROW not in visitor.slots()
    assert TOMORROW in visitor.slots(hold=hold.json["hold"])
    assert visitor.book().status_code == 409
    assert visitor.book(hold=hold.json["hold"]).status_code == 201


def test_a_hold_is_renewed_and_given_back(visitor):
    hold = visitor.hold().json["hold"]
    assert visitor.http.patch(f"/api/v1/holds/{hold}").status_code == 200
    assert visitor.http.delete(f"/api/v1/holds/{hold}").status_code == 204
    assert visitor.http.delete(f"/api/v1/holds/{hold}").status_code == 204
    visitor.suite.hear()
    assert TOMORROW in visitor.slots()


def test_a_booking_is_moved_and_its_old_links_die(visitor):
    booked = visitor.book().json
    moved = visitor.act(booked["reschedule_url"], start=LATER)
    assert moved.status_code == 200
    assert moved.json["start"] == LATER
    assert moved.json["id"] != booked["id"]
    assert moved.json["cancel_url"] != booked["cancel_url"]
    assert TOMORROW in visitor.slots()
    assert LATER not in visitor.slots()
    assert visitor.act(booked["cancel_url"]).status_code in {404, 409}


def test_a_move_sent_twice_is_one_move(visitor):
    booked = visitor.book().json
    first = visitor.act(booked["reschedule_url"], start=LATER)
    again = visitor.act(booked["reschedule_url"], start=LATER)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["id"] == again.json["id"]


def test_a_booking_is_cancelled_and_a_second_time_is_harmless(visitor):
    booked = visitor.book().json
    ended = visitor.act(booked["cancel_url"], reason="Ill")
    assert ended.status_code == 200
    assert ended.json["status"] == "cancelled"
    assert TOMORROW in visitor.slots()
    assert visitor.act(booked["cancel_url"]).status_code in {200, 409}


def test_a_token_does_only_what_it_is_for(visitor):
    booked = visitor.book().json
    swapped = booked["cancel_url"].replace("/cancel/", "/reschedule/")
    assert visitor.act(swapped, start=LATER).status_code == 404


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ("2026-12-02T14:07:00Z", "off the grid"),
        ("2026-11-30T14:00:00Z", "past"),
        ("2026-12-02T18:00:00Z", "out of hours"),
        ("2026-12-05T14:00:00Z", "a Saturday"),
        ("2026-12-01T10:00:00Z", "under notice"),
        ("2027-06-01T14:00:00Z", "over the horizon"),
        ("2026-12-02T14:00:00.500000Z", "between two instants"),
    ],
)
def test_times_that_are_not_offered_cannot_be_booked(visitor, start, why):
    for answer in (visitor.book(start), visitor.hold(start)):
        assert answer.status_code in {409, 422}, (why, answer.text)
        assert answer.json["error"]["message"]


def test_nobody_sets_what_is_not_theirs(visitor):
    stolen = {
        "status": "cancelled",
        "workspace_id": str(uuid4()),
        "role": "owner",
        "id": str(uuid4()),
    }
    booked = visitor.book(**stolen)
    assert booked.status_code == 201
    assert booked.json["status"] == "confirmed"
    assert booked.json["id"] != stolen["id"]
    assert visitor.book(LATER, host=str(uuid4())).status_code in {403, 409, 422}


@pytest.mark.parametrize(
    "answers",
    [{"unknown": "x"}, {"note": "x" * 5001}, {"note": ["a"]}, {"note": True}],
)
def test_answers_that_do_not_fit_are_refused_at_their_field(visitor, answers):
    refused = visitor.book(answers=answers)
    assert refused.status_code == 422
    assert any(next(iter(answers)) in field for field in refused.json["error"]["fields"])


def test_answers_and_guests_arrive(visitor):
    booked = visitor.book(answers={"note": "<b>hi</b>"}, guests=["a@b.test"])
    assert booked.status_code == 201


def test_a_paused_link_takes_no_booking(whole):
    visitor = Visitor(whole, active=False)
    assert visitor.slots() == []
    assert visitor.book().status_code == 409
    assert visitor.get().json["open"] is False


def test_the_days_before_the_first_free_one_name_it(whole):
    visitor = Visitor(whole, notice=3 * 24 * 60)
    answer = visitor.get("/slots", **{"from": "2026-12-01", "to": "2026-12-02", "tz": "UTC"})
    assert answer.json["slots"] == []
    assert answer.json["next_free"] > (NOW + timedelta(days=3)).isoformat()[:19]
