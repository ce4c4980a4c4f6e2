"""A link with every rule, one booking of it, and how its refusals are read."""

import html
from uuid import uuid4

from contracts.booking import Question

SLUG, RIGHT, OFF_GRID = "strict", "2026-12-08T14:00:00Z", "2026-12-08T14:07:00Z"
ATTENDEE = {"name": "Zoë", "email": "zoe@example.com", "timezone": "Asia/Tokyo"}
QUESTIONS = (
    Question(id="topic", label="Topic", type="text", required=True),
    Question(id="more", label="More", type="textarea"),
    Question(id="size", label="Size", type="select", options=("small", "large")),
    Question(id="tags", label="Tags", type="multi_select", options=("a", "b")),
    Question(id="agreed", label="Agreed", type="checkbox"),
    Question(id="mail", label="Mail", type="email"),
    Question(id="site", label="Site", type="url"),
    Question(id="phone", label="Phone", type="phone"),
    Question(id="count", label="Count", type="number"),
)
ANSWERS = {"topic": "Plans"}
OK = {"start": RIGHT, "attendee": ATTENDEE, "answers": ANSWERS}


class Desk:
    """A link of thirty minutes and with all its rules, and one booking of it."""

    def __init__(self, roles):
        self.roles, self.http = roles, roles.site.client()
        rules = {"durations": (30, 60), "notice": 240, "horizon_days": 30, "questions": QUESTIONS}
        roles.suite.link(roles.mia, SLUG, title="Strict", **rules)
        made = self.json("bookings", OK | {"start": "2026-12-09T14:00:00Z"})
        assert made.status_code == 201, made.text
        self.move = made.json["reschedule_url"].rpartition("/")[2]
        self.cancel = made.json["cancel_url"].rpartition("/")[2]

    def path(self, what):
        own = {
            "reschedule": f"/api/v1/bookings/reschedule/{self.__dict__.get('move')}",
            "cancel": f"/api/v1/bookings/cancel/{self.__dict__.get('cancel')}",
            "book form": f"/book/{SLUG}",
            "move form": f"/book/reschedule/{self.__dict__.get('move')}",
            "cancel form": f"/book/cancel/{self.__dict__.get('cancel')}",
        }
        return own.get(what) or f"/api/v1/links/{SLUG}/{what}"

    def json(self, what, body, **more):
        return self.http.post(self.path(what), json=body, headers=key(), **more)

    def data(self, what, data, kind="application/json"):
        return self.http.post(self.path(what), data=data, headers=key(), content_type=kind)

    def form(self, what, **values):
        return self.http.post(self.path(what), data=values)

    def book_form(self, **values):
        typed = {"attendee.name": "Zoë", "attendee.email": "zoe@example.com", "tz": "Asia/Tokyo"}
        return self.form("book form", **typed | {"start": RIGHT, "answers.topic": "Plans"} | values)

    def get(self, **query):
        right = {"from": "2026-12-07", "to": "2026-12-08", "tz": "UTC"}
        return self.http.get(self.path("slots"), query_string=right | query)


def key():
    return {"Idempotency-Key": str(uuid4())}


def refused(answer, *fields, status=422):
    """A refusal of the API that names these fields."""
    assert answer.status_code == status, answer.text
    error = answer.json["error"]
    assert error["code"] == "invalid"
    assert error["message"]
    assert sorted(error["fields"]) == sorted(fields), answer.text
    assert all(error["fields"].values())


def said(answer, *words):
    """A page of a refusal, which says it."""
    assert answer.status_code == 422, answer.status_code
    for each in words:
        assert each in html.unescape(answer.text)
