"""Compares this service's copies with their owners, and mends them.

What is kept is read before the owner is asked: whatever comes into being meanwhile is left to its
own event.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from uuid import UUID

from availability.store import copies
from availability.store.changes import Touched
from availability.store.copies import BusyReport, Kind
from contracts.booking import BookingRpc, Claim, Export, Exported, Host, Link
from contracts.calendar_sync import CalendarSyncRpc, ExportBusy
from servicekit import Tx

Owned = Host | Link | Claim
Kept = dict[UUID, tuple[int, UUID]]
KINDS: tuple[Kind, ...] = ("hosts", "links", "claims")


@dataclass(frozen=True)
class Resync:
    """`keep` runs a function in a transaction of its own and announces what it touched.

    With `check` nothing is changed. `workspaces` (by host) is filled on the way: claims name none.
    """

    booking: BookingRpc
    calendar_sync: CalendarSyncRpc
    keep: Callable[[UUID, Callable[[Tx], Touched]], None]
    now: datetime
    check: bool
    workspaces: dict[UUID, UUID] = field(default_factory=dict)

    def compare(self, kind: Kind, kept: Kept) -> int:
        """How many copies are missing, behind, or gone at their owner; mended unless checking."""
        left, behind = dict(kept), 0
        for item in self._exported(kind):
            version, _ = left.pop(item.id, (-1, item.id))
            if version < item.version:
                behind += 1
                self._mend(item)
        self._drop(kind, left)
        return behind + len(left)

    def compare_busy(self, kept: dict[UUID, int]) -> int:
        """How many hosts' busy copies are behind; mended unless checking."""
        behind = [
            report for report in self._reports() if kept.get(report.host_id, -1) < report.version
        ]
        for report in [] if self.check else behind:
            self.keep(report.workspace_id, partial(copies.keep_busy, report=report, now=self.now))
        return len(behind)

    def _exported(self, kind: Kind) -> Iterator[Owned]:
        after = ""
        while True:
            page = self.booking.export(Export(kind=kind, after=after))
            for item in _items(page, kind):
                if isinstance(item, Host):
                    self.workspaces[item.id] = item.workspace_id
                if not (isinstance(item, Claim) and item.removed):
                    yield item
            if not page.cursor:
                return
            after = page.cursor

    def _mend(self, item: Owned) -> None:
        known = self.workspaces.get(item.host_id) if isinstance(item, Claim) else item.workspace_id
        if known is not None and not self.check:
            self.keep(known, partial(self._keep, item=item, workspace_id=known))

    def _keep(self, tx: Tx, item: Owned, workspace_id: UUID) -> Touched:
        if isinstance(item, Host):
            return copies.keep_host(tx, item, item.version)
        if isinstance(item, Link):
            return copies.keep_link(tx, item, item.version, self.now, removed=False)
        return copies.keep_claims(tx, workspace_id, [item], self.now)

    def _drop(self, kind: Kind, left: Kept) -> None:
        by_workspace = sorted(left, key=lambda key: left[key][1])
        for workspace_id, keys in groupby(by_workspace, key=lambda key: left[key][1]):
            gone = list(keys)
            if not self.check:
                self.keep(workspace_id, partial(copies.drop, kind=kind, keys=gone))

    def _reports(self) -> Iterator[BusyReport]:
        after = ""
        while True:
            page = self.calendar_sync.export_busy(ExportBusy(after=after))
            for host, workspace_id in zip(page.hosts, page.workspace_ids, strict=True):
                yield copies.report(workspace_id, host)
            if not page.cursor:
                return
            after = page.cursor


def _items(page: Exported, kind: Kind) -> tuple[Owned, ...]:
    pages: dict[Kind, tuple[Owned, ...]] = {
        "hosts": page.hosts,
        "links": page.links,
        "claims": page.claims,
    }
    return pages[kind]
