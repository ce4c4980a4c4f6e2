"""The copy of what the gateway says about workspaces: name and zone."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.store.tables import workspace
from contracts.errors import NotFound
from servicekit import Tx


def meet(tx: Tx, workspace_id: UUID, name: str, timezone: str) -> None:
    """Keeps one that is new; what is known already comes from its own event, in order."""
    tx.execute(
        insert(workspace)
        .values(id=workspace_id, name=name, timezone=timezone, version=0)
        .on_conflict_do_nothing()
    )


def save(tx: Tx, workspace_id: UUID, named: tuple[str, str], version: int) -> bool:
    """Keeps (name, zone) of this version; False where a later one is known."""
    name, timezone = named
    statement = insert(workspace).values(
        id=workspace_id, name=name, timezone=timezone, version=version
    )
    statement = statement.on_conflict_do_update(
        index_elements=[workspace.c.id],
        set_={"name": name, "timezone": timezone, "version": version},
        where=workspace.c.version < version,
    )
    return tx.execute(statement).rowcount == 1


def timezone(tx: Tx, workspace_id: UUID) -> str:
    """Its zone's name. Raises `NotFound`."""
    query = sa.select(workspace.c.timezone).where(workspace.c.id == workspace_id)
    found: str | None = tx.execute(query).scalar()
    if found is None:
        raise NotFound
    return found
