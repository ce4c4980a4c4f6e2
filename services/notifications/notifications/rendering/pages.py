"""Fills the templates of a mail: `templates/<message>/{subject.txt,body.txt,body.html}`."""

from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from contracts.booking import Booking
from notifications.domain import facts, words
from notifications.domain.facts import Subject
from notifications.domain.text import one_line, paragraph, web_address

ACCENT = "#4f46e5"
"""The ground of buttons in mails that belong to no link."""

_environment = Environment(
    loader=PackageLoader("notifications", "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's three texts; the subject is one line."""

    subject: str
    text: str
    html: str


def _fill(message: str, context: dict[str, object]) -> Words:
    def filled(part: str) -> str:
        return _environment.get_template(f"{message}/{part}").render(context)

    return Words(one_line(filled("subject.txt")), filled("body.txt"), filled("body.html"))


def _frame(colour: str, workspace: str) -> dict[str, object]:
    accent = words.colour_or(colour, ACCENT)
    return {"accent": accent, "ink": words.ink_on(accent), "workspace": one_line(workspace, 100)}


def booking(subject: Subject) -> Words:
    """A mail about a booking, for its reader."""
    about = subject.booking
    context = _frame(about.link_colour, about.workspace_name) | {
        "mail": subject,
        "facts": facts.facts(subject),
        "answers": facts.answers(subject),
        "join_url": "" if subject.is_over else subject.join_address,
        "note": _note(subject),
        "by": _who(subject),
    }
    return _fill(subject.kind, context)


def _note(subject: Subject) -> str:
    """The link's own words of confirmation, for the attendee."""
    shown = subject.kind == "confirmed" and subject.reader.is_attendee
    return paragraph(subject.booking.confirmation_text, 5000) if shown else ""


def _who(subject: Subject) -> str:
    """Who cancelled, in the reader's eyes; empty where it is not known."""
    actor, booking = subject.booking.cancelled_by, subject.booking
    if actor == "attendee":
        return "You" if subject.reader.is_attendee else one_line(booking.attendee.name, 60)
    if not actor or actor == "system":
        return ""
    identity = actor.partition(":")[2]
    if subject.reader.role == f"host:{identity}":
        return "You"
    names = [host.name for host in booking.hosts if str(host.id) == identity]
    return one_line(names[0], 60) if names else one_line(booking.workspace_name, 60)


@dataclass(frozen=True, slots=True)
class AccountMail:
    """An invitation or a password reset. `url` is opened just before the mail is made."""

    message: str
    name: str
    timezone: str
    url: str
    expires_at: datetime
    invited_by: str = ""
    workspace_name: str = ""


def account(mail: AccountMail) -> Words:
    """A mail with a link that signs somebody in."""
    context = _frame(ACCENT, mail.workspace_name) | {
        "name": one_line(mail.name, 60),
        "url": web_address(mail.url),
        "until": words.long_time(mail.expires_at, mail.timezone),
        "invited_by": one_line(mail.invited_by, 60) or "A colleague",
    }
    return _fill(mail.message, context)


PROVIDERS = {
    "google": "Google Calendar",
    "microsoft": "Microsoft 365",
    "caldav": "CalDAV calendar",
    "ics": "calendar feed",
    "practice": "practice calendar",
}


@dataclass(frozen=True, slots=True)
class ConnectionMail:
    """News of a host's calendar connection. `problem` is in words, from calendar-sync."""

    message: str
    name: str
    provider: str
    account: str
    problem: str
    settings_url: str
    workspace_name: str = ""


def connection(mail: ConnectionMail) -> Words:
    """A mail about a connection that broke, or works again."""
    context = _frame(ACCENT, mail.workspace_name) | {
        "name": one_line(mail.name, 60),
        "provider": PROVIDERS.get(mail.provider, "calendar"),
        "account": one_line(mail.account, 254),
        "problem": one_line(mail.problem, 500),
        "url": web_address(mail.settings_url),
    }
    return _fill(mail.message, context)


@dataclass(frozen=True, slots=True)
class WebhookMail:
    """News for an admin that a webhook is sent nothing any more. `why` as in `WebhookDisabled`."""

    name: str
    server: str
    why: str
    url: str


def webhook(mail: WebhookMail) -> Words:
    """A mail about a webhook that was disabled."""
    context = _frame(ACCENT, "") | {
        "name": one_line(mail.name, 60),
        "server": one_line(mail.server, 254),
        "gone": mail.why == "gone",
        "url": web_address(mail.url),
    }
    return _fill("webhook_disabled", context)


WHAT = {
    "moved": "you moved {meeting} to {there} in your calendar.",
    "deleted": "you deleted {meeting} from your calendar.",
    "declined": "{attendee} declined {meeting} in the calendar.",
}
WHY = {
    "policy": "This kind of meeting does not follow calendars by itself.",
    "taken": "You have another meeting at that time, so the booking could not follow.",
    "impossible": "It cannot be booked like that, so the booking did not follow.",
}


@dataclass(frozen=True, slots=True)
class DifferenceMail:
    """News for a host that their calendar says other than a booking. `what` and `why` as in
    `CalendarDiffers`; `there`: the event's start now, where it stands.
    """

    host: str
    timezone: str
    about: Booking
    what: str
    why: str
    there: datetime | None
    url: str


def difference(mail: DifferenceMail) -> Words:
    """A mail about a change in a calendar that the booking did not follow."""
    about = mail.about
    title, attendee = one_line(about.link_title, 100), one_line(about.attendee.name, 60)
    there = words.long_time(mail.there, mail.timezone) if mail.there else ""
    said = {"meeting": f"{title} with {attendee}", "attendee": attendee, "there": there}
    context = _frame(about.link_colour, about.workspace_name) | {
        "name": one_line(mail.host, 60),
        "title": title,
        "attendee": attendee,
        "what": WHAT[mail.what].format(**said),
        "why": WHY[mail.why],
        "booked": words.long_time(about.start, mail.timezone),
        "url": web_address(mail.url),
    }
    return _fill("calendar_differs", context)
