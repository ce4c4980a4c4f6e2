"""Copies of what others own: each row is replaced only by a newer version of itself.

So events may come twice, late and in any order. What is gone stays as a tombstone for a day, or a
late event would bring it back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Table, Uuid, any_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from availability.store import changes
from availability.store.changes import Touched, slugs_of
from availability.store.tables import busy, calendar, claim, host, link
from contracts.booking import Claim, Host, Link
from contracts.calendar_sync import BusyPeriod, HostBusy
from contracts.wire import Instant, Message
from servicekit import Tx
from servicekit.preparing import prepared

TOMBSTONE = timedelta(days=1)
PAGE = 500
Kind = Literal["hosts", "links", "claims"]
TABLES: dict[Kind, Table] = {"hosts": host, "links": link, "claims": claim}


class BusyReport(Message, frozen=True, kw_only=True):
    """What calendar-sync says of one host, in an event or in an answer."""

    workspace_id: UUID
    host_id: UUID
    state: Literal["none", "ok", "broken"]
    synced_at: Instant | None
    version: int
    periods: tuple[BusyPeriod, ...]
    full: bool


def report(workspace_id: UUID, answer: HostBusy) -> BusyReport:
    """A host's whole copy, as calendar-sync answers it."""
    return BusyReport(
        workspace_id=workspace_id,
        host_id=answer.host_id,
        state=answer.state,
        synced_at=answer.synced_at,
        version=answer.version,
        periods=answer.periods,
        full=True,
    )


@cache
def _upserting(table: Table, names: tuple[str, ...]) -> Any:
    """Built once a table: that costs more than to run it."""
    keys = [column.name for column in table.primary_key]
    statement = insert(table)
    fresh = {name: statement.excluded[name] for name in names if name not in keys}
    newer = table.c.version < statement.excluded.version
    taken = statement.on_conflict_do_update(index_elements=keys, set_=fresh, where=newer)
    return taken.returning(table)


def _upsert(tx: Tx, table: Table, rows: Sequence[dict[str, Any]]) -> list[Any]:
    """Takes the rows that are newer than those kept; gives back what was taken."""
    return list(tx.execute(_upserting(table, tuple(rows[0])), rows))


def keep_host(tx: Tx, value: Host, version: int) -> Touched:
    """Takes a host."""
    row = {
        "id": value.id,
        "workspace_id": value.workspace_id,
        "body": msgspec.to_builtins(value),
        "version": version,
    }
    if not _upsert(tx, host, [row]):
        return Touched()
    return Touched(ids=frozenset({value.id}), slugs=slugs_of(tx, [value.id]))


def keep_link(tx: Tx, value: Link, version: int, now: datetime, *, removed: bool) -> Touched:
    """Takes a link, or its tombstone. The slug it had before is touched too."""
    before = tx.execute(select(link.c.slug).where(link.c.id == value.id)).scalars().all()
    row = {
        "id": value.id,
        "workspace_id": value.workspace_id,
        "slug": value.settings.slug,
        "host_ids": [place.host_id for place in value.settings.hosts],
        "schedule_id": value.settings.schedule_id,
        "body": msgspec.to_builtins(value),
        "removed": removed,
        "version": version,
        "changed_at": now,
    }
    if not _upsert(tx, link, [row]):
        return Touched()
    return Touched(ids=frozenset({value.id}), slugs=frozenset({*before, value.settings.slug}))


def _claim_row(workspace_id: UUID, value: Claim, number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": value.id,
        "workspace_id": workspace_id,
        "meeting_id": value.meeting_id,
        "host_id": value.host_id,
        "link_id": value.link_id,
        "booking_id": value.booking_id,
        "state": value.state,
        "start_at": value.start,
        "end_at": value.end,
        "meeting_start": value.meeting_start,
        "meeting_end": value.meeting_end,
        "expires_at": value.expires_at,
        "seats_taken": value.seats_taken,
        "seat_holds": msgspec.to_builtins(value.seat_holds),
        "removed": value.removed,
        "version": value.version,
        "changed_at": now,
        "number": number,
    }


def keep_claims(tx: Tx, workspace_id: UUID, values: Iterable[Claim], now: datetime) -> Touched:
    """Takes claims and their tombstones.

    Their hosts' claims are read again by their numbers. Touched beyond that are the links whose
    limits count them, and the host and link that a claim has left.
    """
    latest = {value.id: value for value in sorted(values, key=lambda value: value.version)}
    if not latest:
        return Touched()
    before = _places(tx, latest)
    numbers = changes.number_claims(tx, {value.host_id for value in latest.values()})
    rows = [
        _claim_row(workspace_id, value, numbers[value.host_id], now) for value in latest.values()
    ]
    taken = {row.id: (row.host_id, row.link_id) for row in _upsert(tx, claim, rows)}
    left = {key: place for key, place in before.items() if taken.get(key, place) != place}
    hosts = {host_id for host_id, _ in (*taken.values(), *left.values())}
    links = {link_id for _, link_id in (*taken.values(), *left.values())}
    if not hosts:
        return Touched()
    told = changes.told_of(tx, hosts, links)
    gone = frozenset(host_id for host_id, _ in left.values())
    return Touched(ids=told.ids | gone, slugs=told.slugs)


_KNOWN = prepared(
    select(claim.c.id, claim.c.host_id, claim.c.link_id).where(
        claim.c.id == any_(bindparam("keys", type_=ARRAY(Uuid)))
    )
)


def _places(tx: Tx, keys: Iterable[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """The host and link of those claims that are known."""
    found = tx.execute(_KNOWN, {"keys": list(keys)})
    return {row.id: (row.host_id, row.link_id) for row in found}


def _locked_calendar(tx: Tx, report: BusyReport) -> Any:
    """The host's calendar row, made if need be; its lock puts the reports of a host in a row."""
    empty = {
        "host_id": report.host_id,
        "workspace_id": report.workspace_id,
        "state": "none",
        "version": -1,
        "full_version": -1,
    }
    tx.execute(insert(calendar).values(empty).on_conflict_do_nothing())
    mine = select(calendar).where(calendar.c.host_id == report.host_id)
    return tx.execute(mine.with_for_update()).one()


def _keep_periods(tx: Tx, report: BusyReport, full_version: int, now: datetime) -> bool:
    """Takes the periods; whether any changed. A delta older than a full copy says nothing."""
    if report.version <= full_version:
        return False
    periods = {p.id: p for p in report.periods if not (report.full and p.removed)}
    changed = False
    if report.full:
        older = (busy.c.host_id == report.host_id) & (busy.c.version <= report.version)
        kept = {
            (row.id, row.start_at, row.end_at)
            for row in tx.execute(select(busy).where(older, ~busy.c.removed))
        }
        changed = kept != {(p.id, p.start, p.end) for p in periods.values()}
        tx.execute(delete(busy).where(older))
    rows = [
        {
            "host_id": report.host_id,
            "id": period.id,
            "start_at": period.start,
            "end_at": period.end,
            "removed": period.removed,
            "version": report.version,
            "changed_at": now,
        }
        for period in periods.values()
    ]
    for at in range(0, len(rows), PAGE):
        taken = _upsert(tx, busy, rows[at : at + PAGE])
        changed = changed or (bool(taken) and not report.full)
    return changed


def keep_busy(tx: Tx, report: BusyReport, now: datetime) -> Touched:
    """Takes a report. Its time alone is no news for gateways: they ask again by themselves."""
    before = _locked_calendar(tx, report)
    changed = _keep_periods(tx, report, before.full_version, now)
    fresh: dict[str, Any] = {}
    if report.version > before.version or _is_later(report, before):
        fresh = {
            "state": report.state,
            "synced_at": report.synced_at,
            "version": report.version,
        }
        changed = changed or report.state != before.state
    if report.full and report.version > before.full_version:
        fresh["full_version"] = report.version
    if not fresh and not changed:
        return Touched()
    if fresh:
        tx.execute(update(calendar).where(calendar.c.host_id == report.host_id).values(**fresh))
    slugs = slugs_of(tx, [report.host_id]) if changed else frozenset()
    return Touched(ids=frozenset({report.host_id}), slugs=slugs)


def _is_later(report: BusyReport, before: Any) -> bool:
    """Whether the same version was seen again later, or in another state."""
    if report.version != before.version or report.synced_at is None:
        return False
    return bool(before.synced_at is None or report.synced_at > before.synced_at)


def purge(tx: Tx, now: datetime) -> None:
    """Forgets tombstones, and holds that ended, after a day."""
    old = now - TOMBSTONE
    tx.execute(delete(link).where(link.c.removed, link.c.changed_at < old))
    tx.execute(
        delete(claim).where(
            or_((claim.c.removed & (claim.c.changed_at < old)), claim.c.expires_at < old)
        )
    )
    tx.execute(delete(busy).where(busy.c.removed, busy.c.changed_at < old))


def versions(tx: Tx, kind: Kind) -> dict[UUID, tuple[int, UUID]]:
    """Every copy that counts: its version and its workspace."""
    table = TABLES[kind]
    query = select(table.c.id, table.c.version, table.c.workspace_id)
    if kind != "hosts":
        query = query.where(~table.c.removed)
    return {row.id: (row.version, row.workspace_id) for row in tx.execute(query)}


def busy_versions(tx: Tx) -> dict[UUID, int]:
    """Every host's calendar copy, with its version."""
    query = select(calendar.c.host_id, calendar.c.version)
    return {row.host_id: row.version for row in tx.execute(query)}


def zone_of(tx: Tx, host_id: UUID) -> str | None:
    """The zone a host lives in."""
    found = tx.execute(select(host.c.body["timezone"].astext).where(host.c.id == host_id))
    return found.scalar_one_or_none()


def drop(tx: Tx, kind: Kind, keys: Iterable[UUID]) -> Touched:
    """Forgets copies whose owner has them no more."""
    table = TABLES[kind]
    gone = list(tx.execute(delete(table).where(table.c.id.in_(list(keys))).returning(table)))
    if kind == "claims":
        hosts = {row.host_id for row in gone}
        return Touched(ids=frozenset(hosts | {r.link_id for r in gone}), slugs=slugs_of(tx, hosts))
    slugs = frozenset(row.slug for row in gone) if kind == "links" else frozenset()
    ids = frozenset(row.id for row in gone)
    return Touched(ids=ids, slugs=slugs | (slugs_of(tx, ids) if kind == "hosts" else frozenset()))
