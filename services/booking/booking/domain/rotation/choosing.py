"""The three ways to choose a host among those free."""

from collections.abc import Mapping
from uuid import UUID

from booking.domain.rotation.shares import standings
from booking.domain.rotation.values import (
    Candidate,
    Decision,
    Judged,
    Last,
    Standing,
)
from contracts.booking.teams import Ground, Method, Reason, Why

Rank = tuple[int, int, int, int]
_STEPS: tuple[Ground, Ground, Ground, Ground] = ("level", "shortfall", "turn", "place")


def choose(
    method: Method, candidates: tuple[Candidate, ...], last: Last | None = None
) -> Decision | None:
    """The decision; None where nobody is free. `candidates` may come in any order."""
    ordered = tuple(sorted(candidates, key=lambda one: one.place))
    if method == "rotate":
        return rotate(ordered, last)
    return _by_share(method, ordered, last)


def rotate(ordered: tuple[Candidate, ...], last: Last | None) -> Decision | None:
    """In the team's order, the first free host after the one assigned last."""
    ring = _ring(ordered, last)
    free = [one for one in ring if one.state == "free"]
    if not free:
        return None
    ground: Ground = "only_free" if len(free) == 1 else "ring"
    reasons = _reasons(ordered, {one.host_id: "ring" for one in free[1:]})
    return _decision("rotate", ordered, (free[0], ground, reasons), last)


def _ring(ordered: tuple[Candidate, ...], last: Last | None) -> tuple[Candidate, ...]:
    """From the one after `last`; where that host has left the team, from their place on."""
    if last is None:
        return ordered
    after = next((one.place + 1 for one in ordered if one.host_id == last.host_id), last.place)
    behind = tuple(one for one in ordered if one.place >= after)
    return behind + tuple(one for one in ordered if one.place < after)


def balanced(ordered: tuple[Candidate, ...], last: Last | None = None) -> Decision | None:
    """The largest shortfall; ties by longest since last assigned, then by place."""
    return _by_share("balanced", ordered, last)


def priority(ordered: tuple[Candidate, ...], last: Last | None = None) -> Decision | None:
    """The highest level that has a free host (the largest number), then `balanced` inside it."""
    return _by_share("priority", ordered, last)


def _by_share(method: Method, ordered: tuple[Candidate, ...], last: Last | None) -> Decision | None:
    by_level = method == "priority"
    standing = standings(ordered, by_level=by_level)
    ranks = {
        one.host_id: _rank(one, standing[one.host_id], by_level=by_level)
        for one in ordered
        if one.state == "free"
    }
    if not ranks:
        return None
    best, *others = sorted(ranks, key=ranks.__getitem__)
    told = {other: _difference(ranks[best], ranks[other]) for other in others}
    ground = told[others[0]] if others else "only_free"
    chosen = next(one for one in ordered if one.host_id == best)
    return _decision(method, ordered, (chosen, ground, _reasons(ordered, told)), last)


def _rank(one: Candidate, standing: Standing, *, by_level: bool) -> Rank:
    """The smallest is the best."""
    turn = -1 if one.turn is None else one.turn
    return (-one.level if by_level else 0, -standing.shortfall, turn, one.place)


def _difference(best: Rank, other: Rank) -> Ground:
    steps = zip(_STEPS, best, other, strict=True)
    return next(step for step, mine, theirs in steps if mine != theirs)


def _reasons(ordered: tuple[Candidate, ...], told: Mapping[UUID, Ground]) -> Mapping[UUID, Reason]:
    reasons: dict[UUID, Reason] = {one.host_id: one.state for one in ordered if one.state != "free"}
    for host_id, step in told.items():
        reasons[host_id] = "" if step == "only_free" else step
    return reasons


def _decision(
    method: Method,
    ordered: tuple[Candidate, ...],
    found: tuple[Candidate, Ground, Mapping[UUID, Reason]],
    last: Last | None,
) -> Decision:
    chosen, ground, reasons = found
    judged = _judged(method, ordered, reasons)
    return Decision(method, "chosen", ground, chosen.host_id, judged, last)


def _judged(
    method: Method, ordered: tuple[Candidate, ...], reasons: Mapping[UUID, Reason]
) -> tuple[Judged, ...]:
    standing = standings(ordered, by_level=method == "priority")
    return tuple(
        Judged(one, standing.get(one.host_id, Standing()), reasons.get(one.host_id, ""))
        for one in ordered
    )


def by_hand(method: Method, candidates: tuple[Candidate, ...], host_id: UUID, why: Why) -> Decision:
    """A host whom somebody has picked, kept or reassigned, beside what the shares were then."""
    ordered = tuple(sorted(candidates, key=lambda one: one.place))
    reasons: dict[UUID, Reason] = {
        one.host_id: "choice" if one.state == "free" else one.state for one in ordered
    }
    judged = _judged(method, ordered, reasons | {host_id: ""})
    return Decision(method, why, "choice", host_id, judged)
