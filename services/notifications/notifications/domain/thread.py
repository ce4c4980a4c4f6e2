"""What is known of a chain of bookings, whatever the order in which its events came."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.booking import Booking
from contracts.calendar_sync import EventWritten


@dataclass(frozen=True, slots=True)
class Thread:
    """The newest booking of a chain that was heard of, and the meeting's join URL.

    `sequence` and `version` order what is heard; -1 is "nothing yet" (a calendar's news may come
    before the booking's). `join_host`: whose calendar made the URL; a meeting that another host
    takes gets another one.
    """

    root_id: UUID
    workspace_id: UUID
    booking_id: UUID | None = None
    sequence: int = -1
    version: int = -1
    status: str = ""
    start: datetime | None = None
    conference: bool = False
    join_url: str = ""
    join_version: int = -1
    join_host: UUID | None = None

    def knows_newer_than(self, booking: Booking) -> bool:
        """Whether a mail about `booking` as it stands there would be stale."""
        if (self.sequence, self.version) <= (booking.sequence, booking.version):
            return False
        return self.booking_id != booking.id or self.status != booking.status

    def with_booking(self, booking: Booking) -> "Thread":
        """The thread after hearing of `booking`; unchanged if newer is known."""
        if (self.sequence, self.version) > (booking.sequence, booking.version):
            return self
        return replace(
            self,
            booking_id=booking.id,
            sequence=booking.sequence,
            version=booking.version,
            status=booking.status,
            start=booking.start,
            conference=booking.location.kind == "conference",
            join_url=booking.join_url or self._url_kept(booking),
        )

    def _url_kept(self, booking: Booking) -> str:
        known = self.join_host is None or self.join_host in {host.id for host in booking.hosts}
        return self.join_url if known else ""

    def with_event(self, event: EventWritten) -> "Thread":
        """The thread after a calendar's news; a second host's event has no URL and says nothing."""
        if not event.join_url or event.version < self.join_version:
            return self
        return replace(
            self, join_url=event.join_url, join_version=event.version, join_host=event.host_id
        )
