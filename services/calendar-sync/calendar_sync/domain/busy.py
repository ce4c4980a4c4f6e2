"""What changed in a host's mirrored busy time, and how fresh and how healthy the copy is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from contracts.calendar_sync import BusyPeriod

State = Literal["none", "ok", "broken"]

KEPT_AFTER_END = timedelta(days=1)
"""Periods that ended longer ago than this interest nobody: they are neither kept nor told."""


@dataclass(frozen=True)
class Copy:
    """A host's mirrored calendars as a whole; `synced_at` is that of the oldest part."""

    state: State
    synced_at: datetime | None


@dataclass(frozen=True)
class Part:
    """One connection of a host. `checked`: at least one of its calendars is read for busy time."""

    ok: bool
    checked: bool
    synced_at: datetime | None


def copy_of(parts: Iterable[Part]) -> Copy:
    """The whole of a host's connections: as old as the oldest, broken when one is.

    A connection that checks nothing neither ages nor breaks the copy. A part that was never read
    makes the whole unread (`synced_at` `None`).
    """
    read = [part for part in parts if part.checked]
    if not read:
        return Copy("none", None)
    times = [part.synced_at for part in read]
    oldest = None if None in times else min(time for time in times if time is not None)
    return Copy("ok" if all(part.ok for part in read) else "broken", oldest)


def period_id(connection_id: object, calendar_id: str, occurrence: str) -> str:
    """A period's id, unique over all calendars of a host."""
    return f"{connection_id}/{calendar_id}/{occurrence}"


def changes(
    known: dict[str, BusyPeriod],
    read: Iterable[BusyPeriod],
    *,
    complete: bool,
    replaced: Collection[str] = (),
) -> tuple[BusyPeriod, ...]:
    """What differs between the mirror and what was read, gone periods marked `removed`.

    `complete`: what was not read is gone. Otherwise only what was read has changed, and what was
    not read of the events in `replaced` (as `period_id`s) is gone.
    """
    latest = {period.id: period for period in read}
    changed = [
        period
        for period in latest.values()
        if (period.id in known if period.removed else known.get(period.id) != period)
    ]
    changed += [
        gone(period)
        for key, period in known.items()
        if key not in latest and (complete or _is_of(key, replaced))
    ]
    return tuple(changed)


def _is_of(key: str, events: Collection[str]) -> bool:
    """Whether this is the period of one of the events, or of one of their occurrences."""
    return key in events or key.rpartition("#")[0] in events


def gone(period: BusyPeriod) -> BusyPeriod:
    """The same period, marked as removed."""
    return BusyPeriod(id=period.id, start=period.start, end=period.end, removed=True)


def matters(period: BusyPeriod, now: datetime) -> bool:
    """Whether anybody still asks about it."""
    return period.removed or period.end > now - KEPT_AFTER_END


def tells_freshness(told_at: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether it is time to say again that the copy is fresh, though nothing changed."""
    return told_at is None or now - told_at >= every
