"""How hosts connect their accounts, choose calendars, and leave."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection as Tx

from calendar_sync.adapters.provider import (
    AccessRefused,
    Account,
    InvalidAddress,
    OpensWithPassword,
    ProviderUnavailable,
    SignsIn,
)
from calendar_sync.context import Context, counted
from calendar_sync.domain.calendars import OwnedCalendar, SignedIn
from calendar_sync.leaving import Leaving
from calendar_sync.reading import Reader
from calendar_sync.store import connections, wanted, watches
from calendar_sync.store.connections import Newcomer
from calendar_sync.telling import Teller, writes
from contracts.calendar_sync import ChooseCalendars, Connect, Connection, Disconnect
from contracts.errors import CalendarUnreachable, Conflict, Invalid, NotFound

FIRST_READING_SECONDS = 3
"""How long a host waits for the first reading; it goes on behind the page if it takes longer."""


@dataclass(frozen=True)
class Connecting:
    """The host's own steps. Until a new connection was read, its host cannot be booked."""

    context: Context

    def connect(self, request: Connect) -> Connection:
        """A repeated request connects once; the same account again mends its connection."""
        if request.provider not in self.context.settings.offered:
            raise Invalid(fields={"provider": "This calendar cannot be connected here."})
        with self.context.begin() as tx:
            done = connections.find(tx, request.workspace_id, request.connection_id)
        if done is not None:
            return done
        signed = self._open(request)
        new = Newcomer(
            workspace_id=request.workspace_id,
            connection_id=request.connection_id,
            host_id=request.host_id,
            provider=request.provider,
            account=signed.account,
        )
        return self.join(new, signed.secret)

    def join(self, new: Newcomer, secret: str) -> Connection:
        """Whoever let us in is connected, and read as far as that goes at once."""
        newest = [secret]
        account = Account(new.account, secret, newest.append)
        found = self._calendars(new.provider, account)
        with self.context.begin() as tx:
            connection_id = self._insert(tx, new, self.context.sealer.seal(newest[-1]), found)
        return self._read_now(new.workspace_id, connection_id)

    def choose(self, request: ChooseCalendars) -> Connection:
        """All that was read is announced anew, for it counts differently now."""
        with self.context.begin() as tx:
            chosen = self._locked(tx, request.workspace_id, request.connection_id)
            _check(request, chosen, connections.writable(tx, chosen.id))
            connections.choose(tx, chosen, request.checked, request.written)
            self._tell(tx, chosen.workspace_id, chosen.host_id)
        return self._read_now(request.workspace_id, request.connection_id)

    def disconnect(self, request: Disconnect) -> None:
        """The events in the calendars stay; nothing is read or written there any more.

        What opens them is forgotten here, then given back to the provider as far as it answers.
        """
        with self.context.begin() as tx:
            if connections.was_removed(tx, request.workspace_id, request.connection_id):
                return
            gone = self._locked(tx, request.workspace_id, request.connection_id)
            opened, watched = connections.opened(tx, gone.id), watches.of(tx, gone.id)
            watches.remove(tx, gone.id)
            connections.remove(tx, gone)
            shared = connections.is_shared(tx, gone)
            wanted.forget_place(tx, gone.id)
            self._tell(tx, gone.workspace_id, gone.host_id)
        if opened is not None:
            leaving = Leaving(self.context, opened)
            leaving.leave(watched, revoke=not shared)

    def _open(self, request: Connect) -> SignedIn:
        provider = self.context.provider(request.provider)
        if isinstance(provider, SignsIn):
            raise Invalid(fields={"provider": "Please sign in there to connect this calendar."})
        if not isinstance(provider, OpensWithPassword):
            return SignedIn(request.account, "")
        try:
            return counted(
                request.provider,
                "open",
                lambda: provider.open(request.url, request.account, request.secret),
            )
        except ProviderUnavailable as failure:
            raise CalendarUnreachable from failure
        except AccessRefused as refused:
            raise Invalid(
                fields={"secret": "This name and password do not let us in."}
            ) from refused
        except InvalidAddress as wrong:
            raise Invalid(fields={wrong.field: wrong.message}) from wrong

    def _calendars(self, name: str, account: Account) -> tuple[OwnedCalendar, ...]:
        provider = self.context.provider(name)
        try:
            return counted(name, "calendars", lambda: provider.calendars(account))
        except ProviderUnavailable as failure:
            raise CalendarUnreachable from failure
        except AccessRefused as refused:
            raise Invalid(fields={"account": "This account does not let us in."}) from refused

    def _insert(self, tx: Tx, new: Newcomer, sealed: str, found: tuple[OwnedCalendar, ...]) -> UUID:
        if connections.lock_host(tx, new.workspace_id, new.host_id) is None:
            raise NotFound
        now = self.context.now()
        known = connections.same_account(tx, new)
        if known is not None:
            connections.mend(tx, known, sealed, now)
            wanted.forget_place(tx, known, connections.drop_missing(tx, known, found))
        elif not connections.insert_connection(tx, new, sealed, now):
            raise Conflict("This connection was removed. Please connect again.")
        mine = known or new.connection_id
        connections.insert_calendars(tx, mine, found)
        if written := self._first_to_write(tx, new, found):
            connections.write_to(tx, mine, written)
        wanted.retry_now(tx, new.host_id, now)
        if wanted.written_calendar(tx, new.host_id):
            wanted.take_up(tx, new.host_id, now)
        self._tell(tx, new.workspace_id, new.host_id)
        return mine

    def _first_to_write(
        self, tx: Tx, new: Newcomer, found: tuple[OwnedCalendar, ...]
    ) -> str | None:
        """The account's first writable calendar, unless the host has one to write to."""
        mine = connections.listed(tx, new.workspace_id, new.host_id)
        if any(writes(one) for one in mine):
            return None
        return next((one.id for one in found if one.writable), None)

    def _locked(self, tx: Tx, workspace_id: UUID, connection_id: UUID) -> Connection:
        """The connection, its host's row locked first. Raises `NotFound`."""
        found = connections.find(tx, workspace_id, connection_id)
        if found is None:
            raise NotFound
        connections.lock_host(tx, workspace_id, found.host_id)
        return self._found(tx, workspace_id, connection_id)

    def _read_now(self, workspace_id: UUID, connection_id: UUID) -> Connection:
        Reader(self.context).read_all([connection_id], FIRST_READING_SECONDS)
        with self.context.begin() as tx:
            return self._found(tx, workspace_id, connection_id)

    def _found(self, tx: Tx, workspace_id: UUID, connection_id: UUID) -> Connection:
        found = connections.find(tx, workspace_id, connection_id)
        if found is None:
            raise NotFound
        return found

    def _tell(self, tx: Tx, workspace_id: UUID, host_id: UUID) -> None:
        teller = Teller(self.context, tx, workspace_id, host_id)
        teller.connection()
        teller.busy(full=True)


def _check(request: ChooseCalendars, chosen: Connection, writable: set[str]) -> None:
    """Raises `Invalid` for calendars that the connection does not have, or cannot be written."""
    if not set(request.checked) <= {one.id for one in chosen.calendars}:
        raise Invalid(fields={"checked": "Please choose among the calendars listed."})
    if request.written is not None and request.written not in writable:
        raise Invalid(fields={"written": "Please choose a calendar that can be written."})
