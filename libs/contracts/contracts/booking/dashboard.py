"""The dashboard's picture, its overview, and a host's private calendar feed."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from contracts.booking.values import Booking, Host
from contracts.wire import Instant, Message, Zone

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a secret, in hex: the secret itself never crosses the wire."""
MOST_WEEKS = 53


class BookingsBetween(Message, frozen=True, kw_only=True):
    """What takes or took time in `[start, end)`: pending, confirmed, missed; by start.

    `host_id` `None` is everyone. At most `limit`; a `cursor` in the answer says that there is more.
    """

    workspace_id: UUID
    start: Instant
    end: Instant
    host_id: UUID | None = None
    link_id: UUID | None = None
    search: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 500


class GetOverview(Message, frozen=True, kw_only=True):
    """`weeks` weeks from the Monday on or before `first`, days as they are in `timezone`."""

    workspace_id: UUID
    timezone: Zone
    first: date
    weeks: Annotated[int, Meta(ge=1, le=MOST_WEEKS)] = 12
    host_id: UUID | None = None
    link_id: UUID | None = None


class Tally(Message, frozen=True, kw_only=True):
    """Bookings by the start of their meeting, a moved one once; requests that were never approved
    are left out. `booked` is all of them, `no_shows` and `cancelled` parts of it. `lead_hours`: the
    median from the first booking to the start; `None` where there is none.
    """

    booked: int = 0
    no_shows: int = 0
    cancelled: int = 0
    lead_hours: float | None = None


class WeekTally(Message, frozen=True, kw_only=True):
    """`week` is its Monday."""

    week: date
    tally: Tally = Tally()


class NamedTally(Message, frozen=True, kw_only=True):
    """Of one link or one host; `name` as it was last known."""

    id: UUID
    name: str
    tally: Tally = Tally()


class Overview(Message, frozen=True, kw_only=True):
    """Every week, an empty one too; links and hosts that have bookings, the busiest first.

    A meeting of several hosts counts for each of them.
    """

    total: Tally = Tally()
    weeks: tuple[WeekTally, ...] = ()
    links: tuple[NamedTally, ...] = ()
    hosts: tuple[NamedTally, ...] = ()


class SaveFeed(Message, frozen=True, kw_only=True):
    """The host's feed is found by this digest from now on, and by no older one."""

    workspace_id: UUID
    host_id: UUID
    digest: Digest


class GetFeed(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    host_id: UUID


class DropFeed(Message, frozen=True, kw_only=True):
    """Ends the host's feed. Repeating it is harmless."""

    workspace_id: UUID
    host_id: UUID


class Feed(Message, frozen=True, kw_only=True):
    """When the host's feed got its present secret; `None`: there is none."""

    created_at: Instant | None = None


class ReadFeed(Message, frozen=True, kw_only=True):
    """Raises `NotFound` on a digest that is none, or whose host is no longer active."""

    digest: Digest


class FeedBookings(Message, frozen=True, kw_only=True):
    """The host's open bookings from 30 days ago to 60 days ahead, by start."""

    host: Host
    bookings: tuple[Booking, ...] = ()
