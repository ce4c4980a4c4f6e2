"""Which meeting is meant: a host's words against their meetings. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.booking import Booking
from gateway.assistant.saying import Clues, plain

MOST = 10
"""Candidates that are listed."""


@dataclass(frozen=True)
class Matches:
    """`exact` fit all that was said; `near`, only without an exact one, fit a part of it.

    Soonest first. A near one is shown, never acted on.
    """

    exact: tuple[Booking, ...] = ()
    near: tuple[Booking, ...] = ()


def matches(bookings: Iterable[Booking], said: Clues, timezone: str) -> Matches:
    """Nothing said fits nothing: no word must ever mean every meeting."""
    if said == Clues():
        return Matches()
    ordered = sorted(bookings, key=lambda booking: booking.start)
    exact = [b for b in ordered if _when(b, said, timezone) and _who(b, said)]
    if exact:
        return Matches(exact=tuple(exact[:MOST]))
    near = [b for b in ordered if said.names and _who(b, said)]
    near += [b for b in ordered if _has_time(said) and _when(b, said, timezone) and b not in near]
    return Matches(near=tuple(near[:MOST]))


def _has_time(said: Clues) -> bool:
    return said.days is not None or bool(said.minutes)


def _when(booking: Booking, said: Clues, timezone: str) -> bool:
    wall = booking.start.astimezone(ZoneInfo(timezone))
    in_days = said.days is None or said.days[0] <= wall.date() <= said.days[1]
    return in_days and (not said.minutes or _minute(wall) in said.minutes)


def _minute(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute


def _who(booking: Booking, said: Clues) -> bool:
    """Each name begins a word of who comes, what they answered, or what was booked."""
    words = set(_words(booking))
    return all(any(word.startswith(name) for word in words) for name in said.names)


def _words(booking: Booking) -> Iterator[str]:
    texts = [booking.attendee.name, booking.attendee.email, booking.link_title, *booking.guests]
    texts += [host.name for host in booking.hosts]
    texts += [answer for answer in booking.answers.values() if isinstance(answer, str)]
    for text in texts:
        yield from re.split(r"[\W_]+", plain(text[:300]))
