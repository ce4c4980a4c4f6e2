"""The booked meetings that a host's hours and time off no longer cover, with what can be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from contracts.availability import GetOutside, OutsideMeeting
from contracts.booking import Booking, ListBookings, ListLinks, Tab
from contracts.errors import NotFound
from gateway import current, desk
from gateway.presenting.words import listed

MOST = 50
"""Meetings shown; the count tells of the rest."""
PAGES = 5
WORDS = {"hours": "outside the hours", "time_off": "during time off"}


@dataclass(frozen=True)
class Row:
    """A meeting: when, with whom, what it no longer keeps, and the booking to act on.

    `booking_id` is None for a meeting of several attendees, who are moved one by one.
    """

    booking_id: UUID | None
    when: str
    who: str
    title: str
    why: str
    shared: bool
    """Whether another host of the link may take it."""


@dataclass(frozen=True)
class Outside:
    """The first meetings, and how many there are."""

    rows: list[Row]
    count: int


def outside(host_id: UUID) -> Outside:
    """The meetings of a host that no longer fit, soonest first; times are the reader's."""
    account = current.account()
    asked = GetOutside(workspace_id=account.workspace_id, host_id=host_id)
    try:
        found = current.services().availability.outside(asked).meetings
    except NotFound:
        # A host whom availability has not heard of yet has no meetings either.
        return Outside([], 0)
    shown = found[:MOST]
    people = _people(host_id, {meeting.meeting_id for meeting in shown})
    shared = _shared() if shown else set()
    rows = [
        _row(meeting, people.get(meeting.meeting_id, []), shared=meeting.link_id in shared)
        for meeting in shown
    ]
    return Outside(rows, len(found))


def _shared() -> set[UUID]:
    """The links whose meetings one of several hosts takes."""
    wish = ListLinks(workspace_id=current.account().workspace_id)
    return {
        link.id
        for link in current.services().booking.list_links(wish).links
        if link.settings.kind == "round_robin" and len(link.settings.hosts) > 1
    }


def _people(host_id: UUID, wanted: set[UUID]) -> dict[UUID, list[Booking]]:
    """The bookings of those meetings."""
    found: dict[UUID, list[Booking]] = {}
    if wanted:
        for booking in _bookings(host_id):
            if booking.meeting_id in wanted:
                found.setdefault(booking.meeting_id, []).append(booking)
    return found


def _bookings(host_id: UUID) -> Iterator[Booking]:
    tabs: tuple[Tab, ...] = ("upcoming", "pending")
    for tab in tabs:
        after = ""
        for _ in range(PAGES):
            page = current.services().booking.list_bookings(
                ListBookings(
                    workspace_id=current.account().workspace_id,
                    tab=tab,
                    host_id=host_id,
                    limit=200,
                    after=after,
                )
            )
            yield from page.bookings
            after = page.cursor
            if not after:
                break


def _row(meeting: OutsideMeeting, bookings: list[Booking], *, shared: bool) -> Row:
    alone = bookings[0] if len(bookings) == 1 else None
    return Row(
        booking_id=alone.id if alone else meeting.booking_id,
        when=desk.when_words(meeting.start),
        who=listed([booking.attendee.name for booking in bookings]) or "A meeting",
        title=bookings[0].link_title if bookings else "",
        why=WORDS.get(meeting.rule, ""),
        shared=shared,
    )
