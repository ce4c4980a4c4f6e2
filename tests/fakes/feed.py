"""Servers of .ics feeds: a WSGI program that answers as the common ones do, and misbehaves on
command.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fakes.authority import drop_connection

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


@dataclass
class Served:
    """One feed. `validators`: it has an ETag. `asked`: the headers of each request."""

    text: str = ""
    validators: bool = True
    password: str = ""
    mood: str = ""
    status: str = "200 OK"
    location: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


class FeedServer:
    """Feeds by their path."""

    def __init__(self) -> None:
        self.feeds: dict[str, Served] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answers GET alone."""
        feed = self.feeds.get(environ["PATH_INFO"])

        def say(status: str, body: bytes = b"", **headers: str) -> list[bytes]:
            if feed is not None:
                feed.answered.append(status[:3])
            named = [(name.replace("_", "-"), value) for name, value in headers.items()]
            start_response(status, [*named, ("Content-Length", str(len(body)))])
            return [body]

        if environ["REQUEST_METHOD"] != "GET":
            return say("405 Method Not Allowed")
        if feed is None:
            return say("404 Not Found", b"<html>nothing here</html>", Content_Type="text/html")
        names = (name for name in environ if name.startswith("HTTP_"))
        feed.asked.append({name[5:]: str(environ[name]) for name in names})
        if feed.mood:
            return _moody(environ, feed, say)
        return _answer(feed, say)


def _moody(environ: Any, feed: Served, say: Callable[..., list[bytes]]) -> list[bytes]:
    if feed.mood == "slow":
        feed.released.wait(20)
    if feed.mood == "half":
        start = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\nBEGIN:VCALENDAR\r\n"
        environ["werkzeug.socket"].sendall(start)
        drop_connection(environ)
    if feed.mood == "refused":
        return say("401 Unauthorized", WWW_Authenticate="Basic")
    wait = {"Retry_After": "90"} if feed.mood == "throttled" else {}
    return say("503 Service Unavailable", **wait)


def _answer(feed: Served, say: Callable[..., list[bytes]]) -> list[bytes]:
    if feed.location:
        return say("302 Found", Location=feed.location)
    if feed.password and "AUTHORIZATION" not in feed.asked[-1]:
        return say("401 Unauthorized", WWW_Authenticate="Basic")
    body = feed.text.encode()
    tag = f'"{sha256(body).hexdigest()}"'
    if feed.validators and feed.asked[-1].get("IF_NONE_MATCH") == tag:
        return say("304 Not Modified", ETag=tag)
    headers = {"ETag": tag} if feed.validators else {}
    return say(feed.status, body, Content_Type="text/calendar", **headers)
