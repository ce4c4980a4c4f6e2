"""What strangers may look for, bodies that are no request, and anything at all.

As in `test_booking_input`: a 4xx that names its field, nothing stored, never a 500.
"""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .desk import OFF_GRID, OK, RIGHT, refused

pytestmark = pytest.mark.usefixtures("nothing_is_done")


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
    answer = desk.form(what, start=RIGHT, reason="x" * 3 * 1024 * 1024)
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
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
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
