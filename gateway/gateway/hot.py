"""The shortest way for what is asked most: slots that are kept, answered in front of Flask.

The same answer as the route of the API gives, byte for byte; whatever is not kept, or not quite
right, goes on to that route.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from structlog.contextvars import bind_contextvars, clear_contextvars

from contracts.errors import SchedulingError
from gateway import access, security
from gateway.api import reading
from gateway.slots import Entry, SlotCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BEFORE, AFTER = "/api/v1/links/", "/slots"
ROUTE = "/api/v1/links/<slug>/slots"
HEADERS = [("Cache-Control", "no-cache"), ("Content-Security-Policy", security.POLICY)]
HEADERS += [*security.HEADERS, security.UNFRAMED]
FOUND = [("Content-Type", "application/json"), *HEADERS]


class HotSlots:
    """A WSGI application around the whole one."""

    def __init__(self, inner: "WSGIApplication", cache: SlotCache) -> None:
        self.inner = inner
        self.cache = cache

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answers what is kept, or asks the inner application."""
        began = time.perf_counter()
        entry = self._kept(environ)
        if entry is None:
            return self.inner(environ, start_response)
        identity = access.request_id(environ.get("HTTP_X_REQUEST_ID", ""))
        clear_contextvars()
        bind_contextvars(correlation_id=identity)
        known = entry.etag in environ.get("HTTP_IF_NONE_MATCH", "")
        headers = [("ETag", entry.etag), (access.HEADER, identity)]
        headers += HEADERS if known else FOUND
        if environ["wsgi.url_scheme"] == "https":
            headers.append(security.HSTS)
        if not known:
            headers.append(("Content-Length", str(len(entry.body))))
        start_response("304 NOT MODIFIED" if known else "200 OK", headers)
        access.record("GET", ROUTE, 304 if known else 200, time.perf_counter() - began)
        return [] if known else [entry.body]

    def _kept(self, environ: "WSGIEnvironment") -> Entry | None:
        path = environ["PATH_INFO"]
        if not path.startswith(BEFORE) or not path.endswith(AFTER):
            return None
        if environ["REQUEST_METHOD"] != "GET":
            return None
        slug = path[len(BEFORE) : -len(AFTER)]
        try:
            query = reading.slots_query(slug, environ.get("QUERY_STRING", ""))
        except SchedulingError:
            return None
        return self.cache.kept(query)
