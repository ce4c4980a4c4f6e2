"""What is sent to the assistant's door, however odd: an answer that says so, never a 500."""

import json

import pytest

from gateway.accounts.signing import SCOPES
from support.web import web

NEWEST = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": NEWEST,
    "io.modelcontextprotocol/clientCapabilities": {},
}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
CALENDAR = {"name": "calendar"}
ODD = {
    "no JSON": b"{",
    "nothing": b"",
    "no object": b"7",
    "a batch": json.dumps([CALL]).encode(),
    "deep": b"[" * 100_000,
    "deep arguments": b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"calendar",'
    b'"arguments":{"when":' + b"[" * 5000 + b"]" * 5000 + b"}}}",
    "a huge number": b'{"jsonrpc":"2.0","id":' + b"9" * 9000 + b',"method":"ping"}',
    "a huge float": b'{"jsonrpc":"2.0","id":1e999,"method":"ping"}',
    "no UTF-8": b'{"jsonrpc":"2.0","id":1,"method":"\xff"}',
    "no method": json.dumps({"jsonrpc": "2.0", "id": 1}).encode(),
    "an unknown method": json.dumps({"jsonrpc": "2.0", "id": 1, "method": "x/y"}).encode(),
    "no parameters": json.dumps(CALL).encode(),
}
ARGUMENTS = {
    "a list": ["this week"],
    "a number for words": {"when": 7},
    "an object for words": {"when": {"$gt": ""}},
    "words that hide": {"when": "this \u202eweek"},
    "half a character": {"when": "\ud800"},
    "half a character as a name": {"\ud800": 1},
    "a name that hides": {"whe\x00n": 1},
    "too long": {"when": "x" * 10_000},
    "no day": {"first": "2026-13-01"},
    "the end of time": {"first": "9999-12-31", "last": "9999-12-31"},
    "its beginning": {"first": "0001-01-01", "last": "0001-01-01"},
    "the end of time in words": {"when": "9999-12-31"},
    "a century": {"first": "2026-01-01", "last": "2126-01-01"},
    "backwards": {"first": "2026-12-02", "last": "2026-12-01"},
}
MOMENTS = ("now", "25:00", "9999-12-31T23:59:59Z", "0001-01-01 00:00", "2026-02-30 10:00", "at 3")


@pytest.fixture(scope="module")
def site(postgres):
    with postgres.lending() as databases, web(databases("gateway")) as made:
        yield made
        made.app.extensions["assistant"].stop()


@pytest.fixture(scope="module")
def key(site):
    return site.accounts.create_key(site.workspace(), "all", SCOPES)[1]


def send(site, key, body, **headers):
    accept = {"Accept": "application/json, text/event-stream"}
    return site.client().post(
        "/mcp",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"} | accept | headers,
    )


def call(site, key, tool, arguments):
    params = {"name": tool, "arguments": arguments, "_meta": META}
    body = json.dumps(CALL | {"params": params}).encode()
    headers = {
        "MCP-Protocol-Version": NEWEST,
        "MCP-Method": "tools/call",
        "MCP-Name": tool,
    }
    return send(site, key, body, **headers)


@pytest.mark.parametrize("name", ODD)
def test_odd_bodies_are_refused(site, key, name):
    for headers in ({}, {"MCP-Protocol-Version": NEWEST}, {"MCP-Protocol-Version": "1999"}):
        answer = send(site, key, ODD[name], **headers)
        assert answer.status_code < 500, answer.text
        silent = (answer.status_code, answer.data) == (202, b"")  # as what asks for no answer
        assert silent or answer.status_code >= 400 or "error" in answer.json, answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("name", ARGUMENTS)
def test_odd_arguments_are_refused(site, key, name):
    """By the protocol or by the tool; the services, which are away, are never asked."""
    answer = call(site, key, "calendar", ARGUMENTS[name])
    assert answer.status_code < 500, answer.text
    refused = "error" in answer.json or answer.json["result"]["isError"]
    assert refused, answer.text
    assert "internal" not in answer.text
    assert "unavailable" not in answer.text


def test_odd_times_are_refused(site, key):
    wish = {"link": "intro", "name": "X", "email": "x@x.test"}
    for start in MOMENTS:
        answer = call(site, key, "book", wish | {"start": start})
        assert answer.json["result"]["isError"], answer.text
        assert "internal" not in answer.text


def test_odd_words_mean_no_meeting(site, key):
    for words in (
        "9999-12-31",
        "0001-01-01",
        "31 february 9999",
        "\u0130",
        "(" * 200,
        "%",
        "' OR 1",
    ):
        answer = call(site, key, "find_meetings", {"meeting": words})
        assert "internal" not in answer.text, words


def test_services_that_are_away_are_said_to_be(site, key):
    answer = call(site, key, "calendar", {})
    assert (answer.status_code, answer.json["result"]["isError"]) == (200, True)
    assert "unavailable" in answer.text
