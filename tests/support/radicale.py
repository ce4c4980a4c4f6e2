"""Radicale, a real CalDAV server, in a thread with a folder of its own; and other clients of it."""

import base64
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
from radicale import config
from radicale.app import Application
from werkzeug.serving import WSGIRequestHandler, make_server

Mood = Literal["unavailable", "throttled", "refused", "reply_lost", "slow", "half"]
CHANGES = {"PUT", "DELETE", "MOVE", "PROPPATCH", "MKCALENDAR"}

TIMEZONE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//A//B//EN
BEGIN:VTIMEZONE
TZID:{zone}
END:VTIMEZONE
END:VCALENDAR
"""

CALENDAR = """<?xml version="1.0" encoding="utf-8"?>
<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>{name}</d:displayname>
<c:calendar-timezone>{timezone}</c:calendar-timezone>
<c:supported-calendar-component-set><c:comp name="{component}"/></c:supported-calendar-component-set>
</d:prop></d:set></c:mkcalendar>"""


class Client:
    """One user with a client of their own: plain requests, none of our code."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url, self.user, self.password = url, user, password
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (user, password)

    def make_calendar(
        self, name: str, zone: str = "Europe/Berlin", component: str = "VEVENT"
    ) -> str:
        """Its path. Radicale needs the user's own collection first, which asking makes."""
        self._ask("PROPFIND", f"/{quote(self.user)}/")
        path = quote(f"/{self.user}/{name}/")
        timezone = TIMEZONE.format(zone=zone)
        body = CALENDAR.format(name=name, timezone=timezone, component=component)
        self._ask("MKCALENDAR", path, body)
        return path

    def put(self, path: str, text: str) -> None:
        """Makes or replaces a resource."""
        self._ask("PUT", path, text, {"Content-Type": "text/calendar"})

    def get(self, path: str) -> str:
        """A resource, or all of a calendar, as iCalendar text."""
        return self._ask("GET", path).text

    def has(self, path: str) -> bool:
        """Whether there is such a resource."""
        return self._session.get(self.url + path, timeout=30).status_code == 200

    def delete(self, path: str) -> None:
        """Removes a resource or a calendar."""
        self._ask("DELETE", path)

    def close(self) -> None:
        """Ends its connections."""
        self._session.close()

    def _ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> requests.Response:
        answer = self._session.request(
            method, self.url + path, data=body.encode(), headers=headers, timeout=30
        )
        answer.raise_for_status()
        return answer


class Radicale:
    """The server. `journal`: method, path and user of each request; `moods`: how it misbehaves
    towards a user; `without_sync`: users for whom it does not know sync-collection; `after`: what
    happens, by user, after a request was answered.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.journal: list[tuple[str, str, str]] = []
        self.moods: dict[str, Mood] = {}
        self.without_sync: set[str] = set()
        self.after: dict[str, Callable[[str, str], None]] = {}
        self.released: dict[str, threading.Event] = defaultdict(threading.Event)
        self._numbers = count(1)
        self._passwords = folder / "passwords"
        self._passwords.write_text("")
        self._app = Application(_configuration(folder))

    def user(self, password: str = "app-password") -> Client:
        """A new user with a client; no calendar yet."""
        name = f"ada{next(self._numbers)}@host.test"
        with self._passwords.open("a") as file:
            file.write(f"{name}:{password}\n")
        return Client(self.url, name, password)

    def fill(self, path: str, texts: dict[str, str]) -> None:
        """Puts many resources into a calendar at once, as files, which Radicale takes up."""
        folder = self.folder / "collection-root" / unquote(path).strip("/")
        for name, text in texts.items():
            (folder / name).write_text(text, newline="")

    def expire(self, user: str) -> None:
        """Forgets the tokens that a user's clients were given."""
        for file in (self.folder / "collection-root" / user).glob("*/.Radicale.cache/sync-token/*"):
            file.unlink()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answers one request, in the mood that was commanded."""
        method, user = environ["REQUEST_METHOD"], _user(environ)
        self.journal.append((method, environ["PATH_INFO"], user))
        mood = self.moods.get(user)
        if mood == "slow":
            self.released[user].wait(20)
        if mood in {"unavailable", "throttled"}:
            wait = [("Retry-After", "90")] if mood == "throttled" else []
            start_response("503 Service Unavailable", [*wait, ("Content-Length", "0")])
            return [b""]
        if mood == "refused":
            start_response("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="test"')])
            return [b""]
        status, headers, body = self._answer(environ)
        if mood == "half" or (mood == "reply_lost" and method in CHANGES):
            _cut(
                environ,
                b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 9999\r\n\r\n"
                if mood == "half"
                else b"",
            )
        start_response(status, headers)
        if user in self.after:
            self.after[user](method, environ["PATH_INFO"])
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
        said: list[Any] = []

        def note(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            said.extend((status, headers))

        if _user(environ) in self.without_sync:
            environ.pop("HTTP_ACCEPT_ENCODING", None)
        body = b"".join(self._app(environ, note))
        if _user(environ) in self.without_sync:
            body = body.replace(b"sync-token", b"other-token")
            said[1] = [one for one in said[1] if one[0] != "Content-Length"]
        return said[0], said[1], body


def _user(environ: WSGIEnvironment) -> str:
    given = environ.get("HTTP_AUTHORIZATION", "")
    return base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")[0]


def _cut(environ: WSGIEnvironment, words: bytes) -> None:
    """Says so much and ends the connection."""
    connection: socket.socket = environ["werkzeug.socket"]
    if words:
        connection.sendall(words)
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def _configuration(folder: Path) -> config.Configuration:
    made = config.load()
    made.update(
        {
            "auth": {
                "type": "htpasswd",
                "htpasswd_filename": str(folder / "passwords"),
                "htpasswd_encryption": "plain",
                "delay": "0",
            },
            "storage": {"filesystem_folder": str(folder), "_filesystem_fsync": "False"},
            "web": {"type": "none"},
        },
        "test",
        privileged=True,
    )
    return made


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go in two writes: no 40 ms between them

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Nothing: the journal has it."""


@contextmanager
def serving(folder: Path) -> Generator[Radicale]:
    """The server while it runs, on a port of its own."""
    radicale = Radicale(folder)
    server = make_server("127.0.0.1", 0, radicale, threaded=True, request_handler=_Handler)
    radicale.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield radicale
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    """The session's server."""
    with serving(tmp_path_factory.mktemp("radicale")) as server:
        yield server
