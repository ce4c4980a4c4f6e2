"""A pool's month as a table: what each host had, against what they should have had."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from booking.domain.rotation.shares import standings
from booking.domain.rotation.telling import meetings
from booking.domain.rotation.values import Candidate, Standing
from contracts.booking import FairnessRow


@dataclass(frozen=True)
class Month:
    """Its first local day, and what its hosts had: meetings, and credits in thousandths."""

    first: date
    counts: Mapping[UUID, int]
    credits: Mapping[UUID, int]


def rows(
    month: Month, candidates: Iterable[Candidate], names: Mapping[UUID, str], *, by_level: bool
) -> tuple[FairnessRow, ...]:
    """The pool's hosts in order, then those who had meetings and are no longer of it.

    `candidates` say places, weights, levels, and who is active.
    """
    members = tuple(_counted(month, one) for one in sorted(candidates, key=lambda one: one.place))
    standing = standings(members, by_level=by_level)
    gone = sorted(set(month.counts) - {one.host_id for one in members}, key=str)
    return (
        *(_row(month, one, standing.get(one.host_id, Standing()), names) for one in members),
        *(_left(month, host_id, names) for host_id in gone),
    )


def _counted(month: Month, one: Candidate) -> Candidate:
    return Candidate(
        one.host_id,
        one.place,
        weight=one.weight,
        level=one.level,
        state=one.state,
        count=month.counts.get(one.host_id, 0),
        credit=month.credits.get(one.host_id, 0),
    )


def _row(
    month: Month, one: Candidate, standing: Standing, names: Mapping[UUID, str]
) -> FairnessRow:
    return FairnessRow(
        month=month.first,
        host_id=one.host_id,
        name=names.get(one.host_id, ""),
        weight=one.weight,
        level=one.level,
        active=one.present,
        count=one.count,
        credit=meetings(one.credit),
        target=meetings(standing.target),
        shortfall=meetings(standing.shortfall),
    )


def _left(month: Month, host_id: UUID, names: Mapping[UUID, str]) -> FairnessRow:
    return FairnessRow(
        month=month.first,
        host_id=host_id,
        name=names.get(host_id, ""),
        weight=0,
        level=0,
        active=False,
        count=month.counts[host_id],
        credit=meetings(month.credits.get(host_id, 0)),
        target=0.0,
        shortfall=0.0,
    )
