"""Who books, and whom they bring."""

import re

import msgspec

from booking.domain import text
from booking.domain.zones import is_zone
from contracts.booking import Attendee
from contracts.errors import Invalid
from contracts.languages import supported

MOST_GUESTS = 10

_LOCAL = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")


def email_problem(value: str) -> str:
    """Why this is no address that a mail could be sent to, or "" (RFC 5321, without quoting)."""
    local, _, domain = value.rpartition("@")
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    sane = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and not dots
    if not sane or len(value) > 254 or text.problem(value):
        return "This is not an e-mail address."
    return ""


def checked(attendee: Attendee, guests: tuple[str, ...]) -> tuple[Attendee, tuple[str, ...]]:
    """Both trimmed, guests without repeats, the language one that mails are written in.

    Raises `Invalid` naming every wrong field; a language that we do not write is none.
    """
    wrong = _attendee_problems(attendee) | _guest_problems(guests)
    if wrong:
        raise Invalid(fields=wrong)
    clean = msgspec.structs.replace(
        attendee,
        name=attendee.name.strip(),
        email=attendee.email.strip(),
        language=supported(attendee.language),
    )
    once = {text.folded(guest): guest.strip() for guest in reversed(guests)}
    once.pop(text.folded(clean.email), None)
    return clean, tuple(reversed(once.values()))


def _attendee_problems(attendee: Attendee) -> dict[str, str]:
    found = {
        "attendee.name": _name_problem(attendee.name),
        "attendee.email": email_problem(attendee.email.strip()),
        "attendee.timezone": "" if is_zone(attendee.timezone) else "This time zone is unknown.",
        "attendee.language": _language_problem(attendee.language),
    }
    return {field: message for field, message in found.items() if message}


def _name_problem(name: str) -> str:
    if not name.strip():
        return "Please tell us your name."
    if len(name.strip()) > 200:
        return "Please use at most 200 characters."
    return text.problem(name)


def _language_problem(language: str) -> str:
    known = re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", language)
    return "" if known else "This is not a language tag."


def _guest_problems(guests: tuple[str, ...]) -> dict[str, str]:
    if len(guests) > MOST_GUESTS:
        return {"guests": f"At most {MOST_GUESTS} guests can be invited."}
    found = {f"guests.{n}": email_problem(guest.strip()) for n, guest in enumerate(guests)}
    return {field: message for field, message in found.items() if message}
