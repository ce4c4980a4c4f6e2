"""The ledger played again: as it was, to prove it; with other weights, to see what would be."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from booking.domain.rotation.choosing import by_hand, choose
from booking.domain.rotation.shares import met
from booking.domain.rotation.values import (
    ROTATED,
    Candidate,
    Decision,
    Kept,
    Last,
    Presence,
    Share,
)
from contracts.booking.teams import Method


def again(decision: Decision) -> UUID | None:
    """Whom the rule chooses on the recorded facts: the same host, or the ledger is wrong."""
    if decision.why not in ROTATED:
        return decision.host_id
    candidates = tuple(one.candidate for one in decision.judged)
    repeated = choose(decision.method, candidates, decision.last)
    return None if repeated is None else repeated.host_id


@dataclass
class _World:
    """What has been given out so far, in the world that is tried."""

    counts: dict[date, Counter[UUID]] = field(default_factory=dict)
    credits: dict[tuple[date, UUID], int] = field(default_factory=dict)
    presences: dict[date, dict[UUID, Presence]] = field(default_factory=dict)
    turns: dict[UUID, int] = field(default_factory=dict)
    last: Last | None = None


@dataclass(frozen=True)
class Outcome:
    """One meeting as it went, and as it would have gone; both hosts may be the same."""

    kept: Kept
    decision: Decision

    @property
    def moved(self) -> bool:
        """Whether another host would have it."""
        return self.kept.decision.host_id != self.decision.host_id


def what_if(
    ledger: Iterable[Kept], method: Method, shares: Mapping[UUID, Share]
) -> tuple[Outcome, ...]:
    """The same meetings, the same free hosts, other terms. A host without terms keeps theirs.

    `ledger`: the meetings that still count, each by its newest decision, in their order. What was
    decided by hand stays; absences earn the credit that they would have earned.
    """
    world = _World()
    return tuple(
        _played(world, number, kept, (method, shares)) for number, kept in enumerate(ledger)
    )


def _played(
    world: _World, number: int, kept: Kept, terms: tuple[Method, Mapping[UUID, Share]]
) -> Outcome:
    method, shares = terms
    counts = world.counts.setdefault(kept.month, Counter())
    known = tuple(_moved(world, kept, one.candidate, shares) for one in kept.decision.judged)
    before = world.presences.get(kept.month, {})
    candidates, world.presences[kept.month] = met(known, before, by_level=method == "priority")
    for one in candidates:
        world.credits[kept.month, one.host_id] = one.credit
    decision = _decided(kept.decision, method, candidates, world.last)
    counts[decision.host_id] += 1
    if decision.why != "kept":
        world.turns[decision.host_id] = number
    if decision.why in ROTATED:
        world.last = Last(decision.host_id, decision.place)
    return Outcome(kept, decision)


def _moved(world: _World, kept: Kept, one: Candidate, shares: Mapping[UUID, Share]) -> Candidate:
    """A recorded candidate with the standing that they have in the world that is tried."""
    terms = shares.get(one.host_id, Share(one.weight, one.level))
    return replace(
        one,
        weight=terms.weight,
        level=terms.level,
        count=world.counts[kept.month][one.host_id],
        credit=world.credits.get((kept.month, one.host_id), 0),
        turn=world.turns.get(one.host_id),
    )


def _decided(
    recorded: Decision, method: Method, candidates: tuple[Candidate, ...], last: Last | None
) -> Decision:
    chosen = choose(method, candidates, last) if recorded.why in ROTATED else None
    if chosen is None:
        return by_hand(method, candidates, recorded.host_id, recorded.why)
    return replace(chosen, why=recorded.why)
