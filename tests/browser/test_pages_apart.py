"""Pages that a running demo never shows: the first run, and what is said when things are broken."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from gateway.rpc import Services
from support.web import NOBODY, web


class Broken:
    """A service whose answer nobody expected."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(_request: object) -> None:
            raise RuntimeError(name)

        return call


BROKEN = Services(*(Broken() for _ in fields(Services)))
APART = [
    ("set-up", "/setup", NOBODY, 200),
    ("away", "/book/ada", NOBODY, 503),
    ("broken", "/book/ada", BROKEN, 500),
]


@pytest.fixture
def served(databases) -> Iterator[Callable[[Services], str]]:
    """Serves a gateway that nobody has used yet; the address it has."""
    running = []

    def serve(services: Services) -> str:
        site = web(databases("gateway"), services)
        server = make_server("127.0.0.1", 0, site.__enter__().app, threaded=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        running.append((site, server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for site, server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()
        site.__exit__(None, None, None)


@pytest.mark.parametrize("apart", APART, ids=[a[0] for a in APART])
def test_it_is_whole_and_accessible(browser, examiner, served, apart):
    name, path, services, status = apart
    context = browser.new_context(timezone_id="Asia/Kolkata", reduced_motion="reduce")
    page = context.new_page()
    answer = page.goto(served(services) + path, wait_until="networkidle")
    assert answer.status == status
    if name == "set-up":
        assert page.input_value("[name=timezone]") == "Asia/Kolkata"
    assert examiner.faults(page, name) == {}
    context.close()
