"""Bookings and events with all that a test does not care about."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from contracts.booking import (
    NOTE,
    Attendee,
    BookedHost,
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
    Location,
)
from contracts.calendar_sync import EventWritten

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
START = datetime(2026, 12, 1, 14, tzinfo=UTC)
WORKSPACE = UUID("11111111-1111-4111-8111-111111111111")
ADA = BookedHost(
    id=UUID("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"),
    name="Ada",
    email="ada@acme.test",
    timezone="Europe/London",
)
BEA = BookedHost(
    id=UUID("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"),
    name="Bea",
    email="bea@acme.test",
    timezone="Europe/Berlin",
)
ZOE = Attendee(name="Zoë", email="zoe@example.org", timezone="America/New_York")


def make_booking(**changes: Any) -> Booking:
    identity = uuid4()
    start = changes.get("start", START)
    values: dict[str, Any] = {
        "id": identity,
        "workspace_id": WORKSPACE,
        "root_id": identity,
        "meeting_id": uuid4(),
        "link_id": uuid4(),
        "link_slug": "ada",
        "link_title": "Intro call",
        "status": "confirmed",
        "start": start,
        "end": start + timedelta(minutes=30),
        "attendee": ZOE,
        "hosts": (ADA,),
        "questions": (NOTE,),
        "answers": {"note": "About the fountain"},
        "location": Location(),
        "uid": f"{identity}@workestra",
        "workspace_name": "Acme",
        "created_at": NOW,
        "version": 1,
    }
    return Booking(**(values | changes))


def moved(booking: Booking, start: datetime, at: datetime) -> Booking:
    return msgspec.structs.replace(
        booking,
        id=uuid4(),
        previous_id=booking.id,
        start=start,
        end=start + (booking.end - booking.start),
        sequence=booking.sequence + 1,
        version=booking.version + 2,
        created_at=at,
    )


def ended(booking: Booking, **changes: Any) -> Booking:
    values = {"status": "cancelled", "cancelled_by": "attendee"} | changes
    return msgspec.structs.replace(
        booking, sequence=booking.sequence + 1, version=booking.version + 1, **values
    )


def was_confirmed(booking: Booking, *, awaits: bool = False) -> BookingConfirmed:
    return BookingConfirmed(
        workspace_id=WORKSPACE, version=booking.version, booking=booking, awaits_join_url=awaits
    )


def was_moved(booking: Booking, previous: Booking, *, awaits: bool = False) -> BookingRescheduled:
    return BookingRescheduled(
        workspace_id=WORKSPACE,
        version=booking.version,
        booking=booking,
        previous=previous,
        actor="attendee",
        awaits_join_url=awaits,
    )


def was_cancelled(booking: Booking) -> BookingCancelled:
    return BookingCancelled(
        workspace_id=WORKSPACE, version=booking.version, booking=booking, actor="attendee"
    )


def was_written(booking: Booking, join_url: str, version: int = 1) -> EventWritten:
    return EventWritten(
        workspace_id=WORKSPACE,
        version=version,
        booking_id=booking.id,
        root_id=booking.root_id,
        meeting_id=booking.meeting_id,
        host_id=ADA.id,
        start=booking.start,
        join_url=join_url,
    )


def make_request(**changes: Any) -> Booking:
    return make_booking(**({"status": "pending", "approved": False} | changes))


def approved(booking: Booking) -> Booking:
    return msgspec.structs.replace(
        booking, status="confirmed", approved=True, version=booking.version + 1
    )


def given(booking: Booking, host: BookedHost) -> Booking:
    return msgspec.structs.replace(
        booking, hosts=(host,), sequence=booking.sequence + 1, version=booking.version + 1
    )


def was_requested(booking: Booking, previous: Booking | None = None) -> BookingRequested:
    return BookingRequested(
        workspace_id=WORKSPACE, version=booking.version, booking=booking, previous=previous
    )


def was_declined(booking: Booking, *, lapsed: bool = False) -> BookingDeclined:
    return BookingDeclined(
        workspace_id=WORKSPACE,
        version=booking.version,
        booking=booking,
        actor="system" if lapsed else f"host:{ADA.id}",
        at=NOW,
        lapsed=lapsed,
    )


def was_given(booking: Booking, previous: Booking, *, awaits: bool = False) -> BookingReassigned:
    return BookingReassigned(
        workspace_id=WORKSPACE,
        version=booking.version,
        booking=booking,
        previous=previous,
        actor=f"account:{ADA.id}",
        at=NOW,
        awaits_join_url=awaits,
    )
