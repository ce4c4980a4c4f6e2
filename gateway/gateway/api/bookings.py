"""Bookings, as their hosts see and change them. Members see their own, admins the workspace's."""

import hashlib
from typing import Annotated
from uuid import UUID

from flask import Response, request
from msgspec import Meta

from contracts.booking import (
    Booking,
    BookingDetail,
    Bookings,
    CancelBooking,
    DecideBooking,
    Decisions,
    GetDecisions,
    ListBookings,
    ReassignBooking,
    RescheduleBooking,
    SetNoShow,
    Tab,
)
from contracts.errors import NotFound
from contracts.notifications import Deliveries, Delivery, ListDeliveries, Resend
from contracts.wire import Instant
from gateway import current
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply, tagged
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import HostAsked, NoShowAsked, PageOf
from gateway.api.shapes import CancelAsked, MoveAsked
from gateway.security import scope


class BookingsOf(PageOf, frozen=True, kw_only=True):
    """Which bookings. Members always see their own."""

    tab: Annotated[Tab, Meta(description="Upcoming: soonest first; the others: latest first.")] = (
        "upcoming"
    )
    host: Annotated[UUID | None, Meta(description="One host's; admins see everyone's.")] = None
    link: Annotated[UUID | None, Meta(description="Of one link.")] = None
    search: Annotated[str, Meta(max_length=200, description="Names, addresses, titles.")] = ""
    since: Annotated[Instant | None, Meta(description="Starts at this instant or later.")] = None
    until: Annotated[Instant | None, Meta(description="Starts before this instant.")] = None


@blueprint.get("/v1/bookings")
@scope("bookings:read")
@describes(Operation("A page of one tab of bookings", gives=Bookings, query=BookingsOf))
def bookings() -> Response:
    """Upcoming: soonest first; the others: latest first."""
    wanted = reading.query(BookingsOf)
    asked = ListBookings(
        workspace_id=current.account().workspace_id,
        tab=wanted.tab,
        host_id=seeing.limited_to() or wanted.host,
        search=wanted.search,
        limit=wanted.limit,
        after=wanted.after,
        link_id=wanted.link,
        since=reading.instant(wanted.since, "since") if wanted.since else None,
        until=reading.instant(wanted.until, "until") if wanted.until else None,
    )
    return reply(current.services().booking.list_bookings(asked))


@blueprint.get("/v1/bookings/<uuid:booking_id>")
@scope("bookings:read")
@describes(
    Operation(
        "One booking with its history", gives=BookingDetail, tagged=True, knows=("If-None-Match",)
    )
)
def booking(booking_id: UUID) -> Response:
    """Answers, guests and what happened to it, oldest first."""
    detail = seeing.booking(booking_id)
    return tagged(detail, detail.booking.version)


@blueprint.post("/v1/bookings/<uuid:booking_id>/cancel")
@scope("bookings:write")
@describes(
    Operation(
        "Cancels a booking, by its host",
        takes=CancelAsked,
        may_be_empty=True,
        gives=Booking,
        refuses=(409,),
    )
)
def cancel(booking_id: UUID) -> Response:
    """The body may be absent."""
    asked, account = reading.optional_body(CancelAsked), current.account()
    seeing.booking(booking_id)
    ended = CancelBooking(
        workspace_id=account.workspace_id,
        booking_id=booking_id,
        reason=asked.reason,
        actor=account.actor,
    )
    return reply(current.services().booking.cancel(ended))


@blueprint.post("/v1/bookings/<uuid:booking_id>/reschedule")
@scope("bookings:write")
@describes(
    Operation(
        "Moves a booking, by its host",
        takes=MoveAsked,
        gives=Booking,
        knows=("Idempotency-Key",),
        refuses=(409,),
    )
)
def reschedule(booking_id: UUID) -> Response:
    """A host may override notice and horizon, never a claim or a busy period."""
    start = reading.instant(reading.body(MoveAsked).start, "start")
    seeing.booking(booking_id)
    account = current.account()
    moved = RescheduleBooking(
        workspace_id=account.workspace_id,
        booking_id=booking_id,
        idempotency_key=_move_key(booking_id, start.isoformat()),
        start=start,
        actor=account.actor,
    )
    return reply(current.services().booking.reschedule(moved))


def _move_key(booking_id: UUID, start: str) -> str:
    if "Idempotency-Key" in request.headers:
        return reading.idempotency_key()
    return hashlib.sha256(f"{booking_id}:{start}".encode()).hexdigest()


@blueprint.post("/v1/bookings/<uuid:booking_id>/no-show")
@scope("bookings:write")
@describes(
    Operation("Marks or unmarks a no-show", takes=NoShowAsked, gives=Booking, refuses=(409,))
)
def no_show(booking_id: UUID) -> Response:
    """After the start."""
    asked, account = reading.body(NoShowAsked), current.account()
    seeing.booking(booking_id)
    marked = SetNoShow(
        workspace_id=account.workspace_id,
        booking_id=booking_id,
        no_show=asked.no_show,
        actor=account.actor,
    )
    return reply(current.services().booking.set_no_show(marked))


@blueprint.post("/v1/bookings/<uuid:booking_id>/approve")
@scope("bookings:write")
@describes(Operation("Says yes to a request", gives=Booking, refuses=(409,)))
def approve(booking_id: UUID) -> Response:
    """The same answer again is harmless; another one is a 409."""
    return reply(_decided(booking_id, approve=True))


@blueprint.post("/v1/bookings/<uuid:booking_id>/decline")
@scope("bookings:write")
@describes(
    Operation(
        "Says no to a request", takes=CancelAsked, may_be_empty=True, gives=Booking, refuses=(409,)
    )
)
def decline(booking_id: UUID) -> Response:
    """`reason` is for the attendee; the body may be absent."""
    asked = reading.optional_body(CancelAsked)
    return reply(_decided(booking_id, approve=False, reason=asked.reason))


def _decided(booking_id: UUID, *, approve: bool, reason: str = "") -> Booking:
    seeing.booking(booking_id)
    account = current.account()
    answer = DecideBooking(
        workspace_id=account.workspace_id,
        booking_id=booking_id,
        approve=approve,
        reason=reason,
        actor=account.actor,
    )
    return current.services().booking.decide(answer)


@blueprint.post("/v1/bookings/<uuid:booking_id>/reassign")
@scope("bookings:write")
@describes(
    Operation(
        "Gives a meeting to another of its link's hosts",
        takes=HostAsked,
        gives=Booking,
        refuses=(409,),
    )
)
def reassign(booking_id: UUID) -> Response:
    """At the same time; `round_robin` only. Repeating it is harmless."""
    asked, account = reading.body(HostAsked), current.account()
    seeing.booking(booking_id)
    given = ReassignBooking(
        workspace_id=account.workspace_id,
        booking_id=booking_id,
        host_id=asked.host,
        actor=account.actor,
    )
    return reply(current.services().booking.reassign(given))


@blueprint.get("/v1/bookings/<uuid:booking_id>/decisions")
@scope("bookings:read")
@describes(Operation("Why this host: every decision of the rotation", gives=Decisions))
def decisions(booking_id: UUID) -> Response:
    """Of the whole chain, oldest first; empty for what no rotation has decided."""
    seeing.booking(booking_id)
    asked = GetDecisions(workspace_id=current.account().workspace_id, booking_id=booking_id)
    return reply(current.services().booking.decisions(asked))


@blueprint.get("/v1/bookings/<uuid:booking_id>/mails")
@scope("bookings:read")
@describes(Operation("The mails about a booking, and how they are", gives=Deliveries))
def mails(booking_id: UUID) -> Response:
    """Of the whole chain."""
    return reply(_mails(booking_id))


@blueprint.post("/v1/bookings/<uuid:booking_id>/mails/<uuid:delivery_id>/resend")
@scope("bookings:write")
@describes(Operation("Sends a failed mail again", gives=Delivery, status=202, refuses=(409,)))
def resend(booking_id: UUID, delivery_id: UUID) -> Response:
    """It is due again."""
    if delivery_id not in {mail.id for mail in _mails(booking_id).deliveries}:
        raise NotFound
    again = Resend(workspace_id=current.account().workspace_id, delivery_id=delivery_id)
    return reply(current.services().notifications.resend(again), 202)


def _mails(booking_id: UUID) -> Deliveries:
    shown = seeing.booking(booking_id).booking
    asked = ListDeliveries(workspace_id=shown.workspace_id, root_id=shown.root_id)
    return current.services().notifications.list_deliveries(asked)
