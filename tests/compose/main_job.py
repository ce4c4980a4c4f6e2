"""The main job over HTTP against a running suite, as its users do it; repeatable.

    python tests/compose/main_job.py [--url http://localhost:8000] [--mails http://localhost:8025]
                                     [--compose "docker compose"]

First run: makes the workspace and its owner, and connects the practice calendar. Each run: signs
in, makes a link, books it as a stranger in another zone, sees the second booker refused, moves the
booking, cancels it, and reads the mails, the calendar's join address and the deal. With `--compose`
it also stops and starts containers meanwhile, and sees a reminder come once.
Only the standard library; ends with status 1 and a sentence at the first thing that is not right.
"""

import argparse
import json
import re
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from containers import Containers, trouble
from people import Visitor, check, done, until

OWNER = {
    "workspace": "Compose",
    "name": "Olga Owner",
    "email": "olga@compose.example",
    "timezone": "Europe/London",
    "password": "a-password-for-trying",
}
ZONE = "America/New_York"


@dataclass
class Job:
    """One run: who takes part, the link they use, and where the mails arrive."""

    host: Visitor
    visitor: Visitor
    mailbox: str
    slug: str = ""

    def times(self, ahead: timedelta = timedelta(hours=4)) -> list[str]:
        """Free starts in the coming two weeks, from `ahead` on; none while nobody answers."""
        now = datetime.now(UTC)
        days = {"from": now.date(), "to": now.date() + timedelta(days=14), "tz": "UTC"}
        path = f"/api/v1/links/{self.slug}/slots?{urllib.parse.urlencode(days)}"
        status, answer = self.visitor.call("GET", path)
        starts = [slot["start"] for slot in answer["slots"]] if status == 200 else []
        return [start for start in starts if datetime.fromisoformat(start) > now + ahead]

    def book(self, start: str, email: str) -> tuple[int, dict[str, Any]]:
        """One try to book by the JSON API."""
        attendee = {"name": "Zoë Visitor", "email": email, "timezone": ZONE}
        body = {"start": start, "attendee": attendee}
        path = f"/api/v1/links/{self.slug}/bookings"
        return self.visitor.call("POST", path, body, uuid.uuid4().hex)

    def mails(self, *words: str) -> list[dict[str, str]]:
        """Those whose recipient or subject has every one of these words, oldest first."""
        with urllib.request.urlopen(f"{self.mailbox}/mails.json", timeout=10) as answer:
            found: list[dict[str, str]] = json.load(answer)
        return [mail for mail in found if all(w in mail["to"] + mail["subject"] for w in words)]

    def mailed(self, count: int, *words: str) -> dict[str, str]:
        """The newest of so many mails; there are no more."""
        name = " ".join(words)
        until(lambda: len(self.mails(*words)) >= count, f"mails of {name}: {count}")
        found = self.mails(*words)
        check(len(found) == count, f"and no more than {count}", [m["subject"] for m in found])
        return found[-1]


def ready(visitor: Visitor) -> bool:
    """Whether the suite can serve."""
    try:
        return visitor.page("/readyz").status == 200
    except OSError:
        return False


def sign_in(host: Visitor) -> None:
    """By the first run's page, or by the usual one."""
    first = host.page("/").address.endswith("/setup")
    path = "/setup" if first else "/login"
    wanted = OWNER if first else {name: OWNER[name] for name in ("email", "password")}
    seen = host.submit(path, wanted)
    check(seen.status == 200 and seen.address.endswith("/calendar"), f"sign-in by {path}", seen)
    done(f"the owner signs in by {path}")


def connect_calendar(host: Visitor) -> None:
    """The practice calendar, where none is connected yet; until it has been read."""
    path = "/settings/calendars"
    if "/disconnect" not in host.page(path).text:
        host.submit(f"{path}/add/practice", {"account": OWNER["email"]})
    until(lambda: 'name="written"' in host.page(path).text, "a calendar is connected and read")


def make_link(host: Visitor) -> str:
    """The slug of a new link that makes deals. The link's host follows from the account."""
    title = f"Intro {uuid.uuid4().hex[:8]}"
    path = "/settings/booking-links/new"

    def made() -> str:
        seen = host.submit(path, {"title": title, "length": "30"})
        return "" if seen.address.endswith("/new") else urllib.parse.urlsplit(seen.address).path

    seen = host.submit(until(made, "a link is made"), {"title": title, "creates_deal": "1"})
    check(seen.status == 200, "it is told to make deals", seen)
    return title.lower().replace(" ", "-")


def book_by_page(job: Job, start: str, email: str) -> tuple[str, str]:
    """As a browser without JavaScript does; the tokens that change and cancel the booking."""
    path = f"/book/{job.slug}?{urllib.parse.urlencode({'tz': ZONE, 'start': start})}"
    seen = job.visitor.submit(path, {"attendee.name": "Zoë Visitor", "attendee.email": email})
    check("You are booked with Olga Owner" in seen.words, "a stranger books by the page", seen)
    done("a stranger in New York books by the page")
    tokens = [re.search(rf'/book/{deed}/([\w-]+)"', seen.text) for deed in ("reschedule", "cancel")]
    check(all(tokens), "the page shows how to change and cancel it", seen)
    reschedule, cancel = (found[1] if found else "" for found in tokens)
    return reschedule, cancel


def announced(job: Job, email: str) -> None:
    """Both mails: each in its reader's zone, with the join address that the calendar made."""
    theirs = job.mailed(1, "Confirmed", email)
    mine = job.mailed(1, "Confirmed", OWNER["email"], job.slug.replace("intro-", "Intro "))
    check("(New York)" in theirs["subject"], "the stranger reads their own zone", theirs)
    check("(London)" in mine["subject"], "the host reads theirs", mine)
    for mail in (theirs, mine):
        check("https://meet.practice.test/" in mail["text"], "it says how to join", mail)
    check("METHOD:REQUEST" in theirs["calendar"], "the stranger's mail invites", theirs)
    check(not mine["calendar"], "the host's calendar was written, not mailed", mine)
    done("both mails name the zone of their reader and the calendar's join address")


def deal_says(job: Job, email: str, *words: str) -> bool:
    """Whether the stranger's one deal shows these on its page."""
    listed = job.host.page(f"/crm/deals?q={urllib.parse.quote(email)}").text
    found = set(re.findall(r'"(/crm/deals/[0-9a-f-]{36})"', listed))
    check(len(found) <= 1, "there is one deal", found)
    return bool(found) and all(word in job.host.page(min(found)).words for word in words)


def book_move_cancel(job: Job) -> None:
    """A stranger's whole way, and what their host sees of it."""
    first, *_, second = until(job.times, "the link has free times")[:5]
    email = f"zoe-{uuid.uuid4().hex[:8]}@visitor.example"
    reschedule, _ = book_by_page(job, first, email)
    status, answer = job.book(first, f"late-{email}")
    check(status == 409 and answer.get("alternatives"), "the second is offered others", answer)
    done("who comes second is refused and offered others")
    until(lambda: first not in job.times(), "the time is no longer shown")
    announced(job, email)
    until(lambda: deal_says(job, email, "Meeting booked"), "the stranger is a deal")
    move_and_cancel(job, email, reschedule, second)


def move_and_cancel(job: Job, email: str, token: str, start: str) -> None:
    """What the attendee does with the links of their mails."""
    path = f"/api/v1/bookings/reschedule/{token}"
    status, moved = job.visitor.call("POST", path, {"start": start})
    check(status == 200 and moved["start"] == start, "the attendee moves it", moved)
    job.mailed(1, "Moved", email)
    path = f"/api/v1/bookings/cancel/{moved['cancel_url'].rsplit('/', 1)[1]}"
    status, ended = job.visitor.call("POST", path, {"reason": "Trying"})
    check(status == 200, "and cancels it", ended)
    job.mailed(1, "Cancelled", email)
    job.mailed(3, email)
    told = ("Meeting booked", "Meeting moved", "Meeting cancelled")
    until(lambda: deal_says(job, email, *told), "the deal's timeline has all three")


def main_job(url: str, mailbox: str, containers: Containers | None) -> None:
    """From the first sign-in to the last mail."""
    job = Job(Visitor(url), Visitor(url), mailbox)
    until(lambda: ready(job.visitor), "the suite is ready")
    sign_in(job.host)
    connect_calendar(job.host)
    job.slug = make_link(job.host)
    book_move_cancel(job)
    if containers:
        trouble(job, containers)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--mails", default="http://localhost:8025")
    parser.add_argument("--compose", default="", help="also stop and start containers by it")
    options = parser.parse_args()
    by = Containers(options.compose) if options.compose else None
    main_job(options.url, options.mails, by)
    print("the main job works")
