"""What an attendee typed: read from the form, kept when it is shown again, made into a request."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from contracts.booking import Answer, Attendee, Book, LinkSettings, Question
from contracts.errors import Invalid
from gateway.accounts.values import ZONES
from gateway.api import reading
from gateway.booking_pages import picking, ways
from gateway.presenting import speech
from gateway.presenting.picker import Wish
from gateway.presenting.refusals import said

LONGEST_NAME = 200
MOST_GUESTS = 10
TRAP = "website"
"""A field that people never see; what fills it in is a machine."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A form's content. `key` is its idempotency key: sent twice, it books once."""

    key: str
    name: str = ""
    email: str = ""
    guests: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)

    def fresh(self) -> "Typed":
        """The same words under another key, for another time."""
        return replace(self, key=str(uuid4()))


def blank(name: str = "", email: str = "") -> Typed:
    """A form that nobody has filled in yet, but for who it is."""
    return Typed(key=str(uuid4()), name=name, email=email)


def typed(values: "MultiDict[str, str]", questions: tuple[Question, ...]) -> Typed:
    """What was sent, as it was sent."""
    key = values.get("key", "")
    return Typed(
        key=key if re.fullmatch(r"[A-Za-z0-9-]{8,64}", key) else str(uuid4()),
        name=values.get("attendee.name", ""),
        email=values.get("attendee.email", ""),
        guests=values.get("guests", ""),
        answers={question.id: _answer(values, question) for question in questions},
    )


def is_machine(values: "MultiDict[str, str]") -> bool:
    """Whether the field that people never see was filled in."""
    return bool(values.get(TRAP))


def booking(slug: str, words: Typed, start: datetime, rest: tuple[Wish, dict[str, str]]) -> Book:
    """The request. `rest`: what the address wishes for, and what is known to be wrong already.

    Raises `Invalid` naming every field that booking would not even read.
    """
    wish, known = rest
    guests = tuple(guest for guest in re.split(r"[\s,;]+", words.guests) if guest)
    wrong = _problems(words, guests) | known
    if wrong:
        raise Invalid(fields=wrong)
    return Book(
        slug=slug,
        idempotency_key=words.key,
        start=start,
        duration=wish.duration,
        hold_id=_hold(wish),
        attendee=Attendee(
            name=words.name.strip(),
            email=words.email.strip(),
            timezone=wish.zone,
            language=speech.language(),
        ),
        guests=guests,
        answers={name: answer for name, answer in words.answers.items() if answer},
        source=ways.source(),
    )


def require_offered(values: "MultiDict[str, str]", settings: LinkSettings) -> None:
    """Raises `Invalid` on a zone or a length that the page did not offer: an address may be cut
    off, what is booked may not be another thing than was asked for.
    """
    zone, minutes = values.get("tz", ""), values.get("duration", "")
    wrong = {}
    if zone and zone not in ZONES:
        wrong["tz"] = "This time zone is not known."
    if minutes and minutes not in {str(length) for length in settings.durations}:
        wrong["duration"] = "This duration is not offered."
    if wrong:
        raise Invalid(fields=wrong)


def at_fields(fields: dict[str, str]) -> dict[str, str]:
    """A refusal's fields as this form names them, in the reader's words: one field holds all
    guests.
    """
    found: dict[str, str] = {}
    for name, words in fields.items():
        found.setdefault("guests" if name.startswith("guests") else name, said(words))
    return found


def _problems(words: Typed, guests: tuple[str, ...]) -> dict[str, str]:
    found = {
        "attendee.name": _name_problem(words.name.strip()),
        "attendee.email": _email_problem(words.email),
        "guests": _guests_problem(guests),
    }
    return {name: problem for name, problem in found.items() if problem}


def _name_problem(name: str) -> str:
    if not name:
        return "Please tell us your name."
    return "Please use at most 200 characters." if len(name) > LONGEST_NAME else ""


def _email_problem(value: str) -> str:
    if not value.strip():
        return "Please tell us where to send the invitation."
    try:
        reading.email(value, "email")
    except Invalid:
        return "This is not an e-mail address. It should look like name@example.com."
    return ""


def _guests_problem(guests: tuple[str, ...]) -> str:
    if len(guests) > MOST_GUESTS:
        return f"At most {MOST_GUESTS} guests can be invited."
    wrong = [guest for guest in guests if _email_problem(guest)]
    return f"“{wrong[0][:80]}” is not an e-mail address." if wrong else ""


def _answer(values: "MultiDict[str, str]", question: Question) -> Answer:
    name = f"answers.{question.id}"
    if question.type == "checkbox":
        return bool(values.get(name))
    if question.type == "multi_select":
        return values.getlist(name)
    return values.get(name, "").replace("\r\n", "\n")


def _hold(wish: Wish) -> UUID | None:
    return picking.uuid_of(wish.hold)
