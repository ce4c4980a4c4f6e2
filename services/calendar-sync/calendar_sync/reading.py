"""How hosts' calendars are read into the local copy, one connection at a time."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection as Tx

from calendar_sync import words
from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from calendar_sync.context import SOON, Context
from calendar_sync.domain.calendars import Reading
from calendar_sync.mirroring import Mirror
from calendar_sync.store import connections, periods, turns
from calendar_sync.store.connections import Opened, ReadCalendar
from calendar_sync.telling import Teller
from contracts.calendar_sync import BusyPeriod

LONG = timedelta(hours=1)
"""A calendar that was not read for so long is told to its host: they cannot be booked."""

Read = tuple[ReadCalendar, Reading]
AT_ONCE = 16
"""Connections read at the same time."""


@dataclass(frozen=True)
class Reader:
    """Reads connections. The provider is never called inside a transaction."""

    context: Context

    def read_all(self, connection_ids: Sequence[UUID], seconds: float) -> None:
        """Reads in parallel and returns when all is done or the time is over.

        A reading that takes longer goes on, and is kept when it comes.
        """
        if not connection_ids:
            return
        pool = ThreadPoolExecutor(min(len(connection_ids), AT_ONCE), "read-calendars")
        readings: list[Future[None]] = [
            pool.submit(copy_context().run, self._read_or_say, one) for one in connection_ids
        ]
        wait(readings, timeout=seconds)
        pool.shutdown(wait=False, cancel_futures=True)

    def _read_or_say(self, connection_id: UUID) -> None:
        """In a thread, whose errors nobody would see."""
        try:
            self.read(connection_id)
        except Exception:  # the next turn tries again
            self.context.log.exception("calendar_not_kept", connection_id=str(connection_id))

    def read(self, connection_id: UUID) -> None:
        """Reads one connection and tells what changed. Failures are noted, never raised."""
        with self.context.begin() as tx:
            opened = connections.opened(tx, connection_id)
            calendars = connections.read_calendars(tx, connection_id)
        if opened is None or opened.state != "ok":
            return
        began = self.context.now()
        found: list[Read] = []
        try:
            for one in calendars:
                found.append((one, self._ask(opened, one.id, one.cursor)))  # noqa: PERF401 - a later one may fail
        except ProviderUnavailable as failure:
            self._keep(opened, found, began, whole=False)
            self._postpone(opened, failure)
        except AccessRefused:
            self.refuse(opened)
        except Exception:  # a fault of one adapter must not stop the others
            self.context.log.exception("calendar_not_read", connection_id=str(connection_id))
            self._postpone(opened, ProviderUnavailable("an unexpected failure"))
        else:
            self._keep(opened, found, began)

    def refuse(self, opened: Opened) -> None:
        """Marks a connection as broken, and tells of it once."""
        problem = words.refused(opened.provider, opened.account)
        with self.context.begin() as tx:
            connections.lock_host(tx, opened.workspace_id, opened.host_id)
            if connections.break_(tx, opened.id, opened.version, problem):
                teller = self._teller(tx, opened)
                teller.connection()
                teller.busy()
                self.context.log.warning("connection_broken", connection_id=str(opened.id))

    def _ask(self, opened: Opened, calendar_id: str, cursor: str | None) -> Reading:
        provider, account = self.context.provider(opened.provider), self.context.account(opened)
        now = self.context.now()
        return self.context.call(
            opened, "read", lambda: provider.read(account, calendar_id, cursor, now)
        )

    def _postpone(self, opened: Opened, failure: ProviderUnavailable) -> None:
        """Notes the trouble; its host is told once it has lasted."""
        now = self.context.now()
        until = self.context.retry_at(opened.attempts + 1, failure)
        until = min(until, now + max(SOON, failure.retry_after or SOON))
        self.context.log.warning(
            "calendar_unavailable", connection_id=str(opened.id), problem=str(failure)
        )
        with self.context.begin() as tx:
            connections.lock_host(tx, opened.workspace_id, opened.host_id)
            turns.postpone(tx, opened.id, until, words.trouble(opened.provider, failure))
            silent = words.silent(opened.provider, opened.account)
            if turns.find_silent(tx, opened.id, now - LONG, silent):
                self._teller(tx, opened).connection()
                self.context.log.warning("connection_silent", connection_id=str(opened.id))

    def _keep(
        self, opened: Opened, found: Sequence[Read], began: datetime, *, whole: bool = True
    ) -> None:
        """Applies a reading, unless another one, or the host's choice, came in between.

        What was read before another calendar failed is kept, so that the next try goes on from
        there; but the copy is as old as it was.
        """
        with self.context.begin() as tx:
            connections.lock_host(tx, opened.workspace_id, opened.host_id)
            if not opened.unchanged(connections.opened(tx, opened.id)):
                return
            changed = self._applied(tx, opened, found, began)
            if whole:
                self._say_read(tx, opened, changed, began)
            elif found:
                turns.read_in_part(tx, opened.id)
                self._teller(tx, opened).busy(changed)

    def _say_read(self, tx: Tx, opened: Opened, changed: list[BusyPeriod], began: datetime) -> None:
        mended = turns.read_at(tx, opened.id, began)
        periods.drop_ended(tx, opened.host_id, self.context.now())
        self._tell(tx, opened, changed)
        if mended:
            self._teller(tx, opened).connection()

    def _applied(
        self, tx: Tx, opened: Opened, found: Sequence[Read], began: datetime
    ) -> list[BusyPeriod]:
        mirrors = ((Mirror(self.context, tx, opened, one), reading) for one, reading in found)
        return [period for mirror, reading in mirrors for period in mirror.apply(reading, began)]

    def _teller(self, tx: Tx, opened: Opened) -> Teller:
        return Teller(self.context, tx, opened.workspace_id, opened.host_id)

    def _tell(self, tx: Tx, opened: Opened, changed: list[BusyPeriod]) -> None:
        teller = self._teller(tx, opened)
        if opened.synced_at is None:
            teller.busy(full=True)
        elif changed:
            teller.busy(changed)
        else:
            teller.fresh()
