"""Bookings and what is announced about them, as the booking service would make them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace

from contracts.booking import (
    Attendee,
    BookedHost,
    Booking,
    BookingNoShow,
)
from support.happened import cancelled, confirmed, rescheduled

__all__ = [
    "ADA",
    "NOW",
    "WORKSPACE",
    "booked",
    "cancelled",
    "confirmed",
    "missed",
    "moved",
    "rescheduled",
]

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
WORKSPACE = UUID(int=1)
ADA = BookedHost(id=UUID(int=2), name="Ada", email="ada@acme.test", timezone="Europe/London")


def booked(email: str = "sam@example.org", **changes: Any) -> Booking:
    """A first booking: of Ada by Sam, made now for tomorrow, making a deal."""
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
        attendee=Attendee(name="Sam", email=email),
        hosts=(ADA,),
        uid=f"{identity}@workestra",
        creates_deal=True,
        created_at=NOW,
        version=1,
    )
    return replace(usual, **changes)


def moved(before: Booking, hours: int = 24, made_after: timedelta = timedelta(hours=1)) -> Booking:
    """The booking that replaces `before`, later by `hours`."""
    return replace(
        before,
        id=uuid4(),
        previous_id=before.id,
        start=before.start + timedelta(hours=hours),
        end=before.end + timedelta(hours=hours),
        created_at=before.created_at + made_after,
        sequence=before.sequence + 1,
        version=1,
    )


def missed(booking: Booking, at: datetime | None = None, turn: int = 1) -> BookingNoShow:
    """The `turn`-th change between missed (odd) and not missed (even)."""
    no_show = turn % 2 == 1
    status: Any = "no_show" if no_show else "confirmed"
    changed = replace(booking, status=status, version=booking.version + turn)
    return BookingNoShow(
        workspace_id=changed.workspace_id,
        version=changed.version,
        booking=changed,
        no_show=no_show,
        actor="host:2",
        at=at,
    )
