"""Why a meeting went to whom, how fair a month was, and what other terms would have made of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import msgspec

from booking.domain import teams as team_rules
from booking.domain.rotation import fairness, telling
from booking.domain.rotation.fairness import Month
from booking.domain.rotation.replay import Outcome, what_if
from booking.domain.rotation.values import Candidate, Share
from booking.domain.zones import zone
from booking.service import rotating
from booking.service.desk import Desk
from booking.store import bookings, hosts, ledger, links, shares, teams, workspaces
from booking.store.shares import Period
from contracts.booking import (
    Decision,
    Decisions,
    Fairness,
    FairnessRow,
    GetDecisions,
    GetFairness,
    Host,
    Link,
    LinkHost,
    Tried,
    TryTerms,
)
from contracts.errors import Invalid, NotFound
from servicekit import Tx

_MOST_MONTHS = 24

Names = Mapping[UUID, str]


def decisions(desk: Desk, request: GetDecisions) -> Decisions:
    """Those of the booking's chain, oldest first, with the hosts' names of today."""
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        found = ledger.of_root(tx, request.workspace_id, booking.root_id)
        names = _names(hosts.of_workspace(tx, request.workspace_id)) if found else {}
    return Decisions(decisions=tuple(_named(decision, names) for decision in found))


def _names(found: Iterable[Host]) -> Names:
    return {host.id: host.name for host in found}


def _named(decision: Decision, names: Names) -> Decision:
    replace = msgspec.structs.replace
    return replace(
        decision,
        host_name=names.get(decision.host_id, ""),
        candidates=tuple(
            replace(one, name=names.get(one.host_id, "")) for one in decision.candidates
        ),
    )


@dataclass(frozen=True)
class _Pool:
    """A team or link as it is now, over the months that are asked about."""

    members: tuple[Candidate, ...]
    names: Names
    by_level: bool
    months: tuple[Period, ...]


def report(desk: Desk, request: GetFairness) -> Fairness:
    """A row for each host and month."""
    with desk.db.begin() as tx:
        pool = _pool(tx, request)
        found = [row for month in pool.months for row in _month(tx, pool, month)]
    return Fairness(rows=tuple(found))


def _month(tx: Tx, pool: _Pool, period: Period) -> tuple[FairnessRow, ...]:
    month = Month(period.month, shares.counts(tx, period), shares.credits_of(tx, period))
    return fairness.rows(month, pool.members, pool.names, by_level=pool.by_level)


def _pool(tx: Tx, request: GetFairness | TryTerms) -> _Pool:
    places, naming = _places(tx, request)
    found = hosts.of_workspace(tx, request.workspace_id)
    active = {host.id for host in found if host.active}
    members = tuple(
        Candidate(
            one.host_id, number, weight=one.weight, level=one.level,
            state="free" if one.host_id in active else "inactive",
        )
        for number, one in enumerate(places)
    )  # fmt: skip
    by_level = any(link.settings.assignment == "priority" for link in naming)
    timezone = workspaces.timezone(tx, request.workspace_id)
    return _Pool(members, _names(found), by_level, tuple(_months(request, timezone)))


def _places(
    tx: Tx, request: GetFairness | TryTerms
) -> tuple[tuple[LinkHost, ...], tuple[Link, ...]]:
    team = teams.by_id(tx, request.workspace_id, request.pool_id)
    if team is not None:
        return team_rules.places(team), teams.links(tx, team.id)
    link = links.by_id(tx, request.workspace_id, request.pool_id)
    if link is None:
        raise NotFound("There is no such team.")
    return tuple(sorted(link.settings.hosts, key=lambda place: place.position)), (link,)


def _months(request: GetFairness | TryTerms, timezone: str) -> Iterator[Period]:
    first, last = request.first.replace(day=1), request.last.replace(day=1)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= count <= _MOST_MONTHS:
        raise Invalid(fields={"last": f"Ask for 1 to {_MOST_MONTHS} months."})
    month = first
    for _ in range(count):
        yield rotating.period(request.pool_id, _noon(month, timezone), timezone)
        month = (month + timedelta(days=31)).replace(day=1)


def _noon(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(12), zone(timezone)).astimezone(UTC)


def try_terms(desk: Desk, request: TryTerms) -> Tried:
    """The ledger of these months played again. Raises `Invalid`, `NotFound`."""
    _require_sane(request)
    with desk.db.begin() as tx:
        pool = _pool(tx, request)
        kept = [one for month in pool.months for one in ledger.standing(tx, month)]
    terms = {one.host_id: Share(one.weight, one.level) for one in request.terms}
    outcomes = what_if(map(telling.heard, kept), request.method, terms)
    members = tuple(_on(one, terms) for one in pool.members)
    found = [
        row
        for period in pool.months
        for row in fairness.rows(
            _played(period.month, outcomes),
            members,
            pool.names,
            by_level=request.method == "priority",
        )
    ]
    moved = sum(outcome.moved for outcome in outcomes)
    return Tried(rows=tuple(found), decisions=len(outcomes), moved=moved)


def _require_sane(request: TryTerms) -> None:
    wrong = {
        f"terms.{number}.{field}": said
        for number, one in enumerate(request.terms)
        for field, said in team_rules.out_of_range(one.weight, one.level).items()
    }
    if wrong:
        raise Invalid(fields=wrong)


def _on(one: Candidate, terms: Mapping[UUID, Share]) -> Candidate:
    new = terms.get(one.host_id, Share(one.weight, one.level))
    return Candidate(one.host_id, one.place, weight=new.weight, level=new.level, state=one.state)


def _played(month: date, outcomes: Iterable[Outcome]) -> Month:
    counts: Counter[UUID] = Counter()
    earned: dict[UUID, int] = {}
    for outcome in outcomes:
        if outcome.kept.month == month:
            counts[outcome.decision.host_id] += 1
            for judged in outcome.decision.judged:
                earned[judged.candidate.host_id] = judged.candidate.credit
    return Month(month, counts, earned)
