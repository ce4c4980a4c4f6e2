"""Queries on workspaces and accounts, and what is announced of them. Nothing here commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Connection, Row, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from contracts.errors import Invalid, NotFound
from contracts.gateway import Account, AccountChanged, WorkspaceChanged
from contracts.wire import convert
from gateway.accounts.tables import account, audit, workspace
from gateway.accounts.values import AuditEntry, NewLinks, Profile, email_of, slug_wish

PROFILE = select(
    account,
    workspace.c.name.label("workspace_name"),
    workspace.c.timezone.label("workspace_timezone"),
    workspace.c.version.label("workspace_version"),
    workspace.c.language.label("workspace_language"),
).join(workspace, workspace.c.id == account.c.workspace_id)


def profile_of(row: Row[Any]) -> Profile:
    """A row of the query above as a value."""
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented name
    return Profile(
        active=found["state"] == "active",
        **{name: found[name] for name in Profile.__struct_fields__ if name != "active"},
    )


def by_id(tx: Connection, workspace_id: UUID, account_id: UUID, *, lock: bool = False) -> Profile:
    """An account of this workspace. Raises `NotFound`."""
    query = PROFILE.where(account.c.id == account_id, account.c.workspace_id == workspace_id)
    row = tx.execute(query.with_for_update(of=account) if lock else query).first()
    if row is None:
        raise NotFound
    return profile_of(row)


def any_by_id(tx: Connection, account_id: UUID) -> Profile:
    """An account, whatever its workspace: for its own token, key or session."""
    return profile_of(tx.execute(PROFILE.where(account.c.id == account_id)).one())


def by_email(tx: Connection, email: str) -> tuple[Profile, str | None] | None:
    """An account with its password's hash; none for what could be no address."""
    try:
        email = email_of(email)
    except Invalid:
        return None
    row = tx.execute(PROFILE.where(account.c.email == email)).first()
    return (profile_of(row), row._mapping["password_hash"]) if row else None  # noqa: SLF001


def of_workspace(tx: Connection, workspace_id: UUID) -> tuple[Profile, ...]:
    """Everyone in it, by name."""
    query = PROFILE.where(account.c.workspace_id == workspace_id)
    return tuple(profile_of(row) for row in tx.execute(query.order_by(account.c.name)))


def any_workspace(tx: Connection) -> bool:
    """Whether the first run is over."""
    return tx.execute(select(workspace.c.id).limit(1)).first() is not None


def workspaces(tx: Connection) -> tuple[tuple[UUID, str], ...]:
    """Ids and names, oldest first."""
    query = select(workspace.c.id, workspace.c.name).order_by(workspace.c.created_at)
    return tuple((row.id, row.name) for row in tx.execute(query))


def lock_first_run(tx: Connection) -> None:
    """Two first runs at once wait for each other."""
    tx.execute(text("SELECT pg_advisory_xact_lock(7305)"))


def lock_owners(tx: Connection, workspace_id: UUID) -> int:
    """The number of active owners, who stay so until the transaction ends."""
    query = select(account.c.id).where(
        account.c.workspace_id == workspace_id,
        account.c.role == "owner",
        account.c.state == "active",
    )
    return len(tx.execute(query.order_by(account.c.id).with_for_update()).all())


def add_workspace(tx: Connection, name: str, timezone: str, now: datetime) -> UUID:
    """A new one."""
    values = {"id": uuid4(), "name": name, "timezone": timezone, "created_at": now}
    tx.execute(insert(workspace).values(**values))
    return UUID(str(values["id"]))


def add(tx: Connection, values: dict[str, Any]) -> Profile:
    """A new account. Raises `Invalid` when the address has one already."""
    query = upsert(account).values(**values).on_conflict_do_nothing(index_elements=["email"])
    if tx.execute(query.returning(account.c.id)).first() is None:
        raise Invalid(fields={"email": "There is an account with this address already."})
    return any_by_id(tx, values["id"])


def change(tx: Connection, account_id: UUID, **values: Any) -> Profile:
    """Writes an account; its version grows."""
    query = update(account).where(account.c.id == account_id)
    tx.execute(query.values(version=account.c.version + 1, **values))
    return any_by_id(tx, account_id)


def has_password(tx: Connection, account_id: UUID) -> bool:
    """Whether they ever accepted."""
    query = select(account.c.password_hash).where(account.c.id == account_id)
    return tx.execute(query).scalar() is not None


def rehash(tx: Connection, account_id: UUID, password_hash: str) -> None:
    """The same password under today's parameters: nothing that anybody is told."""
    query = update(account).where(account.c.id == account_id)
    tx.execute(query.values(password_hash=password_hash))


def change_workspace(tx: Connection, workspace_id: UUID, values: Mapping[str, Any]) -> int:
    """Writes a workspace; the version that it has now."""
    query = update(workspace).where(workspace.c.id == workspace_id)
    query = query.values(version=workspace.c.version + 1, **values)
    return int(tx.execute(query.returning(workspace.c.version)).scalar_one())


def new_links(tx: Connection, workspace_id: UUID) -> NewLinks:
    """What its new links begin with."""
    query = select(workspace.c.new_links).where(workspace.c.id == workspace_id)
    return convert(tx.execute(query).scalar_one(), NewLinks)


def set_new_links(tx: Connection, workspace_id: UUID, wish: NewLinks) -> None:
    """Nothing that anybody is told: links that are there stay as they are."""
    query = update(workspace).where(workspace.c.id == workspace_id)
    tx.execute(query.values(new_links=msgspec.to_builtins(wish)))


def note(tx: Connection, workspace_id: UUID, entry: AuditEntry) -> None:
    """A line of the audit."""
    values = {name: getattr(entry, name) for name in AuditEntry.__struct_fields__}
    tx.execute(insert(audit).values(workspace_id=workspace_id, **values))


def notes(tx: Connection, workspace_id: UUID, limit: int) -> tuple[AuditEntry, ...]:
    """The audit, newest first."""
    query = select(audit).where(audit.c.workspace_id == workspace_id)
    rows = tx.execute(query.order_by(audit.c.id.desc()).limit(limit)).mappings()
    fields = AuditEntry.__struct_fields__
    return tuple(AuditEntry(**{name: row[name] for name in fields}) for row in rows)


def changed(profile: Profile) -> AccountChanged:
    """What is announced of an account that may be booked, or no longer."""
    fields = {name: getattr(profile, name) for name in Account.__struct_fields__}
    return AccountChanged(
        workspace_id=profile.workspace_id,
        version=profile.version,
        account=Account(**fields),
        workspace_name=profile.workspace_name,
        workspace_timezone=profile.workspace_timezone,
        host_slug=slug_wish(profile.name, profile.workspace_name),
        language=profile.language,
    )


def workspace_changed(workspace_id: UUID, version: int, name: str, zone: str) -> WorkspaceChanged:
    """What is announced of a workspace."""
    return WorkspaceChanged(workspace_id=workspace_id, version=version, name=name, timezone=zone)
