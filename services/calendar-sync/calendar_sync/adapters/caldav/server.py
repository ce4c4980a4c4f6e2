"""One account at one CalDAV server: asking it, and what its refusals mean."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from json import dumps, loads
from time import monotonic
from typing import Any, Self
from urllib.parse import urljoin

from caldav import DAVClient
from caldav.lib.error import DAVError
from lxml import etree
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from requests.models import Response

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from servicekit.outgoing import Limits, Outgoing, TooLarge, Unreachable, retry_after

AGENT = "Workestra-Scheduling"
LATER = {408, 423, 425, 429}
"""Refusals that end by themselves, beside 5xx: time-out, locked, too early, too many."""
NEVER = {501, 505, 507}
"""What looks like a server's fault but is an answer: it cannot do what was asked."""
TOO_LARGE = 413
"""As if the server had said so: of an answer that is beyond our own limit."""

ILLEGAL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:1?[0-8bBcCeEfF]|19|1[aAdD]));"
)
"""Control characters that no XML may hold (XML 1.0, 2.2). Some servers pass them on from an event,
and the whole answer could not be read."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)

DAV = "{DAV:}"
SPACES = {
    "d": "DAV:",
    "c": "urn:ietf:params:xml:ns:caldav",
    "s": "http://calendarserver.org/ns/",
}
"""The namespaces of what is asked for, by the prefix that requests use."""


class Refused(Exception):
    """The server understood and will not; the conditions that it names (RFC 4918, section 16)."""

    def __init__(self, status: int, conditions: frozenset[str]) -> None:
        super().__init__(f"The server refused this request ({status}).")
        self.status, self.conditions = status, conditions


class Nonsense(ProviderUnavailable):
    """An answer that cannot be read."""


class Unauthorized(AccessRefused):
    """Who asks is not known at `url`; `digest`: the server wants the password that way."""

    def __init__(self, url: str, *, digest: bool) -> None:
        super().__init__("The server does not accept this user name and password.")
        self.url, self.digest = url, digest


@dataclass(frozen=True)
class Secret:
    """What opens an account. `home`: the URL under which its calendars are; `addresses`: the
    host's own e-mail addresses in lower case.
    """

    user: str
    password: str
    home: str = ""
    digest: bool = False
    addresses: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Secret":
        """As it was kept."""
        values = loads(text)
        return cls(**{**values, "addresses": tuple(values["addresses"])})

    def write(self) -> str:
        """As it is kept."""
        return dumps(asdict(self))

    def __repr__(self) -> str:
        return f"Secret({self.user!r})"


@dataclass(frozen=True)
class Item:
    """What a server says of one resource: `url` in full, the status, properties by their tags."""

    url: str
    status: int
    properties: Mapping[str, Any]

    def text(self, tag: str) -> str:
        """A property's text, empty where there is none."""
        found = self.properties.get(tag)
        return (found.text or "").strip() if found is not None else ""

    def href(self, tag: str) -> str:
        """Where a property leads, in full; empty where it leads nowhere."""
        found = self.properties.get(tag)
        inner = found.find(f"{DAV}href") if found is not None else None
        return urljoin(self.url, inner.text.strip()) if inner is not None and inner.text else ""


@dataclass(frozen=True)
class Answer:
    """`items`: what a multistatus lists. `token`: its sync-token, if any."""

    url: str
    headers: Mapping[str, str]
    text: str
    items: tuple[Item, ...] = ()
    token: str = ""


class Server:
    """Asks one server, as one user. `whole`: the time limit of a call is for all that is asked,
    not for each request by itself, as there is no end of pages when reading.
    """

    def __init__(self, means: Means, secret: Secret, *, whole: bool = False) -> None:
        self.secret = secret
        self._session = _Session(means, whole=whole)
        kind = HTTPDigestAuth if secret.digest else HTTPBasicAuth
        user, password = secret.user.encode(), secret.password.encode()
        self._client = DAVClient(
            secret.home, auth=_auth(kind, user, password), headers={"User-Agent": AGENT}
        )
        self._client.session.close()
        self._client.session = self._session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def at(self, path: str) -> str:
        """The full URL of a path at this server."""
        return urljoin(self.secret.home, path)

    def ask(
        self, method: str, url: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Raises `Refused`, `AccessRefused`, `ProviderUnavailable`, and `Forbidden` for addresses
        that may not be asked.
        """
        try:
            answer = self._client.request(url, method, body, headers or {})
        except (DAVError, etree.XMLSyntaxError, AssertionError) as error:
            raise Nonsense("The server's answer makes no sense.") from error
        found = self._session.url
        tree = answer.tree if answer.status == 207 else None
        if tree is None:
            return Answer(found, answer.headers, answer.raw)
        token = (tree.findtext(f"{DAV}sync-token") or "").strip()
        return Answer(found, answer.headers, "", tuple(_items(tree, found)), token)

    def propfind(self, url: str, properties: str, depth: int = 0) -> Answer:
        """The properties named, as elements, of a resource and, by `depth`, of those in it."""
        return self.ask(
            "PROPFIND", url, _named("propfind", f"<d:prop>{properties}</d:prop>"), _depth(depth)
        )

    def report(self, url: str, name: str, inner: str, depth: int = 0) -> Answer:
        """The report of that name, with these elements in its body."""
        return self.ask("REPORT", url, _named(name, inner), _depth(depth))


def _auth(kind: type[Any], user: bytes, password: bytes) -> AuthBase:
    if kind is HTTPDigestAuth:
        return HTTPDigestAuth(user.decode(), password.decode())
    return HTTPBasicAuth(user, password)


def _depth(depth: int) -> dict[str, str]:
    return {"Depth": str(depth), "Content-Type": 'application/xml; charset="utf-8"'}


def _named(name: str, inner: str) -> str:
    prefix = "c" if name.startswith("calendar-") else "d"
    spaces = " ".join(f'xmlns:{short}="{space}"' for short, space in SPACES.items())
    body = f"<{prefix}:{name} {spaces}>{inner}</{prefix}:{name}>"
    return f'<?xml version="1.0" encoding="utf-8"?>{body}'


def _items(tree: Any, base: str) -> Iterator[Item]:
    for response in tree.iter(f"{DAV}response"):
        found: dict[str, Any] = {}
        for part in response.iterfind(f"{DAV}propstat"):
            if _status(part) == 200:
                found.update((one.tag, one) for one in part.iterfind(f"{DAV}prop/*"))
        href = (response.findtext(f"{DAV}href") or "").strip()
        yield Item(urljoin(base, href), _status(response), found)


def _status(element: Any) -> int:
    """Of a response or propstat; 200 where none is said."""
    words = (element.findtext(f"{DAV}status") or "HTTP/1.1 200 OK").split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


class _Session(Outgoing):
    """The guarded way out, with what each status means. `url`: where the last answer was."""

    def __init__(self, means: Means, *, whole: bool) -> None:
        limits = Limits(
            connect=means.call_seconds, read=means.call_seconds, total=means.call_seconds
        )
        super().__init__(limits, private=means.private_addresses, ca_bundle=means.ca_bundle)
        self._end = monotonic() + means.call_seconds if whole else None
        self.url = ""

    def request(self, *arguments: Any, **options: Any) -> Response:
        """As `Outgoing.request`. Raises what `Server.ask` does."""
        if self._end is not None:
            left = max(0.01, self._end - monotonic())
            self.limits = replace(self.limits, total=left)
        try:
            response = super().request(*arguments, **options)
        except TooLarge as failure:
            raise Refused(TOO_LARGE, frozenset()) from failure
        except Unreachable as failure:
            raise ProviderUnavailable(str(failure)) from failure
        self.url = response.url
        _judge(response)
        return response


def _judge(response: Response) -> None:
    """Raises for whatever is not the answer. What the library would try to read as XML, and log
    where it is none, is dropped.
    """
    status = response.status_code
    if status == 401:
        schemes = response.headers.get("WWW-Authenticate", "").lower()
        raise Unauthorized(response.url, digest="digest" in schemes and "basic" not in schemes)
    if status in LATER or (status >= 500 and status not in NEVER):
        wait = retry_after(response, datetime.now(UTC))
        raise ProviderUnavailable(f"The server answered {status}.", wait)
    if status >= 300:
        raise Refused(status, _conditions(response.content))
    if status == 207:
        response._content = _multistatus(response.content)  # noqa: SLF001 - as below
    elif response.request.method != "GET":
        response._content = b""  # noqa: SLF001 - where requests keeps a body
    response.headers["Content-Type"] = "text/xml" if status == 207 else "text/plain"


def _multistatus(body: bytes) -> bytes:
    """An answer that can be read. The library would write one that cannot into the log, whole."""
    clean = ILLEGAL.sub(b"", body)
    if b"<!DOCTYPE" in clean.partition(b"multistatus")[0]:  # it could define endless entities
        raise Nonsense("The server's answer makes no sense.")
    try:
        etree.fromstring(clean, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        raise Nonsense("The server's answer makes no sense.") from None
    return clean


def _conditions(body: bytes) -> frozenset[str]:
    """The names in a `DAV:error`, without their namespaces."""
    try:
        tree = etree.fromstring(body, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return frozenset()
    return frozenset(etree.QName(one).localname for one in tree if isinstance(one.tag, str))
