"""Hosts' API over the real services, by key."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest

from gateway.accounts.signing import SCOPES

SEEN = count(1)
START = "2026-12-02T14:00:00Z"
KEY = {"Idempotency-Key": "the same for everything"}
NOTE = {"text": "Asked for a quote"}
CAL = {"provider": "practice", "account": "his"}


class Office:
    """A workspace with an owner, a member and a stranger, each with a key for everything."""

    def __init__(self, suite):
        self.suite, self.number = suite, next(SEEN)
        site = suite.site
        self.ada = site.workspace(f"Host{self.number}")
        self.bea = site.member(self.ada, "bea")
        self.eve = site.workspace(f"Else{self.number}", "eve")
        suite.hear()
        self.keys = {
            who.id: site.accounts.create_key(who, "all", SCOPES)[1]
            for who in (self.ada, self.bea, self.eve)
        }

    def ask(self, who, method, path, headers=(), **more):
        answer = self.suite.site.client().open(
            f"/api/v1{path}",
            method=method,
            headers={"Authorization": f"Bearer {self.keys[who.id]}", **dict(headers)},
            **more,
        )
        self.suite.hear()
        return answer

    def link(self, who, slug):
        slug = f"{slug}-{self.number}"
        answer = self.ask(who, "POST", "/links", json={"title": "Call", "slug": slug})
        assert answer.status_code == 201, answer.text
        return slug

    def book(self, who, slug="call", start=START, email="zoe@x.test"):
        answer = self.suite.site.client().post(
            f"/api/v1/links/{self.link(who, slug)}/bookings",
            json={
                "start": start,
                "attendee": {"name": "Zoë", "email": email, "timezone": "UTC"},
            },
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code == 201, answer.text
        self.suite.hear()
        return answer.json["id"]


@pytest.fixture
def office(whole):
    return Office(whole)


def test_a_link_is_made_and_listed(office):
    slug = office.link(office.ada, "made")
    (link,) = office.ask(office.ada, "GET", "/links").json["links"]
    assert link["settings"]["slug"] == slug
    taken = office.ask(office.eve, "POST", "/links", json={"title": "X", "slug": slug})
    assert (taken.status_code, taken.json["error"]["code"]) == (409, "slug_taken")


def test_members_see_their_own_and_admins_all(office):
    office.book(office.ada, "hers")
    office.book(office.bea, "mine")
    seen = {
        who.name: (
            len(office.ask(who, "GET", "/links").json["links"]),
            len(office.ask(who, "GET", "/bookings").json["bookings"]),
        )
        for who in (office.ada, office.bea, office.eve)
    }
    assert seen == {"Ada": (2, 2), "Bea": (1, 1), "Eve": (0, 0)}


def test_bookings_of_others_are_not_found(office):
    booking = office.book(office.ada)
    for who in (office.bea, office.eve):
        for method, path, body in (
            ("GET", "", None),
            ("POST", "/cancel", {}),
            ("POST", "/reschedule", {"start": "2026-12-03T14:00:00Z"}),
            ("POST", "/no-show", {}),
        ):
            answer = office.ask(who, method, f"/bookings/{booking}{path}", json=body)
            assert answer.status_code == 404, (who.name, path)
    assert (
        office.ask(office.ada, "GET", f"/bookings/{booking}").json["booking"]["status"]
        == "confirmed"
    )


def test_a_host_moves_beyond_notice_and_cancels(office):
    booking = office.book(office.ada)
    moved = office.ask(
        office.ada,
        "POST",
        f"/bookings/{booking}/reschedule",
        json={"start": "2026-12-01T10:00:00Z"},
    )
    assert moved.status_code == 200, moved.text
    ended = office.ask(
        office.ada, "POST", f"/bookings/{moved.json['id']}/cancel", json={"reason": "Ill"}
    )
    assert (ended.status_code, ended.json["status"]) == (200, "cancelled")


def test_no_show_is_for_meetings_that_began(office):
    booking = office.book(office.ada)
    early = office.ask(office.ada, "POST", f"/bookings/{booking}/no-show", json={})
    assert early.status_code in {409, 422}
    office.suite.pass_time(timedelta(days=1, hours=6))
    marked = office.ask(office.ada, "POST", f"/bookings/{booking}/no-show", json={})
    office.suite.pass_time(-timedelta(days=1, hours=6))
    assert (marked.status_code, marked.json["status"]) == (200, "no_show")


def test_schedules_are_read_and_replaced(office):
    (schedule,) = [
        found
        for found in office.ask(office.bea, "GET", "/schedules").json["schedules"]
        if found["is_default"]
    ]
    body = {
        "name": "Mornings",
        "timezone": "Europe/Paris",
        "hours": [{"weekday": 1, "windows": [{"start": 540, "end": 720}]}],
        "is_default": True,
        "version": schedule["version"],
    }
    path = f"/schedules/{schedule['id']}"
    saved = office.ask(office.bea, "PUT", path, json=body)
    assert (saved.status_code, saved.json["name"]) == (200, "Mornings")
    stale = body | {"name": "Evenings"}
    assert office.ask(office.bea, "PUT", path, json=stale).status_code == 409
    for method in ("PUT", "DELETE"):
        assert office.ask(office.eve, method, path, json=body).status_code in {404, 409}


def test_members_do_not_write_the_hours_of_others(office):
    (hers,) = [
        found
        for found in office.ask(office.ada, "GET", "/schedules").json["schedules"]
        if found["host_id"] == str(office.ada.id)
    ]
    body = {"name": "Mine now", "timezone": "UTC", "version": hers["version"]}
    assert office.ask(office.bea, "PUT", f"/schedules/{hers['id']}", json=body).status_code == 404
    taken = body | {"host": str(office.ada.id), "version": 0}
    assert office.ask(office.bea, "PUT", f"/schedules/{uuid4()}", json=taken).status_code == 404
    assert office.ask(office.bea, "DELETE", f"/schedules/{hers['id']}").status_code == 404
    assert office.ask(office.eve, "PUT", f"/schedules/{uuid4()}", json=taken).status_code == 404


def test_time_off_comes_and_goes(office):
    off = {"first_day": "2026-12-02", "last_day": "2026-12-04"}
    made = office.ask(office.bea, "POST", "/time-off", json=off)
    assert made.status_code == 201, made.text
    path = f"/time-off/{made.json['id']}"
    assert office.ask(office.eve, "DELETE", path).status_code == 404
    assert office.ask(office.bea, "DELETE", path).status_code == 204
    assert office.ask(office.bea, "DELETE", path).status_code == 404
    taken = off | {"host": str(office.ada.id)}
    assert office.ask(office.bea, "POST", "/time-off", json=taken).status_code == 404


def test_deals_are_of_those_who_may_see_them(office):
    for who in (office.ada, office.bea, office.eve):
        assert office.ask(who, "GET", "/deals").json["deals"] == []
        assert office.ask(who, "GET", f"/deals/{uuid4()}").status_code == 404
        assert office.ask(who, "GET", f"/contacts/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("path", "field"),
    [("/bookings?tab=all", "tab"), ("/bookings?limit=0", "limit"), ("/deals?limit=x", "limit")],
)
def test_lists_refuse_odd_questions(office, path, field):
    answer = office.ask(office.ada, "GET", path)
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, [field])


@pytest.mark.parametrize("cursor", ["x", "%00", "' OR 1=1", "e30", "a" * 3000])
def test_made_up_cursors_are_no_bug(office, cursor):
    for path in ("/bookings", "/deals"):
        status = office.ask(office.ada, "GET", f"{path}?after={cursor}").status_code
        assert status in {200, 400, 422}, path


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"slug": "abc"}, "title"),
        ({"title": "X", "slug": "A B"}, "slug"),
        ({"title": "X", "slug": "abc\n"}, "slug"),
        ({"title": "X", "slug": "abc", "durations": []}, "durations"),
        ({"title": "X", "slug": "abc", "durations": [1]}, "durations[0]"),
        ({"title": "X", "slug": "abc", "color": "red"}, "color"),
        ({"title": "X", "slug": "abc", "kind": "secret"}, "kind"),
    ],
)
def test_a_link_that_does_not_fit_is_refused_at_its_field(office, body, field):
    answer = office.ask(office.ada, "POST", "/links", json=body)
    assert answer.status_code == 422, answer.text
    assert list(answer.json["error"]["fields"]) == [field]


def test_a_start_is_explained_to_those_who_see_the_link(office):
    slug = office.link(office.bea, "why")
    links = office.ask(office.bea, "GET", "/links").json["links"]
    link_id = next(link["id"] for link in links if link["settings"]["slug"] == slug)
    path = f"/links/{link_id}/explain?start=2026-12-02T03:00:00Z"
    told = office.ask(office.bea, "GET", path).json
    assert (told["offered"], told["rule"]) == (False, "hours")
    rules = {check["rule"]: check["passed"] for check in told["hosts"][0]["checks"]}
    assert (rules["hours"], rules["busy"]) == (False, True)
    assert office.ask(office.ada, "GET", path).status_code == 200
    assert office.ask(office.eve, "GET", path).status_code == 404
    for wrong in ("start=soon", "start=2026-12-02T03:00", f"{path[-26:]}&duration=45"):
        refused = office.ask(office.bea, "GET", f"/links/{link_id}/explain?{wrong}")
        assert refused.status_code == 422, wrong


def test_a_key_stands_for_one_request_and_is_free_again_where_that_was_refused(office):
    """Of everything that is made with a key."""
    office.book(office.ada, "one")
    office.book(office.ada, "two", "2026-12-02T15:00:00Z", "yan@x.test")
    listed = office.ask(office.ada, "GET", "/contacts").json["contacts"]
    first, second = (f"/contacts/{one['contact']['id']}" for one in listed)
    off = {"first_day": "2026-12-24", "last_day": "2026-12-24"}
    hook, link = {"url": "http://127.0.0.1:9/hook"}, {"title": "A", "slug": f"a-{office.number}"}
    for place, wrong, right, there, other, again in (
        (f"{first}/notes", {"text": " "}, NOTE, f"{second}/notes", NOTE, 201),
        ("/time-off", off | {"last_day": "2026-12-01"}, off, "", off | {"reason": "Ill"}, 201),
        ("/connections", CAL | {"provider": "google"}, CAL, "", CAL | {"account": "her"}, 201),
        ("/webhooks", {"url": "ftp://a.test/"}, hook, "", {"url": f"{hook['url']}2"}, 409),
        ("/links", link | {"slug": "?"}, link, "", link | {"title": "B"}, 201),
    ):
        wishes = (place, wrong), (place, right), (there or place, other), (place, right)
        asked = [office.ask(office.ada, "POST", path, KEY, json=body) for path, body in wishes]
        assert [one.status_code for one in asked] == [422, 201, 409, again], place
        assert "was used for another request" in asked[2].text
    texts = [office.ask(office.ada, "GET", one).text for one in (first, second)]
    assert [text.count(NOTE["text"]) for text in texts] == [1, 0]
    assert "Ill" not in office.ask(office.ada, "GET", "/schedules").text
