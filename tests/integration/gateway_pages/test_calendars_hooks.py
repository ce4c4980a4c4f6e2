"""Providers' calls with the right secret, from a strict Google and Graph to the gateway over TLS."""

from datetime import timedelta
from uuid import uuid4

import pytest
import requests

from contracts.calendar_sync import ListConnections, Refresh
from fakes.authority import ca_bundle, serve
from fakes.google import Google
from fakes.graph import Graph
from support.consent import connected
from support.web import NOW

from .conftest import installed

SOON = NOW + timedelta(days=3)
HOUR = timedelta(hours=1)


class Door:
    """Where providers call: the gateway's address must be known before there is a gateway."""

    app = None

    def __call__(self, environ, start_response):
        return self.app(environ, start_response)


@pytest.fixture(scope="module")
def google():
    made = Google()
    with made.served() as made.url:
        yield made


@pytest.fixture(scope="module")
def graph():
    made = Graph()
    made.subscriptions.ca_bundle = ca_bundle()
    with made.served() as made.url:
        yield made


@pytest.fixture(scope="module")
def installation(postgres, tmp_path_factory, google, graph):
    door = Door()
    with serve(door) as url:
        told = {
            "public_url": url,
            "google_client_id": google.signin.client_id,
            "google_client_secret": google.signin.client_secret,
            "google_base_url": google.url,
            "google_oauth_url": google.url,
            "microsoft_client_id": graph.signin.client_id,
            "microsoft_client_secret": graph.signin.client_secret,
            "microsoft_login_url": graph.url,
            "graph_base_url": graph.url,
            "ca_bundle": ca_bundle(),
        }
        with installed(postgres, tmp_path_factory.mktemp("mails"), **told) as made:
            door.app = made.site.app
            google.moods.clock = made.clock.now
            graph.subscriptions.now = made.clock.now
            yield made


@pytest.fixture
def email():
    return f"ada-{uuid4().hex[:8]}@p.test"


def busy(office):
    """What is known of Ada, without asking a provider."""
    wish = Refresh(workspace_id=office.ada.workspace_id, host_ids=(office.ada.id,), max_age=86_400)
    (copy,) = office.local.calendar_sync.refresh(wish).hosts
    return {period.start for period in copy.periods}


def watched(office, browser, provider, email):
    connected(browser, provider, email)
    office.local.tick("calendar-sync", "renew_watches")


def test_google_tells_of_a_change_and_it_is_read_at_once(office, ada, google, email):
    book = google.account(email)
    watched(office, ada, "google", email)
    google.pushes.held.clear()
    book.put(SOON, SOON + HOUR)
    ((address, headers),) = google.pushes.held
    wrong = headers | {"X-Goog-Channel-Token": "x" + headers["X-Goog-Channel-Token"][1:]}
    for told, known in ((wrong, set()), (headers, {SOON}), (headers, {SOON})):
        answer = requests.post(address, headers=told, verify=ca_bundle(), timeout=10)
        assert (answer.status_code, answer.content) == (202, b"")
        office.local.deliver()
        assert busy(office) == known


def test_graph_finds_the_address_ours_and_tells_of_a_change(office, ada, graph, email):
    book = graph.account(email)
    watched(office, ada, "microsoft", email)
    (subscription,) = [s for s in graph.subscriptions.known.values() if s.account == email]
    book.block(SOON, SOON + HOUR)
    graph.subscriptions.changed(email, book.id, "any", "created")
    told = list(graph.subscriptions.held)
    graph.subscriptions.held = [
        (url, {"value": [one | {"clientState": "wrong"} for one in body["value"]]})
        for url, body in told
    ]
    graph.subscriptions.send_held()
    office.local.deliver()
    assert busy(office) == set()
    graph.subscriptions.held = told
    graph.subscriptions.send_held(times=2)
    office.local.deliver()
    assert busy(office) == {SOON}
    assert set(graph.subscriptions.answers) == {202}
    assert subscription.body["lifecycleNotificationUrl"].endswith("/hooks/microsoft/lifecycle")


def test_a_subscription_that_graph_removed_is_made_again(office, ada, graph, email):
    graph.account(email)
    watched(office, ada, "microsoft", email)
    (first,) = [s.id for s in graph.subscriptions.known.values() if s.account == email]
    graph.subscriptions.lifecycle(first, "subscriptionRemoved")
    graph.subscriptions.send_held()
    assert graph.subscriptions.answers[-1] == 202
    office.local.deliver()
    office.local.tick("calendar-sync", "renew_watches")
    (second,) = [s.id for s in graph.subscriptions.known.values() if s.account == email]
    assert second != first
    wish = ListConnections(workspace_id=office.ada.workspace_id, host_id=office.ada.id)
    (found,) = office.local.calendar_sync.list_connections(wish).connections
    assert found.state == "ok"
