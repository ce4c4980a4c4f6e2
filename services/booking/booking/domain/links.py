"""A link's settings: what msgspec cannot say about them, and whether the link is open."""

import re
from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

import msgspec

from booking.domain import questions, slugs, teams, text
from booking.domain.answers import url_problem
from booking.domain.zones import is_zone
from contracts.booking import Link, LinkHost, LinkSettings
from contracts.errors import Invalid, LinkClosed

OTHER_KIND = "A link stays of its kind. Please make another one."
"""Its meetings are of the kind they were."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:\*\.)?(?:(?:{_LABEL}\.)+{_LABEL}|localhost)(?::[0-9]{{1,5}})?")


def completed(settings: LinkSettings, owner_id: UUID) -> LinkSettings:
    """With the owner as host where none is named, and texts trimmed."""
    return msgspec.structs.replace(
        settings,
        title=settings.title.strip(),
        hosts=settings.hosts or (LinkHost(host_id=owner_id),),
    )


def check(settings: LinkSettings, hosts: AbstractSet[UUID]) -> None:
    """`hosts` are the workspace's active ones. Raises `Invalid` naming every wrong field."""
    found = {
        "team_id": _team(settings),
        "slug": slugs.problem(settings.slug),
        "hosts": _hosts(settings, hosts),
        "durations": _durations(settings),
        "last_day": _days(settings),
        "location.value": _location(settings),
        "redirect_url": url_problem(settings.redirect_url) if settings.redirect_url else "",
        "embed_domains": _domains(settings),
        "grid_timezone": _grid(settings),
    }
    wrong = {field: message for field, message in found.items() if message}
    wrong |= _terms(settings) | _texts(settings) | questions.problems(settings.questions)
    if wrong:
        raise Invalid(fields=wrong)


def _team(settings: LinkSettings) -> str:
    if settings.kind == "one_on_one" and settings.team_id is not None:
        return "A one-on-one link has no team."
    return ""


def _hosts(settings: LinkSettings, hosts: AbstractSet[UUID]) -> str:
    named = [place.host_id for place in settings.hosts]
    if len(set(named)) != len(named):
        return "A host is named twice."
    if not set(named) <= hosts:
        return "A host is not a member of this workspace."
    if settings.kind == "one_on_one" and len(named) != 1:
        return "A one-on-one link has exactly one host."
    return ""


def _terms(settings: LinkSettings) -> dict[str, str]:
    return {
        f"hosts.{number}.{field}": message
        for number, place in enumerate(settings.hosts)
        for field, message in teams.out_of_range(place.weight, place.level).items()
    }


def _durations(settings: LinkSettings) -> str:
    distinct = len(set(settings.durations)) == len(settings.durations)
    return "" if distinct else "Each duration can be offered once."


def _days(settings: LinkSettings) -> str:
    first, last = settings.first_day, settings.last_day
    if (first is None) != (last is None):
        return "Give both the first and the last day, or neither."
    if first and last and last < first:
        return "The last day is before the first."
    return ""


def _location(settings: LinkSettings) -> str:
    place = settings.location
    if place.kind == "conference":
        return ""
    if not place.value.strip():
        return "Please say where."
    return url_problem(place.value) if place.kind == "url" else ""


def _grid(settings: LinkSettings) -> str:
    zone = settings.grid_timezone
    return "" if zone is None or is_zone(zone) else "This time zone is not known."


def _domains(settings: LinkSettings) -> str:
    sane = len(settings.embed_domains) <= 100 and all(
        len(domain) <= 253 and _DOMAIN.fullmatch(domain) for domain in settings.embed_domains
    )
    return "" if sane else "Use domains such as example.com or *.example.com."


def _texts(settings: LinkSettings) -> dict[str, str]:
    found = {
        "title": text.problem(settings.title) or ("" if settings.title else "Please give a title."),
        "location.value": text.problem(settings.location.value),
        "description": text.problem(settings.description, lines=True),
        "confirmation_text": text.problem(settings.confirmation_text, lines=True),
        "redirect_url": text.problem(settings.redirect_url),
    }
    return {field: message for field, message in found.items() if message}


def require_open(link: Link, now: datetime, *, used_counts: bool = True) -> None:
    """Raises `LinkClosed` where it is paused, expired or (unless it is a move) used up."""
    settings = link.settings
    if not settings.active:
        raise LinkClosed
    if settings.expires_at is not None and settings.expires_at <= now:
        raise LinkClosed("This link has expired.")
    if used_counts and settings.single_use and link.used:
        raise LinkClosed("This link was for one meeting, and has been used.")


def is_open(link: Link, now: datetime) -> bool:
    """Whether a visitor could book through it."""
    try:
        require_open(link, now)
    except LinkClosed:
        return False
    return True
