"""What one message about a booking says, so that any one of them is enough and none is needed.

Messages come late, twice and out of order. Each is therefore read as a set of facts that hold
whatever came before: which chain, who books, the latest known state, the timeline's entries with
keys that are the same however often the message comes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.booking import (
    Answer,
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingNoShow,
    BookingRequested,
    BookingRescheduled,
)

LONGEST_ANSWERS = 4000
"""Characters of all answers together on a timeline; the booking has them whole."""


@dataclass(frozen=True)
class Entry:
    """One line of a timeline. `key` is unique in the workspace; instants are in UTC.

    `sequence` and `version` order entries of one instant, as they order the chain's states.
    """

    key: str
    at: datetime
    kind: str
    booking_id: UUID | None = None
    start: datetime | None = None
    previous_start: datetime | None = None
    sequence: int = 0
    version: int = 0
    detail: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """`origin` is the earliest booking of the chain that the message tells of, `current` the
    latest; they are the same unless it was moved.
    """

    origin: Booking
    current: Booking
    entries: tuple[Entry, ...]

    @property
    def workspace_id(self) -> UUID:
        """The workspace to which everything here belongs."""
        return self.current.workspace_id

    @property
    def root_id(self) -> UUID:
        """The first booking of the chain: the deal hangs on it."""
        return self.current.root_id


def confirmed(event: BookingConfirmed) -> Facts:
    """A new booking."""
    return Facts(event.booking, event.booking, _booked(event.booking))


def rescheduled(event: BookingRescheduled) -> Facts:
    """A move, which also proves the booking before it."""
    entries = (*_booked(event.previous), moved(event.booking, event.previous.start, event.actor))
    return Facts(event.previous, event.booking, entries)


def requested(event: BookingRequested) -> Facts | None:
    """A meeting that asks to be moved; a new request is nobody's contact before it is approved."""
    if event.previous is None or not event.booking.approved:
        return None
    entries = (*_booked(event.previous), moved(event.booking, event.previous.start, event.actor))
    return Facts(event.previous, event.booking, entries)


def declined(event: BookingDeclined) -> Facts | None:
    """The end of a chain that had been confirmed before it asked to be moved."""
    if not event.booking.approved:
        return None
    entry = ended(event.booking, event.actor, event.at)
    return Facts(event.booking, event.booking, (*_booked(event.booking), entry))


def cancelled(event: BookingCancelled, heard_at: datetime) -> Facts | None:
    """The end of a chain. `heard_at` stands in for the time in messages that carry none.

    A request that was taken back before it was approved leaves nothing.
    """
    if not event.booking.approved:
        return None
    entries = (*_booked(event.booking), ended(event.booking, event.actor, event.at or heard_at))
    return Facts(event.booking, event.booking, entries)


def no_show(event: BookingNoShow, heard_at: datetime) -> Facts:
    """Marked or unmarked, which may go back and forth: the version tells the turns apart."""
    entry = missed(event.booking, event.actor, event.at or heard_at, no_show=event.no_show)
    return Facts(event.booking, event.booking, (*_booked(event.booking), entry))


def moved(booking: Booking, previous_start: datetime | None, actor: str) -> Entry:
    """The entry of a move to `booking`, made when that row was."""
    return Entry(
        key=f"rescheduled:{booking.id}",
        at=booking.created_at,
        kind="rescheduled",
        booking_id=booking.id,
        start=booking.start,
        previous_start=previous_start,
        sequence=booking.sequence,
        detail={"by": actor} if actor else {},
    )


def ended(booking: Booking, actor: str, at: datetime) -> Entry:
    """The entry of a cancellation."""
    detail = {"by": actor or booking.cancelled_by, "reason": booking.cancel_reason}
    return _later("cancelled", f"cancelled:{booking.id}", booking, at, detail)


def missed(booking: Booking, actor: str, at: datetime, *, no_show: bool) -> Entry:
    """The entry of a no-show, or of its undoing."""
    kind = "no_show" if no_show else "no_show_undone"
    return _later(kind, f"{kind}:{booking.id}:{booking.version}", booking, at, {"by": actor})


def first(booking: Booking) -> Entry:
    """The entry that opens a chain."""
    return Entry(
        key=f"booked:{booking.root_id}",
        at=booking.created_at,
        kind="booked",
        booking_id=booking.id,
        start=booking.start,
        detail=_filled(
            {
                "link": booking.link_title,
                "host": booking.hosts[0].name if booking.hosts else "",
                "answers": answers(booking),
            }
            | {f"file:{file.id}": file.name for file in booking.files}
        ),
    )


def answers(booking: Booking) -> str:
    """What the attendee answered, a line for each question: `Company: Acme`, `Why? Tea`.

    A file is only mentioned: the timeline has its name apart, to forget it when it is erased.
    """
    files = {file.question for file in booking.files}
    lines = [
        f"{question.label}{'' if question.label.endswith('?') else ':'} {said}"
        for question in booking.questions
        if (said := _said(booking.answers.get(question.id), attached=question.id in files))
    ]
    return "\n".join(lines)[:LONGEST_ANSWERS]


def _said(answer: Answer | None, *, attached: bool) -> str:
    if attached:
        return "a file"
    if isinstance(answer, bool):
        return "Yes" if answer else ""
    return ", ".join(answer) if isinstance(answer, list) else (answer or "")


def email(address: str) -> str:
    """The form in which contacts are matched (product.md, CRM): lower case, no blanks around."""
    return address.strip().lower()


def _booked(booking: Booking) -> tuple[Entry, ...]:
    return (first(booking),) if booking.id == booking.root_id else ()


def _later(kind: str, key: str, booking: Booking, at: datetime, detail: dict[str, str]) -> Entry:
    return Entry(
        key=key,
        at=at,
        kind=kind,
        booking_id=booking.id,
        start=booking.start,
        sequence=booking.sequence,
        version=booking.version,
        detail=_filled(detail),
    )


def _filled(detail: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in detail.items() if value}
