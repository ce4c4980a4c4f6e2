"""availability on a real database, between owners whose truth the tests decide."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import pytest

from availability.service import Availability
from availability.settings import Settings
from contracts.availability import GetFreeHosts, GetSlots, SaveSchedule
from contracts.booking import (
    Claim,
    ClaimsChanged,
    Export,
    Exported,
    Host,
    HostChanged,
    Link,
    LinkChanged,
    LinkHost,
    LinkSettings,
)
from contracts.calendar_sync import BusyChanged, ExportBusy, ExportedBusy, Refresh, Refreshed
from contracts.errors import Unavailable
from servicekit import Service, endpoint
from servicekit.testing import FakeClock, Local

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)  # a Tuesday
TODAY = NOW.date()


class Booking(Service[Settings]):
    """booking as availability sees it: announcements, and an export of what is true."""

    name = "booking"
    settings_class = Settings
    hosts: tuple[Host, ...] = ()
    links: tuple[Link, ...] = ()
    claims: tuple[Claim, ...] = ()

    @endpoint
    def export(self, request: Export) -> Exported:
        rows = getattr(type(self), request.kind)
        at = int(request.after or 0)
        return Exported(
            **{request.kind: rows[at : at + 1]}, cursor=str(at + 1) if at + 1 < len(rows) else ""
        )


class CalendarSync(Service[Settings]):
    """calendar-sync as availability sees it: one answer, or silence."""

    name = "calendar-sync"
    settings_class = Settings
    asked: ClassVar[list[Refresh]] = []
    answer: Refreshed | None = None

    @endpoint
    def refresh(self, request: Refresh) -> Refreshed:
        self.asked.append(request)
        if self.answer is None:
            raise Unavailable
        return self.answer

    @endpoint
    def export_busy(self, request: ExportBusy) -> ExportedBusy:
        hosts = self.answer.hosts if self.answer else ()
        return ExportedBusy(hosts=hosts, workspace_ids=tuple(WORLD.workspace for _ in hosts))


class World:
    """Ada, her link `call` of 30 minutes without notice, and the service that knows both."""

    workspace = uuid4()

    def __init__(self, databases):
        self.clock = FakeClock(NOW)
        self.local = Local(databases, clock=self.clock)
        self.owner = self.local.add(Booking)
        self.calendars = self.local.add(CalendarSync)
        self.service = self.local.add(Availability)
        self.rpc = self.local.availability
        self.host = Host(
            id=uuid4(), workspace_id=self.workspace, name="Ada", email="ada@acme.test",
            timezone="Europe/London", slug="ada-acme", version=1,
        )  # fmt: skip
        self.link = self.make_link()
        self.hear(self.host_changed(), self.link_changed())

    def make_link(self, version=1, **changes):
        settings = {"title": "Call", "slug": "call", "notice": 0} | changes
        return Link(
            id=self.link.id if hasattr(self, "link") else uuid4(),
            workspace_id=self.workspace, owner_id=self.host.id, created_at=NOW, version=version,
            settings=LinkSettings(**({"hosts": (LinkHost(host_id=self.host.id),)} | settings)),
        )  # fmt: skip

    def host_changed(self, **changes):
        return HostChanged(workspace_id=self.workspace, version=self.host.version, host=self.host)

    def link_changed(self, link=None, *, deleted=False):
        link = link or self.link
        return LinkChanged(
            workspace_id=self.workspace, version=link.version, link=link, deleted=deleted
        )

    def relink(self, version, **changes):
        self.hear(self.link_changed(self.make_link(version=version, **changes)))

    def claim(self, start, version=1, *, minutes=30, claim_id=None, **changes):
        values = {
            "id": claim_id or uuid4(), "meeting_id": uuid4(), "host_id": self.host.id,
            "link_id": self.link.id, "state": "confirmed", "start": start,
            "end": start + timedelta(minutes=minutes), "meeting_start": start,
            "meeting_end": start + timedelta(minutes=minutes), "booking_id": uuid4(),
            "version": version,
        }  # fmt: skip
        return Claim(**(values | changes))

    def claims_changed(self, *claims):
        version = max(claim.version for claim in claims)
        return ClaimsChanged(workspace_id=self.workspace, version=version, claims=claims)

    def busy_changed(self, version, *periods, state="ok", full=False, synced_at=None):
        return BusyChanged(
            workspace_id=self.workspace, version=version, host_id=self.host.id, state=state,
            synced_at=synced_at or self.clock.now(), periods=periods, full=full,
        )  # fmt: skip

    def announce(self, *events):
        with self.owner.db.begin() as tx:
            for event in events:
                self.owner.announce(tx, event)

    def hear(self, *events, **how):
        """From whoever announces them."""
        for event in events:
            owner = self.calendars if isinstance(event, BusyChanged) else self.owner
            with owner.db.begin() as tx:
                owner.announce(tx, event)
        self.local.deliver(**how)

    def slots(self, first=TODAY, last=None, **more):
        request = GetSlots(
            **({"slug": "call", "first": first, "last": last or first, "timezone": "UTC"} | more)
        )
        return self.rpc.slots(request)

    def starts(self, *args, **more):
        return [f"{slot.start:%H:%M}" for slot in self.slots(*args, **more).slots]

    def free(self, start, **more):
        return self.rpc.free_hosts(GetFreeHosts(slug="call", start=start, **more))

    def save(self, schedule, **more):
        return self.rpc.save_schedule(SaveSchedule(schedule=schedule, **more))


WORLD = World


@pytest.fixture
def world(databases):
    CalendarSync.asked = []
    CalendarSync.answer = None
    Booking.hosts = Booking.links = Booking.claims = ()
    return World(databases)


@pytest.fixture
def owner():
    """What booking exports."""
    return Booking


@pytest.fixture
def calendars():
    """What calendar-sync answers."""
    return CalendarSync
