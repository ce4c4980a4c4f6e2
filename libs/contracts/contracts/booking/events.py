"""What booking announces."""

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
    """`awaits_join_url`: a calendar is about to make the conference; mails may wait 60 s for it."""

    booking: Booking
    awaits_join_url: bool = False


class BookingRescheduled(Event, frozen=True, kw_only=True):
    """`booking` is the new one (same `root_id`, `uid`); `previous` is the row it replaces."""

    booking: Booking
    previous: Booking
    actor: Actor
    awaits_join_url: bool = False


class BookingCancelled(Event, frozen=True, kw_only=True):
    """`at`: when it was cancelled; a reader that finds none takes the time it heard of it."""

    booking: Booking
    actor: Actor
    at: Instant | None = None


class BookingNoShow(Event, frozen=True, kw_only=True):
    """Marked (`booking.status == "no_show"`) or unmarked; `at` as in `BookingCancelled`."""

    booking: Booking
    no_show: bool
    actor: Actor
    at: Instant | None = None
