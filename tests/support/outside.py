"""What stands around whole suites instead of the providers of calendars: a strict Google and Graph.

Every suite is pointed at them (`environment`), and can also reach servers in private networks,
such as `support.radicale`. They push to it as the real ones do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from fakes.authority import ca_bundle
from fakes.google import Google
from fakes.graph import Graph


@dataclass(frozen=True)
class Outside:
    """The two, served, and what calendar-sync is told to find them."""

    google: Google
    graph: Graph
    environment: dict[str, str]


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    """For the whole session: tests use accounts of their own."""
    google, graph = Google(), Graph()
    google.pushes.loopback = graph.subscriptions.plain = True
    google.pushes.delivery = graph.subscriptions.delivery = "once"
    with google.served() as google_url, graph.served() as graph_url:
        yield Outside(
            google,
            graph,
            {
                "GOOGLE_CLIENT_ID": google.signin.client_id,
                "GOOGLE_CLIENT_SECRET": google.signin.client_secret,
                "GOOGLE_BASE_URL": google_url,
                "GOOGLE_OAUTH_URL": google_url,
                "MICROSOFT_CLIENT_ID": graph.signin.client_id,
                "MICROSOFT_CLIENT_SECRET": graph.signin.client_secret,
                "MICROSOFT_LOGIN_URL": graph_url,
                "GRAPH_BASE_URL": graph_url,
                "CALENDAR_CA_BUNDLE": ca_bundle(),
                "CALENDAR_PRIVATE_ADDRESSES": "true",
                "CALENDAR_POLL_SECONDS": "5",
                "WEBHOOK_PRIVATE_ADDRESSES": "true",
            },
        )
