"""A probe: the whole way to a calendar and back, with an event that blocks nobody."""

import time
from base64 import b32hexencode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from calendar_sync import words
from calendar_sync.adapters.provider import AccessRefused, Account, Provider, ProviderUnavailable
from calendar_sync.context import Context
from calendar_sync.domain.calendars import Draft
from calendar_sync.store import connections
from calendar_sync.store.connections import Opened
from contracts.calendar_sync import Probe as Asked
from contracts.calendar_sync import Probed, ProbeStep
from contracts.errors import NotFound

Name = Literal["calendars", "read", "write", "read_back", "delete"]

PAUSES = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each look for what was written: a provider may take a moment to list it."""

AHEAD = timedelta(days=1)
LENGTH = timedelta(minutes=15)


class Missing(Exception):
    """What was written is not listed."""


@dataclass
class Probe:
    """One probe: its steps are taken until one fails, and what was written is removed again."""

    context: Context
    opened: Opened
    calendar_id: str
    cursor: str | None
    writes: bool
    steps: list[ProbeStep] = field(default_factory=list)

    def run(self) -> Probed:
        """Every step with its time; none raises."""
        well = self._step("calendars", self._calendars) and self._step("read", self._read)
        if well and self.writes:
            well = self._written_and_removed()
        return Probed(ok=well, steps=tuple(self.steps))

    def _written_and_removed(self) -> bool:
        draft = self._draft()
        well = self._step("write", lambda: self._write(draft))
        well = well and self._step("read_back", lambda: self._read_back(draft))
        return self._step("delete", lambda: self._delete(draft)) and well

    def _step(self, name: Name, act: Callable[[], object]) -> bool:
        began = time.monotonic()
        problem = ""
        try:
            act()
        except Missing:
            problem = "What was written could not be read back. Please try again later."
        except (ProviderUnavailable, AccessRefused) as failure:
            self.context.log.info("probe_failed", step=name, problem=str(failure))
            problem = words.step(self.opened.provider, failure)
        except Exception:  # an adapter's fault is the probe's answer
            self.context.log.exception("probe_failed", step=name)
            problem = "An unexpected failure, which is in the log."
        taken = int((time.monotonic() - began) * 1000)
        step = ProbeStep(name=name, ok=not problem, milliseconds=taken, problem=problem)
        self.steps.append(step)
        return step.ok

    @property
    def _provider(self) -> Provider:
        return self.context.provider(self.opened.provider)

    @property
    def _account(self) -> Account:
        return self.context.account(self.opened)

    def _draft(self) -> Draft:
        start = (self.context.now() + AHEAD).replace(minute=0, second=0, microsecond=0)
        key = b32hexencode(self.context.new_id().bytes + b"prob").decode().lower()
        return Draft(
            id=key,
            start=start,
            end=start + LENGTH,
            title="Calendar check",
            description="This checks the connection, blocks nothing, and removes itself.",
            transparent=True,
        )

    def _calendars(self) -> None:
        """Those that are new are kept, for the host to choose."""
        account = self._account
        found = self.context.call(
            self.opened, "calendars", lambda: self._provider.calendars(account)
        )
        with self.context.begin() as tx:
            connections.lock_host(tx, self.opened.workspace_id, self.opened.host_id)
            if self.opened.unchanged(connections.opened(tx, self.opened.id)):
                connections.insert_calendars(tx, self.opened.id, found, checked=False)

    def _read(self) -> set[str]:
        account, now = self._account, self.context.now()
        reading = self.context.call(
            self.opened,
            "read",
            lambda: self._provider.read(account, self.calendar_id, self.cursor, now),
        )
        self.cursor = reading.cursor
        return {one.event_id for one in reading.occurrences if not one.removed}

    def _write(self, draft: Draft) -> None:
        account = self._account
        written = self.context.call(
            self.opened, "write", lambda: self._provider.write(account, self.calendar_id, draft)
        )
        self._provider_id = written.id

    def _read_back(self, draft: Draft) -> None:
        for pause in PAUSES:
            time.sleep(pause)
            if self._read() & {draft.id, self._provider_id}:
                return
        raise Missing

    def _delete(self, draft: Draft) -> None:
        account, gone = self._account, replace(draft, provider_id=self._provider_id)
        self.context.call(
            self.opened, "delete", lambda: self._provider.delete(account, self.calendar_id, gone)
        )

    _provider_id: str = ""


def probe(context: Context, request: Asked) -> Probed:
    """Checks the calendar that is written, else the first that is read. Raises `NotFound`."""
    with context.begin() as tx:
        found = connections.find(tx, request.workspace_id, request.connection_id)
        opened = connections.opened(tx, request.connection_id)
        if found is None or opened is None or not found.calendars:
            raise NotFound
        written = next((one for one in found.calendars if one.written), None)
        writable = next((one for one in found.calendars if one.writable), None)
        where = written or writable or found.calendars[0]
        cursors = {one.id: one.cursor for one in connections.read_calendars(tx, found.id)}
    return Probe(context, opened, where.id, cursors.get(where.id), where.writable).run()
