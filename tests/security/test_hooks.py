"""What anybody may send to where providers of calendars call: answered alike, and nothing is done."""

import json

import pytest
from sqlalchemy import text

from gateway.limits import BY_ADDRESS
from gateway.rpc import Services
from support.web import Away

GOOGLE, MICROSOFT, LIFECYCLE = "/hooks/google", "/hooks/microsoft", "/hooks/microsoft/lifecycle"
CHANNEL = {
    "X-Goog-Channel-ID": "8e2c9f4c-0d8a-4b7b-9d8c-0f2f1d2c3b4a",
    "X-Goog-Channel-Token": "not-the-secret",
    "X-Goog-Resource-ID": "o3hgv1538sdjfh",
    "X-Goog-Resource-State": "exists",
}
CHANGE = {
    "subscriptionId": "7f105c7d-2dc5-4530-97cd-4e7ae6534c07",
    "clientState": "not-the-secret",
    "changeType": "updated",
    "resource": "Users/x/Events/y",
}
REMOVED = CHANGE | {"lifecycleEvent": "subscriptionRemoved"}


@pytest.fixture
def http(roles):
    return roles.site.client()


@pytest.fixture
def untouched(roles):
    """Connections and what was announced are afterwards as they were."""
    before = state(roles)
    yield
    assert state(roles) == before


def state(roles):
    with roles.local.surface("calendar-sync").db.begin() as tx:
        rows = tx.execute(text("SELECT * FROM connection ORDER BY id")).all()
    return roles.marks(), rows


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "headers",
    [
        CHANNEL,
        CHANNEL | {"X-Goog-Resource-State": "sync"},
        CHANNEL | {"X-Goog-Channel-Token": ""},
        CHANNEL | {"X-Goog-Channel-Token": "x" * 5000},
        CHANNEL | {"X-Goog-Channel-ID": "' OR 1=1 --"},
        CHANNEL | {"X-Goog-Channel-ID": "\xe9\xff"},
        {},
    ],
)
def test_google_without_the_right_secret_changes_nothing(http, headers):
    answer = http.post(GOOGLE, headers=headers)
    assert (answer.status_code, answer.data) == (202, b"")


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("path", [MICROSOFT, LIFECYCLE])
@pytest.mark.parametrize(
    "changes",
    [
        [CHANGE],
        [REMOVED, REMOVED, CHANGE],
        [CHANGE | {"clientState": None}],
        [CHANGE | {"subscriptionId": "\x00"}],
        [CHANGE | {"subscriptionId": "x" * 9000}],
        [CHANGE | {"lifecycleEvent": "\x00<b>", "resource": "\u202e" * 3000}],
        [CHANGE | {"subscriptionId": f"s{n}"} for n in range(150)],
        [{}],
        [],
    ],
)
def test_microsoft_without_the_right_secret_changes_nothing(http, path, changes):
    answer = http.post(path, json={"value": changes})
    assert (answer.status_code, answer.data) == (202, b"")


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"value": null}',
        b'{"value": [1]}',
        b'{"value": [{"subscriptionId": 1}]}',
        b'{"value": [{"subscriptionId": "\\ud800"}]}',
        b'{"value": ["\xff"]}',
        b'{"value": ' + b"[" * 20_000,
    ],
)
def test_what_graph_never_sends_is_refused_in_a_line(http, body):
    answer = http.post(MICROSOFT, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "malformed"


@pytest.mark.parametrize("path", [MICROSOFT, LIFECYCLE])
def test_more_than_a_call_can_need_is_not_read(http, path):
    body = json.dumps({"value": [CHANGE | {"resource": "x" * 200_000}]})
    answer = http.post(path, data=body, content_type="application/json")
    assert answer.status_code == 413


@pytest.mark.parametrize("path", [MICROSOFT, LIFECYCLE])
def test_graph_reads_its_question_back_as_plain_text(http, path):
    token = "Validation: Testing client application reachability & more = ü/+ 100%"
    answer = http.post(path, query_string={"validationToken": token})
    assert (answer.status_code, answer.text) == (200, token)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "token", ["<script>alert(1)</script>", "a\r\nSet-Cookie: x=1", "x" * 2049, "", "a\x00"]
)
def test_what_is_no_question_of_graphs_is_not_read_back(http, token):
    answer = http.post(MICROSOFT, query_string={"validationToken": token})
    assert answer.status_code == 400
    assert "alert" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_providers_call_again_when_calendar_sync_is_away(roles, http):
    services = roles.site.app.extensions["services"]
    values = {name: getattr(services, name) for name in Services.__dataclass_fields__}
    roles.site.app.extensions["services"] = Services(**values | {"calendar_sync": Away()})
    try:
        answers = [
            http.post(GOOGLE, headers=CHANNEL),
            http.post(MICROSOFT, json={"value": [CHANGE]}),
            http.post(LIFECYCLE, json={"value": [REMOVED]}),
        ]
    finally:
        roles.site.app.extensions["services"] = services
    for answer in answers:
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0


def test_a_session_is_neither_needed_nor_looked_at(roles):
    answer = roles.browser(roles.mia).post(GOOGLE, headers=CHANNEL)
    assert answer.status_code == 202
    assert "Set-Cookie" not in answer.headers


def test_a_stranger_is_limited(roles, http):
    stranger = {"REMOTE_ADDR": "203.0.113.78"}
    for _ in range(BY_ADDRESS["hook"].capacity):
        roles.site.accounts.take("hook:203.0.113.78", BY_ADDRESS["hook"])
    answers = [http.post(GOOGLE, headers=CHANNEL, environ_base=stranger) for _ in range(40)]
    statuses = {answer.status_code for answer in answers}
    assert 429 in statuses
