"""What strangers may send: each wrong body a 4xx that names its field, never a 500.

The services are away: whatever is not refused at the door would be a 503.
"""

import json

import pytest

BOOK = "/api/v1/links/ada/bookings"
KEY = {"Idempotency-Key": "k"}
GOOD = {
    "start": "2026-12-02T14:00:00Z",
    "attendee": {"name": "Zoë", "email": "zoe@example.com", "timezone": "Europe/London"},
}


def attendee(**values):
    return GOOD | {"attendee": GOOD["attendee"] | values}


def test_what_is_right_passes_the_door(door):
    assert door.client().post(BOOK, json=GOOD, headers=KEY).status_code == 503


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (GOOD | {"start": "2026-12-02T14:00:00"}, "start"),
        (GOOD | {"start": "2026-13-02T14:00:00Z"}, "start"),
        (GOOD | {"start": "0001-01-01T00:00:00+14:00"}, "start"),
        (GOOD | {"start": "9999-12-31T23:59:59-14:00"}, "start"),
        (GOOD | {"start": ["2026-12-02T14:00:00Z"]}, "start"),
        (GOOD | {"duration": -30}, "duration"),
        (GOOD | {"duration": 1e300}, "duration"),
        (GOOD | {"hold": "' OR 1=1 --"}, "hold"),
        (GOOD | {"guests": ["no address"]}, "guests[0]"),
        (GOOD | {"guests": [f"a{n}@b.test" for n in range(11)]}, "guests"),
        (GOOD | {"answers": {"note": {"x": 1}}}, "answers"),
        (attendee(timezone="Mars/Olympus"), "attendee.timezone"),
        (attendee(timezone="../../etc/passwd"), "attendee.timezone"),
        (attendee(name="   "), "attendee.name"),
        (attendee(name="x" * 10_000), "attendee.name"),
        (attendee(name="a\u202eb"), "attendee.name"),
        (attendee(email="x\r\nBcc: y@z.test"), "attendee.email"),
        (attendee(email="no address"), "attendee.email"),
        (attendee(language="x" * 36), "attendee.language"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(door, body, field):
    answer = door.client().post(BOOK, json=body, headers=KEY)
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "invalid"
    assert list(answer.json["error"]["fields"]) == [field]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"{'start': 1}", 400),
        (b"NaN", 400),
        (b"[" * 100_000, 400),
        (b'{"x":' * 20_000 + b"1" + b"}" * 20_000, 400),
        (b'{"attendee": {"name": "\\ud800"}}', 422),
        (b'{"attendee": {"name": "\\u0000"}}', 422),
        (b"null", 422),
        (b"[]", 422),
        (b"1" * 5000, 400),
    ],
)
def test_what_is_no_request_is_refused(door, text, status):
    answer = door.client().post(
        BOOK, data=text, headers=KEY, content_type="application/json; charset=utf-8"
    )
    assert answer.status_code == status, answer.text
    assert answer.json["error"]["message"]


def test_a_body_beyond_256_kib_is_413(door):
    text = json.dumps(GOOD | {"answers": {"note": "x" * 256 * 1024}})
    answer = door.client().post(BOOK, data=text, headers=KEY, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "text/json"]
)
def test_another_content_type_is_415(door, kind):
    answer = door.client().post(BOOK, data=json.dumps(GOOD), headers=KEY, content_type=kind)
    assert answer.status_code == 415


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 201}])
def test_a_booking_without_its_key_names_the_header(door, headers):
    answer = door.client().post(BOOK, json=GOOD, headers=headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json["error"]["message"]


@pytest.mark.parametrize("token", ["x", "x" * 42, "x" * 44, "%00" * 43, "../" * 14 + "x", "é" * 43])
@pytest.mark.parametrize("action", ["reschedule", "cancel"])
def test_what_can_be_no_token_is_404(door, action, token):
    path = f"/api/v1/bookings/{action}/{token}"
    assert door.client().post(path, json={"start": GOOD["start"]}).status_code == 404


@pytest.mark.parametrize("slug", ["ADA", "a", "x" * 65, "a%00b", "%F0%9F%98%80", "..", "a b"])
def test_what_can_be_no_slug_is_404(door, slug):
    query = "?from=2026-12-01&to=2026-12-02&tz=UTC"
    for path in (f"/api/v1/links/{slug}", f"/api/v1/links/{slug}/slots{query}"):
        assert door.client().get(path).status_code == 404, path


@pytest.mark.parametrize("hold", ["x", "0", "%00", "'"])
def test_what_can_be_no_hold_is_404(door, hold):
    for method in ("PATCH", "DELETE"):
        assert door.client().open(f"/api/v1/holds/{hold}", method=method).status_code == 404


def test_a_query_that_is_no_text_is_refused(door):
    for query in ("from=%ff&to=%ff&tz=%ff", "from=%00", "a" * 5000, "&" * 500, "from=\xe9"):
        assert door.client().get(f"/api/v1/links/ada/slots?{query}").status_code == 422, query


def test_strangers_are_limited_in_bookings_and_holds(door):
    stranger = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    for path, most in ((BOOK, 20), ("/api/v1/links/ada/holds", 30)):
        statuses = [
            door.client().post(path, json=GOOD, headers=KEY, **stranger).status_code
            for _ in range(most + 1)
        ]
        assert statuses == [503] * most + [429]
