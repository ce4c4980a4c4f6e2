"""What a page's address wishes for, and the month of slots that answers it.

An address is typed, shared and cut off: what cannot be read is left out, never an error.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from werkzeug.datastructures import MultiDict

from contracts.availability import GetSlots, Slots
from contracts.booking import LinkSettings
from gateway import current, languages
from gateway.accounts.values import ZONES
from gateway.booking_pages import ways
from gateway.presenting import picker, times, zones
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
    zone = values.get("tz", "")
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


def twelve() -> bool:
    """Whether the reader writes 2:00 pm."""
    return languages.twelve()


def show(source: Source, asked: Wish, surroundings: Context) -> Shown:
    """The month that was asked for; without one, the first that has slots."""
    this = times.month_of(times.local(surroundings.now, asked.zone).date())
    month = _month(asked, this, surroundings)
    settled = replace(asked, month=month)
    slots = read(source, settled, month, times.month_after(month) - timedelta(days=1))
    skipped = ""
    if not slots.slots and slots.next_free and asked.month is None and asked.day is None:
        skipped = times.month_alone(month)
        month = times.month_of(times.local(slots.next_free, asked.zone).date())
        settled = replace(asked, month=month)
        slots = read(source, settled, month, times.month_after(month) - timedelta(days=1))
    return Shown(picker.build(settled, slots, surroundings), slots, settled, skipped)


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
