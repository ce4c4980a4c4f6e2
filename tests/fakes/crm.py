"""What the fakes of other CRMs share: an OAuth server, a journal, and misbehaviour on command.

    with hubspot.served() as url: ...
    hubspot.misbehave("deals.upsert", REPLY_LOST, refuse(429, retry_after="3"))

A request that the provider would not understand is refused as the provider would refuse it, and
noted in `odd`: tests end with that empty.
"""

import json
import re
from abc import ABC, abstractmethod
from base64 import urlsafe_b64encode
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import escape
from threading import Event, RLock
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from uuid import uuid4

from fakes import authority

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = dict[str, Any]
How = Literal["well", "refuse", "slow", "half", "garbage", "reply_lost", "unreached"]


@dataclass(frozen=True)
class Mood:
    """What happens instead of an answer. `slow`: nothing before the client leaves, and not done.
    `reply_lost`: done, and no answer. `unreached`: not done, and no answer. `half`: done, and an
    answer that breaks off. `garbage`: 200 and no JSON.
    """

    how: How
    status: int = 0
    body: Any = None
    retry_after: str = ""


WELL, SLOW, HALF, GARBAGE = Mood("well"), Mood("slow"), Mood("half"), Mood("garbage")
REPLY_LOST, UNREACHED = Mood("reply_lost"), Mood("unreached")


def refuse(status: int, body: Any = None, retry_after: str = "") -> Mood:
    """An error, e.g. `refuse(429, retry_after="7")`."""
    return Mood("refuse", status, body, retry_after)


class Refusal(Exception):
    """An error answer."""

    def __init__(self, status: int, body: Any, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body, self.headers = status, body, headers


@dataclass
class Asked:
    """One request. `name` is that of its route, `named` the pieces of its path."""

    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    name: str = ""
    named: dict[str, str] = field(default_factory=dict)
    status: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def json(self) -> Any:
        """The body. Raises `Refusal` for one that is not said to be JSON."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise Refusal(415, {"message": "Unsupported Media Type"})
        return json.loads(self.raw)

    @property
    def form(self) -> dict[str, str]:
        """The body of an OAuth request."""
        if self.headers.get("content-type") != "application/x-www-form-urlencoded":
            raise Refusal(415, {"error": "invalid_request"})
        return dict(parse_qsl(self.raw.decode(), strict_parsing=True))


@dataclass
class Login:
    """An OAuth server of one account (RFC 6749, 7636)."""

    client_id: str = "client-of-tests"
    client_secret: str = "secret-of-tests"
    rotate: bool = False
    lasts: timedelta = timedelta(minutes=30)
    codes: dict[str, JSON] = field(default_factory=dict)
    access: dict[str, datetime] = field(default_factory=dict)
    refresh: set[str] = field(default_factory=set)
    revoked: list[str] = field(default_factory=list)

    def consent(self, url: str) -> str:
        """Somebody allows what the page at `url` asks for; where their browser goes."""
        asked = self.asked(url)
        code = uuid4().hex
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def asked(self, url: str) -> JSON:
        """What the page is asked. Raises `Refusal`."""
        asked = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
        needed = {"client_id", "redirect_uri", "scope", "state", "code_challenge"}
        if not needed <= set(asked) or asked["client_id"] != self.client_id:
            raise Refusal(400, {"error": "invalid_request"})
        if asked.get("code_challenge_method") != "S256":
            raise Refusal(400, {"error": "invalid_request"})
        return asked

    def tokens(self, form: dict[str, str]) -> JSON:
        """The token endpoint."""
        if (form.get("client_id"), form.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            raise Refusal(400, {"error": "invalid_client"})
        if form.get("grant_type") == "authorization_code":
            return self._from_code(form)
        if form.get("grant_type") == "refresh_token":
            return self._from_refresh(form)
        raise Refusal(400, {"error": "unsupported_grant_type"})

    def given(self) -> JSON:
        """Tokens, as after a sign-in."""
        refresh = f"refresh-{uuid4().hex}"
        self.refresh.add(refresh)
        return self._token() | {"refresh_token": refresh}

    def lets_in(self, authorization: str) -> bool:
        """Whether that header opens the account."""
        ends = self.access.get(authorization.removeprefix("Bearer "))
        return ends is not None and ends > datetime.now(UTC)

    def forget(self) -> None:
        """The account takes its permission back."""
        self.access.clear()
        self.refresh.clear()

    def _token(self) -> JSON:
        token = f"access-{uuid4().hex}"
        self.access[token] = datetime.now(UTC) + self.lasts
        return {"access_token": token, "token_type": "bearer"}

    def _from_code(self, form: dict[str, str]) -> JSON:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            raise Refusal(400, {"error": "invalid_grant"})
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            raise Refusal(400, {"error": "invalid_grant"})
        return self.given()

    def _from_refresh(self, form: dict[str, str]) -> JSON:
        token = form.get("refresh_token", "")
        if token not in self.refresh:
            raise Refusal(400, {"error": "invalid_grant"})
        if not self.rotate:
            return self._token()
        self.refresh.discard(token)
        return self.given()


Handler = Callable[[Asked], Any]


class Crm(ABC):
    """A WSGI program of routes. `moods`: what is to go wrong next, by route; `always`: what goes
    wrong with any request, if anything.
    """

    AUTHORIZE = "/authorize"

    def __init__(self) -> None:
        self.lock = RLock()
        self.released = Event()
        self.url = ""
        self._routes: list[tuple[str, re.Pattern[str], str, Handler]] = []
        self.clear()

    def clear(self) -> None:
        """Nobody is signed in, nothing was asked, all is well."""
        self.login = Login()
        self.journal: list[Asked] = []
        self.odd: list[str] = []
        self.always: Callable[[Asked], Mood | None] = lambda _: None
        self._moods: dict[str, deque[Mood]] = defaultdict(deque)

    def route(self, verb: str, path: str, name: str, handler: Handler) -> None:
        """`path` names its pieces as `{piece}`; so may `name`."""
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
        self._routes.append((verb, re.compile(f"{pattern}$"), name, handler))

    def misbehave(self, name: str, *moods: Mood) -> None:
        """The next requests of this kind go wrong in these ways, one after the other."""
        with self.lock:
            self._moods[name].extend(moods)

    def of(self, name: str) -> list[Asked]:
        """The requests of one kind."""
        return [one for one in self.journal if one.name == name]

    @contextmanager
    def served(self) -> Generator[str]:
        """The address, while it runs."""
        with authority.serve(self) as url:
            self.url = url
            try:
                yield url
            finally:
                self.released.set()

    @abstractmethod
    def refuses(self, asked: Asked) -> Refusal | None:
        """What every request is held against before its route; the provider's own."""

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The WSGI program."""
        asked, handler = self._find(_asked(environ))
        mood = self._mood(asked)
        status, body, headers = self._answer(asked, handler, mood)
        asked.status = status
        if mood and mood.how in {"reply_lost", "unreached", "slow"}:
            authority.drop_connection(environ)
        return _send(environ, start_response, (status, body, headers), half=mood == HALF)

    def _find(self, asked: Asked) -> tuple[Asked, Handler | None]:
        for verb, pattern, name, handler in self._routes:
            found = pattern.match(asked.path)
            if found and verb == asked.verb:
                pieces = {key: unquote(value) for key, value in found.groupdict().items()}
                asked.named, asked.name = pieces, name.format(**pieces)
                with self.lock:
                    self.journal.append(asked)
                return asked, handler
        with self.lock:
            self.odd.append(f"{asked.verb} {asked.path}")
        return asked, None

    def _mood(self, asked: Asked) -> Mood | None:
        with self.lock:
            queue = self._moods[asked.name]
            return queue.popleft() if queue else self.always(asked)

    def _answer(
        self, asked: Asked, handler: Handler | None, mood: Mood | None
    ) -> tuple[int, Any, tuple[tuple[str, str], ...]]:
        if mood and mood.how == "slow":
            self.released.wait(30)
        if mood and mood.how in {"slow", "unreached"}:
            return 0, None, ()
        if mood and mood.how == "garbage":
            return 200, "<!doctype html><title>Maintenance</title>", ()
        try:
            with self.lock:
                answer = self._done(asked, handler, mood)
        except Refusal as refused:
            return refused.status, refused.body, refused.headers
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return status, body, ()

    def _done(self, asked: Asked, handler: Handler | None, mood: Mood | None) -> Any:
        if mood and mood.how == "refuse":
            after = (("Retry-After", mood.retry_after),) if mood.retry_after else ()
            raise Refusal(mood.status, mood.body or {"message": "no"}, after)
        if handler is None:
            raise Refusal(404, {"message": "not found"})
        refused = self.refuses(asked)
        if refused:
            raise refused
        return handler(asked)

    # The sign-in's pages.

    def consent_page(self, asked: Asked) -> str:
        """One button that allows, and one that says no."""
        query = self.login.asked("?" + urlencode(asked.query))
        no = {"error": "access_denied", "state": query["state"]}
        allow = f"{self.AUTHORIZE}/allow?{urlencode(query)}"
        return (
            "<!doctype html><title>Sign in</title>"
            f"<p><a href='{escape(allow)}'>Allow</a></p>"
            f"<p><a href='{escape(query['redirect_uri'] + '?' + urlencode(no))}'>Cancel</a></p>"
        )

    def allow(self, asked: Asked) -> None:
        """Back to where they came from."""
        place = self.login.consent("?" + urlencode(asked.query))
        raise Refusal(302, "", (("Location", place),))


def _asked(environ: "WSGIEnvironment") -> Asked:
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_") or key == "CONTENT_TYPE"
    }
    query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
    return Asked(
        environ["REQUEST_METHOD"],
        str(environ["RAW_URI"]).partition("?")[0],
        query,
        headers,
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
    )


def _send(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    answer: tuple[int, Any, tuple[tuple[str, str], ...]],
    *,
    half: bool,
) -> Iterable[bytes]:
    status, body, headers = answer
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if isinstance(body, str) else "application/json"
    raw = b"" if body is None else text.encode()
    sent = [*headers, ("Content-Type", f"{kind};charset=utf-8"), ("Content-Length", str(len(raw)))]
    if half and not raw:
        authority.drop_connection(environ)
    start_response(f"{status} Answer", sent)
    if half:
        yield raw[: len(raw) // 2]
        authority.drop_connection(environ)
    yield raw
