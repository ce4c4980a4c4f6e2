"""Teams, and the ledger of who got which meeting, and why."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.booking.values import Actor, Host, Link, LinkSettings
from contracts.wire import Instant, Message

Method = Literal["rotate", "balanced", "priority"]
"""How a `round_robin` link chooses (`LinkSettings.assignment`)."""
State = Literal["free", "busy", "away", "inactive", "unavailable"]
"""A host at the meeting's time; `away` is out of office, `inactive` paused or deactivated."""
Why = Literal["chosen", "again", "picked", "kept", "reassigned"]
"""Chosen by the rotation for a new booking, or again for a moved one; picked by the visitor; kept
by a move; reassigned by hand."""
Reason = Literal[
    "", "busy", "away", "inactive", "unavailable", "ring", "level", "shortfall", "turn", "place",
    "choice",
]  # fmt: skip
"""Why a candidate was passed over: a state; or free, but later in the ring, on a lower level, less
below target, assigned more recently, later in the team's order; or another was chosen by hand."""
Ground = Literal["only_free", "ring", "level", "shortfall", "turn", "place", "choice"]
"""What told the chosen host from the next best."""


# --- teams -------------------------------------------------------------------------------------


class TeamMember(Message, frozen=True, kw_only=True):
    """A host's place in a team, in the order of the list. `weight` 1 to 1000, `level` 1 to 100
    (the highest number comes first); one who is not `active` is paused and gets nothing.
    """

    host_id: UUID
    weight: int = 1
    level: int = 1
    active: bool = True


class Team(Message, frozen=True, kw_only=True):
    """An ordered list of hosts. At `/team/<slug>` the visitor picks one of them; the slug is unique
    among the installation's teams. Links that name the team take its hosts.
    """

    id: UUID
    workspace_id: UUID
    name: Annotated[str, Meta(max_length=200)]
    slug: Annotated[str, Meta(max_length=64)]
    members: Annotated[tuple[TeamMember, ...], Meta(max_length=1000)] = ()
    version: int = 0


class SaveTeam(Message, frozen=True, kw_only=True):
    """Makes (`version` 0, id by the caller) or replaces one. `Conflict` on another `version`.

    The links that name it follow at once.
    """

    team: Team
    actor: Actor = "system"


class ListTeams(Message, frozen=True, kw_only=True):
    workspace_id: UUID


class Teams(Message, frozen=True, kw_only=True):
    """By name."""

    teams: tuple[Team, ...]


class DeleteTeam(Message, frozen=True, kw_only=True):
    """Refused with `Conflict` while a link names it. `version`: only if it is that one, else
    `Changed`.
    """

    workspace_id: UUID
    team_id: UUID
    actor: Actor = "system"
    version: int | None = None


class FindTeam(Message, frozen=True, kw_only=True):
    """What `/team/<slug>` shows. The slug is unique in the installation."""

    slug: str


class TeamPage(Message, frozen=True, kw_only=True):
    """A team with the hosts who can be picked, in order, and the open, listed links on which."""

    team: Team
    hosts: tuple[Host, ...] = ()
    links: tuple[Link, ...] = ()


# --- drafts ------------------------------------------------------------------------------------


class LinkDraft(Message, frozen=True, kw_only=True):
    """A link as somebody would save it: made (`version` 0, id by the caller) or changed."""

    link_id: UUID
    owner_id: UUID
    version: int = 0
    settings: LinkSettings


class CheckDrafts(Message, frozen=True, kw_only=True):
    """Could all these be saved, once the links `removed` are gone? Nothing is saved.

    A link may name a team among `teams`; those with `version` 0 would be made.
    """

    workspace_id: UUID
    links: Annotated[tuple[LinkDraft, ...], Meta(max_length=500)] = ()
    teams: Annotated[tuple[Team, ...], Meta(max_length=500)] = ()
    removed: Annotated[tuple[UUID, ...], Meta(max_length=500)] = ()


class Drafts(Message, frozen=True, kw_only=True):
    """The links as they would be, with their hosts: the drafts in their order, then the others that
    would follow one of the teams.
    """

    links: tuple[Link, ...] = ()


# --- the ledger --------------------------------------------------------------------------------


class Candidate(Message, frozen=True, kw_only=True):
    """A host as a decision saw them, before its meeting. Credit, target, shortfall in meetings.

    `count`: their meetings that start in the month. `credit`: what their absences count for.
    `turn`: the number of their last assignment. `rule` says more of a state (`hours`, `claimed` …).
    `arrived`: absent until this decision, so their credit was set anew.
    """

    host_id: UUID
    name: str = ""
    place: int
    weight: int
    level: int
    state: State
    rule: str = ""
    count: int
    credit: float = 0.0
    target: float = 0.0
    shortfall: float = 0.0
    turn: int | None = None
    arrived: bool = False
    reason: Reason = ""


class Decision(Message, frozen=True, kw_only=True):
    """Who got a meeting, and why. `candidates` in the team's order.

    `pool_id` is the team whose shares are counted together, or the link where it names no team;
    `month` the first local day of the month in which the meeting counts.
    `last_host_id`, `last_place`: whom the rotation had assigned last.
    """

    number: int
    at: Instant
    booking_id: UUID
    root_id: UUID
    link_id: UUID
    pool_id: UUID
    month: date
    method: Method
    why: Why
    ground: Ground
    host_id: UUID
    host_name: str = ""
    candidates: tuple[Candidate, ...]
    last_host_id: UUID | None = None
    last_place: int | None = None
    actor: Actor = "attendee"


class GetDecisions(Message, frozen=True, kw_only=True):
    """Those of a booking's whole chain, oldest first."""

    workspace_id: UUID
    booking_id: UUID


class Decisions(Message, frozen=True, kw_only=True):
    """Empty for bookings that no rotation has decided."""

    decisions: tuple[Decision, ...]


class FairnessRow(Message, frozen=True, kw_only=True):
    """A host's month: a line of the table, the plot and the CSV. In meetings, not rounded up."""

    month: date
    host_id: UUID
    name: str
    weight: int
    level: int
    active: bool
    count: int
    credit: float
    target: float
    shortfall: float


class GetFairness(Message, frozen=True, kw_only=True):
    """`pool_id`: a team, or a `round_robin` link of its own. The months of `first` to `last`, both
    included, at most 24; meetings are counted by their start, in the workspace's zone.
    """

    workspace_id: UUID
    pool_id: UUID
    first: date
    last: date


class Fairness(Message, frozen=True, kw_only=True):
    """Month by month, in the team's order. A host who has left stands last, with weight 0."""

    rows: tuple[FairnessRow, ...]


class Terms(Message, frozen=True, kw_only=True):
    """Other terms to try for a host; ranges as in `TeamMember`."""

    host_id: UUID
    weight: int = 1
    level: int = 1


class TryTerms(Message, frozen=True, kw_only=True):
    """What if: the ledger of these months played again with other terms. Nothing is changed."""

    workspace_id: UUID
    pool_id: UUID
    first: date
    last: date
    method: Method = "balanced"
    terms: Annotated[tuple[Terms, ...], Meta(max_length=1000)] = ()


class Tried(Message, frozen=True, kw_only=True):
    """`rows` as they would be; `moved` of `decisions` meetings would have another host."""

    rows: tuple[FairnessRow, ...]
    decisions: int
    moved: int
