"""Each request's id and its line in the log: the route, never the path, which may hold a token."""

import re
import time
import uuid

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from structlog.contextvars import bind_contextvars, clear_contextvars

log = structlog.get_logger()
HEADER = "X-Request-ID"
QUIET = frozenset({"health.healthz", "health.readyz", "health.metrics", "static"})
"""Asked every few seconds by machines, or by each page many times: counted, not logged."""

_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
_LATENCY = Histogram("http_request_seconds", "How long answers took", ["route"])
_ANSWERS = Counter("http_requests_total", "Answers by route and status", ["route", "status"])


def register(app: Flask) -> None:
    """Installs both ends."""
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    """Gives the request its id: the caller's, if it looks like one, else a new one."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if _ID.match(given) else uuid.uuid4().hex
    g.began = time.perf_counter()
    clear_contextvars()
    bind_contextvars(correlation_id=g.request_id)


def end(response: Response) -> Response:
    """Counts, logs, and tells the caller the id."""
    if "began" not in g:
        return response
    seconds = time.perf_counter() - g.began
    route = request.url_rule.rule if request.url_rule else "unknown"
    _LATENCY.labels(route).observe(seconds)
    _ANSWERS.labels(route, str(response.status_code)).inc()
    response.headers[HEADER] = g.request_id
    if request.endpoint not in QUIET:
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
        )
    return response
