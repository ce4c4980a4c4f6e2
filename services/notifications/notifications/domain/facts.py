"""What a mail about a booking says: the same facts for text, HTML and calendar."""

from dataclasses import dataclass
from datetime import datetime

from contracts.booking import Answer, Booking
from contracts.notifications import MailKind
from notifications.domain import people, words
from notifications.domain.kinds import ASKS, ENDS
from notifications.domain.people import Person
from notifications.domain.text import one_line, paragraph, web_address


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled line; `url` makes the text a link."""

    label: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ManageLinks:
    """The attendee's two links; empty for everyone else, and once the meeting has begun."""

    reschedule: str = ""
    cancel: str = ""


@dataclass(frozen=True, slots=True)
class AnswerLinks:
    """The buttons of a host who is asked for approval, and until when they can be pressed."""

    approve: str = ""
    decline: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """All that is known when a mail about a booking is written.

    `join_url` is the newest known; `previous_start` only for a move, `previous_hosts` (names) only
    for a new host. `invited`: whether the reader may have this meeting in a calendar.
    """

    kind: MailKind
    booking: Booking
    reader: Person
    join_url: str = ""
    previous_start: datetime | None = None
    manage: ManageLinks = ManageLinks()
    dashboard: str = ""
    answer: AnswerLinks = AnswerLinks()
    previous_hosts: str = ""
    invited: bool = True

    @property
    def is_over(self) -> bool:
        """Whether the meeting is over for the reader."""
        return self.kind in ENDS

    @property
    def is_asked(self) -> bool:
        """Whether it waits for approval, so that nothing is promised yet."""
        return self.kind in ASKS

    @property
    def hosts(self) -> str:
        """Whom the attendee meets."""
        return words.names([host.name for host in self.booking.hosts])

    @property
    def answer_until(self) -> str:
        """How long a host may think about a request, in the reader's zone."""
        until = self.answer.until
        return words.long_time(until, self.reader.timezone) if until else ""

    @property
    def title(self) -> str:
        """The link's title, short enough for a subject."""
        return one_line(self.booking.link_title, 80) or "Meeting"

    @property
    def other_side(self) -> str:
        """Whom the reader meets."""
        if self.reader.is_host:
            return one_line(self.booking.attendee.name, 60)
        return self.hosts

    @property
    def join_address(self) -> str:
        """The http(s) address to join at, or empty; of a request there is none yet."""
        if self.is_asked:
            return ""
        if self.booking.location.kind == "conference":
            return web_address(self.join_url)
        if self.booking.location.kind == "url":
            return web_address(self.booking.location.value.strip())
        return ""

    @property
    def when(self) -> str:
        """Start and end in the reader's zone."""
        return words.time_range(self.booking.start, self.booking.end, self.reader.timezone)

    @property
    def headline(self) -> str:
        """`Intro call with Ada, Tue 1 Dec 14:00 (London)`."""
        at = words.short_time(self.booking.start, self.reader.timezone)
        return f"{self.title} with {self.other_side}, {at}"

    @property
    def was(self) -> str:
        """The time before a move, in the reader's zone."""
        if self.previous_start is None:
            return ""
        return words.long_time(self.previous_start, self.reader.timezone)


def where(subject: Subject) -> Fact | None:
    """The place, by the kind of location; `None` where nothing can be said."""
    location = subject.booking.location
    if subject.is_asked and location.kind in {"conference", "url"}:
        return Fact("Where", "Online")
    address = subject.join_address
    if location.kind == "conference":
        return Fact("Where", address or _no_link_yet(subject), address)
    value = one_line(location.value, 500)
    if location.kind == "phone":
        return Fact("Where", f"Phone: {value}" if value else "By phone")
    return Fact("Where", value, address) if value else None


def _no_link_yet(subject: Subject) -> str:
    """A conference without its address: it follows only where a calendar makes it."""
    if any(host.writes_calendar for host in subject.booking.hosts):
        return "Online. The link to join follows as soon as the calendar has made it."
    if subject.reader.is_host:
        return "Online. None of your calendars makes a link to join: please send one yourself."
    return f"Online. {subject.other_side} will tell you how to join."


def place(subject: Subject) -> str:
    """The place in a line, for a calendar's LOCATION."""
    if subject.is_asked and subject.booking.location.kind == "url":
        return ""
    return subject.join_address or one_line(subject.booking.location.value, 500)


def facts(subject: Subject) -> list[Fact]:
    """What, with whom, when, where, and why it was cancelled."""
    booking = subject.booking
    found: list[Fact | None] = [
        Fact("What", f"{subject.title}, {words.length(booking.start, booking.end)}"),
        Fact("With", subject.other_side),
        Fact("When", subject.when),
        where(subject) if not subject.is_over else None,
        _reason(subject),
        _guests(subject),
    ]
    return [fact for fact in found if fact]


def _reason(subject: Subject) -> Fact | None:
    reason = paragraph(subject.booking.cancel_reason, 1000)
    return Fact("Reason", reason) if subject.is_over and reason else None


def _guests(subject: Subject) -> Fact | None:
    guests = [one_line(person.email, 254) for person in people.guests(subject.booking)]
    shown = guests and (subject.reader.is_host or subject.reader.is_attendee)
    return Fact("Guests", ", ".join(guests)) if shown else None


def answers(subject: Subject) -> list[Fact]:
    """The attendee's address and answers, for hosts alone, in the form's order."""
    if not subject.reader.is_host:
        return []
    booking = subject.booking
    given = [Fact("E-mail", one_line(booking.attendee.email, 254))]
    for question in booking.questions:
        said = _said(booking.answers.get(question.id)) or _attached(booking, question.id)
        if said:
            given.append(Fact(one_line(question.label, 200), said))
    return given


def _attached(booking: Booking, question: str) -> str:
    """The name of a file; the file itself stays where its host signs in."""
    files = [file for file in booking.files if file.question == question]
    return f"{one_line(files[0].name, 200)} (on the meeting's page)" if files else ""


def _said(answer: Answer | None) -> str:
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    if isinstance(answer, list):
        return ", ".join(one_line(choice, 200) for choice in answer)
    return paragraph(answer or "", 5000)
