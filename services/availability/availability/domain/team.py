"""Hosts taken together: the union of a team's starts, or the intersection of those who all come."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_, attrgetter, or_
from typing import NamedTuple, get_args
from uuid import UUID

from availability.domain import engine
from availability.domain.engine import Moment, Question
from availability.domain.facts import HostFacts, Offer
from availability.domain.minutes import Masks, floor_minute
from contracts.availability import Rule

SQUAD = 32
"""Hosts whose union is kept as one: a change among a thousand costs two short walks."""


class Free(NamedTuple):
    """The starts at which the link can be booked, and the grid in which they lie."""

    starts: int
    grid: int


class Squad(NamedTuple):
    """The union of some hosts by home zone, and what else is to be asked before it is used.

    Only links without seats have squads, so that every rule binds each start.

    `read` is when the oldest copy of a calendar was read; None if nobody has one.
    """

    unions: tuple[tuple[str, int], ...]
    grid: int
    ids: frozenset[int]
    steady: bool
    read: datetime | None


_mark = attrgetter("mark")
_squads: Masks[Squad] = Masks(most=256)
_NEVER = datetime.min.replace(tzinfo=UTC)


def _read(host: HostFacts) -> datetime:
    return host.synced_at if host.calendar == "ok" and host.synced_at else _NEVER


def _make(asked: Question, hosts: Sequence[HostFacts]) -> Squad:
    unions: dict[str, int] = {}
    grid = 0
    for host in hosts:
        own = engine.kept(asked, host)
        grid |= own.grid
        home = host.host.timezone
        unions[home] = unions.get(home, 0) | own.always
    return Squad(
        unions=tuple(unions.items()),
        grid=grid,
        ids=frozenset([host.host.id.int for host in hosts]),
        steady=all(h.host.active and not (h.claims and h.holds) for h in hosts),
        read=min((_read(host) for host in hosts if host.calendar != "none"), default=None),
    )


def _squad(asked: Question, hosts: Sequence[HostFacts]) -> Squad:
    key = (tuple(map(_mark, hosts)), asked.terms, asked.frame)
    return _squads.get(key, lambda: _make(asked, hosts))


def _is_calm(asked: Question, squad: Squad) -> bool:
    """Whether the clock changes nothing about the squad just now."""
    settings = asked.link.link.settings
    if not squad.steady or not squad.ids <= asked.link.host_ids:
        return False
    if squad.read is None or settings.open_when_stale:
        return True
    return asked.ask.now - squad.read <= timedelta(minutes=settings.freshness)


def _any(asked: Question, hosts: Sequence[HostFacts]) -> Free:
    starts = grid = 0
    for first in range(0, len(hosts), SQUAD):
        some = hosts[first : first + SQUAD]
        squad = _squad(asked, some)
        grid |= squad.grid
        if _is_calm(asked, squad):
            for zone, union in squad.unions:
                starts |= union & engine.days_ahead(asked, zone)
        else:
            starts |= reduce(or_, (engine.free(asked, host) for host in some))
    return Free(starts & asked.opened & asked.limited, grid)


def _each(asked: Question, hosts: Sequence[HostFacts]) -> Free:
    """The same, host after host: for few, or when what is kept of squads is of no use."""
    starts = grid = 0
    for host in hosts:
        own = engine.kept(asked, host)
        starts |= engine.free(asked, host, own)
        grid |= own.grid
    return Free(starts, grid)


def _all(asked: Question, hosts: Sequence[HostFacts]) -> Free:
    """Nobody, if one of the link's hosts is not known."""
    if not hosts or {host.host.id.int for host in hosts} != asked.link.host_ids:
        return Free(0, 0)
    starts = reduce(and_, (engine.free(asked, host) for host in hosts))
    return Free(starts, engine.kept(asked, hosts[0]).grid | asked.joins)


def free(asked: Question, hosts: Sequence[HostFacts]) -> Free:
    """When the link can be booked: with any of the hosts, or with all where they meet together."""
    if engine.together(asked.link.link.settings):
        return _all(asked, hosts)
    if len(hosts) == 1 or asked.ask.except_booking is not None:
        return _each(asked, hosts)
    return _any(asked, hosts)


# --- one start -----------------------------------------------------------------------------------


class Verdict(NamedTuple):
    """Who can take a link at a start, in the link's order, and by which rule the others cannot.

    `free` is what a booking may use: where hosts meet together it is all of them or nobody.
    `seats` is how many attendees more the start has room for. `rule` is why the start is not
    offered, None if it is: where any host would do, what kept the one who came nearest, so that a
    time that was taken is not called one outside of working hours; where all are needed, what
    stands furthest in the way.
    """

    free: tuple[UUID, ...]
    passed_over: tuple[tuple[UUID, Rule], ...]
    seats: int
    rule: Rule | None


_NEARER: list[Rule] = sorted(get_args(Rule), key=lambda rule: rule != "not_a_host")
"""The rules in the order in which a start fails them (`engine.layers`)."""


def _reason(passed: Iterable[tuple[UUID, Rule]], *, together: bool) -> Rule:
    most = min if together else max
    return most((rule for _, rule in passed), key=_NEARER.index, default="not_a_host")


def _first_rules(
    asked: Question, hosts: Sequence[HostFacts], wanted: UUID | None, at: Moment
) -> Iterator[tuple[UUID, Rule | None]]:
    known = {host.host.id: host for host in hosts}
    ids = [place.host_id for place in asked.link.link.settings.hosts]
    for key in ids if wanted is None else [wanted]:
        host = known.get(key)
        yield key, next(engine.refusals(asked, host, at), None) if host else "not_a_host"


def check(offer: Offer, start: datetime, wanted: UUID | None = None) -> Verdict:
    """Who can take a link at a start: the same layers as the listing's, bit by bit.

    `wanted` is the host that a visitor has picked. Hosts who meet together cannot be picked apart.
    """
    link, hosts, ask = offer.link, offer.hosts, offer.ask
    settings, everyone = link.link.settings, [place.host_id for place in link.link.settings.hosts]
    if far := engine.out_of_reach(ask, start):
        ids = everyone if wanted is None else [wanted]
        return Verdict((), tuple([(key, far) for key in ids]), 0, far)
    at, together = engine.moment(start), engine.together(settings)
    asked = engine.question(link, hosts, ask, at.frame)
    rules = dict(_first_rules(asked, hosts, None if together else wanted, at))
    able = tuple([key for key, rule in rules.items() if rule is None])
    passed = tuple([(key, rule) for key, rule in rules.items() if rule is not None])
    if together and passed:
        able = ()
    if able:
        return Verdict(able, passed, asked.seats_at(floor_minute(start)), None)
    return Verdict((), passed, 0, _reason(passed, together=together))
