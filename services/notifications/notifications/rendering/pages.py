"""Fills the template of a mail, once as text and once as HTML: `templates/<message>.jinja`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from contracts.booking import Booking
from notifications.domain import facts, languages, words
from notifications.domain.facts import Subject
from notifications.domain.languages import Language, Phrase
from notifications.domain.text import FIRST_STRONG, POP, one_line, paragraph, web_address

ACCENT = "#4f46e5"
"""The ground of buttons in mails that belong to no link."""


def _environment(*, autoescape: bool) -> Environment:
    return Environment(
        loader=PackageLoader("notifications", "templates"),
        autoescape=autoescape,  # noqa: S701 - only the plain text is not
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


_TEXT, _HTML = _environment(autoescape=False), _environment(autoescape=True)


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's three texts; the subject is one line."""

    subject: str
    text: str
    html: str


def _fill(message: str, language: Language, context: dict[str, object]) -> Words:
    template = _TEXT.get_template(f"{message}.jinja")
    as_text = _speaking(language, language.say, Phrase) | context | {"form": "txt"}
    subject = "".join(template.blocks["subject"](template.new_context(as_text)))
    return Words(
        one_line(subject, keep=FIRST_STRONG + POP),
        template.render(as_text),
        _HTML.get_template(f"{message}.jinja").render(
            _speaking(language, _in_html(language), Markup) | context | {"form": "html"}
        ),
    )


def _speaking(
    language: Language, say: Callable[..., str], ours: type[Phrase | Markup]
) -> dict[str, object]:
    """What templates say things with. `phrase` marks what is said already; `join` sets sentences
    one after the other, and leaves out empty ones.
    """
    rightwards = language.direction == "ltr"
    return {
        "_": say,
        "show": language.isolated,
        "phrase": ours,
        "join": lambda *parts: ours(language.gap).join(filter(None, parts)),
        "lang": language.code,
        "direction": language.direction,
        "start": "left" if rightwards else "right",
        "end": "right" if rightwards else "left",
    }


def _in_html(language: Language) -> Callable[..., Markup]:
    """As `Language.say`; values that are no markup are escaped."""

    def say(message: str, /, **values: str) -> Markup:
        sentence = Markup(escape(language.catalogue.gettext(message)))  # noqa: S704 - escaped
        return sentence % {
            name: value if isinstance(value, Markup) else language.isolated(value)
            for name, value in values.items()
        }

    return say


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
        "by": _actor(subject),
    }
    return _fill(subject.kind, subject.language, context)


def _note(subject: Subject) -> str:
    """The link's own words of confirmation, for the attendee."""
    shown = subject.kind == "confirmed" and subject.reader.is_attendee
    return paragraph(subject.booking.confirmation_text, 5000) if shown else ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who cancelled: the `reader`, or somebody with a `name`; neither where it is not known."""

    name: str = ""
    reader: bool = False


def _actor(subject: Subject) -> Actor:
    actor, booking = subject.booking.cancelled_by, subject.booking
    if actor == "attendee":
        return Actor(one_line(booking.attendee.name, 60), subject.reader.is_attendee)
    if not actor or actor == "system":
        return Actor()
    identity = actor.partition(":")[2]
    names = [host.name for host in booking.hosts if str(host.id) == identity]
    name = names[0] if names else booking.workspace_name
    return Actor(one_line(name, 60), subject.reader.role == f"host:{identity}")


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
    language: str = "en"


def account(mail: AccountMail) -> Words:
    """A mail with a link that signs somebody in."""
    language = languages.language(mail.language)
    context = _frame(ACCENT, mail.workspace_name) | {
        "name": one_line(mail.name, 60),
        "url": web_address(mail.url),
        "until": words.long_time(mail.expires_at, mail.timezone, language),
        "invited_by": one_line(mail.invited_by, 60) or language.say("A colleague"),
    }
    return _fill(mail.message, language, context)


def _provider(name: str, language: Language) -> Phrase:
    """A calendar, as its owner knows it."""
    say = language.say
    names = {
        "google": Phrase("Google Calendar"),
        "microsoft": Phrase("Microsoft 365"),
        "caldav": say("CalDAV calendar"),
        "ics": say("calendar feed"),
        "practice": say("practice calendar"),
    }
    return names.get(name) or say("calendar")


@dataclass(frozen=True, slots=True)
class ConnectionMail:
    """News of a host's calendar connection. `problem` and `why` as in `ConnectionChanged`."""

    message: str
    name: str
    provider: str
    account: str
    problem: str
    settings_url: str
    workspace_name: str = ""
    why: str = ""
    language: str = "en"


def connection(mail: ConnectionMail) -> Words:
    """A mail about a connection that broke, or works again."""
    language = languages.language(mail.language)
    context = _frame(ACCENT, mail.workspace_name) | {
        "name": one_line(mail.name, 60),
        "provider": _provider(mail.provider, language),
        "account": one_line(mail.account, 254),
        "problem": _problem(mail, language),
        "url": web_address(mail.settings_url),
    }
    return _fill(mail.message, language, context)


def _problem(mail: ConnectionMail, language: Language) -> str:
    if mail.why == "refused":
        return language.say("It does not let us in any more. Please connect it again.")
    if mail.why == "silent":
        return language.say(
            "It has not answered for an hour. We keep trying. If it works elsewhere, please"
            " connect it again."
        )
    problem = one_line(mail.problem, 500)
    stopped = not problem or problem[-1] in ".!?"
    return language.isolated(problem if stopped else f"{problem}.")


@dataclass(frozen=True, slots=True)
class WebhookMail:
    """News for an admin that a webhook is sent nothing any more. `why` as in `WebhookDisabled`."""

    name: str
    server: str
    why: str
    url: str
    language: str = "en"


def webhook(mail: WebhookMail) -> Words:
    """A mail about a webhook that was disabled."""
    context = _frame(ACCENT, "") | {
        "name": one_line(mail.name, 60),
        "server": one_line(mail.server, 254),
        "gone": mail.why == "gone",
        "url": web_address(mail.url),
    }
    return _fill("webhook_disabled", languages.language(mail.language), context)


@dataclass(frozen=True, slots=True)
class CrmMail:
    """News for an admin that another CRM lets us in no more."""

    name: str
    crm: str
    url: str
    language: str = "en"


def crm(mail: CrmMail) -> Words:
    """A mail about a connection that ended over there."""
    context = _frame(ACCENT, "") | {
        "name": one_line(mail.name, 60),
        "crm": one_line(mail.crm, 60),
        "url": web_address(mail.url),
    }
    return _fill("crm_signed_out", languages.language(mail.language), context)


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
    language: str = "en"


def difference(mail: DifferenceMail) -> Words:
    """A mail about a change in a calendar that the booking did not follow."""
    about, language = mail.about, languages.language(mail.language)
    context = _frame(about.link_colour, about.workspace_name) | {
        "meeting": _meeting(about, language),
        "what": _what(mail, language),
        "why": _why(mail.why, language),
        "booked": words.long_time(about.start, mail.timezone, language),
        "url": web_address(mail.url),
    }
    return _fill("calendar_differs", language, context)


def _meeting(about: Booking, language: Language) -> Phrase:
    title, person = one_line(about.link_title, 100), one_line(about.attendee.name, 60)
    return language.say("%(title)s with %(person)s", title=title, person=person)


def _what(mail: DifferenceMail, language: Language) -> Phrase:
    say, name = language.say, one_line(mail.host, 60)
    meeting = _meeting(mail.about, language)
    if mail.what == "moved":
        there = words.long_time(mail.there, mail.timezone, language) if mail.there else ""
        return say(
            "Hello %(name)s, you moved %(meeting)s to %(time)s in your calendar.",
            name=name,
            meeting=meeting,
            time=there,
        )
    if mail.what == "deleted":
        return say(
            "Hello %(name)s, you deleted %(meeting)s from your calendar.",
            name=name,
            meeting=meeting,
        )
    person = one_line(mail.about.attendee.name, 60)
    return say(
        "Hello %(name)s, %(person)s declined %(meeting)s in the calendar.",
        name=name,
        person=person,
        meeting=meeting,
    )


def _why(why: str, language: Language) -> Phrase:
    if why == "policy":
        return language.say("This kind of meeting does not follow calendars by itself.")
    if why == "taken":
        return language.say(
            "You have another meeting at that time, so the booking could not follow."
        )
    return language.say("It cannot be booked like that, so the booking did not follow.")
