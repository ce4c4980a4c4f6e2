"""A calendar of 10,000 events, read for the first time and after one change.

The real calendar-sync on a real PostgreSQL, in a process of its own, against the strict Google
over TLS; the floor is the same pages fetched by bare requests, parsed and dropped.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import parse_qs, urlsplit

from fakes.authority import ca_bundle
from fakes.google import Book, Google
from support.postgres import Postgres

EVENTS = 10_000
FIRST = datetime(2030, 3, 5, 8, tzinfo=UTC)
ADA = "ada@example.com"


def fill(book: Book) -> None:
    """An appointment of half an hour every hour, as people have them: with words and guests."""
    guests = [{"email": f"guest{n}@example.com", "responseStatus": "accepted"} for n in range(4)]
    for number in range(EVENTS):
        start = FIRST + number * timedelta(hours=1)
        words = {"summary": f"Meeting {number}", "description": "About the project. " * 10}
        book.put(start, start + timedelta(minutes=30), attendees=guests, **words)
    book.expire()


@contextmanager
def database() -> Iterator[str]:
    """A fresh one."""
    with tempfile.TemporaryDirectory(prefix="workestra-bench-") as folder:
        postgres = Postgres(Path(folder) / "pg")
        try:
            yield postgres.url(postgres.create("calendar-sync"))
        finally:
            postgres.stop()


def answer(google: Google, heard: dict[str, Any], number: int) -> dict[str, Any]:
    """What the reader is told next."""
    book = google.account(ADA)
    if "consent" in heard:
        back = google.signin.consent(heard["consent"], ADA)
        return {"code": parse_qs(urlsplit(back).query)["code"][0]}
    if "signed_in" in heard:
        fill(book)
        return {"token": next(iter(google.signin.access))}
    book.put(FIRST + timedelta(minutes=30 + number), FIRST + timedelta(minutes=40 + number))
    return {}


def follow(google: Google, reader: "subprocess.Popen[str]") -> dict[str, Any]:
    """Talks with the reader until it gives its figures."""
    said, told = cast("IO[str]", reader.stdout), cast("IO[str]", reader.stdin)
    for number in range(100):
        heard: dict[str, Any] = json.loads(said.readline())
        if "first" in heard:
            return heard
        told.write(json.dumps(answer(google, heard, number)) + "\n")
        told.flush()
    raise RuntimeError("the reader never came to an end")


def run() -> dict[str, float]:
    """Seconds, milliseconds, MiB."""
    google = Google()
    with database() as place, google.served() as url:
        settings = {
            "google_client_id": google.signin.client_id,
            "google_client_secret": google.signin.client_secret,
            "google_base_url": url,
            "google_oauth_url": url,
            "ca_bundle": ca_bundle(),
        }
        command = [sys.executable, "-W", "ignore", "-m", "bench.calendar_reader", place]
        with subprocess.Popen(
            [*command, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as reader:
            figures = follow(google, reader)
            cast("IO[str]", reader.stdin).close()
    return {
        "10,000 events, first reading, s": figures["first"],
        "the same pages by bare requests, s": figures["floor"],
        "first reading, times its floor": figures["first"] / figures["floor"],
        "memory that it took, MiB": figures["grown"],
        "resident at most, MiB": figures["peak"],
        "one change, ms": 1000 * figures["one"],
    }
