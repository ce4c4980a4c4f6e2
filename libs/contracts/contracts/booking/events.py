"""What booking announces."""

from typing import Literal
from uuid import UUID

from contracts.booking.values import (
    Actor,
    Booking,
    Claim,
    Host,
    Link,
)
from contracts.wire import (
    Event,
    Instant,
)


class HostChanged(Event, frozen=True, kw_only=True):
    host: Host


class LinkChanged(Event, frozen=True, kw_only=True):
    link: Link
    deleted: bool = False


class ClaimsChanged(Event, frozen=True, kw_only=True):
    """Only the claims that changed; each carries its own version."""

    claims: tuple[Claim, ...]


class BookingConfirmed(Event, frozen=True, kw_only=True):
    """Booked, or approved by its host (then `at` says when; else it was at `booking.created_at`).

    `awaits_join_url`: a calendar is about to make the conference; mails may wait 60 s for it.
    """

    booking: Booking
    awaits_join_url: bool = False
    at: Instant | None = None


class BookingRequested(Event, frozen=True, kw_only=True):
    """Its host is asked for approval (`booking.status == "pending"`); its time is claimed.

    `previous`: the row that it replaces, where it was moved. Where `booking.approved`, that one was
    confirmed, so it has an event and perhaps a deal, which go on with this one.
    """

    booking: Booking
    previous: Booking | None = None
    actor: Actor = "attendee"


class BookingDeclined(Event, frozen=True, kw_only=True):
    """The end of a request. `lapsed`: nobody answered in time. `booking.approved` as in
    `BookingRequested`. What an attendee takes back is a `BookingCancelled`.
    """

    booking: Booking
    actor: Actor
    at: Instant
    lapsed: bool = False


class BookingReassigned(Event, frozen=True, kw_only=True):
    """Another host takes the same booking, by hand. `previous`: the same row as it was before."""

    booking: Booking
    previous: Booking
    actor: Actor
    at: Instant
    awaits_join_url: bool = False


class BookingRescheduled(Event, frozen=True, kw_only=True):
    """`booking` is the new one (same `root_id`, `uid`); `previous` is the row it replaces.

    `followed`: the host who moved the event in their own calendar, where the booking follows that.
    """

    booking: Booking
    previous: Booking
    actor: Actor
    awaits_join_url: bool = False
    followed: UUID | None = None


class BookingCancelled(Event, frozen=True, kw_only=True):
    """`at`: when it was cancelled; a reader that finds none takes the time it heard of it.

    Where `booking.approved` is false, a request was taken back before it was answered.
    """

    booking: Booking
    actor: Actor
    at: Instant | None = None


class BookingNoShow(Event, frozen=True, kw_only=True):
    """Marked (`booking.status == "no_show"`) or unmarked; `at` as in `BookingCancelled`."""

    booking: Booking
    no_show: bool
    actor: Actor
    at: Instant | None = None


class CalendarDiffers(Event, frozen=True, kw_only=True):
    """What a host or an attendee did to the event in the host's calendar, and the booking did not
    follow: the host is told, once.

    `what` they did; `start` and `end`: where the event stands now, if it does. `why`: the link only
    tells (`policy`), the time belongs to another meeting (`taken`), or it cannot be booked at all
    (`impossible`: in the past, too short, too long, or waiting for approval). `version` counts what
    came back from this host's calendar about this meeting. `booking`: one of the meeting's.
    """

    booking: Booking
    host_id: UUID
    what: Literal["moved", "deleted", "declined"]
    why: Literal["policy", "taken", "impossible"]
    start: Instant | None = None
    end: Instant | None = None


class FileErased(Event, frozen=True, kw_only=True):
    """A host deleted a file of a chain before its time: nobody is to know its name any more."""

    root_id: UUID
    upload_id: UUID
    at: Instant
