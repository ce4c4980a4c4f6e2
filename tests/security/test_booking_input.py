"""What strangers may send to book, hold, look, move and cancel, over JSON and over forms.

Each wrong value is a 4xx that says what is wrong with which field, by the real services; nothing
of it is stored, and nothing is ever a 500.
"""

import html
import json
import re
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@pytest.fixture(scope="module")
def desk(roles):
    return Desk(roles)


@pytest.fixture(autouse=True)
def nothing_is_done(desk):
    before = desk.roles.marks()
    yield
    assert desk.roles.marks() == before


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


# --- the start ---------------------------------------------------------------------------------

NOT_OFFERED = {
    "off the grid": ("2026-12-08T14:07:00Z", "Meetings do not start at this time."),
    "past": ("2026-11-30T14:00:00Z", "This time has passed."),
    "long past": ("2001-01-01T00:00:00Z", "This time has passed."),
    "out of hours": ("2026-12-08T18:00:00Z", "This is outside the host's working hours."),
    "ends out of hours": ("2026-12-08T16:45:00Z", "This is outside the host's working hours."),
    "weekend": ("2026-12-05T14:00:00Z", "This is outside the host's working hours."),
    "under notice": ("2026-12-01T14:30:00Z", "This is too soon: the host needs more notice."),
    "over the horizon": ("2027-03-01T14:00:00Z", "This is too far ahead to be booked."),
    "far over it": ("2199-03-01T14:00:00Z", "This time is too far ahead."),
    "second": ("2026-12-08T14:00:01Z", "Meetings start at a whole minute."),
}
UNREADABLE = {
    "naive": "2026-12-08T14:00:00",
    "part of a second, naive": "2026-12-08T14:00:00.5",
    "day": "2026-12-08",
    "month 13": "2026-13-08T14:00:00Z",
    "30 February": "2026-02-30T14:00:00Z",
    "hour 25": "2026-12-08T25:00:00Z",
    "minute 60": "2026-12-08T14:60:00Z",
    "offset of days": "2026-12-08T14:00:00+99:00",
    "before the calendar": "0001-01-01T00:00:00+14:00",
    "after the calendar": "9999-12-31T23:59:59-14:00",
    "year 1": "0001-01-01T00:00:00Z",
    "words": "tomorrow",
    "other digits": "\uff12\uff10\uff12\uff16-12-08T14:00:00Z",
    "NUL": "2026-12-08T14:00:00Z\x00",
    "SQL": "2026-12-08' OR 1=1 --",
    "long": "2" * 10_000,
}
NO_TEXT = {"number": 1765202400, "true": True, "null": None, "list": [RIGHT], "object": {"x": 1}}
STARTS = ("bookings", "holds", "reschedule")


@pytest.mark.parametrize("what", STARTS)
@pytest.mark.parametrize("case", NOT_OFFERED)
def test_a_start_that_is_not_offered(desk, what, case):
    start, words = NOT_OFFERED[case]
    answer = desk.json(what, OK | {"start": start})
    refused(answer, "start")
    assert answer.json["error"]["fields"]["start"] == words


@pytest.mark.parametrize("case", NOT_OFFERED)
def test_a_start_that_is_not_offered_by_form(desk, case):
    start, words = NOT_OFFERED[case]
    said(desk.book_form(start=start), words)
    said(desk.form("move form", start=start), words)


@pytest.mark.parametrize("what", STARTS)
@pytest.mark.parametrize("case", [*UNREADABLE, *NO_TEXT, "empty"])
def test_a_start_that_cannot_be_read(desk, what, case):
    refused(desk.json(what, OK | {"start": (UNREADABLE | NO_TEXT).get(case, "")}), "start")


@pytest.mark.parametrize("what", STARTS)
def test_a_start_that_is_not_there(desk, what):
    refused(desk.json(what, {name: OK[name] for name in ("attendee", "answers")}), "start")


@pytest.mark.parametrize("case", [*UNREADABLE, "part of a second"])
def test_a_start_that_cannot_be_read_by_form(desk, case):
    start = UNREADABLE.get(case, "2026-12-08T14:00:00.5Z")
    words = "This is no time that could be booked."
    said(desk.book_form(start=start), words)
    said(desk.form("move form", start=start), words)


@pytest.mark.parametrize("what", ["book form", "move form"])
def test_a_form_without_a_start_leads_back_to_the_times(desk, what):
    answer = desk.form(what, tz="Asia/Tokyo")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(desk.path(what))


# --- duration, host, hold ----------------------------------------------------------------------


@pytest.mark.parametrize("what", ["bookings", "holds"])
@pytest.mark.parametrize("minutes", [0, 4, 45, 481, -30, 30.5, 1e300, "30", True, [30], 10**30])
def test_a_duration_that_is_not_offered(desk, what, minutes):
    refused(desk.json(what, OK | {"duration": minutes}), "duration")


@pytest.mark.parametrize("minutes", ["0", "45", "481", "-30", "30.5", "x", "30\x00", "٣٠", "030"])
def test_a_duration_that_is_not_offered_by_form(desk, minutes):
    said(desk.book_form(duration=minutes), "This duration is not offered.")


@pytest.mark.parametrize("what", ["bookings", "holds"])
def test_a_host_whom_the_link_does_not_have(desk, what):
    for host in (desk.roles.max.id, desk.roles.eve.id, uuid4()):
        refused(desk.json(what, OK | {"host": str(host)}), "host")


@pytest.mark.parametrize("field", ["host", "hold"])
@pytest.mark.parametrize("value", ["x", "' OR 1=1 --", 1, {}, ["x"], "x" * 10_000, "\x00"])
def test_what_is_no_identifier(desk, field, value):
    refused(desk.json("bookings", OK | {field: value}), field)


# --- who ---------------------------------------------------------------------------------------

HIDDEN = {
    "control": "a\x07b",
    "NUL": "a\x00b",
    "escape": "a\x1b[31mb",
    "C1": "a\x85b",
    "bidi override": "a\u202eb",
    "bidi isolate": "a\u2066b",
    "line separator": "a\u2028b",
    "line end": "a\r\nBcc: y@z.test",
}
NAMES = HIDDEN | {"empty": "", "blank": "   ", "10,000": "x" * 10_000}
EMAILS = HIDDEN | {
    "empty": "",
    "no address": "zoe",
    "no domain": "zoe@",
    "two": "a@b.test, c@d.test",
    "header": "a@b.test\r\nBcc: y@z.test",
    "named": "Zoe <a@b.test>",
    "dots": "a..b@c.test",
    "10,000": f"{'x' * 10_000}@b.test",
}
ZONES = {
    "unknown": "Mars/Olympus",
    "path": "../../etc/passwd",
    "absolute": "/etc/localtime",
    "blank": " ",
    "NUL": "UTC\x00",
    "long": "x" * 10_000,
    "case": "europe/london",
    "offset": "+01:00",
}
LONE = '"a\\ud800b"'
"""JSON of a lone surrogate, which no Python client can write."""


def attendee(**values):
    return OK | {"attendee": ATTENDEE | values}


@pytest.mark.parametrize("case", NAMES)
def test_a_name_that_cannot_be(desk, case):
    refused(desk.json("bookings", attendee(name=NAMES[case])), "attendee.name")
    page = desk.book_form(**{"attendee.name": NAMES[case]})
    said(page, 'id="f-attendee-name-error"')


@pytest.mark.parametrize("case", EMAILS)
def test_an_address_that_cannot_be(desk, case):
    refused(desk.json("bookings", attendee(email=EMAILS[case])), "attendee.email")
    said(desk.book_form(**{"attendee.email": EMAILS[case]}), 'id="f-attendee-email-error"')


@pytest.mark.parametrize("case", ZONES)
def test_a_zone_that_is_none(desk, case):
    refused(desk.json("bookings", attendee(timezone=ZONES[case])), "attendee.timezone")
    said(desk.book_form(tz=ZONES[case]), "This time zone is not known.")
    refused(desk.get(tz=ZONES[case]), "tz")


@pytest.mark.parametrize("field", ["name", "email", "timezone", "language"])
@pytest.mark.parametrize("value", [1, None, True, [], {}, ["x"]])
def test_a_person_of_wrong_types(desk, field, value):
    refused(desk.json("bookings", attendee(**{field: value})), f"attendee.{field}")


@pytest.mark.parametrize("value", [1, None, "x", [], ["x"]])
def test_a_person_who_is_none(desk, value):
    refused(desk.json("bookings", OK | {"attendee": value}), "attendee")


@pytest.mark.parametrize("field", ["name", "email", "timezone", "language"])
def test_a_lone_surrogate_is_refused_at_its_field(desk, field):
    body = json.dumps(attendee(**{field: "LONE"})).replace('"LONE"', LONE)
    refused(desk.data("bookings", body), f"attendee.{field}")


@pytest.mark.parametrize("guest", ["zoe", "a@b.test\r\nBcc: y@z.test", "a\x00@b.test", "x" * 300])
def test_a_guest_who_cannot_be(desk, guest):
    refused(desk.json("bookings", OK | {"guests": [guest]}), "guests[0]")
    said(desk.book_form(guests=guest), 'id="f-guests-error"')


def test_more_than_ten_guests(desk):
    eleven = [f"a{n}@b.test" for n in range(11)]
    refused(desk.json("bookings", OK | {"guests": eleven}), "guests")
    said(desk.book_form(guests="\n".join(eleven)), "At most 10 guests")


# --- answers -----------------------------------------------------------------------------------

BAD_ANSWERS = [
    *(("topic", text) for text in HIDDEN.values()),
    ("topic", ""),
    ("topic", "   "),
    ("topic", "x" * 10_000),
    *(("more", text) for name, text in HIDDEN.items() if name != "line end"),
    ("more", "x" * 10_000),
    ("size", "huge"),
    ("size", "small\x00"),
    ("mail", "zoe"),
    ("mail", "a@b.test\r\nBcc: y@z.test"),
    ("site", "javascript:alert(1)"),
    ("site", "https://"),
    ("site", "https://me:pass@bank.test"),
    ("site", "data:text/html,x"),
    ("phone", "call me"),
    ("count", "many"),
    ("count", "1e9"),
]


def named(case):
    return re.sub(r"[^ -~]+", "_", f"{case[0]}-{case[1][:12]}")


@pytest.mark.parametrize("case", BAD_ANSWERS, ids=named)
def test_an_answer_that_cannot_be(desk, case):
    name, text = case
    answer = desk.json("bookings", OK | {"answers": ANSWERS | {name: text}})
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [f"answers.{name}"]
    page = desk.book_form(**{f"answers.{name}": text})
    said(page, f'id="f-answers-{name}-error"')


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("topic", True),
        ("topic", ["a"]),
        ("size", ["small"]),
        ("tags", "a"),
        ("tags", ["a", "a"]),
        ("tags", ["c"]),
        ("agreed", "yes"),
        ("agreed", ["x"]),
        ("mail", True),
        ("nowhere", "x"),
    ],
)
def test_an_answer_of_another_kind(desk, name, value):
    refused(desk.json("bookings", OK | {"answers": ANSWERS | {name: value}}), f"answers.{name}")


@pytest.mark.parametrize("value", [1, 1.5, None, {}, {"x": 1}, [1], [["a"]]])
def test_an_answer_that_is_none(desk, value):
    answer = desk.json("bookings", OK | {"answers": ANSWERS | {"more": value}})
    assert answer.status_code == 422
    assert next(iter(answer.json["error"]["fields"])).startswith("answers")


def test_a_lone_surrogate_in_an_answer(desk):
    body = json.dumps(OK | {"answers": {"topic": "LONE"}}).replace('"LONE"', LONE)
    refused(desk.data("bookings", body), "answers.topic")


@pytest.mark.parametrize("case", [name for name in HIDDEN if name != "line end"])
def test_a_reason_that_cannot_be(desk, case):
    refused(desk.json("cancel", {"reason": HIDDEN[case]}), "reason")
    said(desk.form("cancel form", reason=HIDDEN[case]), "characters that cannot be used")


@pytest.mark.parametrize("value", ["x" * 10_000, 1, None, [], {}])
def test_a_reason_of_another_kind(desk, value):
    refused(desk.json("cancel", {"reason": value}), "reason")


# --- looking -----------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["from", "to"])
@pytest.mark.parametrize("day", ["", "x", "2026-02-30", "2026-12-08T00:00:00Z", "20261208", "\x00"])
def test_days_that_are_none(desk, field, day):
    refused(desk.get(**{field: day}), field)


@pytest.mark.parametrize("last", ["2026-12-06", "2027-12-08", "9999-12-31"])
def test_days_in_no_order_or_too_many(desk, last):
    refused(desk.get(to=last), "to")


@pytest.mark.parametrize(
    "days", [{"from": "0001-01-01", "to": "0001-01-02"}, {"from": "9999-12-30", "to": "9999-12-31"}]
)
def test_days_at_the_ends_of_the_calendar_have_no_slots(desk, days):
    answer = desk.get(**days)
    assert answer.status_code in {200, 422}, answer.text
    assert answer.status_code == 422 or answer.json["slots"] == []


@pytest.mark.parametrize("minutes", ["", "0", "4", "481", "-30", "30.5", "x", "٣٠", "9" * 5000])
def test_a_duration_that_cannot_be_looked_for(desk, minutes):
    refused(desk.get(duration=minutes), "duration")


@pytest.mark.parametrize("field", ["host", "hold"])
def test_identifiers_that_are_none(desk, field):
    refused(desk.get(**{field: "x"}), field)


# --- bodies ------------------------------------------------------------------------------------

TAKING_JSON = ("bookings", "holds", "reschedule", "cancel")
MALFORMED = {
    "broken": b"{",
    "bytes": b"\xff\xfe",
    "quotes": b"{'start': 1}",
    "NaN": b"NaN",
    "deep list": b"[" * 100_000,
    "deep object": b'{"x":' * 20_000 + b"1" + b"}" * 20_000,
    "deep within": b'{"start": ' + b"[" * 30 + b"]" * 30 + b"}",
    "long number": b"1" * 5000,
    "two": b"{}{}",
}


@pytest.mark.parametrize("what", TAKING_JSON)
@pytest.mark.parametrize("case", MALFORMED)
def test_a_body_that_is_no_request(desk, what, case):
    answer = desk.data(what, MALFORMED[case])
    assert answer.status_code == 400, answer.text
    assert answer.json["error"]["code"] == "malformed"
    assert answer.json["error"]["message"]


@pytest.mark.parametrize("what", TAKING_JSON)
@pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"x"', b"true"])
def test_a_body_that_is_no_object(desk, what, body):
    refused(desk.data(what, body), "body")


@pytest.mark.parametrize("what", TAKING_JSON)
def test_a_huge_body(desk, what):
    answer = desk.data(what, json.dumps(OK | {"reason": "x" * 256 * 1024}))
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("what", TAKING_JSON)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_another_content_type(desk, what, kind):
    answer = desk.data(what, json.dumps(OK), kind)
    assert (answer.status_code, answer.json["error"]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("what", ["book form", "move form", "cancel form"])
@pytest.mark.parametrize("kind", ["text/plain", "application/json", "text/xml"])
def test_what_is_no_form(desk, what, kind):
    answer = desk.data(what, json.dumps(OK), kind)
    assert answer.status_code == 415
    assert "Send a form" in answer.text


@pytest.mark.parametrize("what", ["book form", "move form", "cancel form"])
def test_a_huge_form(desk, what):
    answer = desk.form(what, start=RIGHT, reason="x" * 256 * 1024)
    assert answer.status_code == 413


@pytest.mark.parametrize("what", ["book form", "move form"])
def test_a_broken_multipart_form(desk, what):
    broken = b'--b\r\nContent-Disposition: form-data; name="start"\r\n\r\n\xff\xfe'
    answer = desk.data(what, broken, "multipart/form-data; boundary=b")
    assert answer.status_code in {303, 400, 422}


# --- anything at all ---------------------------------------------------------------------------

TEXTS = st.text(max_size=20) | st.sampled_from([OFF_GRID, "2026-12-08", "UTC", "zoe@example.com"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
NAMES_KNOWN = st.sampled_from(
    ["start", "duration", "hold", "host", "attendee", "guests", "answers", "reason"]
)
BODIES = JSON | st.dictionaries(NAMES_KNOWN, JSON, max_size=8)
FORMS = st.dictionaries(
    st.sampled_from(
        [
            "start",
            "pick",
            "tz",
            "duration",
            "hold",
            "key",
            "guests",
            "day",
            "month",
            "reason",
            "website",
            "attendee.name",
            "attendee.email",
            "answers.topic",
            "answers.tags",
        ]
    )
    | st.text(max_size=10),
    TEXTS,
    max_size=10,
)
FUZZ = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("what", ["bookings", "holds", "reschedule"])
def test_no_json_is_a_500(desk, what):
    @FUZZ
    @given(BODIES)
    def ask(body):
        answer = desk.data(what, json.dumps(body))
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.json["error"]["message"]

    ask()


def test_no_json_to_a_hold_is_a_500(desk):
    @FUZZ
    @given(st.text(max_size=40), BODIES)
    def ask(hold, body):
        path = desk.http.application.url_map.bind("").build("api.renew_hold", {"hold": hold or "x"})
        for method in ("PATCH", "DELETE"):
            answer = desk.http.open(path, method=method, json=body)
            assert answer.status_code < 500, answer.text

    ask()


def test_no_json_to_a_token_that_nobody_has_is_a_500(desk):
    @FUZZ
    @given(BODIES)
    def ask(body):
        for action in ("reschedule", "cancel"):
            path = f"/api/v1/bookings/{action}/{'x' * 43}"
            answer = desk.http.post(path, json=body)
            assert 400 <= answer.status_code < 500, answer.text

    ask()


@pytest.mark.parametrize("what", ["book form", "move form"])
def test_no_form_is_a_500(desk, what):
    @FUZZ
    @given(FORMS.map(lambda form: form | {"answers.topic": ""}))
    def ask(form):
        answer = desk.form(what, **form)
        assert answer.status_code == 303 or 400 <= answer.status_code < 500

    ask()


@pytest.mark.parametrize("path", ["/api/v1/links/strict/slots", "/book/strict", "/book/mia-acme"])
def test_no_address_is_a_500(desk, path):
    @FUZZ
    @given(FORMS)
    def ask(query):
        assert desk.http.get(path, query_string=query).status_code < 500

    ask()
