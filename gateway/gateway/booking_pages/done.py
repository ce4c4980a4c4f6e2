"""The page after a booking or a move, and the meeting as a file for the attendee's calendar.

Its address carries a signed token with the booking's ids and its manage tokens, as the mail does;
so it is never cached and never leaves the page as a referrer.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as Answer

from contracts.booking import Booked, Booking, GetBooking
from contracts.errors import NotFound
from gateway import current, languages
from gateway.booking_pages import blueprint, branding, picking, ways
from gateway.presenting import calendar_links, times
from gateway.presenting.words import named, place

LASTS = 60 * 24 * 3600
"""Seconds; afterwards the mail is the place to look."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the token of the page says."""

    workspace_id: UUID
    booking_id: UUID
    reschedule: str
    cancel: str
    moved: bool
    onward: str


def token(booked: Booked, *, moved: bool = False, onward: str = "") -> str:
    """The signed address of the page for this booking; `onward` is the link's own page for it."""
    booking = booked.booking
    return _signer().dumps(
        [
            booking.workspace_id.hex,
            booking.id.hex,
            booked.reschedule_token,
            booked.cancel_token,
            int(moved),
            onward if onward.startswith(("https://", "http://")) else "",
        ]
    )


@blueprint.get("/book/done/<token>")
def booked(token: str) -> Answer:
    """What is booked, as it is now."""
    ticket = _ticket(token)
    booking = _booking(ticket)
    page = render_template("booking/done.html", token=token, **_shown(ticket, booking))
    return private(make_response(page))


@blueprint.get("/book/done/<token>.ics")
def calendar_file(token: str) -> Answer:
    """The meeting for calendars that read files."""
    booking = _booking(_ticket(token))
    answer = Response(calendar_links.ics(booking, current.now()), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return private(answer)


def private(answer: Answer) -> Answer:
    """For pages whose address is a secret: nobody keeps them, and no other site learns it."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def meeting(booking: Booking, zone: str) -> dict[str, Any]:
    """A booking's facts in words, for the attendee; both zones where the clocks differ."""
    twelve = picking.twelve()
    host_zone = booking.hosts[0].timezone if booking.hosts else zone
    differs = times.offset(booking.start, zone) != times.offset(booking.start, host_zone)
    return {
        "booking": booking,
        "title": booking.link_title,
        "hosts": named([host.name for host in booking.hosts], together=True),
        "day": times.day_long(times.local(booking.start, zone).date()),
        "span": times.span(booking.start, booking.end, zone, twelve=twelve),
        "zone_words": times.zone_name(booking.start, zone),
        "host_when": times.when(booking.start, host_zone, twelve=twelve) if differs else "",
        "host_zone": times.zone_name(booking.start, host_zone),
        "place": place(booking.location, booking.join_url),
        **branding.of(booking.workspace_id, {host.id for host in booking.hosts}).values,
        "colour": booking.link_colour,
        "workspace": booking.workspace_name,
    }


def _shown(ticket: Ticket, booking: Booking) -> dict[str, Any]:
    # A booking that was moved since has other tokens; those of this page lead nowhere.
    current_tokens = booking.id == ticket.booking_id and booking.status in {"confirmed", "pending"}
    return {
        **meeting(booking, booking.attendee.timezone),
        "moved": ticket.moved or booking.id != ticket.booking_id,
        "links": calendar_links.links(booking),
        "reschedule": ticket.reschedule if current_tokens else "",
        "cancel": ticket.cancel if current_tokens else "",
        "over": booking.end <= current.now(),
        "onward": ticket.onward,
        # Once only, so that Back does not lead forward again.
        "go_now": bool(ticket.onward) and "go" in request.args,
    }


def _booking(ticket: Ticket) -> Booking:
    wanted = GetBooking(workspace_id=ticket.workspace_id, booking_id=ticket.booking_id, latest=True)
    booking = current.services().booking.get_booking(wanted).booking
    languages.prefer(booking.attendee.language)
    ways.require_of_frame(booking.link_id)
    return booking


def _ticket(token: str) -> Ticket:
    """Raises `NotFound` for a token that we did not sign, or long ago."""
    try:
        said = _signer().loads(token, max_age=LASTS)
    except BadSignature:
        raise NotFound from None
    workspace, booking, reschedule, cancel, moved, onward = said
    return Ticket(UUID(workspace), UUID(booking), reschedule, cancel, bool(moved), onward)


def _signer() -> URLSafeTimedSerializer:
    # The last key signs, all are accepted: our settings name the signing one first.
    keys = list(reversed(current.settings().secret_keys))
    return URLSafeTimedSerializer(keys, salt="booking-done")
