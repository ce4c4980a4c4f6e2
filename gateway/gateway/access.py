"""Each request's id and its line in the log: the route, never the path, which may hold a token."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Histogram

from servicekit import context

log = structlog.get_logger()
HEADER = "X-Request-ID"
QUIET = frozenset({"health.healthz", "health.readyz", "health.metrics", "static"})
"""Asked every few seconds by machines, or by each page many times: counted, not logged."""
BUDGET = 6.0
"""Seconds for all calls of one request together: a page says what is away before people leave."""

_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
_SECONDS = Histogram("http_request_seconds", "How long answers took", ["route", "status"])


def register(app: Flask) -> None:
    """Installs both ends."""
    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(forget)


def begin() -> None:
    """Gives the request its id, for logs, for the calls it makes and for its caller."""
    g.request_id = request_id(request.headers.get(HEADER, ""))
    g.began = time.perf_counter()
    context.enter(g.request_id, time.time() + BUDGET)


def afresh() -> None:
    """The request's time begins anew: what was done until here was none of its calls."""
    context.enter(g.request_id, time.time() + BUDGET)


def allow(seconds: float) -> None:
    """More time than usual for this request, from here on: it waits for somebody outside."""
    context.allow(seconds)


def forget(_error: BaseException | None) -> None:
    """The request's deadline is no other work's of this thread."""
    context.enter(None)


def end(response: Response) -> Response:
    """Counts, logs, and tells the caller the id."""
    if "began" not in g:
        return response
    seconds = time.perf_counter() - g.began
    route = request.url_rule.rule if request.url_rule else "unknown"
    response.headers[HEADER] = g.request_id
    if request.endpoint in QUIET:
        count(route, response.status_code, seconds)
    else:
        record(request.method, route, response.status_code, seconds)
    return response


def request_id(given: str) -> str:
    """The caller's id, if it looks like one, else a new one."""
    return given if given and _ID.match(given) else secrets.token_hex(16)


def count(route: str, status: int, seconds: float) -> None:
    """For the metrics."""
    _SECONDS.labels(route, status).observe(seconds)


def record(method: str, route: str, status: int, seconds: float) -> None:
    """For metrics and log."""
    count(route, status, seconds)
    milliseconds = round(seconds * 1000, 1)
    log.info("request", method=method, route=route, status=status, milliseconds=milliseconds)
