"""A CalDAV server in memory, for what Radicale cannot be made to do: pages, digests, moved homes,
and calendars of ten thousand events. It refuses requests that RFC 4791 or RFC 6578 do not know.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import md5, sha256
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from lxml import etree

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

D, C = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
STAMP = re.compile(r"\d{8}T\d{6}Z")
USER, PASSWORD = "ada@host.test", "app-password"
HOME = "/home/"
Reply = tuple[str, str, dict[str, str]]


@dataclass
class Shelf:
    """One calendar: texts by name, and a journal of the names that changed."""

    texts: dict[str, str] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)

    def put(self, name: str, text: str) -> None:
        """Makes or changes a resource."""
        self.texts[name] = text
        self.journal.append(name)

    def drop(self, name: str) -> None:
        """Removes one."""
        del self.texts[name]
        self.journal.append(name)


@dataclass
class FakeCalDav:
    """`page`: resources in one answer to sync-collection. `home`: where the home is said to be.
    `moved`: where paths lead. `digest`: the password is wanted that way. `asked`: method, path
    and whether a password came along.
    """

    shelves: dict[str, Shelf] = field(default_factory=dict)
    page: int = 1000
    home: str = HOME
    moved: dict[str, str] = field(default_factory=dict)
    digest: bool = False
    asked: list[tuple[str, str, bool]] = field(default_factory=list)
    refuse_query: bool = False
    owners: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answers one request."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        given = environ.get("HTTP_AUTHORIZATION", "")
        self.asked.append((method, path, bool(given)))
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status, text, headers = self._answer(method, path, given, (body, environ))
        kind = "text/xml; charset=utf-8" if status[:3] == "207" else "text/html"
        raw = text.encode()
        fixed = {"Content-Type": kind, "Content-Length": str(len(raw))}
        start_response(status, list({**fixed, **headers}.items()))
        return [raw]

    def _answer(
        self, method: str, path: str, given: str, sent: tuple[bytes, "WSGIEnvironment"]
    ) -> Reply:
        if path in self.moved:
            return "301 Moved Permanently", "", {"Location": self.moved[path]}
        if not self._knows(method, given):
            way = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'
            return "401 Unauthorized", "who?", {"WWW-Authenticate": way if self.digest else "Basic"}
        if path == "/.well-known/caldav":
            return "404 Not Found", "", {}
        if method == "PROPFIND":
            return self._propfind(path, etree.fromstring(sent[0]), sent[1]["HTTP_DEPTH"])
        if method == "REPORT":
            return self._report(path, etree.fromstring(sent[0]))
        return "405 Method Not Allowed", "", {}

    def _knows(self, method: str, given: str) -> bool:
        if not self.digest:
            return given == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        parts = dict(re.findall(r'(\w+)="?([^",]+)"?', given))
        if not given.startswith("Digest") or "response" not in parts:
            return False
        who = _md5(f"{USER}:r:{PASSWORD}")
        what = _md5(f"{method}:{parts['uri']}")
        mixed = f"{who}:n:{parts['nc']}:{parts['cnonce']}:auth:{what}"
        return bool(parts["response"] == _md5(mixed))

    def _propfind(self, path: str, asked: etree._Element, depth: str) -> Reply:
        assert asked.tag == f"{D}propfind", asked.tag
        names = {one.tag for one in asked.find(f"{D}prop")}
        if path in self.shelves:
            inside = [
                _response(path + one, _tag(text)) for one, text in self.shelves[path].texts.items()
            ]
            whole = _response(path, self._collection(path, names))
            return _multi(whole, *(inside if depth == "1" else []))
        if path in {self.home, HOME}:
            inside = [_response(one, self._collection(one, names)) for one in self.shelves]
            return _multi(_response(path, "<d:displayname/>"), *(inside if depth == "1" else []))
        home = f"<c:calendar-home-set><d:href>{self.home}</d:href></c:calendar-home-set>"
        who = "<d:current-user-principal><d:href>/me/</d:href></d:current-user-principal>"
        return _multi(_response(path, who + (home if path == "/me/" else "")))

    def _collection(self, path: str, names: set[str]) -> str:
        shelf = self.shelves[path]
        known = {
            f"{D}resourcetype": "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>",
            f"{D}displayname": f"<d:displayname>{path.strip('/')}</d:displayname>",
            f"{D}owner": f"<d:owner><d:href>{self.owners.get(path, '/me/')}</d:href></d:owner>",
            f"{D}current-user-principal": (
                "<d:current-user-principal><d:href>/me/</d:href></d:current-user-principal>"
            ),
            f"{D}sync-token": f"<d:sync-token>{_token(shelf)}</d:sync-token>",
        }
        return "".join(text for name, text in known.items() if name in names)

    def _report(self, path: str, asked: etree._Element) -> Reply:
        shelf = self.shelves[path]
        if asked.tag == f"{D}sync-collection":
            assert asked.findtext(f"{D}sync-level") == "1"
            return self._sync(path, shelf, asked.findtext(f"{D}sync-token") or "")
        if asked.tag == f"{C}calendar-query" and self.refuse_query:
            error = f'<d:error xmlns:d="DAV:" xmlns:c="{C[1:-1]}"><c:supported-filter/></d:error>'
            return "403 Forbidden", error, {}
        if asked.tag == f"{C}calendar-query":
            window = asked.find(f".//{C}time-range")
            assert all(STAMP.fullmatch(window.get(name)) for name in ("start", "end"))
            return _multi(
                *(_response(path + name, _tag(text)) for name, text in shelf.texts.items())
            )
        assert asked.tag == f"{C}calendar-multiget", asked.tag
        hrefs = [one.text for one in asked.findall(f"{D}href")]
        assert len(hrefs) <= 100
        return _multi(*(self._one(shelf, href) for href in hrefs))

    def _one(self, shelf: Shelf, href: str) -> str:
        text = shelf.texts.get(href.rpartition("/")[2])
        if text is None:
            return _gone(href)
        return _response(href, f"{_tag(text)}<c:calendar-data>{escape(text)}</c:calendar-data>")

    def _sync(self, path: str, shelf: Shelf, token: str) -> Reply:
        at = token.removeprefix("token:")
        if not at.isdigit():
            error = '<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>'
            return "403 Forbidden", error, {}
        end = min(int(at) + self.page, len(shelf.journal))
        names = dict.fromkeys(shelf.journal[int(at) : end])
        parts = [
            _response(path + name, _tag(shelf.texts[name]))
            if name in shelf.texts
            else _gone(path + name)
            for name in names
        ]
        if end < len(shelf.journal):
            parts.append(_gone(path, "507 Insufficient Storage"))
        return _multi(*parts, f"<d:sync-token>token:{end}</d:sync-token>")


def _token(shelf: Shelf) -> str:
    return f"token:{len(shelf.journal)}"


def _md5(text: str) -> str:
    return md5(text.encode()).hexdigest()


def _tag(text: str) -> str:
    return f'<d:getetag>"{sha256(text.encode()).hexdigest()[:16]}"</d:getetag>'


def _response(href: str, properties: str) -> str:
    found = f"<d:propstat><d:prop>{properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
    missing = (
        "<d:propstat><d:prop><d:quota-used-bytes/></d:prop>"
        "<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
    )
    return f"<d:response><d:href>{href}</d:href>{found}{missing}</d:response>"


def _gone(href: str, status: str = "404 Not Found") -> str:
    return f"<d:response><d:href>{href}</d:href><d:status>HTTP/1.1 {status}</d:status></d:response>"


def _multi(*parts: str) -> Reply:
    spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
    return "207 Multi-Status", f"<d:multistatus {spaces}>{''.join(parts)}</d:multistatus>", {}
