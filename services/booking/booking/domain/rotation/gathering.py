"""What availability says of the hosts, and what the ledger knows of them, as candidates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from booking.domain.rotation.values import Candidate, Presence
from contracts.availability import FreeHosts, Rule
from contracts.booking import LinkHost
from contracts.booking.teams import State

_STATES: dict[Rule, State] = {
    "time_off": "away",
    "not_a_host": "inactive",
    "busy": "busy",
    "claimed": "busy",
}


@dataclass(frozen=True)
class Record:
    """A host's month in a pool: meetings, credit in thousandths, how they were at the decision
    before (None: there was none), and the number of their last assignment.
    """

    count: int = 0
    credit: int = 0
    presence: Presence | None = None
    turn: int | None = None


def candidates(
    places: Iterable[LinkHost], facts: FreeHosts, records: Mapping[UUID, Record]
) -> tuple[Candidate, ...]:
    """The link's hosts, in order. Of whom availability says nothing, nothing good is supposed."""
    free = set(facts.free)
    rules = {one.host_id: one.rule for one in facts.passed_over}
    ordered = sorted(places, key=lambda place: place.position)
    return tuple(
        _candidate(number, place, _state(place.host_id, free, rules), records)
        for number, place in enumerate(ordered)
    )


def _state(host_id: UUID, free: set[UUID], rules: Mapping[UUID, Rule]) -> tuple[State, str]:
    if host_id in free:
        return "free", ""
    rule = rules.get(host_id, "not_a_host")
    return state(rule), rule


def state(rule: Rule) -> State:
    """What a rule that refuses a host says of them."""
    return _STATES.get(rule, "unavailable")


def _candidate(
    number: int, place: LinkHost, found: tuple[State, str], records: Mapping[UUID, Record]
) -> Candidate:
    state, rule = found
    known = records.get(place.host_id, Record())
    return Candidate(
        place.host_id,
        number,
        weight=place.weight,
        level=place.level,
        state=state,
        rule=rule,
        count=known.count,
        credit=known.credit,
        turn=known.turn,
    )
