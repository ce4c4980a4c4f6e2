"""Who of a link's hosts takes a meeting: decided under the pool's lock, and kept in the ledger."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from booking.domain import limits
from booking.domain.rotation import choosing, gathering, telling
from booking.domain.rotation.shares import met
from booking.domain.rotation.telling import About
from booking.domain.rotation.values import Candidate, Decision, Last
from booking.domain.zones import zone
from booking.store import ledger, shares
from booking.store.shares import Period
from contracts.availability import FreeHosts
from contracts.booking import Booking, Link
from contracts.booking.teams import Why
from servicekit import Tx


@dataclass(frozen=True)
class Round:
    """The candidates for one meeting of a link, the pool locked, and whom it assigned last."""

    link: Link
    period: Period
    candidates: tuple[Candidate, ...]
    last: Last | None

    def choose(self) -> Decision | None:
        """By the link's rule; None where nobody is free."""
        return choosing.choose(self.link.settings.assignment, self.candidates, self.last)

    def by_hand(self, host_id: UUID, why: Why) -> Decision:
        """A host whom somebody picked, kept or reassigned."""
        return choosing.by_hand(self.link.settings.assignment, self.candidates, host_id, why)

    def without(self, host_id: UUID, rule: str = "claimed") -> "Round":
        """The same, that host found busy since availability was asked."""
        found = tuple(
            replace(one, state="busy", rule=rule) if one.host_id == host_id else one
            for one in self.candidates
        )
        return replace(self, candidates=found)


def pool_of(link: Link) -> UUID:
    """Whose meetings are shared out together: the team's, or the link's own."""
    return link.settings.team_id or link.id


def period(pool_id: UUID, start: datetime, timezone: str) -> Period:
    """The calendar month of `start` in the workspace's zone."""
    month = start.astimezone(zone(timezone)).date().replace(day=1)
    return Period(pool_id, month, *limits.month(start, timezone))


def opened(tx: Tx, link: Link, start: datetime, facts: FreeHosts, but: UUID | None = None) -> Round:
    """Locks the pool and gathers what its decision needs; the link's row is locked already.

    `facts`: availability's answer about all of the link's hosts, whomever the visitor picked. `but`
    is a meeting that is about to move. Credits of those who arrived are stored.
    """
    when = period(pool_of(link), start, link.workspace_timezone)
    if when.pool_id != link.id:  # else the link's row lock is enough
        shares.lock(tx, when.pool_id)
    places = link.settings.hosts
    known, last = shares.records(tx, when, [place.host_id for place in places], but)
    gathered = gathering.candidates(places, facts, known)
    by_level = link.settings.assignment == "priority"
    before = {host_id: one.presence for host_id, one in known.items() if one.presence}
    candidates, after = met(gathered, before, by_level=by_level)
    shares.save(tx, when, known, shares.after(candidates, known, after))
    return Round(link, when, candidates, last)


def keep(
    tx: Tx, opened: Round, decision: Decision, booking: Booking, said: tuple[str, datetime]
) -> None:
    """Writes the ledger. `said`: who acted, and when (UTC)."""
    actor, at = said
    about = About(
        at, booking.id, booking.root_id, booking.link_id,
        opened.period.pool_id, opened.period.month, actor,
    )  # fmt: skip
    told = telling.told(decision, about)
    ledger.add(tx, booking.workspace_id, told, decision.place)
