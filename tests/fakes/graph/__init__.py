"""A strict Microsoft: its sign-in and the parts of Graph v1.0 that we use, over TLS.

    graph = Graph()
    book = graph.account("ada@example.com")
    with graph.served() as url: ...      # MICROSOFT_LOGIN_URL and GRAPH_BASE_URL are both `url`

Every request is held against Graph's documented shapes (`shapes`); `graph.misbehave(name, mood)`
makes the next one of that name go wrong; `graph.moods.journal` tells what came and when. More
than four requests at a time for one mailbox are refused, as Graph does.
"""

import gzip
import json
import re
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from fakes import authority
from fakes.graph.delta import Deltas
from fakes.graph.desk import Call, Desk
from fakes.graph.login import GRAPH_SCOPES, Denied, Grant, SignIn
from fakes.graph.mailbox import Book, Item, Mailbox
from fakes.graph.moods import (
    BROKEN,
    DENIED,
    GARBAGE,
    GONE,
    HALF,
    REPLY_LOST,
    RESYNC,
    SLOW,
    UNAUTHORIZED,
    UNREACHED,
    Entry,
    Mood,
    Moods,
    refusal,
    throttled,
)
from fakes.graph.shapes import JSON, Refusal
from fakes.graph.subscriptions import Subscriptions

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = [
    "BROKEN",
    "DENIED",
    "GARBAGE",
    "GONE",
    "HALF",
    "REPLY_LOST",
    "RESYNC",
    "SLOW",
    "UNAUTHORIZED",
    "UNREACHED",
    "Book",
    "Entry",
    "Graph",
    "Item",
    "Mood",
    "throttled",
]

AT_ONCE = 4
ID = "([^/]+)"
ROUTES: dict[str, tuple[str, Callable[[Desk, Call], JSON | None]]] = {
    "GET me": ("me", Desk.me),
    "GET mailboxSettings": ("me/mailboxSettings/timeZone", Desk.zone),
    "GET calendars": ("me/calendars", Desk.calendars),
    "GET calendar": (f"me/calendars/{ID}", Desk.calendar),
    "GET delta": (f"me/calendars/{ID}/calendarView/delta", Desk.delta),
    "GET events": (f"me/calendars/{ID}/events", Desk.events),
    "POST events": (f"me/calendars/{ID}/events", Desk.create),
    "GET event": (f"me/events/{ID}", Desk.event),
    "PATCH event": (f"me/events/{ID}", Desk.change),
    "DELETE event": (f"me/events/{ID}", Desk.delete),
    "GET event/calendar": (f"me/events/{ID}/calendar", Desk.calendar_of),
    "GET instances": (f"me/events/{ID}/instances", Desk.instances),
    "POST subscriptions": ("subscriptions", Desk.subscribe),
    "PATCH subscription": (f"subscriptions/{ID}", Desk.renew),
    "DELETE subscription": (f"subscriptions/{ID}", Desk.unsubscribe),
}
LOGIN = {
    "discovery": re.compile(r"/([^/]+)/v2\.0/\.well-known/openid-configuration"),
    "authorize": re.compile(r"/([^/]+)/oauth2/v2\.0/authorize"),
    "allow": re.compile(r"/([^/]+)/oauth2/v2\.0/authorize/allow"),
    "token": re.compile(r"/([^/]+)/oauth2/v2\.0/token"),
}


class Graph:
    """The accounts, their mailboxes, and the server. `link_base`: where links to further pages
    lead, if not here.
    """

    def __init__(self) -> None:
        self.moods = Moods()
        self.signin = SignIn()
        self.deltas = Deltas()
        self.subscriptions = Subscriptions()
        self.mailboxes: dict[str, Mailbox] = {}
        self.urls_late = [0]
        self.link_base = ""

    def account(self, address: str, zone: str = "UTC") -> Book:
        """The account's main calendar, the mailbox being made where it is new."""
        if address not in self.mailboxes:
            self.mailboxes[address] = Mailbox(address, zone)
            self.calendar(address, "Calendar", main=True)
        return self.mailboxes[address].main

    def calendar(self, address: str, name: str, *, main: bool = False, owner: str = "") -> Book:
        """Another calendar of the mailbox."""
        book = Book(name, owner or address, main=main)
        book.tell = partial(self.subscriptions.changed, address, book.id)
        self.mailboxes[address].books[book.id] = book
        return book

    def grant(self, address: str) -> JSON:
        """Tokens as after a sign-in, without one."""
        self.signin.denials.pop(address, None)
        return self.signin.give(Grant(address, frozenset(GRAPH_SCOPES)))

    def misbehave(self, name: str, *moods: Mood) -> None:
        """As `Moods.add`."""
        self.moods.add(name, *moods)

    @contextmanager
    def served(self) -> Generator[str]:
        """The address, while it runs."""
        with authority.serve(self) as url:
            yield url
            self.moods.released.set()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The WSGI program."""
        asked = Asked(self, environ)
        mood = self.moods.take(asked.entry.name)
        try:
            answer = asked.answer(mood)
        finally:
            asked.end()
        if mood and mood.how in {"reply_lost", "unreached"}:
            authority.drop_connection(environ)
        return _send(environ, start_response, answer, half=mood is HALF)


class Answer:
    """What goes back."""

    def __init__(
        self,
        status: int = 200,
        body: JSON | str | None = None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.status, self.body, self.headers = status, body, list(headers)


class Asked:
    """One request."""

    def __init__(self, graph: Graph, environ: "WSGIEnvironment") -> None:
        self.graph, self.environ = graph, environ
        self.path = str(environ.get("RAW_URI", environ["PATH_INFO"])).partition("?")[0]
        self.raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.base = f"https://{environ['HTTP_HOST']}"
        query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        self.entry = Entry("", query=query, prefer=environ.get("HTTP_PREFER", ""))
        self.ids: tuple[str, ...] = ()
        self.entry.name = self._named()
        self.grant = graph.signin.account(
            environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        )
        self.entry.account = self._account()
        graph.moods.note(self.entry)

    def _named(self) -> str:
        verb = self.environ["REQUEST_METHOD"]
        for name, (shape, _) in ROUTES.items():
            found = re.fullmatch(f"/v1.0/{shape}", self.path)
            if found and name.startswith(f"{verb} "):
                self.ids = tuple(unquote(one) for one in found.groups())
                return name
        for name, pattern in LOGIN.items():
            if found := pattern.fullmatch(self.path):
                self.ids = found.groups()
                return name
        return f"{verb} {self.path}"

    def _account(self) -> str:
        form = dict(parse_qsl(self.raw.decode(errors="replace")))
        refreshed = self.graph.signin.refresh.get(form.get("refresh_token", ""))
        known = self.grant or refreshed
        return known.account if known else ""

    def end(self) -> None:
        """The answer is known."""
        self.graph.moods.note_end(self.entry)

    def answer(self, mood: Mood | None) -> Answer:
        """What goes back, in that mood."""
        if mood and mood.how == "slow":
            self.graph.moods.released.wait(30)
        if mood and mood.how == "garbage":
            return self._noted(Answer(body="<!doctype html><title>Microsoft</title>"))
        if mood and mood.how == "unreached":
            return self._noted(Answer(0))
        try:
            if mood and mood.how == "refuse":
                raise refusal(mood)
            return self._noted(self._act())
        except Refusal as refused:
            return self._noted(Answer(refused.status, refused.body, refused.headers))
        except Denied as denied:
            return self._noted(Answer(denied.status, denied.body))

    def _noted(self, answer: Answer) -> Answer:
        self.entry.status = answer.status
        self.entry.retry_after = dict(answer.headers).get("Retry-After", "")
        return answer

    def _act(self) -> Answer:
        if self.entry.name in ROUTES:
            return self._call(ROUTES[self.entry.name][1])
        signin, query = self.graph.signin, str(self.environ["QUERY_STRING"])
        if self.entry.name == "discovery":
            return Answer(body=signin.configuration(self.ids[0], self.base))
        if self.entry.name == "authorize":
            return Answer(body=signin.page(self.path, query, list(self.graph.mailboxes)))
        if self.entry.name == "allow":
            account = self.entry.query["login_hint"]
            return Answer(302, "", [("Location", signin.consent(query, account))])
        if self.entry.name == "token" and self.environ["REQUEST_METHOD"] == "POST":
            with self.graph.moods.lock:
                return Answer(body=signin.tokens(dict(parse_qsl(self.raw.decode()))))
        words = f"Resource not found for the segment '{self.path.rpartition('/')[2]}'."
        raise Refusal(404, "BadRequest", words)

    def _call(self, act: Callable[[Desk, Call], JSON | None]) -> Answer:
        if self.grant is None:
            raise Refusal(401, "InvalidAuthenticationToken", "Access token has expired.")
        mailbox = self.graph.mailboxes[self.grant.account]
        with self._place(mailbox):
            if self.graph.moods.pace:
                self.graph.moods.pace()
            with self.graph.moods.lock:
                return self._acted(act, mailbox)

    def _acted(self, act: Callable[[Desk, Call], JSON | None], mailbox: Mailbox) -> Answer:
        try:
            self.entry.body = json.loads(self.raw) if self.raw else {}
        except ValueError as wrong:
            raise Refusal(400, "BadRequest", "Unable to read JSON request payload.") from wrong
        graph = self.graph
        desk = Desk(mailbox, graph.deltas, graph.subscriptions, graph.urls_late)
        base = graph.link_base or self.base
        call = Call(self.ids, self.entry.query, self.entry.body, self.entry.prefer, base)
        body = act(desk, call)
        if body is None:
            return Answer(204)
        return Answer(201 if self.entry.name.startswith("POST ") else 200, body)

    @contextmanager
    def _place(self, mailbox: Mailbox) -> Generator[None]:
        with self.graph.moods.lock:
            if mailbox.under_way >= AT_ONCE:
                words = "Application is over its MailboxConcurrency limit."
                raise Refusal(429, "ApplicationThrottled", words)
            mailbox.under_way += 1
        try:
            yield
        finally:
            with self.graph.moods.lock:
                mailbox.under_way -= 1


def _send(
    environ: "WSGIEnvironment", start_response: "StartResponse", answer: Answer, *, half: bool
) -> Iterable[bytes]:
    kind = "text/html" if isinstance(answer.body, str) else "application/json"
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    raw = b"" if answer.body is None else text.encode()
    headers = [*answer.headers, ("Content-Type", f"{kind}; charset=utf-8")]
    if len(raw) > 1000 and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        raw = gzip.compress(raw, 1)
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(raw))))
    start_response(f"{answer.status} Answered", headers)
    if half:
        yield raw[: len(raw) // 2]
        authority.drop_connection(environ)
    yield raw
