"""What a mail about a booking says: the same facts for text, HTML and calendar."""

from dataclasses import dataclass
from datetime import datetime

from contracts.booking import NOTE, Answer, Booking, Question
from contracts.notifications import MailKind
from notifications.domain import languages, people, words
from notifications.domain.kinds import ASKS, ENDS
from notifications.domain.languages import Language, Phrase
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

    `join_url` is the newest known; `previous_start` only for a move, `previous_hosts` (names, one a
    line) only for a new host. `invited`: whether the reader may have this meeting in a calendar.
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
    def language(self) -> Language:
        """The reader's."""
        return languages.language(self.reader.language)

    @property
    def hosts(self) -> Phrase:
        """Whom the attendee meets."""
        return words.names([host.name for host in self.booking.hosts], self.language)

    @property
    def before(self) -> Phrase:
        """Whom the attendee was to meet until now."""
        return words.names(self.previous_hosts.splitlines(), self.language)

    @property
    def answer_until(self) -> str:
        """How long a host may think about a request, in the reader's zone."""
        until = self.answer.until
        return words.long_time(until, self.reader.timezone, self.language) if until else ""

    @property
    def title(self) -> str:
        """The link's title, short enough for a subject."""
        return one_line(self.booking.link_title, 80) or self.language.say("Meeting")

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
        start, end = self.booking.start, self.booking.end
        return words.time_range(start, end, self.reader.timezone, self.language)

    @property
    def headline(self) -> str:
        """`Intro call with Ada, Tue 1 Dec 14:00 (London)`."""
        at = words.short_time(self.booking.start, self.reader.timezone, self.language)
        return self.language.say(
            "%(title)s with %(person)s, %(time)s",
            title=self.title,
            person=self.other_side,
            time=at,
        )

    @property
    def was(self) -> str:
        """The time before a move, in the reader's zone."""
        if self.previous_start is None:
            return ""
        return words.long_time(self.previous_start, self.reader.timezone, self.language)


def where(subject: Subject) -> Fact | None:
    """The place, by the kind of location; `None` where nothing can be said."""
    said = _where(subject)
    return Fact(subject.language.say("Where"), said, subject.join_address) if said else None


def _where(subject: Subject) -> str:
    say, location = subject.language.say, subject.booking.location
    if subject.is_asked and location.kind in {"conference", "url"}:
        return say("Online")
    if subject.join_address:
        # Ours in so far as nothing may stand around it: a mark would become part of the link.
        return Phrase(subject.join_address)
    if location.kind == "conference":
        return _no_link_yet(subject)
    value = one_line(location.value, 500)
    if location.kind == "phone":
        return say("Phone: %(number)s", number=value) if value else say("By phone")
    return value


def _no_link_yet(subject: Subject) -> Phrase:
    """A conference without its address: it follows only where a calendar makes it."""
    say = subject.language.say
    if any(host.writes_calendar for host in subject.booking.hosts):
        return say("Online. The link to join follows as soon as the calendar has made it.")
    if subject.reader.is_host:
        return say("Online. None of your calendars makes a link to join: please send one yourself.")
    return say("Online. %(person)s will tell you how to join.", person=subject.other_side)


def place(subject: Subject) -> str:
    """The place in a line, for a calendar's LOCATION."""
    if subject.is_asked and subject.booking.location.kind == "url":
        return ""
    return subject.join_address or one_line(subject.booking.location.value, 500)


def facts(subject: Subject) -> list[Fact]:
    """What, with whom, when, where, and why it was cancelled."""
    what, *more = untimed(subject)
    with_whom, *rest = more
    return [what, with_whom, Fact(subject.language.say("When"), subject.when), *rest]


def untimed(subject: Subject) -> list[Fact]:
    """The same for what shows the time anyhow: a calendar."""
    say, booking = subject.language.say, subject.booking
    length = words.length(booking.start, booking.end, subject.language)
    found: list[Fact | None] = [
        Fact(say("What"), say("%(title)s, %(length)s", title=subject.title, length=length)),
        Fact(say("With"), subject.other_side),
        where(subject) if not subject.is_over else None,
        _reason(subject),
        _guests(subject),
    ]
    return [fact for fact in found if fact]


def _reason(subject: Subject) -> Fact | None:
    reason = paragraph(subject.booking.cancel_reason, 1000)
    return Fact(subject.language.say("Reason"), reason) if subject.is_over and reason else None


def _guests(subject: Subject) -> Fact | None:
    guests = [one_line(person.email, 254) for person in people.guests(subject.booking)]
    shown = guests and (subject.reader.is_host or subject.reader.is_attendee)
    return Fact(subject.language.say("Guests"), ", ".join(guests)) if shown else None


def answers(subject: Subject) -> list[Fact]:
    """The attendee's address and answers, for hosts alone, in the form's order."""
    if not subject.reader.is_host:
        return []
    booking = subject.booking
    given = [Fact(subject.language.say("E-mail"), one_line(booking.attendee.email, 254))]
    for question in booking.questions:
        answer = booking.answers.get(question.id)
        if said := _said(answer, subject.language) or _attached(subject, question.id):
            given.append(Fact(_label(question, subject.language), said))
    return given


def _label(question: Question, language: Language) -> str:
    """The question as it was asked; ours, in the reader's words."""
    label = one_line(question.label, 200)
    return language.say("Anything we should know beforehand?") if question == NOTE else label


def _attached(subject: Subject, question: str) -> str:
    """The name of a file; the file itself stays where its host signs in."""
    names = [file.name for file in subject.booking.files if file.question == question]
    if not names:
        return ""
    return subject.language.say("%(name)s (on the meeting's page)", name=one_line(names[0], 200))


def _said(answer: Answer | None, language: Language) -> str:
    if isinstance(answer, bool):
        return language.say("Yes") if answer else language.say("No")
    if isinstance(answer, list):
        return ", ".join(one_line(choice, 200) for choice in answer)
    return paragraph(answer or "", 5000)
