"""The fake of Graph is strict: what Graph does not take, it refuses, in Graph's words."""

import pytest
from werkzeug.test import Client

from fakes.graph import Graph, throttled
from fakes.graph.login import GRAPH_SCOPES
from unit.calendar_sync.builders import HOUR, NOW

MARK = "String {5f1d4e3c-2f0a-4c55-9a55-6a3e7e1c0b8d} Name WorkestraEvent"
WINDOW = "startDateTime=2026-12-01T00:00:00Z&endDateTime=2026-12-30T00:00:00Z"
EVENT = {
    "subject": "Lunch",
    "start": {"dateTime": "2026-12-01T12:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-12-01T13:00:00", "timeZone": "Pacific Standard Time"},
}


class Caller:
    """Asks the fake as one who signed in."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.book = self.graph.account("ada@acme.test")
        self.here = f"/v1.0/me/calendars/{self.book.id}"
        self.token = self.graph.grant("ada@acme.test")["access_token"]

    def ask(self, method, path, prefer="", **more):
        headers = {"Authorization": f"Bearer {self.token}", "Prefer": prefer}
        answer = Client(self.graph).open(path, method=method, headers=headers, **more)
        return answer.status_code, (answer.get_json() or {}).get("error", {}).get("code", "")

    def post(self, **changes):
        return self.ask("POST", f"{self.here}/events", json=EVENT | changes)

    def form(self, **given):
        ours = {
            "client_id": self.graph.signin.client_id,
            "client_secret": self.graph.signin.client_secret,
            "scope": " ".join([*GRAPH_SCOPES, "offline_access"]),
        }
        answer = Client(self.graph).post("/common/oauth2/v2.0/token", data=ours | given)
        return answer.status_code, answer.get_json().get("error")


@pytest.fixture
def caller():
    return Caller()


def test_what_graph_documents_is_taken(caller):
    assert caller.post()[0] == 201
    assert caller.ask("GET", f"{caller.here}/calendarView/delta?{WINDOW}")[0] == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "no such property"}, "RequestBodyRead"),
        ({"id": "read-only"}, "RequestBodyRead"),
        ({"isAllDay": "yes"}, "RequestBodyRead"),
        ({"showAs": "away"}, "RequestBodyRead"),
        ({"onlineMeetingProvider": "zoom"}, "RequestBodyRead"),
        ({"location": {"name": "Room"}}, "RequestBodyRead"),
        ({"body": {"contentType": "markdown", "content": ""}}, "RequestBodyRead"),
        ({"subject": "x" * 256}, "RequestBodyRead"),
        (
            {"start": {"dateTime": "2026-12-01T12:00:00", "timeZone": "Mars"}},
            "TimeZoneNotSupportedException",
        ),
        (
            {"start": {"dateTime": "2026-12-01T12:00:00Z", "timeZone": "UTC"}},
            "ErrorInvalidProperty",
        ),
        (
            {"start": {"dateTime": "2026-12-03T12:00:00", "timeZone": "UTC"}},
            "ErrorPropertyValidationFailure",
        ),
        ({"singleValueExtendedProperties": [{"id": "x", "value": "y"}]}, "ErrorInvalidProperty"),
    ],
)
def test_a_body_that_graph_does_not_know_is_refused(caller, changes, code):
    assert caller.post(**changes) == (400, code)


@pytest.mark.parametrize(
    "options",
    [
        f"{WINDOW}&$select=id",
        f"{WINDOW}&$filter=id",
        f"{WINDOW}&$orderby=id",
        f"{WINDOW}&$expand=x",
        f"{WINDOW}&$top=5",
        "startDateTime=2026-12-01T00:00:00Z",
        f"{WINDOW}&$deltatoken=x",
    ],
)
def test_delta_takes_a_window_or_a_token_and_nothing_else(caller, options):
    assert caller.ask("GET", f"{caller.here}/calendarView/delta?{options}")[0] == 400


def test_a_token_that_was_never_given_is_gone(caller):
    gone = caller.ask("GET", f"{caller.here}/calendarView/delta?$deltatoken=x")
    assert gone == (410, "syncStateNotFound")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1.0/me/events/x?$filter=id", 400),
        ("/v1.0/me/events/x?$select=colour", 400),
        ("/v1.0/me/events/x", 404),
        ("/v1.0/me/drive", 404),
        ("/beta/me", 404),
    ],
)
def test_what_is_asked_for_has_to_exist(caller, path, status):
    assert caller.ask("GET", path)[0] == status


def test_the_only_filter_is_by_an_extended_property(caller):
    path = f"{caller.here}/events"
    for query in ("transactionId eq 'x'", "singleValueExtendedProperties/Any(ep: ep/id eq 'x')"):
        assert caller.ask("GET", path, query_string={"$filter": query})[0] == 400
    query = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq 'x')"
    assert caller.ask("GET", path, query_string={"$filter": query})[0] == 200


@pytest.mark.parametrize("prefer", ['outlook.timezone="Mars"', "odata.pagesize=5", "IdType=Short"])
def test_a_preference_that_graph_does_not_know_is_refused(caller, prefer):
    assert caller.ask("GET", f"{caller.here}/calendarView/delta?{WINDOW}", prefer)[0] == 400


def test_without_a_token_that_is_good_nothing_is_answered(caller):
    caller.graph.signin.end_access()
    assert caller.ask("GET", "/v1.0/me") == (401, "InvalidAuthenticationToken")


def test_the_token_endpoint_knows_its_client_its_scopes_and_its_tokens(caller):
    token = next(iter(caller.graph.signin.refresh))
    refresh = {"grant_type": "refresh_token", "refresh_token": token}
    assert caller.form(**refresh)[0] == 200
    assert caller.form(**refresh, client_secret="x") == (401, "invalid_client")
    assert caller.form(**refresh, scope="Mail.Read offline_access") == (400, "invalid_scope")
    assert caller.form(grant_type="refresh_token", refresh_token="x") == (400, "invalid_grant")
    assert caller.form(grant_type="password") == (400, "unsupported_grant_type")


def test_a_refresh_token_goes_when_its_successor_is_used(caller):
    signin = caller.graph.signin
    first = next(iter(signin.refresh))
    caller.form(grant_type="refresh_token", refresh_token=first)
    second = next(one for one in signin.refresh if one != first)
    caller.form(grant_type="refresh_token", refresh_token=second)
    assert caller.form(grant_type="refresh_token", refresh_token=first)[1] == "invalid_grant"


def test_an_online_meeting_whose_part_of_the_text_is_gone_is_none(caller):
    online = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
    caller.post(**online)
    (item,) = caller.book.standing
    assert item.online
    body = {"body": {"contentType": "html", "content": "another"}}
    caller.ask("PATCH", f"/v1.0/me/events/{item.id}", json=body)
    assert not item.online


def test_a_repeated_transaction_makes_nothing_new(caller):
    caller.post(transactionId="t")
    assert caller.post(transactionId="t", subject="Dinner") == (201, "")
    assert [one.subject for one in caller.book.standing] == ["Lunch"]


def test_the_journal_knows_who_asked_too_early(caller):
    moods = caller.graph.moods
    now = [0.0]
    moods.clock = lambda: now[0]
    caller.graph.misbehave("GET me", throttled("10"))
    caller.ask("GET", "/v1.0/me")
    now[0] = 9
    caller.ask("GET", "/v1.0/me")
    now[0] = 10
    caller.ask("GET", "/v1.0/me")
    assert [entry.began for entry in moods.impatient()] == [9]


def test_an_event_that_another_client_made_is_told_by_delta(caller):
    caller.book.block(NOW + HOUR, NOW + 2 * HOUR)
    answer = Client(caller.graph).get(
        f"{caller.here}/calendarView/delta?{WINDOW}",
        headers={"Authorization": f"Bearer {caller.token}"},
    )
    assert len(answer.get_json()["value"]) == 1
