"""Decisions as the ledger and the wire have them: meetings for thousandths."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from booking.domain.rotation.values import MILLI, Candidate, Decision, Judged, Kept, Last, Standing
from contracts import booking as c


class About(NamedTuple):
    """What a decision was about. `at` in UTC, `month` the first local day of the month."""

    at: datetime
    booking_id: UUID
    root_id: UUID
    link_id: UUID
    pool_id: UUID
    month: date
    actor: str = "attendee"


def told(decision: Decision, about: About, number: int = 0) -> c.Decision:
    """On the wire; the ledger gives the number, the reader the names."""
    last = decision.last
    return c.Decision(
        number=number,
        **about._asdict(),
        method=decision.method,
        why=decision.why,
        ground=decision.ground,
        host_id=decision.host_id,
        candidates=tuple(map(_candidate, decision.judged)),
        last_host_id=last.host_id if last else None,
        last_place=last.place if last else None,
    )


def _candidate(judged: Judged) -> c.Candidate:
    one = judged.candidate
    return c.Candidate(
        host_id=one.host_id,
        place=one.place,
        weight=one.weight,
        level=one.level,
        state=one.state,
        rule=one.rule,
        count=one.count,
        credit=meetings(one.credit),
        target=meetings(judged.standing.target),
        shortfall=meetings(judged.standing.shortfall),
        turn=one.turn,
        arrived=one.arrived,
        reason=judged.reason,
    )


def meetings(thousandths: int) -> float:
    """Exact to the thousandth, which a float's shortest form keeps."""
    return thousandths / MILLI


def thousandths(meetings: float) -> int:
    """The reverse."""
    return round(meetings * MILLI)


def heard(told: c.Decision) -> Kept:
    """The reverse of `told`."""
    last = None
    if told.last_host_id is not None:
        last = Last(told.last_host_id, told.last_place or 0)
    judged = tuple(map(_judged, told.candidates))
    decision = Decision(told.method, told.why, told.ground, told.host_id, judged, last)
    return Kept(told.root_id, told.month, decision)


def _judged(told: c.Candidate) -> Judged:
    candidate = Candidate(
        told.host_id,
        told.place,
        weight=told.weight,
        level=told.level,
        state=told.state,
        rule=told.rule,
        count=told.count,
        credit=thousandths(told.credit),
        turn=told.turn,
        arrived=told.arrived,
    )
    standing = Standing(thousandths(told.target), thousandths(told.shortfall))
    return Judged(candidate, standing, told.reason)
