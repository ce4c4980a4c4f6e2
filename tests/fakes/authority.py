"""A certificate authority of this process alone, and any WSGI program served under it.

`with serve(app) as url:` gives `https://localhost:PORT`; a client that trusts `ca_bundle()` can
call it, and no other. (requests prefers REQUESTS_CA_BUNDLE to a session's `verify`: set the
session's `trust_env` to false, or give `verify` with each request.)
"""

import atexit
import socket
import ssl
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import trustme
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "localhost"


class _Handler(WSGIRequestHandler):
    """Keeps connections open between requests, as real servers do, and says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go in two writes: no 40 ms between them

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Nothing: the fakes keep journals of their own."""


@cache
def _authority() -> trustme.CA:
    return trustme.CA(organization_name="Workestra tests")


@cache
def ca_bundle() -> str:
    """The path of the authority's certificate, for a client's `verify`. Gone with the process."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "authority.pem"
    _authority().cert_pem.write_to_path(str(path))
    return str(path)


@cache
def server_context() -> ssl.SSLContext:
    """What a server called `localhost` or `127.0.0.1` presents."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert(HOST, "127.0.0.1").configure_cert(context)
    return context


@contextmanager
def serve(app: "WSGIApplication") -> Generator[str]:
    """The program's address while it runs, a thread for each connection."""
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=_Handler, ssl_context=server_context()
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"https://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def drop_connection(environ: dict[str, object]) -> NoReturn:
    """Cuts the connection of the request that is being answered: its reply is lost."""
    connection = environ["werkzeug.socket"]
    assert isinstance(connection, ssl.SSLSocket)
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
