"""The assistant: a host's meetings, free times and deals over MCP, by the host's API key.

`saying` and `matching` understand words; `looking` and `changing` are the tools, `tools` their
table; `confirming` stands between the two steps of a change; `server` speaks MCP, `bridge` carries
it, and both are imported by the first request only. `stdio` is the same for local clients.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from contracts.errors import Forbidden
from gateway import access, current, limits
from gateway.assistant.bridge import Bridge, Exchange
from gateway.errors import UnsupportedMediaType
from gateway.security import any_key

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

blueprint = Blueprint("assistant", __name__)
LEFT_OUT = frozenset({"Authorization", "Cookie"})
"""Headers that are nobody else's: who asks is known by now."""


def make_bridge() -> Bridge:
    """The process's; MCP is imported when it is first asked."""
    return Bridge(_manager)


def _manager() -> "StreamableHTTPSessionManager":
    from gateway.assistant.server import manager  # noqa: PLC0415 - 30 MB that few gateways need

    return manager()


@blueprint.before_request
def check_origin() -> None:
    """A browser names the page that asks: only ours may (MCP, Streamable HTTP, Security Warning).

    Raises `Forbidden`.
    """
    origin = request.headers.get("Origin")
    ours = urlsplit(current.settings().public_url)
    if origin is not None and origin.lower() != f"{ours.scheme}://{ours.netloc}".lower():
        raise Forbidden("Requests from this origin are not accepted.")


@blueprint.post("/mcp")
@any_key
def mcp() -> Response:
    """One message of the protocol, one answer. There are no streams: GET is refused."""
    limits.check_account("assistant")
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    exchange = Exchange(request.get_data(cache=False))
    running: Bridge = current_app.extensions["assistant"]
    running.begin()
    access.afresh()  # what had to be imported first is no tool's fault
    running.ask(_scope(), exchange)
    answer = Response(bytes(exchange.content), status=exchange.status)
    for name, value in exchange.headers:
        answer.headers[name] = value
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _scope() -> dict[str, object]:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in request.headers
        if name not in LEFT_OUT
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": "/mcp",
        "raw_path": b"/mcp",
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": None,
        "server": None,
    }
