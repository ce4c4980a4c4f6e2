"""availability on the bus: its endpoints, its listeners, its announcements."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from availability import answers, editing, trying
from availability.domain import checks, engine, impact, pulse
from availability.domain import explain as explaining
from availability.domain.facts import Ask, HostFacts, LinkFacts
from availability.domain.hours import Hours, working
from availability.domain.listing import Offer
from availability.domain.minutes import to_instant
from availability.resync import KINDS, Resync
from availability.settings import Settings
from availability.store import changes, copies, facts, schedules
from availability.store.changes import Touched
from availability.store.copies import BusyReport
from availability.store.memory import PROCESSES, Process
from contracts.availability import (
    AvailabilityChanged,
    DeleteSchedule,
    DeleteTimeOff,
    ExplainStart,
    Explanation,
    FreeHosts,
    GetFreeHosts,
    GetHolidays,
    GetOutside,
    GetSlots,
    Holidays,
    ListSchedules,
    OfferChanges,
    Outside,
    Period,
    Preview,
    Previewed,
    SaveSchedule,
    SaveTimeOff,
    Schedule,
    ScheduleChanged,
    Schedules,
    Slots,
    TimeOff,
    WhatIf,
)
from contracts.booking import BookingRpc, Claim, ClaimsChanged, HostChanged, LinkChanged
from contracts.calendar_sync import BusyChanged, CalendarSyncRpc, HostBusy, Refresh
from contracts.errors import NotFound, SchedulingError
from contracts.wire import Empty
from servicekit import Rpc, Tx, endpoint, listen, tick
from servicekit.nightly import KeepsCopies

QUIET = 0.3
"""Seconds between announcements; a change in between waits for the next tick."""


Hosts = tuple[HostFacts, ...]


def _chosen(link: LinkFacts, hosts: Iterable[HostFacts], request: GetSlots | GetFreeHosts) -> Hosts:
    """The host the visitor picked, or all. Hosts who meet together cannot be picked apart."""
    if request.host_id is None or engine.together(link.link.settings):
        return tuple(hosts)
    return tuple(host for host in hosts if host.host.id == request.host_id)


class Availability(KeepsCopies[Settings]):
    """When each host can be booked."""

    name = "availability"
    settings_class = Settings
    booking = Rpc(BookingRpc)
    calendar_sync = Rpc(CalendarSyncRpc)

    @property
    def process(self) -> Process:
        """What is remembered here."""
        return PROCESSES.setdefault(self.settings.database_url, Process())

    # --- slots ---------------------------------------------------------------------------------

    @endpoint
    def slots(self, request: GetSlots) -> Slots:
        """The free slots of a link over some days. Raises `Invalid`, `NotFound`."""
        checks.window(request.first, request.last, request.timezone)
        link, hosts = self._freshened(*self._facts(request.slug))
        self.process.asked.put(request.slug, time.monotonic(), request)
        return self._answer(request, link, hosts)

    def _answer(self, request: GetSlots, link: LinkFacts, hosts: Hosts) -> Slots:
        return answers.slots(self._offer(link, _chosen(link, hosts, request), request), request)

    @endpoint
    def free_hosts(self, request: GetFreeHosts) -> FreeHosts:
        """Who can take a link at a start, their calendars read again if the copy is not fresh."""
        link, hosts = self._facts(request.slug)
        most = self.settings.refresh_after_seconds
        workspace_id = link.link.workspace_id
        if self._refresh(workspace_id, self._older(_chosen(link, hosts, request), most), most):
            link, hosts = self._facts(request.slug)
        offer = self._offer(link, _chosen(link, hosts, request), request)
        return answers.free_hosts(offer, request.start, request.host_id)

    @endpoint
    def explain(self, request: ExplainStart) -> Explanation:
        """Why a page offers a start or does not. Raises `NotFound`, `Invalid`."""
        link, hosts = self._facts(request.slug)
        if link.link.workspace_id != request.workspace_id:
            raise NotFound
        link, hosts = self._freshened(link, hosts)
        ask = Ask(now=self.clock.now(), duration=answers.duration(link, request.duration))
        return explaining.explain(Offer(link, hosts, ask), request.start)

    @endpoint
    def what_if(self, request: WhatIf) -> OfferChanges:
        """What links would offer under other rules. Raises `Invalid`, `NotFound`."""
        trying.check(request)
        now = self.clock.now()
        with self.db.begin() as tx:
            trial = trying.gather(tx, request, now)
        stale = self._worth_trying(trial.stale(now).values())
        if self._refresh(request.workspace_id, stale, trial.freshness):
            with self.db.begin() as tx:
                trial = trying.gather(tx, request, now)
        return trying.answer(trial, now)

    def _facts(self, slug: str) -> tuple[LinkFacts, Hosts]:
        if not slug.isascii() or "\0" in slug:
            raise NotFound
        with self.db.read() as tx:
            found = self.process.memory.find(tx, slug, self.clock.now())
        if found is None:
            raise NotFound
        return found

    def _offer(
        self, link: LinkFacts, hosts: Sequence[HostFacts], request: GetSlots | GetFreeHosts
    ) -> Offer:
        ask = Ask(
            now=self.clock.now(),
            duration=answers.duration(link, request.duration),
            except_hold=request.except_hold,
            except_booking=request.except_booking,
            by_host=isinstance(request, GetFreeHosts) and request.by_host,
        )
        return Offer(link, tuple(hosts), ask)

    # --- calendars -----------------------------------------------------------------------------

    def _freshened(self, link: LinkFacts, hosts: Hosts) -> tuple[LinkFacts, Hosts]:
        """The facts, read again if a calendar was that had grown too old for this link."""
        settings = link.link.settings
        stale = pulse.stale(settings, hosts, self.clock.now())
        workspace_id = link.link.workspace_id
        if self._refresh(workspace_id, self._worth_trying(stale), settings.freshness * 60):
            return self._facts(settings.slug)
        return link, hosts

    def _older(self, hosts: Iterable[HostFacts], seconds: int) -> list[UUID]:
        """The hosts with a calendar whose copy is older than so many seconds."""
        oldest = self.clock.now() - timedelta(seconds=seconds)
        return [
            host.host.id
            for host in hosts
            if host.calendar != "none" and (host.synced_at is None or host.synced_at < oldest)
        ]

    def _worth_trying(self, hosts: Iterable[HostFacts]) -> list[UUID]:
        """Those whose refresh has not just failed: a dead provider must not slow every page."""
        since = self.clock.now() - timedelta(seconds=self.settings.refresh_pause_seconds)
        failed = self.process.failed
        return [h.host.id for h in hosts if failed.get(h.host.id, since) <= since]

    def _refresh(self, workspace_id: UUID, host_ids: list[UUID], max_age: int) -> bool:
        """Reads calendars again, outside any transaction; whether the copies may have changed."""
        if not host_ids:
            return False
        wanted = Refresh(workspace_id=workspace_id, host_ids=tuple(host_ids), max_age=max_age)
        try:
            answer = self.calendar_sync.refresh(wanted)
        except SchedulingError as error:
            self.log.warning("refresh_failed", hosts=len(host_ids), error=error.code)
            self.process.failed |= {key: self.clock.now() for key in host_ids}
            return False
        found = {host.host_id: host for host in answer.hosts}
        for host_id in host_ids:
            self._keep_copy(workspace_id, host_id, found.get(host_id))
        return True

    def _keep_copy(self, workspace_id: UUID, host_id: UUID, copy: HostBusy | None) -> None:
        """Takes a copy that was read again. One that stayed old counts as a failure."""
        now = self.clock.now()
        if copy is not None:
            report = copies.report(workspace_id, copy)
            self._keep(workspace_id, lambda tx: copies.keep_busy(tx, report, now))
        pause = timedelta(seconds=self.settings.refresh_pause_seconds)
        if copy is None or copy.synced_at is None or now - copy.synced_at > pause:
            self.process.failed[host_id] = now
        else:
            self.process.failed.pop(host_id, None)

    # --- schedules -----------------------------------------------------------------------------

    @endpoint
    def list_schedules(self, request: ListSchedules) -> Schedules:
        """A host's schedules and time off, or all of the workspace's."""
        with self.db.begin() as tx:
            found, off = schedules.of(tx, request.workspace_id, request.host_id)
        return Schedules(schedules=tuple(found), time_off=tuple(off))

    @endpoint
    def save_schedule(self, request: SaveSchedule) -> Schedule:
        """Makes or replaces a schedule. Raises `Invalid`, `Conflict`, `NotFound`."""
        with self.db.begin() as tx:
            saved, changed = editing.save_schedule(tx, request, self.clock.now())
            if changed:
                self._rescheduled(tx, saved)
        return saved

    @endpoint
    def delete_schedule(self, request: DeleteSchedule) -> Empty:
        """Raises `Conflict` for the default schedule and for one that links use."""
        with self.db.begin() as tx:
            if gone := editing.delete_schedule(tx, request, self.clock.now()):
                self._rescheduled(tx, gone)
        return Empty()

    @endpoint
    def save_time_off(self, request: SaveTimeOff) -> TimeOff:
        """Makes or replaces a time off. Raises `Invalid`, `NotFound`."""
        with self.db.begin() as tx:
            saved, changed = editing.save_time_off(tx, request, self.clock.now())
            if changed:
                self._rescheduled(tx, saved)
        return saved

    @endpoint
    def delete_time_off(self, request: DeleteTimeOff) -> Empty:
        """Raises `NotFound`."""
        with self.db.begin() as tx:
            if gone := editing.delete_time_off(tx, request, self.clock.now()):
                self._rescheduled(tx, gone)
        return Empty()

    @endpoint
    def preview(self, request: Preview) -> Previewed:
        """The hours that result for a schedule. Raises `Invalid`, `NotFound`."""
        with self.db.begin() as tx:
            found = schedules.find(tx, request.workspace_id, request.schedule_id)
            if found is None:
                raise NotFound
            _, off = schedules.of(tx, request.workspace_id, found.host_id)
            home = copies.zone_of(tx, found.host_id) or found.timezone
        checks.window(request.first, request.last, found.timezone)
        spans = working(Hours(found), off, home, (request.first, request.last))
        periods = [Period(start=to_instant(a), end=to_instant(b)) for a, b in spans]
        return Previewed(timezone=found.timezone, periods=tuple(periods))

    @endpoint
    def outside(self, request: GetOutside) -> Outside:
        """The meetings that a host's hours and time off no longer cover. Raises `NotFound`."""
        now = self.clock.now()
        with self.db.begin() as tx:
            host = facts.host_facts(tx, [request.host_id], now, {}).get(request.host_id)
            if host is None or host.host.workspace_id != request.workspace_id:
                raise NotFound
            named = schedules.named_by(tx, {claim.link_id for claim in host.claims})
        return Outside(meetings=tuple(impact.outside(host, named, now)))

    @endpoint
    def holidays(self, request: GetHolidays) -> Holidays:
        """The regions that can be chosen, and the days off of one. Raises `Invalid`."""
        checks.holidays_asked(request)
        return answers.holidays(request)

    def _rescheduled(self, tx: Tx, changed: Schedule | TimeOff) -> None:
        host_id = changed.host_id
        slugs = changes.slugs_of(tx, [host_id])
        self._changed(tx, changed.workspace_id, Touched(ids=frozenset({host_id}), slugs=slugs))
        self.announce(
            tx,
            ScheduleChanged(
                workspace_id=changed.workspace_id,
                version=changes.number(tx, host_id),
                host_id=host_id,
            ),
        )

    # --- copies --------------------------------------------------------------------------------

    @listen
    def on_host_changed(self, event: HostChanged, tx: Tx) -> None:
        """Takes the host, who gets a default schedule when they have none."""
        touched = copies.keep_host(tx, event.host, event.version)
        self._changed(tx, event.workspace_id, touched)
        if made := editing.make_default(tx, event.host, self.clock.now()):
            self._rescheduled(tx, made)

    @listen
    def on_link_changed(self, event: LinkChanged, tx: Tx) -> None:
        """Takes the link."""
        now = self.clock.now()
        touched = copies.keep_link(tx, event.link, event.version, now, removed=event.deleted)
        self._changed(tx, event.workspace_id, touched)

    @listen
    def on_claims_changed(self, events: tuple[ClaimsChanged, ...], tx: Tx) -> None:
        """Takes the claims, each by its own version; workspaces always in the same order."""
        by_workspace: dict[UUID, list[Claim]] = {}
        for event in events:
            by_workspace.setdefault(event.workspace_id, []).extend(event.claims)
        for workspace_id, claims in sorted(by_workspace.items()):
            touched = copies.keep_claims(tx, workspace_id, claims, self.clock.now())
            self._changed(tx, workspace_id, touched)

    @listen
    def on_busy_changed(self, event: BusyChanged, tx: Tx) -> None:
        """Takes the busy periods."""
        report = BusyReport(
            workspace_id=event.workspace_id,
            host_id=event.host_id,
            state=event.state,
            synced_at=event.synced_at,
            version=event.version,
            periods=event.periods,
            full=event.full,
        )
        self._changed(tx, event.workspace_id, copies.keep_busy(tx, report, self.clock.now()))

    def _keep(self, workspace_id: UUID, keep: Callable[[Tx], Touched]) -> None:
        with self.db.begin() as tx:
            self._changed(tx, workspace_id, keep(tx))

    def _changed(self, tx: Tx, workspace_id: UUID, touched: Touched) -> None:
        """Every process reads what was touched again, and gateways are told of its slugs."""
        changes.touch(tx, touched.ids)
        changes.soil(tx, workspace_id, touched.slugs)
        if touched.slugs and time.monotonic() - self.process.announced > QUIET:
            self.wake("announce_changes")

    @tick(seconds=0.5)
    def announce_changes(self) -> None:
        """Tells gateways which slugs have changed; a rush of changes is told at once.

        It looks first: twice a second there is nothing to tell, and a look costs a third.
        """
        with self.db.read() as tx:
            soiled = changes.dirty_slugs(tx)
        if not soiled:
            return
        self._work_ahead(soiled)
        with self.db.begin() as tx:
            for workspace_id, slugs in changes.take_dirty(tx).items():
                self.process.announced = time.monotonic()
                event = AvailabilityChanged(
                    workspace_id=workspace_id,
                    version=changes.next_announcement(tx),
                    slugs=tuple(sorted(slugs)),
                )
                self.announce(tx, event)

    def _work_ahead(self, slugs: Iterable[str]) -> None:
        """Reads and works out what visitors have just asked of these links, so that the first who
        asks after the change waits no longer than those behind.
        """
        for request in self.process.asked_lately(slugs):
            with suppress(SchedulingError):
                self._answer(request, *self._facts(request.slug))

    @tick(seconds=3600)
    def purge(self) -> None:
        """Forgets tombstones after a day."""
        with self.db.begin() as tx:
            copies.purge(tx, self.clock.now())

    def resync(self, *, check: bool) -> dict[str, int]:
        """How many copies differed from their owner's, by kind; mended unless `check`."""
        with self.db.begin() as tx:
            kept = {kind: copies.versions(tx, kind) for kind in KINDS}
            calendars = copies.busy_versions(tx)
        owners = Resync(self.booking, self.calendar_sync, self._keep, self.clock.now(), check)
        found: dict[str, int] = {kind: owners.compare(kind, kept[kind]) for kind in KINDS}
        return found | {"busy": owners.compare_busy(calendars)}
