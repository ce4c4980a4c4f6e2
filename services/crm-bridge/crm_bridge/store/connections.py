"""Connections to other CRMs, and sign-ins that were begun there."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from crm_bridge.store.mirror_tables import connection, sign_in


@dataclass(frozen=True)
class Begun:
    """Where an admin was sent from, and what proves that it is us who ask (PKCE, still sealed)."""

    provider: str
    redirect_uri: str
    sealed_verifier: str


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


def several(tx: Connection, ids: set[UUID]) -> dict[UUID, Row[Any]]:
    """By their ids."""
    rows = tx.execute(select(connection).where(connection.c.id.in_(ids)))
    return {row.id: row for row in rows}


def create(tx: Connection, **values: object) -> bool:
    """Whether there was none with this id."""
    return tx.execute(insert(connection).values(values).on_conflict_do_nothing()).rowcount == 1


def change(tx: Connection, connection_id: UUID, **values: object) -> None:
    """Notes how it goes."""
    tx.execute(update(connection).where(connection.c.id == connection_id).values(values))


def remove(tx: Connection, workspace_id: UUID, connection_id: UUID) -> Row[Any] | None:
    """With its rows to push; what it was."""
    gone = delete(connection).where(
        connection.c.workspace_id == workspace_id, connection.c.id == connection_id
    )
    return tx.execute(gone.returning(connection)).one_or_none()


def sealed(tx: Connection, connection_id: UUID) -> str:
    """What opens it now; empty if it is gone."""
    query = select(connection.c.sealed_secret).where(connection.c.id == connection_id)
    return tx.execute(query).scalar_one_or_none() or ""


def begin(
    tx: Connection, state: str, who: tuple[UUID, UUID], begun: Begun, until: datetime
) -> None:
    """Keeps a sign-in of an account (workspace and account id); of `state` only a digest."""
    row = {
        "digest": _digest(state),
        "workspace_id": who[0],
        "account_id": who[1],
        "provider": begun.provider,
        "redirect_uri": begun.redirect_uri,
        "sealed_verifier": begun.sealed_verifier,
        "expires_at": until,
    }
    tx.execute(insert(sign_in).values(row))


def take(tx: Connection, state: str, who: tuple[UUID, UUID], now: datetime) -> Begun | None:
    """Ends the sign-in of that state, if it is this account's and in time."""
    columns = (sign_in.c.provider, sign_in.c.redirect_uri, sign_in.c.sealed_verifier)
    query = delete(sign_in).where(
        sign_in.c.digest == _digest(state),
        sign_in.c.workspace_id == who[0],
        sign_in.c.account_id == who[1],
        sign_in.c.expires_at > now,
    )
    row = tx.execute(query.returning(*columns)).one_or_none()
    return Begun(*row) if row else None


def drop_expired(tx: Connection, now: datetime) -> None:
    """Forgets those that nobody came back from."""
    tx.execute(delete(sign_in).where(sign_in.c.expires_at <= now))


def _digest(state: str) -> bytes:
    return sha256(state.encode()).digest()
