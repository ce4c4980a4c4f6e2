"""What a person does at a browser, with the standard library alone: pages, forms, JSON, waiting."""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
Attributes = dict[str, str | None]
PATIENCE = 90.0
"""Seconds until what follows from a deed must have happened."""


@dataclass
class Form:
    """Where a form of a page goes, and what it would send as it stands."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def filled(self, fields: dict[str, str]) -> bytes:
        """Its body with these fields set; the others as they were."""
        kept = [pair for pair in self.values if pair[0] not in fields]
        return urllib.parse.urlencode([*kept, *fields.items()]).encode()


class Forms(HTMLParser):
    """Every form of a page, with the values that a browser would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select = self._textarea = ""
        self.feed(page)

    def holding(self, names: set[str]) -> Form:
        """The first form with all of these inputs."""
        found = [form for form in self.found if names <= form.names]
        check(found, f"the page has a form with {', '.join(sorted(names))}", self.found)
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each tag."""
        about = dict(attrs)
        if tag == "form":
            self.found.append(Form(about.get("action") or ""))
        elif tag in {"input", "select", "textarea"} and self.found and about.get("name"):
            self._control(tag, about)
        elif tag == "option" and self._select:
            self._option(about)

    def handle_endtag(self, tag: str) -> None:
        """Called at each end."""
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        """Called for each text; only a textarea's is a value."""
        if self._textarea:
            self.found[-1].values.append((self._textarea, data.removeprefix("\n")))

    def _control(self, tag: str, about: Attributes) -> None:
        form, name = self.found[-1], about["name"] or ""
        form.names.add(name)
        self._select = name if tag == "select" else ""
        self._textarea = name if tag == "textarea" else ""
        sent = about.get("type") not in {"checkbox", "radio"} or "checked" in about
        if tag == "input" and sent:
            form.values.append((name, about.get("value") or ""))

    def _option(self, about: Attributes) -> None:
        values, name = self.found[-1].values, self._select
        first = all(known != name for known, _ in values)
        if "selected" in about and not first:
            values[:] = [pair for pair in values if pair[0] != name]
        if first or "selected" in about:
            values.append((name, about.get("value") or ""))


class Seen(NamedTuple):
    """An answer: its status, its text, and the address at which it ended."""

    status: int
    text: str
    address: str

    @property
    def words(self) -> str:
        """What is read: without tags, and with a blank for each stretch of white space."""
        return " ".join(re.sub(r"<[^>]*>", "", self.text).split())


class Visitor:
    """One person with a cookie jar."""

    def __init__(self, url: str) -> None:
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def _send(self, request: urllib.request.Request) -> Seen:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Seen(answer.status, answer.read().decode(), answer.url)
        except urllib.error.HTTPError as error:
            return Seen(error.code, error.read().decode(), error.url or request.full_url)

    def page(self, path: str) -> Seen:
        """A page."""
        return self._send(urllib.request.Request(self.url + path))

    def submit(self, path: str, fields: dict[str, str]) -> Seen:
        """Fills in the form of a page that has these inputs, and sends it."""
        shown = self.page(path)
        form = Forms(shown.text).holding(set(fields))
        target = urllib.parse.urljoin(shown.address, form.action)
        headers = {"Referer": shown.address}
        return self._send(urllib.request.Request(target, form.filled(fields), headers))

    def call(
        self, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """One call of the JSON API."""
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        answer = self._send(request)
        return answer.status, json.loads(answer.text) if answer.text.startswith("{") else {}


def check(right: object, sentence: str, seen: object = "") -> None:
    """Ends the run where something is not right."""
    if not right:
        print("FAIL", sentence, flush=True)
        sys.exit(f"{sentence}: {seen}")


def done(sentence: str) -> None:
    """Says what was seen to hold."""
    print("ok  ", sentence, flush=True)


def until(condition: Callable[[], T], sentence: str) -> T:
    """The first true value of a condition that becomes true by itself."""
    begin = time.monotonic()
    value = condition()
    while not value and time.monotonic() < begin + PATIENCE:
        time.sleep(0.25)
        value = condition()
    check(value, sentence, value)
    done(f"{sentence} ({time.monotonic() - begin:.1f} s)")
    return value
