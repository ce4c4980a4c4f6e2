"""Instants: which can be asked for at all, and the spans and cut-offs that follow from them."""

from datetime import datetime, timedelta

from contracts.booking import LinkSettings
from contracts.errors import Invalid
from contracts.wire import utc

FURTHEST = timedelta(days=1100)
"""Beyond every horizon (730 days at most), so that nobody computes with the year 9999."""


def instant(value: datetime) -> datetime:
    """In UTC. Raises `Invalid` on `start` where it is naive, or beyond the calendar."""
    try:
        return utc(value)
    except (OverflowError, ValueError):
        raise Invalid(fields={"start": "This is not a time that can be booked."}) from None


def require_bookable(start: datetime, now: datetime) -> None:
    """Raises `Invalid` on `start`: past, absurdly far, or within a minute."""
    if start.second or start.microsecond:
        raise Invalid(fields={"start": "Meetings start at a whole minute."})
    if start < now:
        raise Invalid(fields={"start": "This time has passed."})
    if start > now + FURTHEST:
        raise Invalid(fields={"start": "This time is too far ahead."})


def span(start: datetime, end: datetime, settings: LinkSettings) -> tuple[datetime, datetime]:
    """What the meeting takes from a host: with the link's buffers, `[from, to)`."""
    before = timedelta(minutes=settings.buffer_before)
    return start - before, end + timedelta(minutes=settings.buffer_after)


def cut_offs(start: datetime, settings: LinkSettings) -> tuple[datetime, datetime]:
    """Until when (that instant not included) the attendee may reschedule, and cancel."""
    return (
        start - timedelta(minutes=settings.reschedule_cutoff),
        start - timedelta(minutes=settings.cancel_cutoff),
    )
