"""Once a night each service that keeps copies compares them with their owners, and says so.

Nothing is mended: what differs is a bug or a loss, and an operator decides (`workestra resync`).
The replicas share one row: one of them compares, all of them show what it found. A difference
counts only if a second comparison, a minute later, finds it too: what was on its way is no loss.
"""

from abc import ABC, abstractmethod
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from contracts.errors import Unavailable
from servicekit.database import Tx
from servicekit.metrics import Gauge
from servicekit.service import Service, tick
from servicekit.settings import Settings
from servicekit.tables import duty

NAME = "compare_copies"
BEGINS = time(1)
"""From this hour, UTC, a night's comparison is due; a night is named by its date."""

LASTS = timedelta(hours=5)
"""A service that was away all night compares in the next one: days are for visitors."""

LEASE = timedelta(hours=1)
"""Longer than a comparison takes; when its process dies, another begins after it."""

S = TypeVar("S", bound=Settings)
Found = dict[str, int]

log = structlog.get_logger()
differing = Gauge(
    "copies_differ", "Copies that differed from their owner's last night.", ["service", "kind"]
)
compared = Gauge(
    "copies_compared_timestamp_seconds", "When copies were last compared.", ["service"]
)


class KeepsCopies(Service[S], ABC):
    """A service with a `resync`, which returns how many differ, by kind."""

    @abstractmethod
    def resync(self, *, check: bool) -> Found:
        """Compares the copies with their owners; mends them unless `check`."""

    @tick(seconds=60)
    def compare_copies(self) -> None:
        """Compares when it is night and nobody else does or did; shows the last result."""
        now = self.clock.now()
        night = night_of(now)
        with self.db.begin() as tx:
            before = take_turn(tx, night) if night else None
        if night and before is not None:
            self._compare(night, before.get("suspected"))
        with self.db.begin() as tx:
            _show(self.name, last(tx))

    def _compare(self, night: date, suspected: Found | None) -> None:
        try:
            found = differences(self.resync(check=True))
        except Unavailable:
            with self.db.begin() as tx:
                give_back(tx, night, suspected)
            raise
        certain = found if suspected is None else lasting(suspected, found)
        with self.db.begin() as tx:
            if any(certain.values()) and suspected is None:
                give_back(tx, night, found)
                return
            finish(tx, night, certain, self.clock.now())
        if any(certain.values()):
            log.error("copies_differ", service=self.name, kinds=certain)
        else:
            log.info("copies_agree", service=self.name, kinds=sorted(certain))


def night_of(now: datetime) -> date | None:
    """The night that it is, by UTC; `None` by day."""
    begins = datetime.combine(now.date(), BEGINS, now.tzinfo)
    return now.date() if begins <= now < begins + LASTS else None


def differences(counts: Found) -> Found:
    """What `resync` returns, without the count of bookings that were merely read."""
    return {kind: count for kind, count in counts.items() if kind != "bookings"}


def lasting(first: Found, second: Found) -> Found:
    """What both comparisons found."""
    return {kind: min(count, first.get(kind, 0)) for kind, count in second.items()}


def take_turn(tx: Tx, night: date) -> dict[str, Any] | None:
    """What is known of this night's comparison, if it is ours to make; `None` if it is not.

    Only one of many replicas gets it, until it is done or its lease is over.
    """
    until = sa.func.clock_timestamp() + sa.cast(LEASE, sa.Interval)
    first = insert(duty).values(name=NAME, night=night, done=False, leased_until=until)
    new = {"night": night, "done": False, "leased_until": until}
    free = duty.c.leased_until.is_(None) | (duty.c.leased_until < sa.func.clock_timestamp())
    known = sa.case((duty.c.night == night, duty.c.found), else_=None)
    mine = first.on_conflict_do_update(
        index_elements=["name"],
        set_=new | {"found": known},
        where=(duty.c.night < night) | (~duty.c.done & free),
    )
    row = tx.execute(mine.returning(duty.c.found)).one_or_none()
    return None if row is None else row.found or {}


def give_back(tx: Tx, night: date, suspected: Found | None) -> None:
    """Not done yet: whoever is next goes on from what was suspected."""
    found = {"suspected": suspected} if suspected is not None else None
    tx.execute(_mine(night).values(leased_until=None, found=found))


def finish(tx: Tx, night: date, found: Found, at: datetime) -> None:
    """Done for this night."""
    kept = {"certain": found, "at": at.isoformat()}
    tx.execute(_mine(night).values(done=True, leased_until=None, found=kept))


def last(tx: Tx) -> dict[str, Any]:
    """The last comparison that was done: `certain` and `at`; empty when there is none."""
    query = sa.select(duty.c.found).where(duty.c.name == NAME, duty.c.done)
    return tx.execute(query).scalar_one_or_none() or {}


def _mine(night: date) -> sa.Update:
    return duty.update().where(duty.c.name == NAME, duty.c.night == night)


def _show(service: str, done: dict[str, Any]) -> None:
    if done:
        for kind, count in done["certain"].items():
            differing.labels(service, kind).set(count)
        compared.labels(service).set(datetime.fromisoformat(done["at"]).timestamp())
