"""A page whose parts are away says so before its visitor leaves."""

import time
from threading import Barrier

from contracts.errors import Unavailable
from contracts.wire import Pong
from gateway.rpc import Services
from servicekit import context
from support.web import web


class Away:
    """A service that does not answer; notes how long it was given."""

    def __init__(self):
        self.given = []

    def __getattr__(self, name):
        def call(_request):
            self.given.append(context.deadline() - time.time())
            raise Unavailable

        return call


class Slow:
    """Answers a ping once all five are being asked."""

    def __init__(self, asked):
        self.asked = asked

    def ping(self, _request):
        self.asked.wait(timeout=10)
        return Pong(ok=True)


def test_all_calls_of_a_request_share_one_deadline(databases):
    away = Away()
    with web(databases("gateway"), services=Services(*[away] * 5)) as site:
        answer = site.app.test_client().get("/book/ada")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert 0 < away.given[0] <= 6
    assert context.deadline() is None


def test_readiness_asks_all_at_once(databases):
    slow = Slow(Barrier(5))
    with web(databases("gateway"), services=Services(*[slow] * 5)) as site:
        answer = site.app.test_client().get("/readyz")
    assert answer.json == {"ready": True, "away": {}}
