"""The iCalendar part of a mail: RFC 5545 written by the icalendar library, RFC 5546 methods."""

from datetime import UTC, datetime
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText, vUri

from contracts.notifications import MailKind
from notifications.domain import facts, people
from notifications.domain.facts import Subject
from notifications.domain.languages import Phrase
from notifications.domain.people import Person
from notifications.domain.text import Undeliverable, mail_address, one_line

Method = Literal["REQUEST", "CANCEL"]


_PLACES: dict[MailKind, int] = {"requested": 0, "approval_asked": 0, "updated": 2}


def method(subject: Subject) -> Method | None:
    """Which method the mail carries; none for reminders, for a host whose calendar we write, and
    for what was never confirmed: nothing is invited to yet, and nothing is to be taken back.
    """
    if subject.kind == "reminder" or subject.reader.writes_calendar:
        return None
    if not (subject.booking.approved and subject.invited):
        return None
    return "CANCEL" if subject.is_over else "REQUEST"


def sequence(subject: Subject) -> int:
    """RFC 5546's SEQUENCE: grows with each mail of a chain, whatever the mail is.

    A booking's own number is multiplied, which leaves room for what comes between two of them: a
    move that waits for approval, its confirmation, and the update.
    """
    return 4 * subject.booking.sequence + _PLACES.get(subject.kind, 1)


def calendar(subject: Subject, organizer: str, now: datetime) -> bytes:
    """The part's bytes (UTF-8, CRLF). `organizer` is the bare address that mails come from."""
    cancel = method(subject) == "CANCEL"
    whole = Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//Workestra//Scheduling//EN")
    whole.add("method", "CANCEL" if cancel else "REQUEST")
    whole.add_component(_event(subject, organizer, now, cancel=cancel))
    return bytes(whole.to_ical())


def _event(subject: Subject, organizer: str, now: datetime, *, cancel: bool) -> Event:
    booking = subject.booking
    event = Event()
    event.add("uid", booking.uid)
    event.add("sequence", sequence(subject))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", booking.start.astimezone(UTC))
    event.add("dtend", booking.end.astimezone(UTC))
    event.add("summary", _summary(subject))
    event.add("status", "CANCELLED" if cancel else _status(subject))
    event.add("transp", "TRANSPARENT" if cancel else "OPAQUE")
    event.add("description", description(subject))
    if facts.place(subject):
        event.add("location", facts.place(subject))
    if subject.join_address:
        event.add("url", vUri(subject.join_address))
    event.add("organizer", _organizer(subject, organizer), encode=False)
    for person in people.everyone(booking):
        _invite(event, person)
    return event


def _status(subject: Subject) -> str:
    """A confirmed meeting that is to move stands at its new time, but not for certain."""
    return "TENTATIVE" if subject.is_asked else "CONFIRMED"


def _summary(subject: Subject) -> str:
    booking = subject.booking
    hosts = [one_line(host.name, 60) for host in booking.hosts]
    both = [*hosts, one_line(booking.attendee.name, 60)]
    return f"{subject.title}: {', '.join(both)}"


def description(subject: Subject) -> str:
    """What the calendar shows under the title: facts, answers for hosts, links for the attendee."""
    say = subject.language.say
    told = [(fact.label, fact.text) for fact in facts.untimed(subject) + facts.answers(subject)]
    if subject.manage.reschedule and not subject.is_over:
        told.append((say("Change the time"), Phrase(subject.manage.reschedule)))
        told.append((say("Cancel"), Phrase(subject.manage.cancel)))
    return "\n".join(say("%(label)s: %(text)s", label=label, text=text) for label, text in told)


def _organizer(subject: Subject, address: str) -> vCalAddress:
    who = vCalAddress(f"mailto:{address}")
    hosts = [host.name for host in subject.booking.hosts]
    who.params["cn"] = vText(_parameter(hosts[0] if hosts else subject.booking.workspace_name))
    return who


def _invite(event: Event, person: Person) -> None:
    try:
        who = vCalAddress(f"mailto:{mail_address(person.email)}")
    except Undeliverable:
        return
    who.params["cn"] = vText(_parameter(person.name))
    who.params["role"] = vText("REQ-PARTICIPANT")
    who.params["partstat"] = vText("ACCEPTED" if person.is_host else "NEEDS-ACTION")
    who.params["rsvp"] = vText("FALSE" if person.is_host else "TRUE")
    event.add("attendee", who, encode=False)


def _parameter(text: str) -> str:
    """RFC 5545 section 3.2: a quoted parameter value holds no DQUOTE (and no line break)."""
    return one_line(text, 100).replace('"', "'")
