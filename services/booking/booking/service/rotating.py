"""Who of a link's hosts takes a meeting: decided under the pool's lock, and kept in the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from booking.domain import limits
from booking.domain.rotation import choosing, gathering, telling
from booking.domain.rotation.gathering import Record
from booking.domain.rotation.shares import met
from booking.domain.rotation.telling import About
from booking.domain.rotation.values import Candidate, Decision, Last, Presence
from booking.domain.zones import zone
from booking.store import ledger, shares
from booking.store.shares import Period
from contracts.availability import FreeHosts, Rule
from contracts.booking import Booking, Link
from contracts.booking.teams import Why
from contracts.errors import LimitReached, SlotTaken
from servicekit import Tx

T = TypeVar("T")


@dataclass(frozen=True)
class Round:
    """The candidates for one meeting of a link, and whom its pool assigned last."""

    link: Link
    period: Period
    candidates: tuple[Candidate, ...]
    last: Last | None

    def choose(self) -> Decision | None:
        """By the link's rule; None where nobody is free."""
        return choosing.choose(self.link.settings.assignment, self.candidates, self.last)

    def pick(self, host_id: UUID) -> Decision | None:
        """Whom the visitor has picked; None where that host is not free."""
        free = {one.host_id for one in self.candidates if one.state == "free"}
        return self.by_hand(host_id, "picked") if host_id in free else None

    def by_hand(self, host_id: UUID, why: Why) -> Decision:
        """A host whom somebody picked, kept or reassigned."""
        return choosing.by_hand(self.link.settings.assignment, self.candidates, host_id, why)

    def without(self, host_id: UUID, rule: Rule = "claimed") -> "Round":
        """The same, that host found not to be free, though availability said so."""
        state = gathering.state(rule)
        found = tuple(
            replace(one, state=state, rule=rule)
            if one.host_id == host_id and one.state == "free"
            else one
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
    pool_id = pool_of(link)
    if pool_id != link.id:  # else the link's row lock is enough
        shares.lock(tx, pool_id)
    found, known, after = _gathered(tx, link, start, (facts, but))
    shares.save(tx, found.period, known, shares.after(found.candidates, known, after))
    return found


def glanced(tx: Tx, link: Link, start: datetime, facts: FreeHosts) -> Round:
    """The same for a hold: who would be chosen now. Nothing is locked or stored."""
    return _gathered(tx, link, start, (facts, None))[0]


def _gathered(
    tx: Tx, link: Link, start: datetime, asked: tuple[FreeHosts, UUID | None]
) -> tuple[Round, dict[UUID, Record], dict[UUID, Presence]]:
    facts, but = asked
    when = period(pool_of(link), start, link.workspace_timezone)
    places = link.settings.hosts
    known, last = shares.records(tx, when, [place.host_id for place in places], but)
    gathered = gathering.candidates(places, facts, known)
    by_level = link.settings.assignment == "priority"
    before = {host_id: one.presence for host_id, one in known.items() if one.presence}
    candidates, after = met(gathered, before, by_level=by_level)
    return Round(link, when, candidates, last), known, after


def first_able(
    tx: Tx, opened: Round, pick: UUID | None, attempt: Callable[[UUID], T]
) -> tuple[Decision, T]:
    """The decision for the first host with whom `attempt` succeeds, and what it returned.

    A host who turns out to be taken is passed over for the next: what was done for them, their
    lock too, is undone. Raises `SlotTaken` or `LimitReached` where nobody is left.
    """
    refused: SlotTaken | LimitReached = SlotTaken()
    while decision := opened.choose() if pick is None else opened.pick(pick):
        try:
            with tx.begin_nested():
                return decision, attempt(decision.host_id)
        except SlotTaken as refusal:
            refused, opened = refusal, opened.without(decision.host_id)
        except LimitReached as refusal:
            refused, opened = refusal, opened.without(decision.host_id, "host_limit")
    raise refused


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
