"""Shares: targets and shortfalls of those present, and the credit for an absence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from uuid import UUID

from booking.domain.rotation.values import GONE, MILLI, Candidate, Presence, Standing


def _groups(candidates: Iterable[Candidate], *, by_level: bool) -> list[list[Candidate]]:
    """Those present who share meetings: all of them, or each level's."""
    groups: dict[int, list[Candidate]] = defaultdict(list)
    for one in candidates:
        if one.present:
            groups[one.level if by_level else 0].append(one)
    return list(groups.values())


def standings(candidates: Iterable[Candidate], *, by_level: bool) -> dict[UUID, Standing]:
    """`shortfall = total * weight / sum of weights - taken`, over those present."""
    found: dict[UUID, Standing] = {}
    for group in _groups(candidates, by_level=by_level):
        total, weights = sum(one.taken for one in group), sum(one.weight for one in group)
        for one in group:
            target = _rounded(total * one.weight, weights)
            found[one.host_id] = Standing(target, target - one.taken)
    return found


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def met(
    candidates: tuple[Candidate, ...], before: Mapping[UUID, Presence], *, by_level: bool
) -> tuple[tuple[Candidate, ...], dict[UUID, Presence]]:
    """Those who come to a decision: credited where they arrive, and how they leave it.

    `before`: how they, and others, were at the decision before in the same month.
    """
    known = tuple(
        replace(one, arrived=one.present and not before.get(one.host_id, GONE).present)
        for one in candidates
    )
    owed = {one.host_id: before.get(one.host_id, GONE).owed for one in known}
    after = dict.fromkeys(before, GONE)
    after |= {
        one.host_id: Presence(one.present, 0 if one.present else owed[one.host_id]) for one in known
    }
    after |= {
        host_id: Presence(present=False, owed=short)
        for host_id, short in _leaving(known, before, by_level=by_level).items()
    }
    return calibrated(known, owed, by_level=by_level), after


def _leaving(
    known: tuple[Candidate, ...], before: Mapping[UUID, Presence], *, by_level: bool
) -> dict[UUID, int]:
    """What those are owed who were there and are away now: at most a meeting, either way."""
    leaving = {
        one.host_id for one in known if not one.present and before.get(one.host_id, GONE).present
    }
    if not leaving:
        return {}
    # As if they were still there; who arrives now is measured by them, not they by who arrives.
    there = [replace(one, state="free") if one.host_id in leaving else one for one in known]
    standing = standings((one for one in there if not one.arrived), by_level=by_level)
    return {host_id: _within_one(standing[host_id].shortfall) for host_id in leaving}


def _within_one(shortfall: int) -> int:
    return max(-MILLI, min(MILLI, shortfall))


def calibrated(
    candidates: tuple[Candidate, ...], owed: Mapping[UUID, int], *, by_level: bool
) -> tuple[Candidate, ...]:
    """With the credit that gives those who arrived the shortfall that they are `owed`: none.

    A host who joins or returns takes up with what the others have by now, and is neither flooded
    nor forgotten. Meetings are not booked in the order of their starts, so a host is away for one
    and there for the next, to and fro: the part of a meeting that they were short of, or ahead,
    when they left is therefore kept. Who is above their target anyway stays so: a credit never
    falls.
    """
    credit: dict[UUID, int] = {}
    for group in _groups(candidates, by_level=by_level):
        credit |= _credits(group, owed)
    return tuple(replace(one, credit=credit.get(one.host_id, one.credit)) for one in candidates)


def _credits(group: list[Candidate], owed: Mapping[UUID, int]) -> Mapping[UUID, int]:
    staying = [one for one in group if not one.arrived]
    arrived = [one for one in group if one.arrived]
    while staying:
        weights = sum(one.weight for one in staying)
        total = sum(one.taken for one in staying)
        total -= sum(owed.get(one.host_id, 0) for one in arrived)
        due = {
            one.host_id: _rounded(total * one.weight, weights) - owed.get(one.host_id, 0)
            for one in arrived
        }
        above = [one for one in arrived if one.taken > due[one.host_id]]
        if not above:
            return {one.host_id: due[one.host_id] - one.count * MILLI for one in arrived}
        # Who arrives with more than their share belongs to those the others are measured by; one
        # at a time, for each raises the measure.
        most = max(
            above, key=lambda one: Fraction(one.taken + owed.get(one.host_id, 0), one.weight)
        )
        staying.append(most)
        arrived.remove(most)
    return {}
