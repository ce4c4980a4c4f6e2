"""A strict Google: its sign-in and the parts of Calendar v3 that we use, over TLS.

    google = Google()
    book = google.account("ada@example.com")
    with google.served() as url: ...      # GOOGLE_BASE_URL and GOOGLE_OAUTH_URL are both `url`

Every request is held against the discovery document (`rules`); `google.misbehave(method, mood)`
makes the next one of that kind go wrong; `google.moods.journal` tells what came and when.
"""

import gzip
import json
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl
from uuid import uuid4

from fakes import authority
from fakes.google import signin
from fakes.google.books import WRITERS, Book
from fakes.google.listing import Lists
from fakes.google.masks import masked
from fakes.google.moods import (
    GARBAGE,
    HALF,
    REPLY_LOST,
    SLOW,
    UNREACHED,
    Entry,
    Mood,
    Moods,
    refusal,
    refuse,
)
from fakes.google.pushes import Pushes
from fakes.google.rules import JSON, Call, Method, Refusal, check, find
from fakes.google.signin import Denied, Grant, SignIn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = [
    "GARBAGE",
    "HALF",
    "REPLY_LOST",
    "SLOW",
    "UNREACHED",
    "Book",
    "Entry",
    "Google",
    "Mood",
    "refuse",
]
LINES = {200: "OK", 204: "No Content", 302: "Found"}


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: JSON | str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Google:
    """The accounts, their calendars, and the server."""

    def __init__(self) -> None:
        self.moods = Moods()
        self.signin = SignIn()
        self.pushes = Pushes(self.moods.now)
        self.accounts: dict[str, dict[str, Book]] = {}
        self._lists: dict[str, Lists] = {}

    def account(self, email: str, zone: str = "UTC") -> Book:
        """The account's main calendar, the account being made where it is new."""
        if email not in self.accounts:
            self.calendar(email, email, id=email, zone=zone, primary=True)
        return self.accounts[email][email]

    def calendar(self, email: str, name: str, **given: Any) -> Book:
        """Another calendar of the account; `given` as `Book`."""
        book = Book(given.pop("id", f"{uuid4().hex}@group.calendar.google.com"), name, **given)
        book.changed = lambda one: self.pushes.changed(one.id)
        self.accounts.setdefault(email, {})[book.id] = book
        return book

    def grant(self, email: str, *scopes: str) -> JSON:
        """Tokens as after a sign-in, without one."""
        granted = Grant(email, frozenset(scopes))
        token = f"1//{uuid4().hex}"
        self.signin.refresh[token] = granted
        form = {
            "grant_type": "refresh_token",
            "refresh_token": token,
            "client_id": self.signin.client_id,
            "client_secret": self.signin.client_secret,
        }
        return self.signin.tokens(form, "", self.moods.now()) | {"refresh_token": token}

    def secret(self, email: str, *scopes: str) -> str:
        """The same as our adapter keeps them."""
        given = self.grant(email, *scopes)
        ends = self.moods.now() + timedelta(seconds=given["expires_in"])
        kept = {"refresh_token": given["refresh_token"], "token": given["access_token"]}
        return json.dumps(kept | {"expiry": ends.isoformat()})

    def misbehave(self, method: str, *moods: Mood) -> None:
        """As `Moods.add`."""
        self.moods.add(method, *moods)

    @contextmanager
    def served(self) -> Generator[str]:
        """The address, while it runs."""
        with authority.serve(self) as url:
            try:
                yield url
            finally:
                self.moods.released.set()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The WSGI program."""
        asked = Asked(self, environ)
        mood = self.moods.take(asked.name)
        answer = asked.answer(mood)
        asked.entry.status = answer.status
        asked.entry.retry_after = dict(answer.headers).get("Retry-After", "")
        if mood and mood.how in {"reply_lost", "unreached"}:
            authority.drop_connection(environ)
        return _send(environ, start_response, answer, half=mood is HALF)

    def lists(self, book: Book) -> Lists:
        """The open lists of a calendar."""
        return self._lists.setdefault(book.id, Lists(book))


def _send(
    environ: "WSGIEnvironment", start_response: "StartResponse", answer: Answer, *, half: bool
) -> Iterable[bytes]:
    kind = "text/html; charset=utf-8" if isinstance(answer.body, str) else "application/json"
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    raw = b"" if answer.body is None else text.encode()
    headers = [*answer.headers, ("Content-Type", f"{kind}; charset=UTF-8"), ("Vary", "Origin")]
    if len(raw) > 1000 and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        raw = gzip.compress(raw, 1)
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(raw))))
    if half and not raw:
        authority.drop_connection(environ)
    start_response(f"{answer.status} {LINES.get(answer.status, 'Refused')}", headers)
    if half:
        yield raw[: len(raw) // 2]
        authority.drop_connection(environ)
    yield raw


@dataclass
class Asked:
    """One request."""

    google: Google
    environ: "WSGIEnvironment"
    name: str = ""
    entry: Entry = field(init=False)
    method: tuple[Method, JSON] | None = field(init=False)

    def __post_init__(self) -> None:
        """What is meant, and who asks."""
        self.path = str(self.environ["RAW_URI"]).partition("?")[0]
        self.verb = self.environ["REQUEST_METHOD"]
        self.raw = self.environ["wsgi.input"].read(int(self.environ.get("CONTENT_LENGTH") or 0))
        self.form = dict(parse_qsl(self.raw.decode(errors="replace")))
        self.method = find(self.verb, self.path)
        named = {
            signin.TOKEN: "token",
            signin.REVOKE: "revoke",
            signin.USERINFO: "userinfo",
            signin.AUTHORIZE: "authorize",
        }
        self.name = self.method[0].id if self.method else named.get(self.path, self.path)
        self.grant = self.google.signin.grant(self._bearer(), self.google.moods.now())
        self.entry = self.google.moods.note(self.name, self._account())

    def _bearer(self) -> str:
        return str(self.environ.get("HTTP_AUTHORIZATION", "")).removeprefix("Bearer ")

    def _account(self) -> str:
        refreshed = self.google.signin.refresh.get(self.form.get("refresh_token", ""))
        known = self.grant or refreshed
        return known.account if known else ""

    def answer(self, mood: Mood | None) -> Answer:
        """What goes back, in that mood."""
        if mood and mood.how == "slow":
            self.google.moods.released.wait(30)
        if mood and mood.how == "garbage":
            return Answer(body="<!doctype html><title>Google</title>")
        if mood and mood.how == "unreached":
            return Answer(0)
        try:
            if mood and mood.how == "refuse":
                raise refusal(mood)
            with self.google.moods.lock:
                return self._act()
        except Refusal as refused:
            return Answer(refused.status, refused.body(), tuple(refused.headers))
        except Denied as denied:
            return Answer(denied.status, denied.body)

    def _act(self) -> Answer:
        if self.method:
            return self._call(*self.method)
        places: dict[str, Callable[[], Answer]] = {
            signin.AUTHORIZE: self._consent_page,
            f"{signin.AUTHORIZE}/allow": self._allow,
            signin.TOKEN: self._tokens,
            signin.REVOKE: self._revoke,
            signin.USERINFO: self._userinfo,
        }
        if self.path not in places:
            raise Refusal(404, "notFound", "Not Found")
        return places[self.path]()

    # Sign-in.

    def _url(self) -> str:
        return f"{self.path}?{self.environ['QUERY_STRING']}"

    def _consent_page(self) -> Answer:
        return Answer(body=self.google.signin.page(self._url(), list(self.google.accounts)))

    def _allow(self) -> Answer:
        account = dict(parse_qsl(self.environ["QUERY_STRING"]))["as"]
        return Answer(302, "", (("Location", self.google.signin.consent(self._url(), account)),))

    def _tokens(self) -> Answer:
        if self.verb != "POST":
            raise Denied("invalid_request", "POST is required", 405)
        authorization = str(self.environ.get("HTTP_AUTHORIZATION", ""))
        now = self.google.moods.now()
        return Answer(body=self.google.signin.tokens(self.form, authorization, now))

    def _revoke(self) -> Answer:
        query = dict(parse_qsl(self.environ["QUERY_STRING"]))
        self.google.signin.revoke((self.form | query).get("token", ""))
        return Answer(body={})

    def _userinfo(self) -> Answer:
        grant = self._granted()
        if signin.EMAIL_SCOPE not in grant.scopes:
            raise Refusal(403, "insufficientPermissions", "Insufficient Permission")
        return Answer(body={"sub": "1", "email": grant.account, "email_verified": True})

    def _granted(self) -> Grant:
        if self.grant is None:
            raise Refusal(401, "authError", "Invalid Credentials")
        return self.grant

    # The calendar.

    def _call(self, method: Method, named: JSON) -> Answer:
        grant = self._granted()
        query = parse_qs(self.environ["QUERY_STRING"], keep_blank_values=True)
        call = check(method, named, query, self.raw)
        self.entry.parameters, self.entry.body = call.parameters, call.body
        if not grant.scopes & call.scopes:
            words = "Request had insufficient authentication scopes."
            raise Refusal(403, "insufficientPermissions", words)
        body = getattr(self, f"_{call.method.replace('.', '_')}")(call)
        if body is None:
            return Answer(204)
        return Answer(body=masked(body, call.parameters.get("fields")))

    def _book(self, call: Call, *, writing: bool = False) -> Book:
        mine = self.google.accounts[self._granted().account]
        wanted = call.parameters["calendarId"]
        for book in mine.values():
            if book.id == wanted or (wanted == "primary" and book.primary):
                if writing and book.role not in WRITERS:
                    words = "You need to have writer access to this calendar."
                    raise Refusal(403, "requiredAccessLevel", words)
                return book
        raise Refusal(404, "notFound", "Not Found")

    def _calendarList_list(self, call: Call) -> JSON:  # noqa: N802 - Google's name
        mine = list(self.google.accounts[self._granted().account].values())
        size = min(call.parameters.get("maxResults", 100), 250)
        start = int(call.parameters.get("pageToken", 0))
        page = {"nextPageToken": str(start + size)} if start + size < len(mine) else {}
        items = [_entry(book) for book in mine[start : start + size]]
        return {"kind": "calendar#calendarList", "etag": '"1"', "items": items, **page}

    def _events_list(self, call: Call) -> JSON:
        return self.google.lists(self._book(call)).page(call.parameters)

    def _events_get(self, call: Call) -> JSON:
        return self._book(call).get(call.parameters["eventId"])

    def _events_insert(self, call: Call) -> JSON:
        conferences = call.parameters.get("conferenceDataVersion") == 1
        return self._book(call, writing=True).insert(call.body, conferences=conferences)

    def _events_patch(self, call: Call) -> JSON:
        return self._change(call, self._book(call, writing=True).patch)

    def _events_update(self, call: Call) -> JSON:
        return self._change(call, self._book(call, writing=True).update)

    def _change(self, call: Call, act: Callable[..., JSON]) -> JSON:
        return act(
            call.parameters["eventId"],
            call.body,
            conferences=call.parameters.get("conferenceDataVersion") == 1,
            etag=self.environ.get("HTTP_IF_MATCH"),
        )

    def _events_delete(self, call: Call) -> None:
        self._book(call, writing=True).delete(call.parameters["eventId"])

    def _events_watch(self, call: Call) -> JSON:
        return self.google.pushes.watch(self._book(call).id, call.body)

    def _channels_stop(self, call: Call) -> None:
        self.google.pushes.stop(call.body)


def _entry(book: Book) -> JSON:
    """As calendarList gives it."""
    entry = {
        "kind": "calendar#calendarListEntry",
        "etag": '"1"',
        "id": book.id,
        "summary": book.name,
        "timeZone": book.zone,
        "accessRole": book.role,
        "conferenceProperties": {
            "allowedConferenceSolutionTypes": ["hangoutsMeet"] if book.meet else []
        },
    }
    return entry | ({"primary": True} if book.primary else {})
