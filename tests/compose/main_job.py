"""The main job over HTTP against a running suite, as its users do it; repeatable.

    python tests/compose/main_job.py [--url http://localhost:8000] [--mails http://localhost:8025]

First run: makes the workspace and its owner. Each run: signs in, makes a link, books one of its
free times, sees the second booker refused, moves the booking, cancels it, and reads the mails.
Only the standard library; ends with status 1 and a sentence at the first thing that is not right.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any, TypeVar

T = TypeVar("T")
OWNER = {
    "workspace": "Compose",
    "name": "Olga Owner",
    "email": "olga@compose.example",
    "timezone": "Europe/London",
    "password": "a-password-for-trying",
}
PATIENCE = 90.0
"""Seconds until what follows from a booking must have happened."""


class Hidden(HTMLParser):
    """The hidden inputs of a page: what its forms carry along."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each tag."""
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.values.setdefault(found.get("name") or "", found.get("value") or "")


class Visitor:
    """One person with a cookie jar."""

    def __init__(self, url: str) -> None:
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def _send(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), request.full_url

    def page(self, path: str) -> tuple[int, str, str]:
        """Status, text and final address of a page."""
        return self._send(urllib.request.Request(self.url + path))

    def submit(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        """Fills in the form of a page and sends it."""
        _, text, _ = self.page(path)
        data = urllib.parse.urlencode({**Hidden(text).values, **fields}).encode()
        headers = {"Referer": self.url + path}
        return self._send(urllib.request.Request(self.url + path, data, headers))

    def call(
        self, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """One call of the JSON API."""
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        status, text, _ = self._send(request)
        return status, json.loads(text) if text.startswith("{") else {}


def check(right: object, sentence: str, seen: object = "") -> None:
    """Ends the run where something is not right."""
    print(("ok   " if right else "FAIL ") + sentence, flush=True)
    if not right:
        sys.exit(f"{sentence}: {seen}")


def until(condition: Callable[[], T], sentence: str) -> T:
    """The first true value of a condition that becomes true by itself."""
    end = time.monotonic() + PATIENCE
    value = condition()
    while not value and time.monotonic() < end:
        time.sleep(0.25)
        value = condition()
    check(value, sentence, value)
    return value


def ready(visitor: Visitor) -> bool:
    """Whether the suite can serve."""
    try:
        return visitor.page("/readyz")[0] == 200
    except OSError:
        return False


def sign_in(host: Visitor) -> None:
    """By the first run's page, or by the usual one."""
    first = host.page("/")[2].endswith("/setup")
    path = "/setup" if first else "/login"
    status, text, address = host.submit(path, OWNER)
    check(status == 200 and address.endswith("/calendar"), f"the owner signs in by {path}", text)


def make_link(host: Visitor) -> str:
    """The slug of a new link; its host follows from the account by an event, so it may take a moment."""
    title = f"Intro {uuid.uuid4().hex[:8]}"
    form = {"title": title, "length": "30"}

    def made() -> bool:
        status, _, address = host.submit("/settings/booking-links/new", form)
        return status == 200 and not address.endswith("/new")

    until(made, "a link is made")
    return title.lower().replace(" ", "-")


def free_times(visitor: Visitor, slug: str) -> list[str]:
    """Starts in the coming two weeks."""
    first = datetime.now(UTC).date()
    query = urllib.parse.urlencode({"from": first, "to": first + timedelta(days=14), "tz": "UTC"})
    status, answer = visitor.call("GET", f"/api/v1/links/{slug}/slots?{query}")
    return [slot["start"] for slot in answer["slots"]] if status == 200 else []


def book(visitor: Visitor, slug: str, start: str, email: str) -> tuple[int, dict[str, Any]]:
    """One try to book."""
    attendee = {"name": "Zoë Visitor", "email": email, "timezone": "America/New_York"}
    body = {"start": start, "attendee": attendee}
    return visitor.call("POST", f"/api/v1/links/{slug}/bookings", body, uuid.uuid4().hex)


def subjects(mailbox: str, address: str) -> list[str]:
    """Of the mails to one address, oldest first."""
    with urllib.request.urlopen(f"{mailbox}/mails.json", timeout=10) as answer:
        return [mail["subject"] for mail in json.load(answer) if address in mail["to"]]


def mailed(mailbox: str, address: str, count: int) -> None:
    """So many mails, no more."""
    until(lambda: len(subjects(mailbox, address)) >= count, f"{count} mails to {address}")
    found = subjects(mailbox, address)
    check(len(found) == count, f"and no more than {count}", found)


def main_job(url: str, mailbox: str) -> None:
    """From the first sign-in to the last mail."""
    host, visitor = Visitor(url), Visitor(url)
    until(lambda: ready(visitor), "the suite is ready")
    sign_in(host)
    slug = make_link(host)
    times = until(lambda: free_times(visitor, slug), "the link has free times")
    email = f"zoe-{uuid.uuid4().hex[:8]}@visitor.example"
    status, booked = book(visitor, slug, times[0], email)
    check(status == 201, "a visitor books the first", booked)
    status, answer = book(visitor, slug, times[0], f"late-{email}")
    taken = status == 409 and answer.get("alternatives")
    check(taken, "who comes second is offered others", answer)
    check(times[0] not in free_times(visitor, slug), "the time is no longer shown")
    mailed(mailbox, email, 1)
    move_and_cancel(visitor, mailbox, booked, times[4], email)


def move_and_cancel(
    visitor: Visitor, mailbox: str, booked: dict[str, Any], start: str, email: str
) -> None:
    """What the attendee does with the links of their mails."""
    token = booked["reschedule_url"].rsplit("/", 1)[1]
    status, moved = visitor.call("POST", f"/api/v1/bookings/reschedule/{token}", {"start": start})
    check(status == 200 and moved["start"] == start, "the attendee moves it", moved)
    mailed(mailbox, email, 2)
    token = moved["cancel_url"].rsplit("/", 1)[1]
    status, ended = visitor.call("POST", f"/api/v1/bookings/cancel/{token}", {"reason": "Trying"})
    check(status == 200, "and cancels it", ended)
    mailed(mailbox, email, 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--mails", default="http://localhost:8025")
    options = parser.parse_args()
    main_job(options.url, options.mails)
    print("the main job works")
