"""What a decision is made of, and what it says."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.booking.teams import Ground, Method, Reason, State, Why

MILLI = 1000
"""Thousandths in one meeting: the unit of credits, targets and shortfalls."""

ROTATED: frozenset[Why] = frozenset({"chosen", "again"})
"""Decisions of the rotation itself; they alone move the ring."""


@dataclass(frozen=True)
class Candidate:
    """A host of the team, with all that a decision needs to know of them.

    `place` is their number in the team's order, from 0. `count`: their meetings that start in the
    period. `credit`, in thousandths: what their absences count for. `turn`: the ledger's number of
    their last assignment; None before the first. `arrived`: absent from the decision before.
    """

    host_id: UUID
    place: int
    weight: int = 1
    level: int = 1
    state: State = "free"
    rule: str = ""
    count: int = 0
    credit: int = 0
    turn: int | None = None
    arrived: bool = False

    def __post_init__(self) -> None:
        if self.weight < 1 or self.count < 0 or self.credit < 0:
            message = "weights are at least 1, counts and credits at least 0"
            raise ValueError(message)

    @property
    def present(self) -> bool:
        """Whether the meeting could be theirs at all: who is away has no part in its shares."""
        return self.state not in {"away", "inactive"}

    @property
    def taken(self) -> int:
        """Meetings and credit together, in thousandths."""
        return self.count * MILLI + self.credit


@dataclass(frozen=True)
class Presence:
    """Whether a host was there at the decision before, and else the shortfall that they left with,
    in thousandths, at most a meeting.
    """

    present: bool
    owed: int = 0


GONE = Presence(present=False)
"""A host who has never been there, or has left the pool: nothing is owed to them."""


@dataclass(frozen=True)
class Last:
    """Whom the rotation assigned last, and their place then."""

    host_id: UUID
    place: int


@dataclass(frozen=True)
class Standing:
    """A host's target and how far they are below it (negative: above), in thousandths."""

    target: int = 0
    shortfall: int = 0


@dataclass(frozen=True)
class Judged:
    """A candidate with their standing before this meeting, and why they were passed over."""

    candidate: Candidate
    standing: Standing
    reason: Reason


@dataclass(frozen=True)
class Decision:
    """Who takes the meeting, and everything that led there. `judged` is in the team's order."""

    method: Method
    why: Why
    ground: Ground
    host_id: UUID
    judged: tuple[Judged, ...]
    last: Last | None = None

    @property
    def place(self) -> int:
        """The chosen host's place; -1 for one who is no longer of the team."""
        places = (one.candidate.place for one in self.judged if one.reason == "")
        return next(places, -1)


@dataclass(frozen=True)
class Kept:
    """A decision as the ledger has it: of which booking, in which month (its first local day)."""

    root_id: UUID
    month: date
    decision: Decision


@dataclass(frozen=True)
class Share:
    """Other terms for a host, to try."""

    weight: int
    level: int = 1
