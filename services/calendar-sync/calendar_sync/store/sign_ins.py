"""Sign-ins that hosts have begun at a provider: each works once, for ten minutes, for its host."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection as Tx
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from calendar_sync.store.tables import sign_in


@dataclass(frozen=True)
class Begun:
    """Where a host was sent from, and what proves that it is us who ask (PKCE, still sealed)."""

    provider: str
    redirect_uri: str
    sealed_verifier: str


def begin(tx: Tx, state: str, host: tuple[UUID, UUID], begun: Begun, until: datetime) -> None:
    """Keeps a sign-in of a host (workspace and host id); of `state` only a digest is kept."""
    row = {
        "digest": _digest(state),
        "workspace_id": host[0],
        "host_id": host[1],
        "provider": begun.provider,
        "redirect_uri": begun.redirect_uri,
        "sealed_verifier": begun.sealed_verifier,
        "expires_at": until,
    }
    tx.execute(insert(sign_in).values(row))


def take(tx: Tx, state: str, host: tuple[UUID, UUID], now: datetime) -> Begun | None:
    """Ends the sign-in of that state, if it is this host's and in time."""
    columns = (sign_in.c.provider, sign_in.c.redirect_uri, sign_in.c.sealed_verifier)
    query = delete(sign_in).where(
        sign_in.c.digest == _digest(state),
        sign_in.c.workspace_id == host[0],
        sign_in.c.host_id == host[1],
        sign_in.c.expires_at > now,
    )
    row = tx.execute(query.returning(*columns)).one_or_none()
    return Begun(*row) if row else None


def drop_expired(tx: Tx, now: datetime) -> None:
    """Forgets those that nobody came back from."""
    tx.execute(delete(sign_in).where(sign_in.c.expires_at <= now))


def _digest(state: str) -> bytes:
    return sha256(state.encode()).digest()
