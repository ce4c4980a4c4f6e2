"""Sign-ins that somebody has begun at a provider: each works once, for a while, for them alone."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from servicekit.database import Tx


@dataclass(frozen=True)
class Begun:
    """Where they were sent from, and what proves that it is us who ask (PKCE, still sealed)."""

    provider: str
    redirect_uri: str
    sealed_verifier: str


@dataclass(frozen=True)
class SignIns:
    """Kept in `table`; its column `owner` says who began one. `who` is a workspace and an owner."""

    table: sa.Table
    owner: sa.Column[Any]

    def begin(
        self, tx: Tx, state: str, who: tuple[UUID, UUID], begun: Begun, until: datetime
    ) -> None:
        """Keeps one; of `state` only a digest."""
        row = {
            "digest": _digest(state),
            "workspace_id": who[0],
            self.owner.name: who[1],
            "provider": begun.provider,
            "redirect_uri": begun.redirect_uri,
            "sealed_verifier": begun.sealed_verifier,
            "expires_at": until,
        }
        tx.execute(sa.insert(self.table).values(row))

    def take(self, tx: Tx, state: str, who: tuple[UUID, UUID], now: datetime) -> Begun | None:
        """Ends the one of that state, if it is theirs and in time."""
        kept = self.table.c
        query = sa.delete(self.table).where(
            kept.digest == _digest(state),
            kept.workspace_id == who[0],
            self.owner == who[1],
            kept.expires_at > now,
        )
        found = query.returning(kept.provider, kept.redirect_uri, kept.sealed_verifier)
        row = tx.execute(found).one_or_none()
        return Begun(*row) if row else None

    def drop_expired(self, tx: Tx, now: datetime) -> None:
        """Forgets those that nobody came back from."""
        tx.execute(sa.delete(self.table).where(self.table.c.expires_at <= now))


def _digest(state: str) -> bytes:
    return sha256(state.encode()).digest()
