"""What a process remembers of the database, so that a hot slug costs one small query.

Where only claims have changed, only those are read.

Every change of a host or link makes its number grow in the same transaction. The numbers are read
first and the facts after them, so facts may be newer than their number but never older: with any
number of replicas, nobody answers from facts that a committed change has replaced.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from availability.domain.facts import HostFacts, LinkFacts
from availability.store import changes, facts
from availability.store.changes import State
from contracts.availability import GetSlots
from servicekit import Tx

MOST = 1000
MOST_HOSTS = 4096
"""More than any link has, or each answer about a larger one would read all of them again."""
REACH = timedelta(days=40)
"""How far back claims are read: limits count from the start of the month."""
NEVER = State(0, 0)
LATELY, AHEAD = 60.0, 2
"""For how many seconds a question counts as just asked, and how many are worked ahead of."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Found = tuple[LinkFacts, tuple[HostFacts, ...]]


class Recent(Generic[Key, Value]):
    """The values used last, each with the state (of whatever kind) it was read at."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Key, tuple[Any, Value]] = OrderedDict()

    def get(self, key: Key) -> tuple[Any, Value] | None:
        """The value, of whatever state."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: Key, state: object, value: Value) -> None:
        """Keeps a value; the one used longest ago goes."""
        self._kept[key] = (state, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


class Memory:
    """Links and hosts by id."""

    def __init__(self) -> None:
        self._links: Recent[UUID, LinkFacts] = Recent()
        self._hosts: Recent[UUID, HostFacts] = Recent(MOST_HOSTS)
        self._found: Recent[str, Found] = Recent()

    def find(self, tx: Tx, slug: str, now: datetime) -> Found | None:
        """The link of a slug with those of its hosts that are known, in the link's order."""
        states = changes.find(tx, slug)
        if states is None:
            return None
        kept = self._found.get(slug)
        if kept is not None and kept[0] == states:
            return kept[1]
        link = self._link(tx, states.link_id, states.link, now)
        if link is None:
            return None
        known = states.hosts()
        wanted = [place.host_id for place in link.link.settings.hosts]
        hosts = self._known_hosts(tx, {key: known.get(key, NEVER) for key in wanted}, now)
        found = link, tuple(hosts[key] for key in wanted if key in hosts)
        self._found.put(slug, states, found)
        return found

    def _link(self, tx: Tx, link_id: UUID, state: State, now: datetime) -> LinkFacts | None:
        kept = self._links.get(link_id)
        if kept is not None and kept[0] == state:
            return kept[1]
        read = facts.link_facts(tx, link_id, now - REACH)
        if read is not None:
            self._links.put(link_id, state, read)
        return read

    def _known_hosts(
        self, tx: Tx, states: dict[UUID, State], now: datetime
    ) -> dict[UUID, HostFacts]:
        kept = {key: found for key in states if (found := self._hosts.get(key)) is not None}
        known = {key: host for key, (state, host) in kept.items() if state == states[key]}
        more = {
            key: (state.number, host)
            for key, (state, host) in kept.items()
            if key not in known and state.rest == states[key].rest
        }
        read = facts.newer_claims(tx, more, now - REACH) if more else {}
        missing = [key for key in states if key not in known and key not in more]
        if missing:
            before = {key: host for key, (_, host) in kept.items()}
            read |= facts.host_facts(tx, missing, now - REACH, before)
        for key, value in read.items():
            self._hosts.put(key, states[key], value)
        return known | read


class Process:
    """What one process remembers between calls; everything true is in the database.

    `asked`: the last question about each slug, by when it was asked.
    """

    def __init__(self) -> None:
        self.memory = Memory()
        self.asked: Recent[str, GetSlots] = Recent()
        self.failed: dict[UUID, datetime] = {}
        self.announced = 0.0

    def asked_lately(self, slugs: Iterable[str]) -> list[GetSlots]:
        """Some of what visitors have just asked about these slugs."""
        since = time.monotonic() - LATELY
        kept = [found for slug in slugs if (found := self.asked.get(slug))]
        return [request for when, request in kept if when > since][:AHEAD]


PROCESSES: dict[str, Process] = {}
"""By database, so that services of several databases in one process do not mix."""
