"""When the clock alone changes what is known of hosts: kept, so that no answer walks them all."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from availability.domain.facts import HostFacts
from availability.domain.minutes import Masks
from contracts.booking import LinkSettings

SQUAD = 32
"""Hosts kept as one: a change among a thousand costs a walk of so many."""
UNTRUSTED = timedelta(seconds=10)
"""How long an answer stands that a calendar's silence has a part in."""


class Pulse(NamedTuple):
    """Of some hosts, each in order: when holds end, when held seats do, when calendars were read.

    `blind`: a calendar cannot be trusted, whatever the time. `zones`: where the hosts live.
    """

    holds: tuple[datetime, ...]
    seats: tuple[datetime, ...]
    reads: tuple[datetime, ...]
    blind: bool
    zones: frozenset[str]


_mark = attrgetter("mark")
_pulses: Masks[Pulse] = Masks(most=512)


def _make(hosts: Sequence[HostFacts]) -> Pulse:
    own = [host for host in hosts if host.calendar != "none"]
    return Pulse(
        holds=tuple(sorted(c.expires_at for h in hosts for c in h.holds if c.expires_at)),
        seats=tuple(sorted(s.expires_at for h in hosts for c in h.claims for s in c.seat_holds)),
        reads=tuple(sorted(h.synced_at for h in own if h.calendar == "ok" and h.synced_at)),
        blind=any(host.calendar == "broken" or host.synced_at is None for host in own),
        zones=frozenset(host.host.timezone for host in hosts),
    )


def _pulses_of(hosts: Sequence[HostFacts]) -> Iterator[Pulse]:
    for first in range(0, len(hosts), SQUAD):
        some = hosts[first : first + SQUAD]
        yield _pulses.get(tuple(map(_mark, some)), partial(_make, some))


def zones(hosts: Sequence[HostFacts]) -> frozenset[str]:
    """The zones that the hosts live in."""
    return frozenset().union(*(pulse.zones for pulse in _pulses_of(hosts)))


def changes(
    settings: LinkSettings, hosts: Sequence[HostFacts], now: datetime
) -> Iterator[datetime]:
    """The next time that a hold, a held seat, or trust in a calendar ends; of each squad."""
    freshness = timedelta(minutes=settings.freshness)
    for pulse in _pulses_of(hosts):
        yield from _next(pulse.holds, now)
        if settings.kind == "group":
            yield from _next(pulse.seats, now)
        if settings.open_when_stale:
            continue
        # A copy that reaches its limit just now is trusted for no longer than this instant.
        if pulse.blind or (pulse.reads and pulse.reads[0] <= now - freshness):
            yield now + UNTRUSTED
        yield from (read + freshness for read in _next(pulse.reads, now - freshness))


def stale(settings: LinkSettings, hosts: Sequence[HostFacts], now: datetime) -> list[HostFacts]:
    """The hosts whose calendar can be read, and whose copy is too old for this link."""
    if settings.open_when_stale:
        return []
    limit = now - timedelta(minutes=settings.freshness)
    found: list[HostFacts] = []
    for number, pulse in enumerate(_pulses_of(hosts)):
        if pulse.blind or (pulse.reads and pulse.reads[0] < limit):
            some = hosts[number * SQUAD : (number + 1) * SQUAD]
            found += [h for h in some if h.calendar == "ok" and _is_old(h.synced_at, limit)]
    return found


def _is_old(read: datetime | None, limit: datetime) -> bool:
    return read is None or read < limit


def _next(times: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    at = bisect_right(times, now)
    return times[at : at + 1]
