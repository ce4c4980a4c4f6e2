"""What the feed says of a message, and where in its chain that belongs.

Messages come late, twice and out of order. An event's id follows from what it tells, so that a
repeat is known; `needs` says how far its chain must have come before it has its turn. A booking's
`sequence` grows by one with every change but approval and no-shows.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from contracts.booking import (
    Attendee,
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingNoShow,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
)
from contracts.crm_bridge import (
    Contact,
    Deal,
    FeedAnswer,
    FeedAttendee,
    FeedBooking,
    FeedContact,
    FeedData,
    FeedDeal,
    FeedHost,
    FeedLink,
    FeedLocation,
    FeedPrevious,
    FeedType,
)

FIRST = -1
"""Where a chain stands before its first event."""


@dataclass(frozen=True)
class Place:
    """Where an event stands in its chain.

    `needs`: the sequence that the chain must have come to; `needs_approved`: whether it must have
    been confirmed before; `approves`: whether it has been by now.
    """

    chain: UUID
    sequence: int = 0
    version: int = 0
    needs: int = FIRST
    needs_approved: bool = False
    approves: bool = True


@dataclass(frozen=True)
class Told:
    """One event to be. `hosts`: who took part, and may see it."""

    id: UUID
    workspace_id: UUID
    type: FeedType
    at: datetime
    place: Place
    data: FeedData
    hosts: tuple[UUID, ...] = field(default=())


def confirmed(event: BookingConfirmed) -> Told:
    """Booked, or approved: then the request comes first, unless it is a move of one."""
    booking = event.booking
    place = _follows(booking, needs_approved=False)
    if event.at is not None and event.at != booking.created_at:
        place = replace(place, needs=booking.sequence)
    return _told("booking.confirmed", booking, event.at or booking.created_at, "", place)


def requested(event: BookingRequested) -> Told:
    """A host is asked; perhaps for a move."""
    booking = event.booking
    told = _told("booking.requested", booking, booking.created_at, event.actor, _follows(booking))
    return _from(told, event.previous) if event.previous else told


def rescheduled(event: BookingRescheduled) -> Told:
    """One event with both times."""
    booking = event.booking
    told = _told("booking.rescheduled", booking, booking.created_at, event.actor, _follows(booking))
    return _from(told, event.previous)


def reassigned(event: BookingReassigned) -> Told:
    """Both hosts see it."""
    booking = event.booking
    told = _told("booking.reassigned", booking, event.at, event.actor, _follows(booking))
    return _from(told, event.previous)


def cancelled(event: BookingCancelled, heard_at: datetime) -> Told:
    """The end. `heard_at` stands in for the time in messages that carry none."""
    booking, at = event.booking, event.at or heard_at
    return _told("booking.cancelled", booking, at, event.actor, _follows(booking))


def declined(event: BookingDeclined) -> Told:
    """The end of a request."""
    booking = event.booking
    return _told("booking.declined", booking, event.at, event.actor, _follows(booking))


def no_show(event: BookingNoShow, heard_at: datetime) -> Told:
    """Marked or unmarked."""
    booking, at = event.booking, event.at or heard_at
    kind: FeedType = "booking.no_show" if event.no_show else "booking.no_show_undone"
    place = replace(_follows(booking), needs=booking.sequence)
    return _told(kind, booking, at, event.actor, place)


def met(contact: Contact, hosts: tuple[UUID, ...]) -> Told:
    """A new contact, seen by whom they booked."""
    told = _of_contact("contact.created", contact, contact.created_at, "contact.created")
    return replace(told, hosts=hosts)


def opened(deal: Deal) -> Told:
    """A new deal."""
    return _of_deal("deal.created", deal, deal.created_at, "deal.created")


def staged(deal: Deal, before: str, at: datetime) -> Told:
    """A deal moved from one stage to another; `deal.version` tells its turns apart."""
    told = _of_deal("deal.stage_changed", deal, at, f"stage:{deal.version}")
    data = FeedData(deal=_deal(deal), previous_stage=before)
    return replace(told, data=data)


def valued(deal: Deal, at: datetime) -> Told:
    """A deal worth something else; `deal.version` tells its turns apart."""
    return _of_deal("deal.value_changed", deal, at, f"value:{deal.version}")


def merged(kept: Contact, gone: Contact, at: datetime) -> Told:
    """Two contacts that are one now."""
    told = _of_contact("contact.merged", kept, at, f"contact.merged:{gone.id}")
    return replace(told, data=FeedData(contact=_contact(kept), merged=_contact(gone)))


def erased(left: Contact, at: datetime) -> Told:
    """A contact of whom nothing is known any more."""
    return _of_contact("contact.erased", left, at, "contact.erased")


def _of_contact(kind: FeedType, contact: Contact, at: datetime, name: str) -> Told:
    return Told(
        id=uuid5(contact.id, name),
        workspace_id=contact.workspace_id,
        type=kind,
        at=at,
        place=Place(contact.id),
        data=FeedData(contact=_contact(contact)),
    )


def _of_deal(kind: FeedType, deal: Deal, at: datetime, name: str) -> Told:
    return Told(
        id=uuid5(deal.id, name),
        workspace_id=deal.workspace_id,
        type=kind,
        at=at,
        place=Place(deal.id, version=deal.version),
        data=FeedData(deal=_deal(deal)),
        hosts=(deal.owner_id,) if deal.owner_id else (),
    )


def _follows(booking: Booking, *, needs_approved: bool | None = None) -> Place:
    """After the change before it."""
    return Place(
        chain=booking.root_id,
        sequence=booking.sequence,
        version=booking.version,
        needs=booking.sequence - 1,
        needs_approved=booking.approved if needs_approved is None else needs_approved,
        approves=booking.approved,
    )


def _told(kind: FeedType, booking: Booking, at: datetime, actor: str, place: Place) -> Told:
    return Told(
        id=uuid5(booking.id, f"{kind}:{place.sequence}:{place.version}"),
        workspace_id=booking.workspace_id,
        type=kind,
        at=at,
        place=place,
        data=FeedData(booking=_booking(booking), actor=actor),
        hosts=tuple(host.id for host in booking.hosts),
    )


def _from(told: Told, before: Booking) -> Told:
    """The same, with the booking as it was before."""
    previous = FeedPrevious(id=before.id, start=before.start, end=before.end, hosts=_hosts(before))
    data = FeedData(booking=told.data.booking, previous=previous, actor=told.data.actor)
    hosts = dict.fromkeys((*told.hosts, *(host.id for host in before.hosts)))
    return replace(told, data=data, hosts=tuple(hosts))


def _booking(booking: Booking) -> FeedBooking:
    return FeedBooking(
        id=booking.id,
        root_id=booking.root_id,
        status=booking.status,
        start=booking.start,
        end=booking.end,
        link=FeedLink(id=booking.link_id, slug=booking.link_slug, title=booking.link_title),
        hosts=_hosts(booking),
        attendee=_attendee(booking.attendee),
        guests=booking.guests,
        answers=_answers(booking),
        location=FeedLocation(kind=booking.location.kind, value=booking.location.value),
        join_url=booking.join_url,
        cancel_reason=booking.cancel_reason,
        source=dict(booking.source),
        created_at=booking.created_at,
        sequence=booking.sequence,
        deal_id=booking.deal_id,
    )


def _attendee(person: Attendee) -> FeedAttendee:
    return FeedAttendee(
        name=person.name,
        email=person.email,
        timezone=person.timezone,
        language=person.language,
    )


def _hosts(booking: Booking) -> tuple[FeedHost, ...]:
    return tuple(FeedHost(id=one.id, name=one.name, email=one.email) for one in booking.hosts)


def _answers(booking: Booking) -> tuple[FeedAnswer, ...]:
    """In the form's order; files stay where they are erased."""
    files = {file.question for file in booking.files}
    return tuple(
        FeedAnswer(question=asked.id, label=asked.label, answer=booking.answers[asked.id])
        for asked in booking.questions
        if asked.id in booking.answers and asked.id not in files and asked.type != "file"
    )


def _contact(contact: Contact) -> FeedContact:
    return FeedContact(
        id=contact.id, name=contact.name, email=contact.email, created_at=contact.created_at
    )


def _deal(deal: Deal) -> FeedDeal:
    return FeedDeal(
        id=deal.id,
        contact=_contact(deal.contact),
        title=deal.title,
        stage=deal.stage,
        value_cents=deal.value_cents,
        currency=deal.currency,
        owner_id=deal.owner_id,
        owner_name=deal.owner_name,
        link_slug=deal.link_slug,
        root_id=deal.root_id,
        created_at=deal.created_at,
    )
