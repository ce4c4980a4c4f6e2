"""A host's private feed: their meetings in any calendar that subscribes to an address.

The secret in the address is made here, shown once, and kept as its hash by booking alone. Whoever
has the address reads when, with whom and where; no answers, no addresses of people.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.booking import Booking, DropFeed, FeedBookings, GetFeed, ReadFeed, SaveFeed
from contracts.errors import NotFound
from gateway import current, desk, limits
from gateway.calendar import blueprint
from gateway.presenting.words import place
from gateway.security import signed_in

if TYPE_CHECKING:
    from icalendar import Event

SECRET_BYTES = 32
LONGEST = 100
ASK_AGAIN = timedelta(minutes=15)
"""How often a calendar need ask (RFC 7986, REFRESH-INTERVAL)."""


@blueprint.get("/feed")
@signed_in
def feed() -> Answer:
    """Whether the reader has one."""
    return _page()


@blueprint.post("/feed")
@signed_in
def renew_feed() -> Answer:
    """A new address, shown this once: it is kept nowhere, so no redirect comes between. The one
    before finds nothing any more.
    """
    account, secret = current.account(), secrets.token_urlsafe(SECRET_BYTES)
    wish = SaveFeed(workspace_id=account.workspace_id, host_id=account.id, digest=_digest(secret))
    current.services().booking.save_feed(wish)
    return _page(secret)


@blueprint.post("/feed/end")
@signed_in
def end_feed() -> Answer:
    """Ends the reader's feed."""
    account = current.account()
    wish = DropFeed(workspace_id=account.workspace_id, host_id=account.id)
    current.services().booking.drop_feed(wish)
    flash("The feed has ended. Its address shows nothing any more.", "")
    return redirect(url_for("calendar.feed"))


def _page(secret: str = "") -> Answer:
    account = current.account()
    wish = GetFeed(workspace_id=account.workspace_id, host_id=account.id)
    found = desk.part(lambda: current.services().booking.get_feed(wish))
    path = url_for("calendar.feed_file", secret=secret) if secret else ""
    address = current.settings().public_url.rstrip("/") + path if secret else ""
    html = render_template(
        "calendar/feed.html",
        found=found,
        address=address,
        subscribe=address.replace("https:", "webcal:").replace("http:", "webcal:"),
        desk=desk,
    )
    answer = make_response(html)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


@blueprint.get("/feed/<secret>.ics")
def feed_file(secret: str) -> Response:
    """The feed (RFC 5545), with an ETag: a calendar that asks again is told when nothing changed.

    Raises `NotFound`.
    """
    limits.check_address("feed")
    if not secret.isascii() or len(secret) > LONGEST:
        raise NotFound
    found = current.services().booking.read_feed(ReadFeed(digest=_digest(secret)))
    answer = Response(as_ics(found), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="workestra.ics"'
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def as_ics(found: FeedBookings) -> bytes:
    """The same bytes for the same meetings; a group's meeting is one event."""
    from icalendar import Calendar  # noqa: PLC0415 - two megabytes that few requests need

    calendar = Calendar()
    calendar.add("prodid", "-//Workestra//Scheduling//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Workestra: {found.host.name}")
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    ordered = sorted(
        found.bookings, key=lambda one: (one.start, str(one.meeting_id), one.created_at)
    )
    for _, ones in groupby(ordered, key=lambda one: (one.start, one.meeting_id)):
        calendar.add_component(_event(list(ones)))
    return bytes(calendar.to_ical())


def _event(ones: list[Booking]) -> "Event":
    """One meeting. DTSTAMP is when it was booked, so that an unchanged feed is the same bytes."""
    from icalendar import Event  # noqa: PLC0415 - the same

    first = ones[0]
    event = Event()
    event.add("uid", first.uid)
    event.add("sequence", first.sequence)
    event.add("dtstamp", max(one.created_at for one in ones))
    event.add("dtstart", first.start)
    event.add("dtend", first.end)
    event.add("summary", f"{first.link_title}: {_names(ones)}")
    event.add("location", place(first.location, first.join_url))
    event.add("status", "TENTATIVE" if first.status == "pending" else "CONFIRMED")
    if first.join_url:
        event.add("url", first.join_url)
    return event


def _names(ones: Iterable[Booking]) -> str:
    names = [one.attendee.name for one in ones]
    return names[0] if len(names) == 1 else f"{len(names)} attendees"
