"""A booking before it is stored: everything decided, nothing done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from booking.domain import moments
from contracts.booking import (
    Answer,
    Attendee,
    BookedFile,
    BookedHost,
    Booking,
    Claim,
    Host,
    Link,
    Source,
)


@dataclass(frozen=True)
class Offer:
    """A link with its hosts, in order, and the name of its workspace."""

    link: Link
    hosts: tuple[Host, ...]
    workspace_name: str


@dataclass(frozen=True)
class Ids:
    """New ids, made by the caller."""

    booking: UUID
    meeting: UUID


@dataclass(frozen=True)
class Wish:
    """What the attendee asked for, checked."""

    start: datetime
    duration: int
    attendee: Attendee
    guests: tuple[str, ...]
    answers: dict[str, Answer]
    files: tuple[BookedFile, ...] = ()
    source: Source = field(default_factory=dict)
    deal_id: UUID | None = None


def booked_host(host: Host) -> BookedHost:
    """A host as everyone who follows a booking needs them."""
    return BookedHost(
        id=host.id,
        name=host.name,
        email=host.email,
        timezone=host.timezone,
        language=host.language,
        writes_calendar=host.writes_calendar,
    )


def uid(root_id: UUID) -> str:
    """The iCalendar UID (RFC 7986, 5.3), the same for a chain's whole life."""
    return f"{root_id}@workestra"


def booked(offer: Offer, hosts: tuple[Host, ...], wish: Wish, ids: Ids, now: datetime) -> Booking:
    """The booking that results; the link's promises are copied, so that they stay as they were.

    Pending where the link asks for its host's approval.
    """
    settings = offer.link.settings
    reschedule_until, cancel_until = moments.cut_offs(wish.start, settings)
    return Booking(
        id=ids.booking,
        workspace_id=offer.link.workspace_id,
        root_id=ids.booking,
        meeting_id=ids.meeting,
        link_id=offer.link.id,
        link_slug=settings.slug,
        link_title=settings.title,
        link_colour=settings.colour,
        status="pending" if settings.approval else "confirmed",
        start=wish.start,
        end=wish.start + timedelta(minutes=wish.duration),
        attendee=wish.attendee,
        guests=wish.guests,
        answers=wish.answers,
        source=wish.source,
        deal_id=wish.deal_id,
        questions=settings.questions,
        hosts=tuple(map(booked_host, hosts)),
        location=settings.location,
        uid=uid(ids.booking),
        creates_deal=settings.creates_deal,
        confirmation_text=settings.confirmation_text,
        workspace_name=offer.workspace_name,
        reschedule_until=reschedule_until,
        cancel_until=cancel_until,
        created_at=now,
        version=1,
        approved=not settings.approval,
        capacity=capacity(offer.link),
        files=wish.files,
    )


def moved(
    previous: Booking, link: Link, hosts: tuple[Host, ...], start: datetime, new_id: UUID
) -> Booking:
    """The booking that replaces `previous`: same chain, same meeting, same promises, other time.

    `created_at`, `status` and `approved` are left for the caller. Its version goes on from the row
    it replaces, so that versions grow along the whole chain.
    """
    reschedule_until, cancel_until = moments.cut_offs(start, link.settings)
    return msgspec.structs.replace(
        previous,
        id=new_id,
        previous_id=previous.id,
        next_id=None,
        start=start,
        end=start + (previous.end - previous.start),
        hosts=tuple(map(booked_host, hosts)),
        join_url="" if makes_new_url(previous, hosts[0].id) else previous.join_url,
        sequence=previous.sequence + 1,
        reschedule_until=reschedule_until,
        cancel_until=cancel_until,
        version=previous.version + 1,
    )


def claims(booking: Booking, link: Link, new_id: Callable[[], UUID]) -> tuple[Claim, ...]:
    """A claim of each of its hosts."""
    start, end = moments.span(booking.start, booking.end, link.settings)
    return tuple(
        Claim(
            id=new_id(),
            meeting_id=booking.meeting_id,
            host_id=host.id,
            link_id=link.id,
            state="pending" if booking.status == "pending" else "confirmed",
            start=start,
            end=end,
            meeting_start=booking.start,
            meeting_end=booking.end,
            booking_id=booking.id,
        )
        for host in booking.hosts
    )


def makes_new_url(booking: Booking, host_id: UUID) -> bool:
    """Whether the conference is another one with this host first: theirs, not that of before."""
    return booking.location.kind == "conference" and booking.hosts[0].id != host_id


def capacity(link: Link) -> int:
    """How many bookings a meeting of this link takes."""
    return link.settings.capacity if link.settings.kind == "group" else 1


def awaits_join_url(booking: Booking) -> bool:
    """Whether a calendar is about to make the conference that the mails should name."""
    conference = booking.location.kind == "conference" and not booking.join_url
    return conference and booking.hosts[0].writes_calendar
