"""What operators rely on: one id through every log, and a gateway that ends in good order."""

import json
import re
import signal
import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
import sqlalchemy as sa

from contracts.calendar_sync import CalendarSyncRpc, Connect, Disconnect
from servicekit import bus
from servicekit.rpc import RpcClient
from support.waiting import wait_for

pytestmark = pytest.mark.parametrize("suite", ["processes"], indirect=True)


def _start(suite, slug, which):
    today = datetime.now(UTC).date()
    days = {"from": today + timedelta(days=3), "to": today + timedelta(days=25), "tz": "UTC"}
    answer = requests.get(f"{suite.url}/api/v1/links/{slug}/slots", params=days, timeout=20)
    return answer.json()["slots"][which]["start"]


def _asked(start, email):
    person = {"name": "Zoë", "email": email, "timezone": "Asia/Tokyo"}
    return {"start": start, "attendee": person}


def _lines(suite, program, event, identity):
    for text in suite.log(program).read_text(errors="replace").splitlines():
        if f'"{identity}"' in text and f'"event": "{event}"' in text:
            yield json.loads(text)


def _rows(suite, program, query, **values):
    engine = sa.create_engine(suite.databases[program], poolclass=sa.NullPool)
    with engine.begin() as connection:
        return connection.execute(sa.text(query), values).all()


def _carried(suite, program, table, identity):
    """The events that a request led to there."""
    query = f"SELECT name FROM {table} WHERE correlation_id = :id"
    return {row.name for row in _rows(suite, program, query, id=identity)}


@pytest.fixture
def calendar(suite, slug):
    """The link's host writes to a practice calendar; not any more afterwards."""
    query = "SELECT id, workspace_id FROM host ORDER BY key LIMIT 1"
    ((host_id, workspace_id),) = _rows(suite, "booking", query)
    client = RpcClient(suite.amqp_uri)
    sync = client.proxy(CalendarSyncRpc)
    request = Connect(
        workspace_id=workspace_id,
        connection_id=uuid4(),
        host_id=host_id,
        provider="practice",
        account="ada@acme.test",
    )
    sync.connect(request)
    wait_for(lambda: _writes(suite, host_id), "booking to hear of the calendar")
    yield
    sync.disconnect(Disconnect(workspace_id=workspace_id, connection_id=request.connection_id))
    wait_for(lambda: not _writes(suite, host_id), "booking to hear of its end")
    client.close()


def _writes(suite, host_id):
    query = "SELECT 1 FROM host_calendar WHERE host_id = :id AND writes_calendar"
    return _rows(suite, "booking", query, id=host_id)


def test_one_id_goes_from_the_request_through_calls_and_events_to_the_mails_log_line(
    suite, slug, calendar
):
    identity, email = f"req-{uuid4().hex}", f"log-{uuid4().hex[:8]}@x.test"
    booked = requests.post(
        f"{suite.url}/api/v1/links/{slug}/bookings",
        headers={"Idempotency-Key": identity, "X-Request-ID": identity},
        json=_asked(_start(suite, slug, 40), email),
        timeout=20,
    )
    assert (booked.status_code, booked.headers["X-Request-ID"]) == (201, identity)

    def sent():
        return list(_lines(suite, "notifications", "mail_sent", identity))

    wait_for(lambda: len(sent()) == 2, "both mails' log lines", 60, suite.log("notifications"))
    assert {line["kind"] for line in sent()} == {"confirmed"}
    assert next(_lines(suite, "gateway", "request", identity))["status"] == 201
    (line,) = wait_for(
        lambda: list(_lines(suite, "calendar-sync", "event_in_line", identity)), "the event"
    )
    assert line["step"] == "write"

    # Each service follows at its own pace.
    for program, name in (
        ("booking", "BookingConfirmed"),
        ("calendar-sync", "EventWritten"),
        ("crm-bridge", "ContactCreated"),
    ):
        wait_for(lambda p=program, n=name: n in _carried(suite, p, "outbox", identity), name)
    both = {"BookingConfirmed", "EventWritten"}
    wait_for(lambda: _carried(suite, "notifications", "inbox", identity) == both, "both events")
    assert _carried(suite, "calendar-sync", "outbox", identity) == {"EventWritten"}


def _half_sent(suite, path, body):
    """A request of which the gateway still waits for the last bytes."""
    address = urlsplit(suite.url)
    open_ = socket.create_connection((address.hostname, address.port), timeout=30)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    open_.sendall(head.encode() + body[:-5])
    return open_


def _answer(open_):
    parts = []
    while part := open_.recv(65536):
        parts.append(part)
    return b"".join(parts).decode()


def _answers(suite):
    try:
        return requests.get(f"{suite.url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def test_the_gateway_answers_probes_and_pages_and_ends_after_the_last_request(suite, slug):
    for path in ("/healthz", "/readyz", f"/book/{slug}", "/metrics"):
        assert requests.get(f"{suite.url}{path}", timeout=20).status_code == 200, path
    start, email = _start(suite, slug, 44), f"end-{uuid4().hex[:8]}@x.test"
    body = json.dumps(_asked(start, email)).encode()
    gateway = suite.programs["gateway"].process
    try:
        waiting = _half_sent(suite, f"/api/v1/links/{slug}/bookings", body)
        # Connections are taken in order: once this is answered the one before is being served.
        assert requests.get(f"{suite.url}/healthz", timeout=20).status_code == 200
        gateway.send_signal(signal.SIGTERM)
        wait_for(lambda: not _answers(suite), "the gateway to take no more")
        assert gateway.poll() is None
        with waiting:
            waiting.sendall(body[-5:])
            answer = _answer(waiting)
        assert answer.startswith("HTTP/1.1 201"), answer
        assert gateway.wait(30) == 0
    finally:
        suite.kill("gateway")
        suite.start("gateway")
        suite.await_ready()
    wait_for(lambda: suite.mails(email), "the mail of the last booking")


def test_every_services_numbers_are_true(suite, slug):
    for program, port in suite.health.items():
        text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=20).text
        numbers = dict(
            re.findall(r'^(\w+)\{service="' + program + r'"\} (\S+)$', text, re.MULTILINE)
        )
        assert float(numbers["database_up"]) == 1
        assert float(numbers["inbox_dead"]) == 0
        assert float(numbers["outbox_oldest_seconds"]) < 60
        assert float(numbers["pool_connections_max"]) > 0
    text = requests.get(f"http://127.0.0.1:{suite.health['booking']}/metrics", timeout=20).text
    assert 'booking_attempts_total{action="book",result="ok"}' in text
    assert 'rpc_seconds_count{method="free_hosts",service="availability"}' in text


def test_an_event_from_the_future_waits_in_the_inbox_and_the_next_ones_are_handled(suite, slug):
    event_id, identity, email = uuid4(), uuid4().hex, f"new-{uuid4().hex[:8]}@x.test"
    with bus.connection(suite.amqp_uri) as connection:
        for body in ({"id": str(event_id), "name": "MeetingSummarised", "body": "{}"}, [event_id]):
            connection.Producer(serializer=bus.SERIALIZER).publish(
                body,
                exchange=bus.exchange("booking"),
                routing_key="booking_confirmed",
                headers={"nameko.correlation_id": identity},
            )
    query = "SELECT state, correlation_id FROM inbox WHERE event_id = :id"
    found = wait_for(lambda: _rows(suite, "crm-bridge", query, id=event_id), "it in the inbox")
    assert found == [("retry", identity)]
    broken = "SELECT body FROM inbox WHERE name = 'malformed' AND state = 'dead'"
    wait_for(lambda: _rows(suite, "notifications", broken), "what is no event")
    answer = requests.post(
        f"{suite.url}/api/v1/links/{slug}/bookings",
        headers={"Idempotency-Key": str(event_id)},
        json=_asked(_start(suite, slug, 48), email),
        timeout=20,
    )
    assert answer.status_code == 201
    wait_for(lambda: suite.mails(email), "the mail of a booking after them")
    forget = "DELETE FROM inbox WHERE name IN ('malformed', 'MeetingSummarised') RETURNING 1"
    for program in ("calendar-sync", "notifications", "crm-bridge"):
        wait_for(lambda p=program: _rows(suite, p, forget), "what it left behind")
