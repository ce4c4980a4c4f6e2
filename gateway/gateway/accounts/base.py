"""What the parts of `Accounts` share: the transaction, the clock, the outbox, the limits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contracts.errors import Unavailable
from contracts.wire import Event
from gateway.accounts import buckets, members
from gateway.accounts.buckets import Rate
from gateway.accounts.values import AuditEntry, Profile
from servicekit.database import by_statement, silent


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if silent(error):
            raise Unavailable from error
        raise


@dataclass(frozen=True)
class Base:
    """`announce` writes an event into the outbox of the same transaction (`servicekit.outbox.add`);
    `wake` tells the relay after the commit; `seal` encrypts a URL for the way to notifications.
    """

    engine: Engine
    now: Callable[[], datetime]
    announce: Callable[[Connection, Event, datetime], None]
    wake: Callable[[], None]
    seal: Callable[[str], str]
    public_url: str
    session_days: int = 60

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction. A database that is away is `Unavailable`, not a bug."""
        with _answered(), self.engine.begin() as tx:
            yield tx

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """For one statement, which commits itself."""
        with _answered(), by_statement(self.engine) as tx:
            yield tx

    @contextmanager
    def announcing(self) -> Iterator[Connection]:
        """The same, and the relay is woken after it."""
        with self.begin() as tx:
            yield tx
        self.wake()

    def ping(self) -> str:
        """Empty when the database answers, else what is wrong."""
        try:
            with self.begin() as tx:
                tx.execute(text("SELECT 1"))
        except Unavailable:
            return "the database does not answer"
        return ""

    def take(self, key: str, rate: Rate) -> int:
        """One token of a shared limit: 0, or the seconds to wait."""
        with self.single() as tx:
            return buckets.take(tx, key, rate)

    def give_back(self, key: str, rate: Rate) -> None:
        """One token that was taken for nothing."""
        with self.single() as tx:
            buckets.give_back(tx, key, rate)

    def refill(self, key: str) -> None:
        """Forgets what was taken from a limit."""
        with self.begin() as tx:
            buckets.refill(tx, key)

    def note(
        self, tx: Connection, actor: Profile, action: str, subject: str, **detail: str
    ) -> None:
        """A line of the audit."""
        entry = AuditEntry(
            at=self.now(), actor=actor.actor, action=action, subject=subject, detail=detail
        )
        members.note(tx, actor.workspace_id, entry)
