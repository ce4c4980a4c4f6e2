"""What a process remembers of the database, so that a hot slug costs one small query.

Every change of a host or link makes its number grow in the same transaction. The numbers are read
first and the facts after them, so facts may be newer than their number but never older: with any
number of replicas, nobody answers from facts that a committed change has replaced.
"""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from availability.domain.facts import HostFacts, LinkFacts
from availability.store import changes, facts
from servicekit import Tx

MOST = 1000
REACH = timedelta(days=40)
"""How far back claims are read: limits count from the start of the month."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values used last, each with the number it was read at."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Key, tuple[int, Value]] = OrderedDict()

    def get(self, key: Key, number: int) -> Value | None:
        """The value if it is of that number."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != number:
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def any(self, key: Key) -> Value | None:
        """The value of whatever number."""
        kept = self._kept.get(key)
        return kept[1] if kept else None

    def put(self, key: Key, number: int, value: Value) -> None:
        """Keeps a value; the one used longest ago goes."""
        self._kept[key] = (number, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


class Memory:
    """Links and hosts by id."""

    def __init__(self) -> None:
        self._links: Recent[UUID, LinkFacts] = Recent()
        self._hosts: Recent[UUID, HostFacts] = Recent()

    def find(
        self, tx: Tx, slug: str, now: datetime
    ) -> tuple[LinkFacts, tuple[HostFacts, ...]] | None:
        """The link of a slug with those of its hosts that are known, in the link's order."""
        found = changes.find(tx, slug)
        if found is None:
            return None
        link_id, numbers = found
        link = self._link(tx, link_id, numbers.get(link_id, 0), now)
        if link is None:
            return None
        wanted = [place.host_id for place in link.link.settings.hosts]
        hosts = self._known_hosts(tx, {key: numbers.get(key, 0) for key in wanted}, now)
        return link, tuple(hosts[key] for key in wanted if key in hosts)

    def _link(self, tx: Tx, link_id: UUID, number: int, now: datetime) -> LinkFacts | None:
        kept = self._links.get(link_id, number)
        if kept is None:
            kept = facts.link_facts(tx, link_id, now - REACH)
            if kept is not None:
                self._links.put(link_id, number, kept)
        return kept

    def _known_hosts(
        self, tx: Tx, numbers: dict[UUID, int], now: datetime
    ) -> dict[UUID, HostFacts]:
        found = {key: self._hosts.get(key, number) for key, number in numbers.items()}
        known = {key: value for key, value in found.items() if value is not None}
        missing = [key for key in numbers if key not in known]
        if missing:
            before = {key: old for key in missing if (old := self._hosts.any(key)) is not None}
            read = facts.host_facts(tx, missing, now - REACH, before)
            for key, value in read.items():
                self._hosts.put(key, numbers[key], value)
            known |= read
        return known
