"""What reading and writing calendars need of the service that runs them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection as Tx

from calendar_sync import adapters
from calendar_sync.adapters.provider import (
    AccessRefused,
    Account,
    Provider,
    ProviderUnavailable,
)
from calendar_sync.settings import Settings
from calendar_sync.store import connections, turns
from calendar_sync.store.connections import Opened
from contracts.wire import Event
from servicekit.leases import backoff
from servicekit.metrics import Counter
from servicekit.sealing import Sealer

T = TypeVar("T")

KEYS_GRACE = timedelta(days=1)
"""How long a connection that worked waits for the key that opens it."""

CALLS = Counter(
    "calendar_calls_total", "Calls to providers of calendars.", ["provider", "call", "result"]
)


@dataclass(frozen=True)
class Context:
    """The service's means: transactions, the clock, the outbox, settings and the log; `kept` are
    the sealed secrets that its own calls renewed, by connection.
    """

    begin: Callable[[], AbstractContextManager[Tx]]
    now: Callable[[], datetime]
    announce: Callable[[Tx, Event], None]
    new_id: Callable[[], UUID]
    settings: Settings
    random: Random
    log: Any
    kept: dict[UUID, str] = field(default_factory=dict)

    def provider(self, name: str) -> Provider:
        """The adapter of that name."""
        return adapters.provider(name, self.settings.means)

    def account(self, opened: Opened) -> Account:
        """A connection's account, unsealed.

        Where none of our keys opens it, the key may have been mistyped at a restart: that is
        `ProviderUnavailable` for a day. Then the key is gone for good, as after a leak, and only
        the host can let us in again: `AccessRefused`.
        """
        with self.begin() as tx:  # an earlier call may have rotated it; who leaves has only theirs
            sealed, grants = connections.granted(tx, opened.id)
        try:
            secret = self.sealer.open(sealed or opened.sealed_secret)
        except InvalidToken as error:
            self.log.error("secret_not_opened", connection_id=str(opened.id))  # noqa: TRY400 - the stack says nothing
            if opened.synced_at and self.now() - opened.synced_at < KEYS_GRACE:
                raise ProviderUnavailable("none of SECRET_KEYS opens the secret") from error
            raise AccessRefused("none of SECRET_KEYS opens the secret") from error
        return Account(opened.account, secret, lambda new: self._keep(opened.id, grants, new))

    @property
    def sealer(self) -> Sealer:
        """Encrypts and decrypts what opens the hosts' calendars."""
        return Sealer(self.settings.secret_keys)

    def retry_at(self, attempts: int, failure: ProviderUnavailable) -> datetime:
        """When to try again: our own backoff, or later if the provider asks for it."""
        wait = backoff(attempts, self.random)
        return self.now() + max(wait, failure.retry_after or wait)

    def call(self, opened: Opened, name: str, act: Callable[[], T]) -> T:
        """Does one call for a connection and counts how it went; none before the time that its
        provider asked us to wait until, for whatever it was.
        """
        with self.begin() as tx:
            not_before = turns.not_before(tx, opened.id)
            before = connections.sealed(tx, opened.id)
        if not_before is not None and not_before > self.now():
            raise ProviderUnavailable("it asked us to wait", not_before - self.now())
        try:
            return counted(opened.provider, name, act)
        except ProviderUnavailable as failure:
            if failure.retry_after:
                with self.begin() as tx:
                    turns.wait(tx, opened.id, self.now() + failure.retry_after)
            raise
        except AccessRefused as refused:
            with self.begin() as tx:
                known = {"", before, self.kept.get(opened.id)}
                renewed = connections.sealed(tx, opened.id) not in known
            if renewed:  # another call rotated the token, or the host signed in again
                raise ProviderUnavailable("what opens it was renewed meanwhile") from refused
            raise

    def _keep(self, connection_id: UUID, grants: int, secret: str) -> None:
        """Unless the host signed in while it was renewed: then theirs stays."""
        sealed = self.sealer.seal(secret)
        with self.begin() as tx:
            if not connections.keep_secret(tx, connection_id, sealed, grants):
                return
        self.kept[connection_id] = sealed


def counted(provider: str, call: str, act: Callable[[], T]) -> T:
    """Does one call to a provider and counts how it went."""
    result = "failed"
    try:
        answer = act()
        result = "ok"
    except ProviderUnavailable:
        result = "unavailable"
        raise
    except AccessRefused:
        result = "refused"
        raise
    else:
        return answer
    finally:
        CALLS.labels(provider, call, result).inc()


SOON = timedelta(minutes=5)
"""The longest wait between two tries to read a calendar, unless its provider asks for more: a
host whose copy is old cannot be booked."""
