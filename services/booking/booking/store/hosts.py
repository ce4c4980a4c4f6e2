"""Hosts, and what their calendars say about them."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from msgspec import to_builtins
from sqlalchemy.dialects.postgresql import insert

from booking.store import rows
from booking.store import tables as t
from contracts.booking import Host, Limits
from contracts.errors import NotFound
from contracts.gateway import AccountChanged
from contracts.languages import supported
from servicekit import Tx


def get(tx: Tx, workspace_id: UUID, host_id: UUID) -> Host:
    """One host of this workspace. Raises `NotFound`."""
    mine = (t.host.c.id == host_id) & (t.host.c.workspace_id == workspace_id)
    row = tx.execute(rows.HOST.where(mine)).first()
    if row is None:
        raise NotFound("There is no such host.")
    return rows.host(row)


def of_workspace(tx: Tx, workspace_id: UUID) -> tuple[Host, ...]:
    """All hosts, active or not, by name."""
    mine = rows.HOST.where(t.host.c.workspace_id == workspace_id)
    return tuple(map(rows.host, tx.execute(mine.order_by(t.host.c.name, t.host.c.id))))


def by_ids(tx: Tx, host_ids: list[UUID]) -> tuple[Host, ...]:
    """The hosts in this order; one who is unknown is left out."""
    found = {row.id: rows.host(row) for row in tx.execute(rows.HOST.where(_among(host_ids)))}
    return tuple(found[host_id] for host_id in host_ids if host_id in found)


def _among(host_ids: list[UUID]) -> sa.ColumnElement[bool]:
    return t.host.c.id == sa.any_(sa.cast(host_ids, sa.ARRAY(sa.Uuid)))


def known(tx: Tx, host_id: UUID) -> tuple[int, str] | None:
    """The account's version that is kept, and the slug. Waits for other news of the same account,
    so that two at once cannot both make its host.
    """
    one = sa.func.pg_advisory_xact_lock(2, sa.func.hashtext(str(host_id)))
    tx.execute(sa.select(one))
    query = sa.select(t.host.c.account_version, t.host.c.slug).where(t.host.c.id == host_id)
    row = tx.execute(query).first()
    return None if row is None else (row.account_version, row.slug)


def save_account(tx: Tx, event: AccountChanged, slug: str) -> bool:
    """Makes or changes the host of an account; False where a later version is known."""
    account, version = event.account, event.version
    columns: dict[str, Any] = {
        "name": account.name,
        "email": account.email,
        "timezone": account.timezone,
        "language": supported(event.language),
        "active": account.active,
        "account_version": version,
    }
    statement = insert(t.host).values(
        id=account.id, workspace_id=account.workspace_id, slug=slug, limits={}, version=1, **columns
    )
    statement = statement.on_conflict_do_update(
        index_elements=[t.host.c.id],
        set_=columns | {"version": t.host.c.version + 1},
        where=t.host.c.account_version < version,
    )
    return tx.execute(statement).rowcount == 1


def save(tx: Tx, host: Host, slug: str, limits: Limits) -> None:
    """A host's own settings."""
    tx.execute(
        sa.update(t.host)
        .where(t.host.c.id == host.id)
        .values(slug=slug, limits=to_builtins(limits), version=t.host.c.version + 1)
    )


def lock(tx: Tx, workspace_id: UUID, host_id: UUID) -> bool:
    """Locks the host's row against other changes of settings; False where there is none."""
    mine = (t.host.c.id == host_id) & (t.host.c.workspace_id == workspace_id)
    query = sa.select(t.host.c.id).where(mine).with_for_update(key_share=True)
    return tx.execute(query).first() is not None


def save_calendar(tx: Tx, host_id: UUID, version: int, *, writes: bool) -> bool:
    """Keeps whether events are written for a host; False where nothing changed or it is late."""
    statement = insert(t.host_calendar).values(
        host_id=host_id, writes_calendar=writes, version=version
    )
    statement = statement.on_conflict_do_update(
        index_elements=[t.host_calendar.c.host_id],
        set_={"writes_calendar": writes, "version": version},
        where=t.host_calendar.c.version < version,
    )
    return tx.execute(statement).rowcount == 1


def bump(tx: Tx, *which: sa.ColumnElement[bool]) -> tuple[Host, ...]:
    """The next version of these hosts, for what they take from elsewhere has changed."""
    changed = sa.update(t.host).where(*which).values(version=t.host.c.version + 1)
    ids = list(tx.execute(changed.returning(t.host.c.id)).scalars())
    return by_ids(tx, ids)


def bump_one(tx: Tx, workspace_id: UUID, host_id: UUID) -> tuple[Host, ...]:
    """The host, or nothing where the account is not known yet."""
    return bump(tx, t.host.c.id == host_id, t.host.c.workspace_id == workspace_id)


def bump_workspace(tx: Tx, workspace_id: UUID) -> tuple[Host, ...]:
    """Every host of it."""
    return bump(tx, t.host.c.workspace_id == workspace_id)
