"""Which event a booking wants in which calendar, whatever order its messages come in."""

from base64 import b32hexencode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from calendar_sync.domain.labels import Labels, labels
from contracts.booking import (
    NOTE,
    BookedHost,
    Booking,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
)

MEETINGS = ("confirmed", "completed", "no_show")
"""Bookings whose event stands in the calendar; a cancelled one's does not."""


@dataclass(frozen=True)
class Wanted:
    """What one host's calendar should show for one chain of bookings. Instants are in UTC.

    Of a meeting that several bookings share, `root_id` is the meeting's id: see `together`.
    `sequence`, `version` and `removed` say which of two wishes is the later. `asked` is false for
    hosts who get the invitation by mail instead: their calendar would have the meeting twice.
    `conference`: this event makes the join URL; a meeting has one, from its first host's calendar.
    `followed`: the host put the event there, so nothing needs to be written.
    """

    workspace_id: UUID
    root_id: UUID
    host_id: UUID
    booking_id: UUID
    meeting_id: UUID
    sequence: int
    version: int
    removed: bool
    asked: bool
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str
    location: str
    conference: bool
    followed: bool = False

    @property
    def shared(self) -> bool:
        """Whether it is the event of a meeting, whoever is in it."""
        return self.root_id == self.meeting_id

    @property
    def rank(self) -> tuple[int, int, bool]:
        """Of two wishes for one event the higher rank is the truth; a removal wins a tie."""
        return (self.sequence, self.version, self.removed)

    @property
    def outline(self) -> tuple[bool, datetime, datetime, UUID]:
        """What a calendar shows of it: two wishes that agree here need no step between them."""
        return (self.removed, self.starts_at, self.ends_at, self.booking_id)


@dataclass(frozen=True)
class Seat:
    """What a booking wants of the event that its meeting's bookings share, and who it is."""

    wish: Wanted
    link_title: str
    attendee: str
    email: str
    booked_at: datetime


Wish = Wanted | Seat

NAMED = 3
"""So many attendees of one meeting are named in its title; more are counted."""


def event_id(root_id: UUID, host_id: UUID) -> str:
    """The event's id at the provider, the same for the life of a chain of bookings.

    32 characters of base32hex in lower case, which Google requires of ids made by clients
    (Calendar API, events: `id`) and CalDAV and Graph's `transactionId` allow.
    """
    return b32hexencode(sha256(root_id.bytes + host_id.bytes).digest()[:20]).decode().lower()


def wanted(booking: Booking) -> tuple[Wish, ...]:
    """A wish for each host of the booking."""
    removed = booking.status not in MEETINGS
    return tuple(_wish(booking, host, removed=removed) for host in booking.hosts)


def wanted_after_move(event: BookingRescheduled | BookingReassigned) -> tuple[Wish, ...]:
    """As `wanted`, and removals for the hosts who are no longer part of it."""
    followed = event.followed if isinstance(event, BookingRescheduled) else None
    there = tuple(_followed(one, followed) for one in wanted(event.booking))
    return (*there, *_gone(event.booking, event.previous))


def _followed(wish: Wish, host_id: UUID | None) -> Wish:
    plain = wish.wish if isinstance(wish, Seat) else wish
    if plain.host_id != host_id or plain.removed:
        return wish
    plain = replace(plain, followed=True)
    return replace(wish, wish=plain) if isinstance(wish, Seat) else plain


def wanted_while_asked(event: BookingRequested) -> tuple[Wish, ...]:
    """A meeting that is to move once its host approves: its event stands at the new time, which is
    taken. A new request has no event before it is approved.
    """
    if event.previous is None or not event.booking.approved:
        return ()
    there = tuple(_wish(event.booking, host, removed=False) for host in event.booking.hosts)
    return (*there, *_gone(event.booking, event.previous))


def _gone(booking: Booking, previous: Booking) -> tuple[Wish, ...]:
    staying = {host.id for host in booking.hosts}
    leaving = (host for host in previous.hosts if host.id not in staying)
    return tuple(_wish(booking, host, removed=True) for host in leaving)


def removal(booking: Booking) -> tuple[Wish, ...]:
    """The end of a chain, for each host."""
    return tuple(_wish(booking, host, removed=True) for host in booking.hosts)


def together(seats: Sequence[Seat], known: Wanted | None, latest: Seat) -> Wanted | None:
    """The event of a meeting, made of those who sit in it now, in the order in which they booked;
    `None` where `known` is that already. It ends when the last one leaves.

    `latest` is the seat that changed: a meeting's time is what was last said of it.
    """
    if not seats:
        return known and (
            None if known.removed else replace(known, removed=True, version=known.version + 1)
        )
    first = seats[0]
    new = replace(
        first.wish,
        root_id=first.wish.meeting_id,
        sequence=0,
        version=known.version + 1 if known else 1,
        asked=any(seat.wish.asked for seat in seats),
        starts_at=_of(latest, seats).wish.starts_at,
        ends_at=_of(latest, seats).wish.ends_at,
        title=f"{first.link_title} - {_names(seats)}",
        description="\n\n".join(seat.wish.description for seat in seats),
        conference=any(seat.wish.conference for seat in seats) or bool(known and known.conference),
        followed=latest.wish.followed,
    )
    same = known and replace(new, version=known.version, followed=known.followed) == known
    return None if same else new


def _of(latest: Seat, seats: Sequence[Seat]) -> Seat:
    """The seat that changed, if it is in this meeting; else the one booked last."""
    return next((seat for seat in seats if seat.wish.root_id == latest.wish.root_id), seats[-1])


def _names(seats: Sequence[Seat]) -> str:
    if len(seats) > NAMED:
        return f"{len(seats)} people"
    return ", ".join(seat.attendee for seat in seats)


def _wish(booking: Booking, host: BookedHost, *, removed: bool) -> Wish:
    wish = Wanted(
        workspace_id=booking.workspace_id,
        root_id=booking.root_id,
        host_id=host.id,
        booking_id=booking.id,
        meeting_id=booking.meeting_id,
        sequence=booking.sequence,
        version=booking.version,
        removed=removed,
        asked=host.writes_calendar,
        starts_at=booking.start,
        ends_at=booking.end,
        title=f"{booking.link_title} - {booking.attendee.name}",
        description=_description(booking, labels(host.language)),
        location=booking.location.value,
        conference=_makes_url(booking, host),
    )
    if booking.capacity == 1:
        return wish
    who = booking.attendee
    return Seat(wish, booking.link_title, who.name, who.email, booking.created_at)


def _makes_url(booking: Booking, host: BookedHost) -> bool:
    """A conference is made in the first host's calendar. Who joins a group that has one already
    meets there.
    """
    if booking.location.kind != "conference" or host.id != booking.hosts[0].id:
        return False
    return booking.capacity == 1 or not booking.join_url


def _description(booking: Booking, ours: Labels) -> str:
    """Plain text; an adapter whose provider shows HTML escapes it."""
    asked = {
        question.id: ours.note if question == NOTE else question.label
        for question in booking.questions
    }
    lines = [ours.attendee.format(f"{booking.attendee.name} <{booking.attendee.email}>")]
    lines += [ours.guest.format(guest) for guest in booking.guests]
    for name, answer in booking.answers.items():
        lines.append(f"{asked.get(name, name)}: {_words(answer, ours)}")
    return "\n".join(lines)


def _words(answer: object, ours: Labels) -> str:
    if isinstance(answer, bool):
        return ours.yes if answer else ours.no
    return ", ".join(answer) if isinstance(answer, list) else str(answer)
