"""Whether a meeting follows what its host did in their calendar: pure decisions."""

from datetime import datetime, timedelta
from typing import Literal

from booking.domain import moments
from contracts.booking import Booking, LinkSettings
from contracts.errors import Invalid

Span = tuple[datetime, datetime]
Why = Literal["policy", "taken", "impossible"]

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(minutes=480)
"""What a link's meetings may last at all. Source: product.md, Links."""


def is_stale(now: Span, was: Span, followed: Span | None) -> bool:
    """Whether the meeting was moved by somebody else since the host saw it at `was`: that came
    later, and the event is written anew.
    """
    return now not in {was, followed}


def obstacle(booking: Booking, settings: LinkSettings, span: Span, now: datetime) -> Why | None:
    """Why the meeting does not follow its host to `span`. Notice, horizon and limits do not bind
    a host; whether the time is free is for the claims to say.
    """
    if settings.calendar_changes != "follow":
        return "policy"
    start, end = span
    if booking.status != "confirmed" or not SHORTEST <= end - start <= LONGEST:
        return "impossible"
    try:
        moments.require_bookable(start, now)
    except Invalid:
        return "impossible"
    return None
