"""What a page's address wishes for, and the month of slots that answers it.

An address is typed, shared and cut off: what cannot be read is left out, never an error.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
from flask import request
from werkzeug.datastructures import MultiDict

from contracts.availability import GetSlots, Slots
from contracts.booking import LinkSettings
from gateway import current, languages
from gateway.accounts.values import ZONES
from gateway.booking_pages import ways
from gateway.presenting import picker, regrouping, times, zones
from gateway.presenting.picker import Context, Picker, Wish

FURTHEST = timedelta(days=800)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """Whose slots: the link's slug, the booking that is to be moved (its own time is free), and the
    host whom the visitor picked.
    """

    slug: str
    except_booking: UUID | None = None
    host_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A picker with the slots it was made of. `skipped` is a month without any, passed over."""

    picker: Picker
    slots: Slots
    wish: Wish
    skipped: str = ""


def wish(values: "MultiDict[str, str]", path: str, home_zone: str) -> Wish:
    """The wish in an address or a form; `home_zone` is used until the reader's is known."""
    zone = values.get("tz", "") or _remembered()
    return Wish(
        path=path,
        zone=zones.canonical(zone if zone in ZONES else home_zone),
        month=_date(f"{values['month']}-01") if _MONTH.fullmatch(values.get("month", "")) else None,
        day=_date(values.get("day", "")),
        duration=_minutes(values.get("duration", "")),
        hold=str(uuid_of(values.get("hold", "")) or ""),
        extra=ways.carried(),
    )


def context(settings: LinkSettings | None, zone: str) -> Context:
    """The present; the reader's clock; the last day the link can be booked on."""
    now = current.now()
    last = None
    if settings is not None:
        today = times.local(now, zone).date()
        last = settings.last_day or today + timedelta(days=settings.horizon_days)
    return Context(now=now, twelve=twelve(), last_day=last)


def _remembered() -> str:
    """The zone of an earlier visit, as the page's script wrote it down; widgets have no cookies."""
    return "" if ways.frame() else request.cookies.get("zone", "")


def twelve() -> bool:
    """Whether the reader writes 2:00 pm."""
    return languages.twelve()


def show(source: Source, asked: Wish, surroundings: Context) -> Shown:
    """The month that was asked for; without one, the first that has slots."""
    this = times.month_of(times.local(surroundings.now, asked.zone).date())
    month = _month(asked, this, surroundings)
    slots, found = _month_of_slots(source, replace(asked, month=month))
    skipped = ""
    if not slots.slots and slots.next_free and asked.month is None and asked.day is None:
        skipped = times.month_alone(month)
        month = times.month_of(times.local(slots.next_free, asked.zone).date())
        slots, found = _month_of_slots(source, replace(asked, month=month))
    settled = replace(asked, month=month)
    view = picker.build(settled, slots, surroundings)
    if asked.guessed:
        days = regrouping.said(settled, found.slots, _days(settled), surroundings)
        view = replace(view, days=days)
    return Shown(view, slots, settled, skipped)


def _month_of_slots(source: Source, asked: Wish) -> tuple[Slots, Slots]:
    """Those of the month, and all that were read: where the zone is a guess, also those that lie in
    the month elsewhere.
    """
    assert asked.month is not None
    found = read(source, asked, *_days(asked))
    if not asked.guessed:
        return found, found
    begins = times.midnight(asked.month, asked.zone)
    ends = times.midnight(times.month_after(asked.month), asked.zone)
    inside = tuple(slot for slot in found.slots if begins <= slot.start < ends)
    later = next((slot.start for slot in found.slots if slot.start >= ends), found.next_free)
    return msgspec.structs.replace(found, slots=inside, next_free=None if inside else later), found


def _days(asked: Wish) -> tuple[date, date]:
    """The first and the last that are read, in the wish's zone."""
    assert asked.month is not None
    further = timedelta(days=1 if asked.guessed else 0)
    return asked.month - further, times.month_after(asked.month) - timedelta(days=1) + further


def read(source: Source, asked: Wish, first: date, last: date) -> Slots:
    """The slots of these days of the reader's zone, both included."""
    return current.slots().read(
        GetSlots(
            slug=source.slug,
            first=first,
            last=last,
            timezone=asked.zone,
            duration=asked.duration,
            host_id=source.host_id,
            except_hold=uuid_of(asked.hold),
            except_booking=source.except_booking,
        )
    )


def around(source: Source, asked: Wish, start: datetime) -> Slots:
    """The slots from a few days before `start` to some weeks after."""
    day = times.local(start, asked.zone).date()
    return read(source, asked, day - timedelta(days=3), day + timedelta(days=21))


def instant(value: str) -> datetime | None:
    """A start as addresses and forms carry it: RFC 3339 with an offset, to the second, in UTC."""
    try:
        # `fromisoformat` takes more than that, a NUL at the end among it.
        moment = datetime.fromisoformat(value if _INSTANT.fullmatch(value) else "")
        moment = moment.astimezone(UTC) if moment.tzinfo else None  # type: ignore[assignment]
    except (ValueError, OverflowError):
        return None
    if moment is None or moment.microsecond or not 2000 <= moment.year <= 2200:
        return None
    return moment


def uuid_of(value: str) -> UUID | None:
    """The id, or None for anything else."""
    try:
        return UUID(value)
    except ValueError:
        return None


def _month(asked: Wish, this: date, surroundings: Context) -> date:
    """Where nothing can ever be free, the reader is brought back to where something may be."""
    wanted = times.month_of(asked.day) if asked.day else asked.month or this
    last = surroundings.last_day or (surroundings.now + FURTHEST).date()
    return wanted if this <= wanted <= last else this


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _minutes(value: str) -> int | None:
    return int(value) if re.fullmatch(r"\d{1,3}", value, re.ASCII) and int(value) >= 5 else None
