"""Why availability offers no slot, as the error that the asker can understand."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.availability import FreeHosts, Rule
from contracts.errors import (
    CalendarUnreachable,
    Invalid,
    LimitReached,
    LinkClosed,
    SchedulingError,
    SlotTaken,
    instants,
)

MOST_ALTERNATIVES = 3

_SENTENCES: dict[Rule, str] = {
    "off_grid": "Meetings do not start at this time.",
    "past": "This time has passed.",
    "notice": "This is too soon: the host needs more notice.",
    "horizon": "This is too far ahead to be booked.",
    "hours": "This is outside the host's working hours.",
}


def error(facts: FreeHosts) -> SchedulingError:
    """The refusal for `facts` in which nobody is free."""
    nearest = instants(list(facts.nearest))
    if facts.rule == "link_closed":
        return LinkClosed()
    if facts.rule == "calendar_stale":
        return CalendarUnreachable()
    if facts.rule in {"host_limit", "link_limit"}:
        return LimitReached(alternatives=nearest)
    if facts.rule == "not_a_host":
        return Invalid(fields={"host": "This host does not take meetings here."})
    if facts.rule in _SENTENCES:
        return Invalid(fields={"start": _SENTENCES[facts.rule]}, alternatives=nearest)
    return SlotTaken(alternatives=nearest)


def of_one(facts: FreeHosts, host_id: UUID) -> FreeHosts:
    """What `facts` say of one host, who is not free."""
    rules = {one.host_id: one.rule for one in facts.passed_over}
    rule = rules.get(host_id, "not_a_host")
    return msgspec.structs.replace(facts, free=(), rule=rule, nearest=())


def nearest(
    starts: Iterable[datetime], start: datetime, taken: timedelta, now: datetime
) -> tuple[datetime, ...]:
    """The few of `starts` nearest to `start`, soonest first.

    `taken` is how far around `start` the winner's meeting reaches: the reader's copy may not know
    of it yet.
    """
    free = (other for other in starts if other > now and abs(other - start) >= taken)
    closest = sorted(free, key=lambda other: (abs(other - start), other))[:MOST_ALTERNATIVES]
    return tuple(sorted(closest))
