"""Limits per day, week and month: which meetings count together. Source: product.md, Links."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from booking.domain.zones import zone
from contracts.booking import Host, Limits, Link

Scope = Literal["host", "link"]


@dataclass(frozen=True)
class Count:
    """A question to the store: how many meetings of `owner` start in `[first, after)`, UTC.

    `most` is the limit: at `most` or more, another meeting is refused.
    """

    scope: Scope
    owner: UUID
    first: datetime
    after: datetime
    most: int


def counts(link: Link, hosts: tuple[Host, ...], start: datetime) -> tuple[Count, ...]:
    """What must be counted before a meeting at `start`: a host's limit in their zone, a link's in
    the workspace's.
    """
    wanted = [*_of("link", link.id, link.settings.limits, (start, link.workspace_timezone))]
    for host in hosts:
        wanted += _of("host", host.id, host.limits, (start, host.timezone))
    return tuple(wanted)


def _of(scope: Scope, owner: UUID, limits: Limits, when: tuple[datetime, str]) -> list[Count]:
    return [
        Count(scope, owner, *bounds, most)
        for most, bounds in (
            (limits.day, day(*when)),
            (limits.week, week(*when)),
            (limits.month, month(*when)),
        )
        if most is not None
    ]


def day(start: datetime, timezone: str) -> tuple[datetime, datetime]:
    """The local day of `start`: `[midnight, midnight)` in UTC, 23 to 25 hours."""
    today = start.astimezone(zone(timezone)).date()
    return _midnight(today, timezone), _midnight(today + timedelta(days=1), timezone)


def week(start: datetime, timezone: str) -> tuple[datetime, datetime]:
    """The local week of `start`, from Monday (ISO 8601)."""
    today = start.astimezone(zone(timezone)).date()
    monday = today - timedelta(days=today.weekday())
    return _midnight(monday, timezone), _midnight(monday + timedelta(days=7), timezone)


def month(start: datetime, timezone: str) -> tuple[datetime, datetime]:
    """The local calendar month of `start`."""
    first = start.astimezone(zone(timezone)).date().replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return _midnight(first, timezone), _midnight(following, timezone)


def _midnight(day: date, timezone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone(timezone)).astimezone(UTC)
