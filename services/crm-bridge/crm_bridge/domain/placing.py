"""In which order what was heard goes into a workspace's feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from crm_bridge.domain.feed import FIRST

PATIENCE = timedelta(minutes=15)
"""How long an event waits for one that belongs before it. Longer than messages are tried again
many times: what is missing then needs an operator, and the others wait no more.
"""


@dataclass(frozen=True)
class Heard:
    """An event without a place. `serial`: the order in which they were heard."""

    id: UUID
    chain: UUID
    serial: int
    sequence: int
    version: int
    needs: int
    needs_approved: bool
    approves: bool
    heard_at: datetime


@dataclass(frozen=True)
class Reached:
    """How far a chain has come in the feed."""

    sequence: int = FIRST
    approved: bool = False

    def lets(self, event: Heard) -> bool:
        """Whether what belongs before the event is there."""
        return event.needs <= self.sequence and (self.approved or not event.needs_approved)

    def after(self, event: Heard) -> "Reached":
        """With the event."""
        return Reached(max(self.sequence, event.sequence), self.approved or event.approves)


def order(
    heard: Iterable[Heard], reached: dict[UUID, Reached], now: datetime
) -> tuple[list[Heard], dict[UUID, Reached]]:
    """Those whose turn it is, in order, and how far their chains come with them."""
    chains: dict[UUID, list[Heard]] = {}
    for event in sorted(heard, key=lambda one: (one.sequence, one.version, one.serial)):
        chains.setdefault(event.chain, []).append(event)
    placed: list[Heard] = []
    moved: dict[UUID, Reached] = {}
    for chain, events in chains.items():
        stands = reached.get(chain, Reached())
        for event in events:
            if not stands.lets(event) and event.heard_at + PATIENCE > now:
                break
            placed.append(event)
            stands = moved[chain] = stands.after(event)
    return _merged(placed), moved


def _merged(placed: list[Heard]) -> list[Heard]:
    """As they were heard, as far as chains allow: each takes the place of its chain's next."""
    turns = {
        chain: iter(sorted(one.serial for one in placed if one.chain == chain))
        for chain in {one.chain for one in placed}
    }
    return [one for _, one in sorted((next(turns[one.chain]), one) for one in placed)]
