"""What the host's pages share: who looks, whose things they see, parts that may be away, times.

Members see their own; admins and owners see the workspace. Somebody else's is `NotFound`, so that
nobody learns what exists.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from flask import flash, g, request

from contracts.booking import Host, ListHosts
from contracts.errors import NotFound, SchedulingError
from gateway import current
from gateway.presenting.zones import canonical

SYSTEMS = frozenset({"Etc", "SystemV", "posix", "right"})
"""Areas of the tz database that are no places."""

T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """One part of a page: its value, or why it is not there (a sentence)."""

    value: T | None = None
    problem: str = ""


def part(load: Callable[[], T]) -> Part[T]:
    """Loads a part without which the page still serves; what keeps it away is said there."""
    try:
        return Part(load())
    except SchedulingError as refusal:
        return Part(problem=next(iter(refusal.fields.values()), refusal.message))


def sees_all() -> bool:
    """Whether who looks may see the whole workspace."""
    return current.account().role in {"owner", "admin"}


def mine_or_404(owner: UUID | None) -> None:
    """Raises `NotFound` unless it is the reader's own, or they see the workspace."""
    if owner != current.account().id and not sees_all():
        raise NotFound


def actor() -> str:
    """Who acts, for history and audit."""
    return f"account:{current.account().id}"


def zone() -> str:
    """The reader's time zone."""
    return current.account().timezone


def local(at: datetime, timezone: str = "") -> datetime:
    """An instant as wall time of the reader, or of a named zone."""
    return at.astimezone(ZoneInfo(timezone or zone()))


def hosts() -> dict[UUID, Host]:
    """The workspace's hosts by id; asked once a request."""
    if "desk_hosts" not in g:
        answer = current.services().booking.list_hosts(
            ListHosts(workspace_id=current.account().workspace_id)
        )
        g.desk_hosts = {host.id: host for host in answer.hosts}
    found: dict[UUID, Host] = g.desk_hosts
    return found


def url_of(slug: str) -> str:
    """The public address of a link or of a host's page."""
    return f"{current.settings().public_url.rstrip('/')}/book/{slug}"


def tell(error: SchedulingError) -> None:
    """Says a refusal on the next page."""
    flash(error.message, "danger")


def wants_part() -> bool:
    """Whether a script asked, to put parts of this page in place of what it shows."""
    return request.headers.get("X-Live") == "1"


# --- words ---------------------------------------------------------------------------------------


def day_words(day: date, today: date) -> str:
    """`Today, Monday 23 November`, `Tomorrow, ...`, or the day; the year if it is another."""
    words = f"{day:%A} {day.day} {day:%B}"
    if day.year != today.year:
        words += f" {day.year}"
    near = {0: "Today, ", 1: "Tomorrow, ", -1: "Yesterday, "}.get((day - today).days, "")
    return near + words


def short_day_words(at: datetime) -> str:
    """`Tue 1 Dec`, in the reader's zone; the year if it is another."""
    wall = local(at)
    year = "" if wall.year == today().year else f" {wall:%Y}"
    return f"{wall:%a} {wall.day} {wall:%b}{year}"


def time_words(at: datetime, timezone: str = "") -> str:
    """`14:00`, in the reader's zone or a named one."""
    return f"{local(at, timezone):%H:%M}"


def when_words(at: datetime, timezone: str = "") -> str:
    """`Tue 1 December 2026, 14:00`, in the reader's zone or a named one."""
    wall = local(at, timezone)
    return f"{wall:%a} {wall.day} {wall:%B %Y}, {wall:%H:%M}"


def zone_words(timezone: str, at: datetime) -> str:
    """`London (UTC+1)` as it is at that instant."""
    offset = local(at, timezone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign, (hours, rest) = ("-" if minutes < 0 else "+"), divmod(abs(minutes), 60)
    shown = f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "") if minutes else "UTC"
    city = timezone.rpartition("/")[2].replace("_", " ")
    return shown if city == shown else f"{city} ({shown})"


def soon_words(at: datetime, now: datetime) -> str:
    """`in 12 minutes`, `in 3 hours`, `in 2 days`; `now` for what has begun."""
    minutes = -int((now - at).total_seconds() // 60)
    if minutes <= 0:
        return "now"
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size * (2 if size > 60 else 1):
            count = round(minutes / size)
            return f"in {count} {name}{'' if count == 1 else 's'}"
    return "now"


def ago_words(at: datetime, now: datetime) -> str:
    """`just now`, `2 min ago`, `3 hours ago`, `5 days ago`."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    count, name = (minutes // 60, "hour") if minutes < 2880 else (minutes // 1440, "day")
    return f"{count} {name}{'' if count == 1 else 's'} ago"


def today(timezone: str = "") -> date:
    """The present day in the reader's zone, or in a named one."""
    return local(current.now(), timezone).date()


@lru_cache(maxsize=1)
def zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every zone with an area, grouped by area, for a select."""
    groups: dict[str, list[tuple[str, str]]] = {"": [("UTC", "UTC")]}
    for name in sorted(available_timezones()):
        area, slash, city = name.partition("/")
        if slash and area not in SYSTEMS and canonical(name) == name:
            groups.setdefault(area, []).append((name, city.replace("_", " ").replace("/", ", ")))
    return [(area or "Universal", options) for area, options in groups.items()]


def person(actor_name: str, attendee: str = "") -> str:
    """An actor of a history in words: the attendee, a member of the workspace, or the system."""
    kind, _, identity = actor_name.partition(":")
    if kind == "attendee":
        return attendee or "The attendee"
    try:
        found = hosts().get(UUID(identity)) if identity else None
    except (ValueError, SchedulingError):
        found = None
    if found:
        return "You" if found.id == current.account().id else found.name
    return "Workestra" if kind == "system" else "A former member"
