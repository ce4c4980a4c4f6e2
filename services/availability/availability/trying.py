"""Tries rules out on real facts without saving them: schedules and links as they would be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from availability.domain import checks, pulse, whatif, zones
from availability.domain.facts import HostFacts
from availability.domain.minutes import floor_minute, to_date
from availability.domain.whatif import Rules
from availability.store import facts, schedules
from availability.store.memory import REACH
from contracts.availability import OfferChange, OfferChanges, WhatIf
from contracts.booking import Link
from contracts.errors import Invalid, NotFound
from servicekit import Tx


@dataclass(frozen=True)
class Trial:
    """The links in question, as they stand and as they would be, and all of their hosts."""

    request: WhatIf
    sides: tuple[tuple[Rules | None, Rules | None], ...]

    def stale(self, now: datetime) -> dict[UUID, HostFacts]:
        """The hosts whose copy of their calendar is too old for a link that would be."""
        rules = [after for _, after in self.sides if after is not None]
        found = (pulse.stale(one.link.link.settings, one.hosts, now) for one in rules)
        return {host.host.id: host for hosts in found for host in hosts}

    @property
    def freshness(self) -> int:
        """The shortest of the links' limits, in seconds."""
        rules = [after.link.link.settings.freshness for _, after in self.sides if after is not None]
        return 60 * min(rules, default=1)


def check(request: WhatIf) -> None:
    """Raises `Invalid` at fields such as `schedules[1].hours.1`."""
    wrong: dict[str, str] = {}
    for number, schedule in enumerate(request.schedules):
        try:
            checks.schedule(schedule)
        except Invalid as error:
            wrong |= {f"schedules[{number}].{name}": says for name, says in error.fields.items()}
    if not zones.is_zone(request.timezone):
        wrong["timezone"] = checks.UNKNOWN_ZONE
    if wrong:
        raise Invalid(fields=wrong)


def gather(tx: Tx, request: WhatIf, now: datetime) -> Trial:
    """Raises `NotFound` for hosts of another workspace."""
    moved = {schedule.host_id for schedule in request.schedules}
    would_be = {link.id: link for link in request.links}
    asked = {*would_be, *request.removed}
    stand = {link.id: link for link in schedules.links(tx, request.workspace_id, asked, moved)}
    both = [*stand.values(), *would_be.values()]
    needed = moved | {place.host_id for link in both for place in link.settings.hosts}
    hosts = facts.host_facts(tx, sorted(needed), now - REACH, {})
    if any(host.host.workspace_id != request.workspace_id for host in hosts.values()):
        raise NotFound
    after = {key: whatif.rescheduled(host, request.schedules) for key, host in hosts.items()}
    gone = set(request.removed)

    def sides() -> Iterator[tuple[Rules | None, Rules | None]]:
        for key in {**stand, **would_be}:
            wanted = None if key in gone else would_be.get(key, stand.get(key))
            yield _rules(tx, stand.get(key), hosts, now), _rules(tx, wanted, after, now)

    return Trial(request, tuple(side for side in sides() if side != (None, None)))


def _rules(tx: Tx, link: Link | None, hosts: dict[UUID, HostFacts], now: datetime) -> Rules | None:
    if link is None:
        return None
    theirs = [hosts[place.host_id] for place in link.settings.hosts if place.host_id in hosts]
    return Rules(facts.counted(tx, link, now - REACH), tuple(theirs))


def answer(trial: Trial, now: datetime) -> OfferChanges:
    """What each link offers and would offer; pure."""
    zone = trial.request.timezone
    today = zones.wall_day(zone, floor_minute(now))
    days = today, today + trial.request.days - 1
    found: list[OfferChange] = [whatif.change(side, now, zone, days) for side in trial.sides]
    return OfferChanges(first=to_date(days[0]), last=to_date(days[1]), links=whatif.by_slug(found))
