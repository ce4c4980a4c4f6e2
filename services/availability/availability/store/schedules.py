"""Schedules and time off, and the audit of both."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from availability.store.tables import audit, host, link, schedule, time_off
from contracts.availability import Schedule, TimeOff
from contracts.booking import Link
from contracts.wire import Message, convert
from servicekit import Tx


class Note(Message, frozen=True, kw_only=True):
    """Who did what, for the audit."""

    at: datetime
    actor: str
    action: str


def lock_host(tx: Tx, workspace_id: UUID, host_id: UUID) -> bool:
    """Puts the changes of one host's schedules in a row; whether the workspace has this host."""
    mine = select(host.c.id).where(host.c.id == host_id, host.c.workspace_id == workspace_id)
    return tx.execute(mine.with_for_update()).first() is not None


def find(tx: Tx, workspace_id: UUID, schedule_id: UUID) -> Schedule | None:
    """A schedule of this workspace."""
    found = tx.execute(
        select(schedule.c.body).where(
            schedule.c.id == schedule_id, schedule.c.workspace_id == workspace_id
        )
    ).scalar_one_or_none()
    return convert(found, Schedule) if found is not None else None


def find_time_off(tx: Tx, workspace_id: UUID, key: UUID) -> TimeOff | None:
    """A time off of this workspace."""
    found = tx.execute(
        select(time_off.c.body).where(time_off.c.id == key, time_off.c.workspace_id == workspace_id)
    ).scalar_one_or_none()
    return convert(found, TimeOff) if found is not None else None


def exists(tx: Tx, table: Table, key: UUID) -> bool:
    """Whether any workspace has a row of this id."""
    return tx.execute(select(table.c.id).where(table.c.id == key)).first() is not None


def of(tx: Tx, workspace_id: UUID, host_id: UUID | None) -> tuple[list[Schedule], list[TimeOff]]:
    """A host's, or the whole workspace's: the default schedule first, then by name."""

    def bodies(table: Table) -> list[Any]:
        query = select(table.c.body).where(table.c.workspace_id == workspace_id)
        if host_id is not None:
            query = query.where(table.c.host_id == host_id)
        return list(tx.execute(query).scalars())

    found = [convert(body, Schedule) for body in bodies(schedule)]
    gone = [convert(body, TimeOff) for body in bodies(time_off)]
    return sorted(found, key=lambda s: (not s.is_default, s.name, s.id)), sorted(
        gone, key=lambda off: (str(off.first_day or off.start), off.id)
    )


def save(tx: Tx, value: Schedule) -> bool:
    """Puts a schedule in its place; False where the host has a default one and this is another."""
    row = {
        "id": value.id,
        "workspace_id": value.workspace_id,
        "host_id": value.host_id,
        "body": msgspec.to_builtins(value),
        "is_default": value.is_default,
        "version": value.version,
    }
    changed = tx.execute(
        update(schedule).where(schedule.c.id == value.id).values(**row).returning(schedule.c.id)
    )
    if changed.first() is not None:
        return True
    made = insert(schedule).values(row).on_conflict_do_nothing().returning(schedule.c.id)
    return tx.execute(made).first() is not None


def save_time_off(tx: Tx, value: TimeOff) -> None:
    """Puts a time off in its place."""
    row = {
        "id": value.id,
        "workspace_id": value.workspace_id,
        "host_id": value.host_id,
        "body": msgspec.to_builtins(value),
    }
    statement = insert(time_off).values(row)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"body": statement.excluded.body, "host_id": statement.excluded.host_id},
            where=time_off.c.workspace_id == value.workspace_id,
        )
    )


def remove(tx: Tx, table: Table, key: UUID) -> None:
    """Deletes a schedule or a time off."""
    tx.execute(delete(table).where(table.c.id == key))


def used_by(tx: Tx, schedule_id: UUID) -> list[str]:
    """The slugs of the links that name this schedule."""
    query = select(link.c.slug).where(link.c.schedule_id == schedule_id, ~link.c.removed)
    return sorted(tx.execute(query).scalars())


def links(tx: Tx, workspace_id: UUID, ids: Iterable[UUID], host_ids: Iterable[UUID]) -> list[Link]:
    """The workspace's links that have one of these ids, or one of these hosts."""
    either = or_(link.c.id.in_(list(ids)), link.c.host_ids.overlap(list(host_ids)))
    query = select(link.c.body).where(link.c.workspace_id == workspace_id, ~link.c.removed, either)
    return [convert(body, Link) for body in tx.execute(query).scalars()]


def named_by(tx: Tx, links: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """The schedules that links name, by link."""
    query = select(link.c.id, link.c.schedule_id).where(link.c.id.in_(list(links)))
    return {row.id: row.schedule_id for row in tx.execute(query)}


def note(
    tx: Tx,
    entry: Note,
    before: Schedule | TimeOff | None,
    after: Schedule | TimeOff | None,
) -> None:
    """Writes what changed into the audit."""
    subject = after or before
    assert subject is not None
    tx.execute(
        insert(audit).values(
            at=entry.at,
            workspace_id=subject.workspace_id,
            host_id=subject.host_id,
            subject_id=subject.id,
            actor=entry.actor,
            action=entry.action,
            before=msgspec.to_builtins(before),
            after=msgspec.to_builtins(after),
        )
    )


def was_deleted(tx: Tx, workspace_id: UUID, key: UUID) -> bool:
    """Whether this workspace deleted it before: a repeated request is no error."""
    gone = select(audit.c.id).where(
        audit.c.subject_id == key,
        audit.c.workspace_id == workspace_id,
        audit.c.action.in_(("schedule_deleted", "time_off_deleted")),
    )
    return tx.execute(gone).first() is not None
