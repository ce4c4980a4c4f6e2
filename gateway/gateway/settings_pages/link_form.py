"""A link's settings as inputs of its page, and back. Pure.

Every rule is said at its own input; what has no input here (embedding) is kept as it was. The part
"Who" is `link_who`. Rules: product, "Links".
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from contracts.booking import Limits, LinkSettings, Location
from contracts.wire import convert, decode, encode
from gateway.settings_pages import link_questions, link_who
from gateway.settings_pages.inputs import Form, Reader, clock_of, hours_text
from gateway.settings_pages.link_questions import Builder

PLACES = ("conference", "phone", "address", "url")
COLOURS = (
    ("#4f46e5", "Indigo"),
    ("#2563eb", "Blue"),
    ("#0f766e", "Teal"),
    ("#15803d", "Green"),
    ("#b45309", "Amber"),
    ("#c2410c", "Orange"),
    ("#be123c", "Rose"),
    ("#7e22ce", "Purple"),
    ("#475569", "Slate"),
)
INPUTS = {
    "title": ("title",),
    "slug": ("slug",),
    "durations": ("durations",),
    "interval": ("interval",),
    "buffer_before": ("buffer_before",),
    "buffer_after": ("buffer_after",),
    "notice": ("notice_hours",),
    "horizon_days": ("horizon_days",),
    "first_day": ("first_day",),
    "last_day": ("last_day",),
    "limits.day": ("limit_day",),
    "limits.week": ("limit_week",),
    "limits.month": ("limit_month",),
    "limits": ("limit_day",),
    "location": ("location_value",),
    "location.kind": ("location_kind",),
    "schedule_id": ("schedule_id",),
    "description": ("description",),
    "confirmation_text": ("confirmation_text",),
    "redirect_url": ("redirect_url",),
    "calendar_changes": ("calendar_changes",),
    "colour": ("colour",),
    "expires_at": ("expires_day",),
    "reschedule_cutoff": ("reschedule_hours",),
    "cancel_cutoff": ("cancel_hours",),
    "questions": ("questions",),
    **{name: (name,) for name in link_who.FIELDS},
}
"""Where a refusal of booking is shown: contract field to inputs."""

SECTIONS = {
    "when": [
        "durations",
        "interval",
        "buffer_before",
        "buffer_after",
        "notice_hours",
        "horizon",
        "horizon_days",
        "first_day",
        "last_day",
        "schedule_id",
    ],
    "limits": [
        "limit_day",
        "limit_week",
        "limit_month",
        "expires_day",
        "expires_time",
        "reschedule_hours",
        "cancel_hours",
    ],
    "who": [*link_who.FIELDS],
    "where": ["location_kind", "location_value"],
    "questions": ["questions"],
    "notifications": ["confirmation_text", "redirect_url", "calendar_changes"],
    "crm": [],
}
"""The folded sections and their inputs; one with a wrong value is shown open."""


@dataclass
class Typed:
    """A form as it was typed: values and errors by input name; `settings` if all is right."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    settings: LinkSettings | None = None
    builder: Builder = field(default_factory=Builder)


def slug_of(title: str) -> str:
    """A slug out of a title: ASCII, small letters, 3 to 64; `meeting` where nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")
    if not slug:
        return "meeting"
    return slug if len(slug) >= 3 else f"meeting-{slug}"


def to_values(settings: LinkSettings, zone: str) -> dict[str, str]:
    """The inputs that show `settings`; instants in the owner's `zone`."""
    expires = settings.expires_at.astimezone(ZoneInfo(zone)) if settings.expires_at else None
    return {
        **{name: getattr(settings, name) for name in ("title", "slug", "description", "colour")},
        **_flags(settings),
        **_when(settings),
        **link_who.to_values(settings),
        "limit_day": _shown(settings.limits.day),
        "limit_week": _shown(settings.limits.week),
        "limit_month": _shown(settings.limits.month),
        "expires_day": expires.date().isoformat() if expires else "",
        "expires_time": clock_of(expires.hour * 60 + expires.minute) if expires else "",
        "location_kind": settings.location.kind,
        "location_value": settings.location.value,
        "confirmation_text": settings.confirmation_text,
        "redirect_url": settings.redirect_url,
        "calendar_changes": settings.calendar_changes,
        "reschedule_hours": hours_text(settings.reschedule_cutoff),
        "cancel_hours": hours_text(settings.cancel_cutoff),
    }


def _flags(settings: LinkSettings) -> dict[str, str]:
    on = {
        name: getattr(settings, name) for name in ("active", "listed", "single_use", "creates_deal")
    }
    return {name: "1" if value else "" for name, value in on.items()}


def _when(settings: LinkSettings) -> dict[str, str]:
    ranged = settings.first_day is not None or settings.last_day is not None
    return {
        "durations": ", ".join(str(minutes) for minutes in settings.durations),
        "interval": _shown(settings.interval),
        "buffer_before": str(settings.buffer_before),
        "buffer_after": str(settings.buffer_after),
        "notice_hours": hours_text(settings.notice),
        "horizon": "range" if ranged else "days",
        "horizon_days": str(settings.horizon_days),
        "first_day": _shown(settings.first_day),
        "last_day": _shown(settings.last_day),
        "schedule_id": _shown(settings.schedule_id),
    }


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def read(form: Form, base: LinkSettings, zone: str, *, others: bool = False) -> Typed:
    """What was typed over `base`: the settings, or a sentence for each wrong input.

    `others`: whether the reader may put other people's time on the link.
    """
    reader = Reader(form)
    changes = {**_basics(reader), **_times(reader, base), **_rules(reader, zone, base)}
    changes |= link_who.read(reader, base, others=others)
    builder = link_questions.read(reader, base)
    if reader.flag("builder"):
        changes["questions"] = link_questions.questions(builder, reader)
    values = {name: reader.raw(name) for name in to_values(base, zone)}
    values["hosts"] = link_who.hosts_of(reader)
    typed = Typed(values, reader.errors, builder=builder)
    if not typed.errors:
        typed.settings = _whole(base, changes, typed)
    return typed


def _whole(base: LinkSettings, changes: dict[str, Any], typed: Typed) -> LinkSettings | None:
    # The contract's own limits are asked too: a rule added there is never passed over here.
    try:
        return decode(encode(msgspec.structs.replace(base, **changes)), LinkSettings)
    except msgspec.ValidationError as wrong:
        typed.errors[""] = str(wrong)
        return None


def _basics(reader: Reader) -> dict[str, Any]:
    return {
        "title": reader.text("title", 200, required="A title is needed."),
        "slug": reader.slug("slug", required="An address is needed."),
        "description": reader.text("description", 5000),
        "colour": colour(reader),
        "active": reader.flag("active"),
        "listed": reader.flag("listed"),
    }


def colour(reader: Reader) -> str:
    """`#rrggbb`."""
    value = reader.raw("colour").lower()
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        reader.say("colour", "A colour such as #4f46e5.")
    return value


def lengths(reader: Reader, name: str = "durations") -> tuple[int, ...]:
    """Minutes typed as a list, `30, 45`; without repeats, in the order typed."""
    parts = [part for part in re.split(r"[\s,;]+", reader.raw(name)) if part]
    right = [int(p) for p in parts if re.fullmatch(r"[0-9]{1,3}", p) and 5 <= int(p) <= 480]
    if not parts:
        reader.say(name, "At least one length is needed.")
    elif len(right) != len(parts):
        reader.say(name, "Each length is a whole number of minutes from 5 to 480.")
    elif len(set(right)) > 8:
        reader.say(name, "At most 8 lengths.")
    return tuple(dict.fromkeys(right))


def _times(reader: Reader, base: LinkSettings) -> dict[str, Any]:
    ranged = reader.choice("horizon", ("days", "range"), "days") == "range"
    first, last = (reader.day("first_day"), reader.day("last_day")) if ranged else (None, None)
    if ranged:
        _check_range(reader, first, last)
    days = None if ranged else reader.needed("horizon_days", 1, 730, unit="days")
    return {
        "durations": lengths(reader),
        "interval": reader.whole("interval", 5, 480, unit="minutes"),
        "buffer_before": reader.whole("buffer_before", 0, 240, unit="minutes") or 0,
        "buffer_after": reader.whole("buffer_after", 0, 240, unit="minutes") or 0,
        "notice": reader.hours("notice_hours", 8760),
        "horizon_days": base.horizon_days if days is None else days,
        "first_day": first,
        "last_day": last,
        "schedule_id": reader.id("schedule_id"),
    }


def _check_range(reader: Reader, first: date | None, last: date | None) -> None:
    if first is None:
        reader.say("first_day", "The first day is needed.")
    if last is None:
        reader.say("last_day", "The last day is needed.")
    if first and last and last < first:
        reader.say("last_day", "The last day lies before the first.")


def _rules(reader: Reader, zone: str, base: LinkSettings) -> dict[str, Any]:
    return {
        "limits": Limits(
            day=reader.whole("limit_day", 1, 1000, unit="meetings"),
            week=reader.whole("limit_week", 1, 1000, unit="meetings"),
            month=reader.whole("limit_month", 1, 1000, unit="meetings"),
        ),
        "location": location(reader),
        "single_use": reader.flag("single_use"),
        "expires_at": reader.instant("expires_day", "expires_time", zone),
        "reschedule_cutoff": reader.hours("reschedule_hours", 8760),
        "cancel_cutoff": reader.hours("cancel_hours", 8760),
        "confirmation_text": reader.text("confirmation_text", 5000),
        "redirect_url": _address(reader, "redirect_url"),
        "calendar_changes": reader.choice(
            "calendar_changes", ("follow", "tell"), base.calendar_changes
        ),
        "creates_deal": reader.flag("creates_deal"),
    }


def location(reader: Reader) -> Location:
    """Where to meet."""
    kind = reader.choice("location_kind", PLACES, "conference")
    value = reader.text("location_value", 500)
    if kind == "url":
        value = _address(reader, "location_value")
    if kind in {"address", "url"} and not value:
        reader.say("location_value", "Say where, so that it stands in the invitation.")
    kept = "" if kind == "conference" else value[:500]
    return convert({"kind": kind, "value": kept}, Location)


def _address(reader: Reader, name: str) -> str:
    value = reader.text(name, 2000)
    if value and not is_web_address(value):
        reader.say(name, "A full web address that begins with https://")
    return value


def is_web_address(value: str) -> bool:
    """Whether it is an absolute http(s) address without user name, blanks or backslashes."""
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and named and not re.search(r"[\s\\]", value)
