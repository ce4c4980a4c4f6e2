"""What links would offer under other rules, beside what they offer now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from availability.domain import listing
from availability.domain.facts import Ask, HostFacts, LinkFacts, Offer
from availability.domain.hours import Hours
from contracts.availability import OfferChange, Schedule


@dataclass(frozen=True)
class Rules:
    """A link under some rules, with its hosts."""

    link: LinkFacts
    hosts: tuple[HostFacts, ...]

    def starts(self, now: datetime, zone: str, days: tuple[int, int]) -> frozenset[datetime]:
        """What is offered on some days (numbers, both included) for the first duration."""
        ask = Ask(now=now, duration=self.link.link.settings.durations[0])
        return frozenset(listing.in_days(Offer(self.link, self.hosts, ask), zone, *days))


def rescheduled(host: HostFacts, schedules: Iterable[Schedule]) -> HostFacts:
    """The host with those of the schedules that are theirs; a default one displaces the other.

    New facts, with a mark of their own: nothing that is kept for what is true is mixed with them.
    """
    wanted = {one.id: one for one in schedules if one.host_id == host.host.id}
    if not wanted:
        return host
    displaced = any(one.is_default for one in wanted.values())
    kept = [one.schedule for one in host.schedules if one.schedule.id not in wanted]
    if displaced:
        kept = [msgspec.structs.replace(one, is_default=False) for one in kept]
    return HostFacts(
        host=host.host,
        schedules=tuple(map(Hours, [*kept, *wanted.values()])),
        time_off=host.time_off,
        claims=host.claims,
        busy=host.busy,
        calendar=host.calendar,
        synced_at=host.synced_at,
    )


def change(
    sides: tuple[Rules | None, Rules | None], now: datetime, zone: str, days: tuple[int, int]
) -> OfferChange:
    """From what is to what would be; `None` is a link that is not there."""
    before, after = (side.starts(now, zone, days) if side else frozenset() for side in sides)
    link = next(side.link.link for side in reversed(sides) if side is not None)
    return OfferChange(
        link_id=link.id,
        slug=link.settings.slug,
        before=len(before),
        after=len(after),
        appear=len(after - before),
        vanish=len(before - after),
    )


def by_slug(changes: Sequence[OfferChange]) -> tuple[OfferChange, ...]:
    """In the order in which they are answered."""
    return tuple(sorted(changes, key=lambda one: (one.slug, one.link_id)))
