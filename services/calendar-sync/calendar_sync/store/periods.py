"""The mirrored busy periods of hosts, and what was last told of them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection as Tx
from sqlalchemy import Row, delete, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from calendar_sync.domain.busy import KEPT_AFTER_END, Copy
from calendar_sync.store.tables import busy, host
from contracts.calendar_sync import BusyPeriod, HostBusy


def of_calendar(
    tx: Tx,
    connection_id: UUID,
    calendar_id: str,
    about: tuple[Collection[str], Collection[str]] | None = None,
) -> dict[str, BusyPeriod]:
    """The mirror of one calendar, by id; or only `about` some periods, and those of some events."""
    query = select(busy).where(
        busy.c.connection_id == connection_id, busy.c.calendar_id == calendar_id
    )
    if about is not None:
        of_event = func.regexp_replace(busy.c.id, "#[^#]*$", "")
        series = of_event.in_(about[1]) if about[1] else false()
        query = query.where(or_(busy.c.id.in_(about[0]), busy.c.id.in_(about[1]), series))
    return {row.id: _period(row) for row in tx.execute(query)}


def of_host(tx: Tx, host_id: UUID, now: datetime) -> tuple[BusyPeriod, ...]:
    """All that blocks a host and has not long ended, in order of time."""
    query = select(busy).where(busy.c.host_id == host_id, busy.c.ends_at > now - KEPT_AFTER_END)
    rows = tx.execute(query.order_by(busy.c.starts_at, busy.c.id))
    return tuple(_period(row) for row in rows)


def apply(tx: Tx, host_id: UUID, calendar: tuple[UUID, str], changed: Iterable[BusyPeriod]) -> None:
    """Brings the mirror of one calendar (connection and calendar id) in line."""
    changed = list(changed)
    gone = [period.id for period in changed if period.removed]
    if gone:
        tx.execute(delete(busy).where(busy.c.host_id == host_id, busy.c.id.in_(gone)))
    rows = [
        {
            "id": period.id,
            "host_id": host_id,
            "connection_id": calendar[0],
            "calendar_id": calendar[1],
            "starts_at": period.start,
            "ends_at": period.end,
        }
        for period in changed
        if not period.removed
    ]
    if rows:
        put = insert(busy)
        times = {"starts_at": put.excluded.starts_at, "ends_at": put.excluded.ends_at}
        tx.execute(put.on_conflict_do_update(index_elements=["host_id", "id"], set_=times), rows)


def drop_ended(tx: Tx, host_id: UUID, now: datetime) -> None:
    """Forgets what ended long ago; nobody is told, for nobody asks."""
    long_ago = busy.c.ends_at <= now - KEPT_AFTER_END
    tx.execute(delete(busy).where(busy.c.host_id == host_id, long_ago))


def set_told(tx: Tx, host_id: UUID, copy: Copy, now: datetime) -> int:
    """Notes that this was told now; the new version of the host's copy."""
    query = update(host).where(host.c.host_id == host_id)
    values = {"state": copy.state, "synced_at": copy.synced_at, "told_at": now}
    counted = query.values(**values, busy_version=host.c.busy_version + 1)
    version: int = tx.execute(counted.returning(host.c.busy_version)).scalar_one()
    return version


def set_read(tx: Tx, host_id: UUID, copy: Copy) -> None:
    """Notes how fresh the copy is, without telling."""
    query = update(host).where(host.c.host_id == host_id)
    tx.execute(query.values(state=copy.state, synced_at=copy.synced_at))


def next_connection_version(tx: Tx, host_id: UUID) -> int:
    """The version under which a host's connections are told of."""
    query = update(host).where(host.c.host_id == host_id)
    counted = query.values(connection_version=host.c.connection_version + 1)
    version: int = tx.execute(counted.returning(host.c.connection_version)).scalar_one()
    return version


def copies(
    tx: Tx, workspace_id: UUID, host_ids: Sequence[UUID], now: datetime
) -> tuple[HostBusy, ...]:
    """Each host's whole copy, in the order asked; hosts without one have state `none`."""
    query = select(host).where(host.c.workspace_id == workspace_id, host.c.host_id.in_(host_ids))
    rows = {row.host_id: row for row in tx.execute(query)}
    return tuple(
        _copy(tx, rows[one], now) if one in rows else HostBusy(host_id=one, state="none")
        for one in host_ids
    )


def page(tx: Tx, after: UUID | None, limit: int, now: datetime) -> list[tuple[UUID, HostBusy]]:
    """Workspace and copy of each host, by id, after the one given."""
    query = select(host).order_by(host.c.host_id).limit(limit)
    if after is not None:
        query = query.where(host.c.host_id > after)
    return [(row.workspace_id, _copy(tx, row, now)) for row in tx.execute(query).all()]


def _copy(tx: Tx, row: Row[Any], now: datetime) -> HostBusy:
    return HostBusy(
        host_id=row.host_id,
        state=row.state,
        synced_at=row.synced_at,
        periods=of_host(tx, row.host_id, now),
        version=row.busy_version,
    )


def _period(row: Row[Any]) -> BusyPeriod:
    return BusyPeriod(id=row.id, start=row.starts_at, end=row.ends_at)
