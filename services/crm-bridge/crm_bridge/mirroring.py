"""How other CRMs come to show what the built-in one knows: leased, written outside any transaction,
and noted.

If the process dies before a call, the lease ends and it is made; if it dies after, it is made
again, which connectors answer with what is there.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection as Tx
from sqlalchemy import Row

from crm_bridge.accounts import Accounts
from crm_bridge.connectors.base import (
    Connector,
    CrmRefused,
    CrmRejected,
    CrmUnavailable,
    Desk,
    LinkLost,
)
from crm_bridge.domain import mapping as rules
from crm_bridge.domain import mirror
from crm_bridge.domain.mapping import Kind, Mapping
from crm_bridge.domain.mirror import Push, Thing
from crm_bridge.store import connections
from crm_bridge.store import mirror as store
from servicekit import leases
from servicekit.leases import Held
from servicekit.metrics import Counter

PUSHED = Counter("crm_pushes_total", "Objects written to other CRMs.", ["provider", "result"])

BATCH = 60
AT_ONCE = 3
"""Threads for one connection: HubSpot allows ten requests a second."""

SIDE_BY_SIDE = 4
"""Connections that have their turn at the same time."""

TURN = 10.0
"""Seconds that a connection has before the others have their turn, however much it waits for."""

CALLS = 12
"""A lease lasts for a turn and as many calls of the longest kind."""

LONGEST_REST = timedelta(minutes=5)
"""Between two tries to reach a CRM that does not answer at all."""


@dataclass(frozen=True)
class Job:
    """A leased row."""

    held: Held
    row: Row[Any]


@dataclass
class Turn:
    """One connection's turn: `over` when nothing would get through any more."""

    row: Row[Any]
    connector: Connector
    mapping: Mapping
    over: bool = False
    arrived: bool = False
    owners: dict[str, str] = field(default_factory=dict)

    def owner(self, desk: Desk, thing: Thing) -> str:
        """Their id of whose it should be; asked once a turn."""
        email = thing.owner_email
        if email and email not in self.owners:
            self.owners[email] = desk.owner(email)
        return self.owners.get(email, "")


@dataclass(frozen=True)
class Mirror:
    """Writes what is due."""

    accounts: Accounts

    @property
    def _lasts(self) -> timedelta:
        return timedelta(seconds=TURN + CALLS * self.accounts.means.call_seconds)

    def push_due(self) -> bool:
        """Writes some of what is due at each connection; whether there may be more."""
        with self.accounts.begin() as tx:
            rows = store.awaited(tx, self.accounts.now())
        if not rows:
            return False
        with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(rows)), "connections") as pool:
            return any(list(pool.map(self._have_turn, rows)))

    def _have_turn(self, row: Row[Any]) -> bool:
        """Whether the connection may have more; what fails here fails for nobody else."""
        try:
            with self.accounts.begin() as tx:
                leased = store.lease(tx, row.id, self.accounts.now(), BATCH, self._lasts)
            if leased:
                self._serve(row, [Job(held, one) for held, one in leased])
        except Exception:  # its rows are free again when their lease ends
            self.accounts.log.exception("crm_turn_failed", connection_id=str(row.id))
            return False
        return bool(leased)

    def _serve(self, row: Row[Any], jobs: list[Job]) -> None:
        """One connection's rows, by a few threads with a line each."""
        connector = self.accounts.connector(row.provider)
        turn = Turn(row, connector, rules.restored(row.mapping))
        shares = [jobs[place::AT_ONCE] for place in range(min(AT_ONCE, len(jobs)))]
        with ThreadPoolExecutor(len(shares), "connectors") as pool:
            list(pool.map(lambda share: self._work(turn, share), shares))
        if turn.arrived:
            with self.accounts.begin() as tx:
                connections.change(tx, row.id, pushed_at=self.accounts.now())
                if not turn.over:
                    connections.recovered(tx, row.id)

    def _work(self, turn: Turn, jobs: list[Job]) -> None:
        """One thread's share, until its turn or the connection's is over."""
        account = self.accounts.account(turn.row)
        try:
            with turn.connector.at(account) as desk:
                self._push_all(turn, desk, jobs)
        except CrmRefused:  # it could not even be opened
            self._refuse(turn, jobs[0])
            self._put_back(jobs[1:])

    def _push_all(self, turn: Turn, desk: Desk, jobs: list[Job]) -> None:
        end = monotonic() + TURN
        for place, job in enumerate(jobs):
            if turn.over or monotonic() > end:
                self._put_back(jobs[place:])
                return
            self._push(turn, desk, job)

    def _put_back(self, jobs: list[Job]) -> None:
        """Each by itself: whoever else changes several rows may do so in another order."""
        for job in jobs:
            with self.accounts.begin() as tx:
                leases.postpone(tx, job.held, self.accounts.now(), job.row.problem, tried=False)

    def _push(self, turn: Turn, desk: Desk, job: Job) -> None:
        result = "failed"
        try:
            result = self._write(turn, desk, job)
        except CrmUnavailable as failure:
            result = "unavailable"
            self._put_off(turn, job, failure)
        except CrmRefused:
            result = "refused"
            self._refuse(turn, job)
        except CrmRejected as rejected:
            result = "rejected"
            self._give_up(job, rejected)
        except LinkLost as lost:
            result = "link_lost"
            self._write_anew(job, lost.kind)
        except Exception:  # a fault over one object must not stop the others
            self.accounts.log.exception("crm_push_failed", object_id=str(job.row.object_id))
            self._put_off(turn, job, CrmUnavailable("Something unexpected went wrong."))
        finally:
            PUSHED.labels(turn.row.provider, result).inc()

    def _write(self, turn: Turn, desk: Desk, job: Job) -> str:
        with self.accounts.begin() as tx:
            thing = _thing(tx, turn, job.row)
            links = store.places(tx, job.row)
        if thing is None:  # it is gone here: nothing is to be shown of it
            self._note(turn, job, job.row.external_id, job.row.shown)
            return "nothing"
        now = mirror.shown(thing, turn.mapping, job.row.object, turn.owner(desk, thing))
        push = _push_of(job.row, thing, now, links)
        external_id = desk.put(push) if push.says_something else push.external_id
        self._note(turn, job, external_id, now | {"links": links})
        return "written" if push.says_something else "nothing"

    def _note(self, turn: Turn, job: Job, external_id: str, shown: dict[str, Any]) -> None:
        turn.arrived = True
        now = self.accounts.now()
        with self.accounts.begin() as tx:
            there: dict[str, Any] = {"external_id": external_id, "shown": shown}
            leases.done(tx, job.held, **there, attempts=0, next_try=now)

    def _put_off(self, turn: Turn, job: Job, failure: CrmUnavailable) -> None:
        """Its own backoff, or later where we are asked to wait; then the whole connection rests."""
        wait = leases.backoff(job.row.attempts + 1, random)
        until = self.accounts.now() + max(wait, failure.retry_after or wait)
        with self.accounts.begin() as tx:
            if failure.everywhere and not turn.over:
                turn.over = True
                self._rest(tx, turn.row, failure)  # a connection is locked before its rows
            leases.postpone(tx, job.held, until, str(failure))

    def _rest(self, tx: Tx, row: Row[Any], failure: CrmUnavailable) -> None:
        wait = min(leases.backoff(row.failures + 1, random), LONGEST_REST)
        until = self.accounts.now() + max(wait, failure.retry_after or wait)
        failures = row.failures + 1
        connections.change(tx, row.id, failures=failures, rest_until=until, why=str(failure))

    def _refuse(self, turn: Turn, job: Job) -> None:
        """Nothing is lost: what waits is written after somebody signed in again."""
        first, turn.over = not turn.over, True
        if first and not self.accounts.refuse(turn.row):
            self._put_off(turn, job, CrmUnavailable("What opens it was renewed meanwhile."))
            return
        self._put_back([job])

    def _give_up(self, job: Job, rejected: CrmRejected) -> None:
        """Shown among what failed, until it changes here or somebody asks to try again."""
        forgotten: dict[str, Any] = {"external_id": "", "shown": {}} if rejected.gone else {}
        with self.accounts.begin() as tx:
            now = self.accounts.now()
            leases.give_up(tx, job.held, str(rejected), next_try=now, **forgotten)

    def _write_anew(self, job: Job, kind: Kind) -> None:
        """At once the first time; where that did not help, less and less often."""
        now, tries = self.accounts.now(), job.row.attempts
        until = now + leases.backoff(tries, random) if tries else now
        with self.accounts.begin() as tx:
            store.lost(tx, job.row, kind, now)
            words = f"The {kind} it belongs to was deleted there, and is made anew first."
            leases.postpone(tx, job.held, until, words)


def _push_of(row: Row[Any], thing: Thing, now: dict[str, Any], links: dict[Kind, str]) -> Push:
    """What the other side does not show yet."""
    known = row.shown if row.external_id else {}
    linked = known.get("links", {})
    place = Push(
        kind=row.object,
        id=row.object_id,
        external_id=row.external_id,
        email=thing.email,
        links={kind: there for kind, there in links.items() if linked.get(kind) != there},
        created=thing.created,
    )
    return mirror.push_of(place, mirror.changes(known, now))


def _thing(tx: Tx, turn: Turn, row: Row[Any]) -> Thing | None:
    """How it stands here now."""
    read: dict[Kind, Callable[[Tx, Turn, Row[Any]], Thing | None]] = {
        "contact": _person,
        "deal": _deal,
        "meeting": _meeting,
    }
    return read[row.object](tx, turn, row)


def _person(tx: Tx, turn: Turn, row: Row[Any]) -> Thing | None:
    found = store.find_contact(tx, row.object_id)
    if found is None:
        return None
    return mirror.person(found.name, found.email, found.latest or {}, turn.mapping.answers)


def _deal(tx: Tx, turn: Turn, row: Row[Any]) -> Thing | None:
    del turn
    found = store.find_deal(tx, row.object_id)
    if found is None:
        return None
    return Thing(
        values={
            "title": found.title,
            "value": found.value_cents / 100,
            "link": found.link_title,
            "host": found.owner_name,
        },
        stage=found.stage,
        owner_email=found.host_email or "",
        created=found.created_at,
    )


def _meeting(tx: Tx, turn: Turn, row: Row[Any]) -> Thing | None:
    workspace_id = turn.row.workspace_id
    found = store.find_meeting(tx, workspace_id, row.object_id)
    if found is None:
        return None
    return mirror.meeting(
        found.detail,
        (found.status, found.starts_at, found.ends_at),
        store.entries(tx, workspace_id, found.booking_ids),
        outcome_apart=turn.connector.outcome_apart,
    )
