"""Bookings and what is announced about them, as the booking service would make them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace

from contracts.booking import (
    NOTE,
    Attendee,
    BookedHost,
    Booking,
    Location,
)
from support.happened import cancelled, confirmed, rescheduled

__all__ = [
    "ADA",
    "BEA",
    "HOUR",
    "NOW",
    "WORKSPACE",
    "booked",
    "cancelled",
    "confirmed",
    "moved",
    "rescheduled",
]

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORKSPACE = UUID(int=1)
ADA = BookedHost(
    id=UUID(int=2),
    name="Ada",
    email="ada@acme.test",
    timezone="Europe/London",
    writes_calendar=True,
)
BEA = replace(ADA, id=UUID(int=4), name="Bea", email="bea@acme.test")


def booked(**changes: Any) -> Booking:
    """A first booking: of Ada by Sam, for tomorrow, by conference."""
    identity = uuid4()
    usual = Booking(
        id=identity,
        workspace_id=WORKSPACE,
        root_id=identity,
        meeting_id=uuid4(),
        link_id=UUID(int=3),
        link_slug="ada",
        link_title="Intro call",
        status="confirmed",
        start=NOW + timedelta(days=1),
        end=NOW + timedelta(days=1, minutes=30),
        attendee=Attendee(name="Sam", email="sam@example.org"),
        answers={"note": "<b>Hello</b>"},
        questions=(NOTE,),
        hosts=(ADA,),
        location=Location(kind="conference"),
        uid=f"{identity}@workestra",
        created_at=NOW,
        version=1,
    )
    return replace(usual, **changes)


def moved(before: Booking, **changes: Any) -> Booking:
    """The booking that replaces `before`, a day later."""
    later = {
        "id": uuid4(),
        "previous_id": before.id,
        "start": before.start + timedelta(days=1),
        "end": before.end + timedelta(days=1),
        "sequence": before.sequence + 1,
        "version": 1,
    }
    return replace(before, **(later | changes))
