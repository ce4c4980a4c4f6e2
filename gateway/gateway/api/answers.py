"""What the API gives out of what the services answer."""

import hashlib

from flask import Response, request

from contracts.booking import Booked, Booking, Page
from contracts.errors import NotFound
from contracts.wire import encode
from gateway.api.shapes import BookingEnded, BookingMade, PublicLink, Who


def reply(value: object, status: int = 200) -> Response:
    """JSON that nobody keeps."""
    response = Response(encode(value), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def tagged(value: object, version: int, status: int = 200) -> Response:
    """JSON with an ETag, which begins with the thing's version; 304 for who has it already."""
    body = encode(value)
    tag = f'"{version}-{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "no-store"}
    if request.method == "GET" and tag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    return Response(body, status=status, headers=headers, mimetype="application/json")


def public_link(page: Page) -> PublicLink:
    """A link as strangers may see it. Raises `NotFound` for a host's own page."""
    if page.link is None:
        raise NotFound
    link, settings = page.link, page.link.settings
    return PublicLink(
        slug=settings.slug,
        title=settings.title,
        kind=settings.kind,
        durations=settings.durations,
        timezone=page.hosts[0].timezone if page.hosts else link.workspace_timezone,
        questions=settings.questions,
        color=settings.colour,
        description=settings.description,
        location=settings.location.kind,
        hosts=tuple(Who(name=host.name) for host in page.hosts),
        open=settings.active and not link.used,
    )


def made(booked: Booked, public_url: str) -> BookingMade:
    """A new booking with the two links that change it."""
    booking = booked.booking
    return BookingMade(
        id=booking.id,
        status=booking.status,
        start=booking.start,
        end=booking.end,
        title=booking.link_title,
        host=_who(booking),
        reschedule_url=f"{public_url}/book/reschedule/{booked.reschedule_token}",
        cancel_url=f"{public_url}/book/cancel/{booked.cancel_token}",
        join_url=booking.join_url,
    )


def ended(booking: Booking) -> BookingEnded:
    """A cancelled booking."""
    return BookingEnded(
        id=booking.id,
        status=booking.status,
        start=booking.start,
        end=booking.end,
        title=booking.link_title,
        host=_who(booking),
    )


def _who(booking: Booking) -> Who:
    return Who(name=" and ".join(host.name for host in booking.hosts))
