"""The part of the API that needs no sign-in: the pages and the widget use it too."""

import hashlib
import re
from uuid import uuid4

from flask import Response, request

from contracts.availability import GetSlots
from contracts.booking import (
    Attendee,
    Book,
    CancelByToken,
    FindPage,
    PlaceHold,
    ReleaseHold,
    RenewHold,
    RescheduleByToken,
)
from contracts.errors import Invalid, NotFound
from gateway import current, limits
from gateway.api import answers, blueprint, reading
from gateway.api.describing import Operation, describes
from gateway.api.shapes import (
    BookingAsked,
    BookingEnded,
    BookingMade,
    CancelAsked,
    FreeTimes,
    HoldAsked,
    HoldMade,
    MoveAsked,
    PublicLink,
    SlotsOf,
)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@blueprint.get("/v1/links/<slug>")
@describes(Operation("A link, as its visitors see it", gives=PublicLink))
def link(slug: str) -> Response:
    """Answers 404 for a host's own page."""
    page = current.services().booking.find_page(FindPage(slug=reading.slug(slug)))
    return answers.reply(answers.public_link(page))


@blueprint.get("/v1/links/<slug>/slots")
@describes(
    Operation(
        "The free times of a link",
        gives=FreeTimes,
        query=SlotsOf,
        knows=("If-None-Match",),
        tagged=True,
    )
)
def slots(slug: str) -> Response:
    """The hot path: a hit decodes nothing, encodes nothing and asks nobody."""
    query: GetSlots = reading.slots_query(slug, request.query_string.decode("latin-1"))
    entry = current.slots().entry(query)
    tag = entry.etag
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    return Response(entry.body, headers=headers, content_type="application/json")


@blueprint.post("/v1/links/<slug>/holds")
@describes(
    Operation(
        "Keeps a time for ten minutes",
        takes=HoldAsked,
        gives=HoldMade,
        status=201,
        refuses=(404, 409, 429),
    )
)
def place_hold(slug: str) -> Response:
    """The hold's id is made here, so that a repeated call to booking makes one hold."""
    limits.check_address("hold")
    asked = reading.body(HoldAsked)
    hold = current.services().booking.place_hold(
        PlaceHold(
            hold_id=uuid4(),
            slug=reading.slug(slug),
            start=reading.instant(asked.start, "start"),
            duration=asked.duration,
            host_id=asked.host,
            address=limits.caller(),
        )
    )
    return answers.reply(HoldMade(hold=hold.id, expires_at=hold.expires_at), 201)


@blueprint.patch("/v1/holds/<hold>")
@describes(Operation("Renews a hold; 30 minutes in all at most", gives=HoldMade, refuses=(409,)))
def renew_hold(hold: str) -> Response:
    """Whoever knows the id owns the hold."""
    kept = current.services().booking.renew_hold(RenewHold(hold_id=reading.identifier(hold)))
    return answers.reply(HoldMade(hold=kept.id, expires_at=kept.expires_at))


@blueprint.delete("/v1/holds/<hold>")
@describes(Operation("Gives a held time back", status=204))
def release_hold(hold: str) -> Response:
    """A repeat is harmless."""
    current.services().booking.release_hold(ReleaseHold(hold_id=reading.identifier(hold)))
    return Response(status=204)


@blueprint.post("/v1/links/<slug>/bookings")
@describes(
    Operation(
        "Books a time",
        takes=BookingAsked,
        gives=BookingMade,
        status=201,
        needs=("Idempotency-Key",),
        refuses=(409, 429),
    )
)
def book(slug: str) -> Response:
    """201 with the booking; 409 `slot_taken` with the nearest free times."""
    limits.check_address("book")
    key = reading.idempotency_key()
    request_ = _book(slug, key, reading.body(BookingAsked))
    with limits.telling(request_):
        booked = current.services().booking.book(request_)
    return answers.reply(answers.made(booked, current.settings().public_url), 201)


def _book(slug: str, key: str, asked: BookingAsked) -> Book:
    attendee = asked.attendee
    name = attendee.name.strip()
    if not name:
        raise Invalid(fields={"attendee.name": "This is required."})
    return Book(
        slug=reading.slug(slug),
        idempotency_key=key,
        start=reading.instant(asked.start, "start"),
        duration=asked.duration,
        hold_id=asked.hold,
        host_id=asked.host,
        attendee=Attendee(
            name=name,
            email=reading.email(attendee.email, "attendee.email"),
            timezone=reading.zone(attendee.timezone, "attendee.timezone"),
            language=attendee.language,
        ),
        guests=tuple(reading.email(g, f"guests[{i}]") for i, g in enumerate(asked.guests)),
        answers=asked.answers,
        source=asked.source,
    )


@blueprint.post("/v1/bookings/reschedule/<token>")
@describes(
    Operation(
        "Moves a booking",
        takes=MoveAsked,
        gives=BookingMade,
        knows=("Idempotency-Key",),
        refuses=(409, 429),
    )
)
def reschedule_by_token(token: str) -> Response:
    """200 with the new booking. Without a key, the same move asked twice is one move."""
    limits.check_address("manage")
    start = reading.instant(reading.body(MoveAsked).start, "start")
    token = _token(token)
    key = f"{hashlib.sha256(token.encode()).hexdigest()}:{start.isoformat()}"
    if "Idempotency-Key" in request.headers:
        key = reading.idempotency_key()
    booked = current.services().booking.reschedule_by_token(
        RescheduleByToken(token=token, idempotency_key=key, start=start)
    )
    return answers.reply(answers.made(booked, current.settings().public_url))


@blueprint.post("/v1/bookings/cancel/<token>")
@describes(
    Operation(
        "Cancels a booking, by its attendee",
        takes=CancelAsked,
        may_be_empty=True,
        gives=BookingEnded,
        refuses=(409, 429),
    )
)
def cancel_by_token(token: str) -> Response:
    """200 with the cancelled booking; the body may be absent."""
    limits.check_address("manage")
    asked = reading.optional_body(CancelAsked)
    booking = current.services().booking.cancel_by_token(
        CancelByToken(token=_token(token), reason=asked.reason)
    )
    return answers.reply(answers.ended(booking))


def _token(value: str) -> str:
    """A manage token as it could be: 43 characters of base64url. Raises `NotFound`."""
    if not _TOKEN.fullmatch(value):
        raise NotFound
    return value
