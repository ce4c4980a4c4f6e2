"""Subscriptions to a Microsoft 365 calendar, with a receiver over TLS."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from werkzeug import Request, Response

from calendar_sync.adapters.provider import ProviderUnavailable
from fakes.authority import ca_bundle, serve
from fakes.graph.account import Office, opened
from unit.calendar_sync.builders import HOUR, NOW


class Receiver:
    """Echoes validation tokens, and keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict]] = []
        self.asked: list[str] = []
        self.echoes = True

    def __call__(self, environ, start_response):
        request = Request(environ)
        token = request.args.get("validationToken")
        if token is None:
            self.told += [(request.path, one) for one in request.get_json()["value"]]
            return Response(status=202)(environ, start_response)
        self.asked.append(request.path)
        text = token if self.echoes else ""
        return Response(text, content_type="text/plain")(environ, start_response)


@pytest.fixture
def office():
    with opened() as made:
        made.graph.subscriptions.ca_bundle = ca_bundle()
        made.graph.subscriptions.now = lambda: NOW
        yield made


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def url(receiver):
    with serve(receiver) as base:
        yield f"{base}/hooks/microsoft"


def watch(office: Office, url: str):
    return office.microsoft.watch(office.account, office.book.id, url, "t" * 43, NOW)


def test_a_subscription_lasts_as_long_as_events_allow_and_both_addresses_are_proven(
    office, receiver, url
):
    made = watch(office, url)
    assert timedelta(minutes=10000) < made.expires - NOW <= timedelta(minutes=10080)
    assert receiver.asked == ["/hooks/microsoft", "/hooks/microsoft/lifecycle"]
    assert office.graph.subscriptions.known[made.id].body["resource"] == made.resource
    assert office.graph.moods.of("POST subscriptions")[0].prefer.count("ImmutableId") == 1


def test_a_change_is_told_with_our_token(office, receiver, url):
    made = watch(office, url)
    start = NOW + HOUR
    office.book.block(start, start + HOUR)
    office.graph.subscriptions.send_held(times=2)
    office.graph.subscriptions.lifecycle(made.id, "missed")
    office.graph.subscriptions.send_held()
    assert [path for path, _ in receiver.told] == [
        "/hooks/microsoft",
        "/hooks/microsoft",
        "/hooks/microsoft/lifecycle",
    ]
    assert {(one["subscriptionId"], one["clientState"]) for _, one in receiver.told} == {
        (made.id, "t" * 43)
    }
    assert [one == another for (_, one), (_, another) in pairwise(receiver.told)] == [True, False]


def test_an_address_that_does_not_echo_is_not_subscribed(office, receiver, url):
    receiver.echoes = False
    with pytest.raises(ProviderUnavailable):
        watch(office, url)
    assert office.graph.subscriptions.known == {}


def test_a_subscription_is_ended_once_however_often(office, url):
    made = watch(office, url)
    office.microsoft.unwatch(office.account, made)
    office.microsoft.unwatch(office.account, made)
    assert office.graph.subscriptions.known == {}


def test_the_fake_refuses_what_graph_would(office):
    """The controls: an address without TLS, and a subscription of more than seven days."""
    with pytest.raises(ProviderUnavailable, match="ValidationError"):
        watch(office, "http://book.acme.test/hooks/microsoft")
    office.graph.subscriptions.now = lambda: datetime(2026, 11, 1, tzinfo=UTC)
    with pytest.raises(ProviderUnavailable, match="ExtensionError"):
        watch(office, "https://book.acme.test/hooks/microsoft")
