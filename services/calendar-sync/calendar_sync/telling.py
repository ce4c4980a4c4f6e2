"""What is announced about a host's calendars. The caller holds the host's row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection as Tx

from calendar_sync.context import Context
from calendar_sync.domain.busy import copy_of, tells_freshness
from calendar_sync.store import connections, periods, turns
from contracts.calendar_sync import BusyChanged, BusyPeriod, Connection, ConnectionChanged

FRESHNESS_EVERY = timedelta(minutes=5)
"""How often at most a copy in which nothing changed is announced as fresh."""


@dataclass(frozen=True)
class Teller:
    """Announcements about one host, in one transaction."""

    context: Context
    tx: Tx
    workspace_id: UUID
    host_id: UUID

    def busy(self, changed: Sequence[BusyPeriod] = (), *, full: bool = False) -> None:
        """What changed in the copy, or all of it."""
        now = self.context.now()
        copy = copy_of(connections.parts(self.tx, self.host_id))
        told = periods.of_host(self.tx, self.host_id, now) if full else tuple(changed)
        version = periods.set_told(self.tx, self.host_id, copy, now)
        event = BusyChanged(
            workspace_id=self.workspace_id,
            version=version,
            host_id=self.host_id,
            state=copy.state,
            synced_at=copy.synced_at,
            periods=told,
            full=full,
        )
        self.context.announce(self.tx, event)

    def fresh(self) -> None:
        """That the copy is fresh though nothing changed: now and then, or when its state did."""
        host = connections.lock_host(self.tx, self.workspace_id, self.host_id)
        assert host is not None
        copy = copy_of(connections.parts(self.tx, self.host_id))
        due = tells_freshness(host.told_at, self.context.now(), FRESHNESS_EVERY)
        if due or copy.state != host.state or (host.synced_at is None and copy.synced_at):
            self.busy()
        else:
            periods.set_read(self.tx, self.host_id, copy)

    def connection(self) -> None:
        """Whether events are written for the host, and whether all is well."""
        mine = connections.listed(self.tx, self.workspace_id, self.host_id)
        down = turns.down(self.tx, self.host_id)
        broken = next((one for one in mine if one.id in down), None)
        writing = next((one for one in mine if writes(one)), None)
        shown = broken or writing or next(iter(mine), None)
        event = ConnectionChanged(
            workspace_id=self.workspace_id,
            version=periods.next_connection_version(self.tx, self.host_id),
            host_id=self.host_id,
            writes_calendar=writing is not None,
            state="broken" if broken else "ok" if mine else "none",
            problem=broken.problem if broken else "",
            why=_why(broken) if broken else "",
            provider=shown.provider if shown else "",
            account=shown.account if shown else "",
        )
        self.context.announce(self.tx, event)


def _why(connection: Connection) -> Literal["refused", "silent"]:
    """A connection that is down is refused for good, or has only not answered for long."""
    return "refused" if connection.state == "broken" else "silent"


def writes(connection: Connection) -> bool:
    """Whether events can be written there now."""
    return connection.state == "ok" and any(one.written for one in connection.calendars)
