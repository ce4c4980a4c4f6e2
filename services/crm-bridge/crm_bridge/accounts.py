"""How a connection's account is opened, and how it goes is noted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection as Tx
from sqlalchemy import Row

from contracts.crm_bridge import CrmSignedOut
from crm_bridge.connectors import KNOWN
from crm_bridge.connectors.base import Account, Connector, CrmRefused, Means
from crm_bridge.store import connections, webhooks
from servicekit.sealing import Sealer

SIGN_IN_AGAIN = "It does not let us in any more. Please sign in again: nothing is lost meanwhile."
KEY_GONE = "The key that sealed what opens it is gone from this installation. Please sign in again."


LOCKS: dict[UUID, Lock] = {}
"""By connection, for this process: one of its threads at a time renews a token."""


@dataclass(frozen=True)
class Accounts:
    """The service's means. `announce` puts an event into the transaction's outbox; `log` takes
    constant event names.
    """

    begin: Callable[[], AbstractContextManager[Tx]]
    announce: Callable[[Tx, CrmSignedOut], None]
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    sealer: Sealer
    means: Means
    log: Any

    def connector(self, provider: str) -> Connector:
        """The connector of that name."""
        return KNOWN[provider].made(self.means)

    def account(self, row: Row[Any]) -> Account:
        """A connection's account: what opens it is read each time, and kept when it changes."""
        lock, grant = LOCKS.setdefault(row.id, Lock()), Grant(self, row.id)
        return Account(row.account, grant.load, grant.keep, lock)

    def refuse(self, row: Row[Any]) -> bool:
        """Nothing is sent there until somebody signs in again, and the admins are told; whether
        that is so.

        Not where it was renewed meanwhile: another process may have used the same token first.
        """
        with self.begin() as tx:
            kept = connections.locked(tx, row.id)
            if not kept or kept != row.sealed_secret:
                return False
            why = SIGN_IN_AGAIN if self._opens(kept) else KEY_GONE
            times = connections.refuse(tx, row.id, why)
            if times:
                self._tell(tx, row, times)
        self.log.warning("crm_refused", connection_id=str(row.id), provider=row.provider)
        return True

    def _tell(self, tx: Tx, row: Row[Any], times: int) -> None:
        told = CrmSignedOut(
            workspace_id=row.workspace_id,
            version=times,
            connection_id=row.id,
            provider=row.provider,
            name=KNOWN[row.provider].name,
            at=self.now(),
            admins=webhooks.admins(tx, row.workspace_id),
        )
        self.announce(tx, told)

    def _opens(self, kept: str) -> bool:
        try:
            self.sealer.open(kept)
        except InvalidToken:
            return False
        return True


@dataclass
class Grant:
    """What opens a connection; `times`: how often it had been given when it was last read."""

    accounts: Accounts
    connection_id: UUID
    times: int = 0

    def load(self) -> str:
        """In clear. Raises `CrmRefused` where none of our keys opens it."""
        with self.accounts.begin() as tx:
            kept, self.times = connections.granted(tx, self.connection_id)
        try:
            return self.accounts.sealer.open(kept)
        except InvalidToken:
            raise CrmRefused(KEY_GONE) from None

    def keep(self, secret: str) -> None:
        """What came of renewing the one that was last read."""
        sealed = self.accounts.sealer.seal(secret)
        with self.accounts.begin() as tx:
            connections.keep_secret(tx, self.connection_id, sealed, self.times)
