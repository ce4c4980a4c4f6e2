"""Shares: targets and shortfalls of those present, and the credit for an absence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from uuid import UUID

from booking.domain.rotation.values import MILLI, Candidate, Standing


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


def calibrated(candidates: tuple[Candidate, ...], *, by_level: bool) -> tuple[Candidate, ...]:
    """With the credit that makes the shortfall of those who arrived zero.

    A host who joins or returns takes up with what the others have by now, and is neither flooded
    nor forgotten. Who is above their target keeps that: a credit never falls.
    """
    credit: dict[UUID, int] = {}
    for group in _groups(candidates, by_level=by_level):
        credit |= _credits(group)
    return tuple(replace(one, credit=credit.get(one.host_id, one.credit)) for one in candidates)


def _credits(group: list[Candidate]) -> Mapping[UUID, int]:
    staying = [one for one in group if not one.arrived]
    arrived = [one for one in group if one.arrived]
    while staying:
        total, weights = sum(one.taken for one in staying), sum(one.weight for one in staying)
        due = {one.host_id: _rounded(total * one.weight, weights) for one in arrived}
        above = [one for one in arrived if one.taken > due[one.host_id]]
        if not above:
            return {one.host_id: due[one.host_id] - one.count * MILLI for one in arrived}
        # Who arrives with more than their share belongs to those the others are measured by; one
        # at a time, for each raises the measure.
        most = max(above, key=lambda one: Fraction(one.taken, one.weight))
        staying.append(most)
        arrived.remove(most)
    return {}
