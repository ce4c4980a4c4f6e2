"""What mails follow from requests for approval, and from a meeting that another host takes."""

from datetime import datetime

from contracts.booking import (
    BookedHost,
    Booking,
    BookingDeclined,
    BookingReassigned,
    BookingRequested,
)
from contracts.notifications import MailKind
from notifications.domain import people, plan
from notifications.domain.people import Person
from notifications.domain.plan import Planned
from notifications.domain.text import one_line
from notifications.domain.thread import Thread


def requested(event: BookingRequested, thread: Thread, now: datetime) -> list[Planned]:
    """The question, and word that it was asked; none when the chain is known to have gone on.

    Who had the meeting before a move and is not asked hears that it is no longer theirs.
    """
    mails = []
    if not thread.knows_newer_than(event.booking):
        moved = event.previous if event.booking.approved else None
        told = {"previous_start": moved.start.isoformat()} if moved else {}
        mails = [plan.with_payload(mail, told) for mail in _asking(event.booking, now)]
    return mails + (departures(event.booking, event.previous, now) if event.previous else [])


def _asking(booking: Booking, now: datetime, *, again: bool = False) -> list[Planned]:
    """Guests hear of a request only if they were invited before."""
    told = [people.attendee(booking), *(people.guests(booking) if booking.approved else ())]
    mails = [plan.mail_to("requested", booking, person, now, again=again) for person in told]
    asked = map(people.host, booking.hosts)
    return mails + [
        plan.mail_to("approval_asked", booking, person, now, again=again) for person in asked
    ]


def declined(event: BookingDeclined, now: datetime) -> list[Planned]:
    """News of the refusal, or that nobody answered: the last word of a chain."""
    kind: MailKind = "lapsed" if event.lapsed else "declined"
    booking = event.booking
    return [plan.mail_to(kind, booking, person, now) for person in _disappointed(event)]


def _disappointed(event: BookingDeclined) -> list[Person]:
    """A host who says no knows it. Others who were asked too do not, nor do those who still have
    a meeting in their calendar that was to move.
    """
    booking = event.booking
    if booking.approved:
        return people.everyone(booking)
    if event.lapsed or len(booking.hosts) > 1:
        return people.principals(booking)
    return [people.attendee(booking)]


def reassigned(event: BookingReassigned, thread: Thread, now: datetime) -> list[Planned]:
    """News of the new host; of a request, the question to them. The old host is told in any case.

    The new host's reminder is planned as well; the attendee's stays the one that is.
    """
    booking, left = event.booking, departures(event.booking, event.previous, now)
    if thread.knows_newer_than(booking):
        return left
    if booking.status == "pending":
        return _asking(booking, now, again=True) + left
    due = plan.announcement_due(booking, thread, now, event.at, awaits=event.awaits_join_url)
    told = {"previous_hosts": "\n".join(one_line(host.name) for host in event.previous.hosts)}
    mails = (
        plan.mail_to("reassigned", booking, person, due, again=True)
        for person in people.everyone(booking)
    )
    news = [plan.with_payload(mail, told) for mail in mails]
    return news + left + plan.reminders(booking, event.at)


def departures(booking: Booking, previous: Booking, now: datetime) -> list[Planned]:
    """One to each host of `previous` who is not a host of `booking`."""
    staying = {host.id for host in booking.hosts}
    return [
        _departure(booking, previous, host, now)
        for host in previous.hosts
        if host.id not in staying
    ]


def _departure(booking: Booking, previous: Booking, host: BookedHost, now: datetime) -> Planned:
    person = people.host(host)
    mail = plan.mail_to("handed_over", booking, person, now, again=True)
    told = {
        "name": person.name,
        "timezone": person.timezone,
        "language": person.language,
        "writes_calendar": "yes" if person.writes_calendar else "",
    }
    if previous.start != booking.start:
        told["previous_start"] = previous.start.isoformat()
    return plan.with_payload(mail, told)


def departed(kind: MailKind, role: str, recipient: str, payload: dict[str, str]) -> Person | None:
    """The host whom a `handed_over` mail is for, as they were."""
    if kind != "handed_over":
        return None
    writes = bool(payload["writes_calendar"])
    language = payload.get("language", "en")
    return Person(role, payload["name"], recipient, payload["timezone"], writes, language)
