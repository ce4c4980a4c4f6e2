"""Whether a due mail is still to be sent, decided from the booking as it is at that moment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.booking import Booking
from contracts.notifications import MailKind
from notifications.domain.kinds import ASKS, ENDS
from notifications.domain.people import Person, find

MOVED = "the meeting was moved meanwhile"
CANCELLED = "the meeting was cancelled meanwhile"
LEFT = "this person is no longer part of the meeting"
BEGUN = "the meeting has begun"
GONE = "the booking is gone"
EXPIRED = "the link in it has expired"
NOT_CANCELLED = "the meeting was not cancelled"
NOT_CONFIRMED = "the meeting is not confirmed"
AGREES = "the calendar and the booking agree again"
REPAIRED = "the calendar can be reached again"
NEVER_TOLD = "the host was never told that it broke"
NOT_NOW = "the meeting's time is another one by now"
ANSWERED = "the request was answered meanwhile"
DECLINED = "the request was declined meanwhile"
NOT_DECLINED = "the request was not declined"
REASSIGNED = "the meeting was given to another host meanwhile"
STILL_HOST = "this host has the meeting again"
NEVER_INVITED = "this host was never told of the meeting"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a due mail. `sequence`: the booking's when it was planned; -1: unknown.

    `departed`: the host who is no longer part of the meeting, for the mail that says so.
    """

    kind: MailKind
    role: str
    booking_id: UUID
    start: datetime
    sequence: int = -1
    departed: Person | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """It goes out to `person`."""

    person: Person


@dataclass(frozen=True, slots=True)
class Skip:
    """It is no longer needed, for this reason."""

    reason: str


def about_booking(question: Question, current: Booking, now: datetime) -> Send | Skip:
    """`current` is the newest booking of the chain.

    Only a reminder and a question know "too late": they are never sent from the start on.
    """
    person = find(current, question.role)
    if question.departed:
        return Skip(STILL_HOST) if person else Send(question.departed)
    if reason := _stale(question, current):
        return Skip(reason)
    if question.kind in {"reminder", "approval_asked"} and now >= current.start:
        return Skip(BEGUN)
    return Send(person) if person else Skip(LEFT)


def _stale(question: Question, current: Booking) -> str:
    if question.kind in ENDS:
        return _not_over(question.kind, current)
    if current.status == "cancelled":
        return CANCELLED
    if current.status == "declined":
        return DECLINED
    if current.id != question.booking_id or current.status == "rescheduled":
        return MOVED
    if question.kind in ASKS and current.status != "pending":
        return ANSWERED
    return _overtaken(question, current)


def _not_over(kind: MailKind, current: Booking) -> str:
    if kind == "cancelled":
        return "" if current.status == "cancelled" else NOT_CANCELLED
    return "" if current.status == "declined" else NOT_DECLINED


def _overtaken(question: Question, current: Booking) -> str:
    if question.kind == "reminder" and current.status != "confirmed":
        return NOT_CONFIRMED
    if question.kind in {"updated", "reminder"}:
        return NOT_NOW if current.start != question.start else ""
    # A row's own number grows only when it is given to another host, or ends.
    return REASSIGNED if -1 < question.sequence < current.sequence else ""


def about_account(expires_at: datetime, now: datetime) -> str:
    """Why a mail with a link that ends at `expires_at` is not sent; empty when it is."""
    return EXPIRED if now >= expires_at else ""


def about_connection(kind: MailKind, state: str, broken_mail: str) -> str:
    """Why a connection's mail is not sent; empty when it is.

    `state` is the connection's now, `broken_mail` the state of the mail that told of the break.
    """
    if kind == "connection_broken":
        return "" if state == "broken" else REPAIRED
    return "" if broken_mail == "sent" else NEVER_TOLD


def about_difference(current: Booking, booking_id: UUID, start: datetime | None) -> str:
    """Why a host is not told any more that their calendar differs; empty when they are.

    `current` is the chain's newest booking, `booking_id` the one that did not follow to `start`.
    """
    if current.status not in ("confirmed", "pending"):
        return CANCELLED
    return AGREES if current.id != booking_id or current.start == start else ""
