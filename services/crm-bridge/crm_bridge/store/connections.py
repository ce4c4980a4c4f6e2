"""Connections to other CRMs, and sign-ins that were begun there."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from crm_bridge.store.mirror_tables import connection, sign_in
from servicekit.sign_ins import SignIns

SIGN_INS = SignIns(sign_in, sign_in.c.account_id)


def of_workspace(tx: Connection, workspace_id: UUID) -> list[Row[Any]]:
    """Oldest first."""
    query = select(connection).where(connection.c.workspace_id == workspace_id)
    return list(tx.execute(query.order_by(connection.c.created_at, connection.c.id)))


def find(tx: Connection, workspace_id: UUID, connection_id: UUID) -> Row[Any] | None:
    """One of this workspace."""
    query = select(connection).where(
        connection.c.workspace_id == workspace_id, connection.c.id == connection_id
    )
    return tx.execute(query).one_or_none()


def of_provider(tx: Connection, workspace_id: UUID, provider: str) -> Row[Any] | None:
    """The workspace's account at that provider, locked."""
    query = select(connection).where(
        connection.c.workspace_id == workspace_id, connection.c.provider == provider
    )
    return tx.execute(query.with_for_update()).one_or_none()


def create(tx: Connection, **values: object) -> bool:
    """Whether there was none with this id."""
    return tx.execute(insert(connection).values(values).on_conflict_do_nothing()).rowcount == 1


def change(tx: Connection, connection_id: UUID, **values: object) -> None:
    """Notes how it goes."""
    tx.execute(update(connection).where(connection.c.id == connection_id).values(values))


def recovered(tx: Connection, connection_id: UUID) -> None:
    """What troubled it is over, unless it was refused meanwhile."""
    here = connection.c.id == connection_id, connection.c.state == "ok"
    tx.execute(update(connection).where(*here).values(failures=0, rest_until=None, why=""))


def refuse(tx: Connection, connection_id: UUID, why: str) -> int:
    """Nothing is sent there until somebody signs in again. How often this was so; 0 if it is so
    already.
    """
    here = connection.c.id == connection_id, connection.c.state != "refused"
    times = connection.c.refused_times + 1
    query = update(connection).where(*here).values(state="refused", why=why, refused_times=times)
    return tx.execute(query.returning(connection.c.refused_times)).scalar_one_or_none() or 0


def remove(tx: Connection, workspace_id: UUID, connection_id: UUID) -> Row[Any] | None:
    """With its rows to push; what it was."""
    gone = delete(connection).where(
        connection.c.workspace_id == workspace_id, connection.c.id == connection_id
    )
    return tx.execute(gone.returning(connection)).one_or_none()


def locked(tx: Connection, connection_id: UUID) -> str:
    """What opens it now, sealed; empty if it is gone. Nobody signs in before the commit."""
    query = select(connection.c.sealed_secret).where(connection.c.id == connection_id)
    return tx.execute(query.with_for_update()).scalar_one_or_none() or ""


def granted(tx: Connection, connection_id: UUID) -> tuple[str, int]:
    """What opens it now, sealed, and how often it was given; empty if it is gone."""
    columns = connection.c.sealed_secret, connection.c.grants
    row = tx.execute(select(*columns).where(connection.c.id == connection_id)).one_or_none()
    return (row.sealed_secret, row.grants) if row else ("", 0)


def keep_secret(tx: Connection, connection_id: UUID, sealed_secret: str, grants: int) -> None:
    """A token that was renewed, unless somebody signed in meanwhile: then theirs stays."""
    mine = connection.c.id == connection_id, connection.c.grants == grants
    tx.execute(update(connection).where(*mine).values(sealed_secret=sealed_secret))
