"""A workspace with two hosts in a real database, behind an availability that says yes to all."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import sqlalchemy as sa

from booking.service import Booking
from contracts import topology
from contracts.availability import FreeHosts, PassedOver, Schedules, Slot, Slots
from contracts.booking import (
    Attendee,
    Book,
    CancelByToken,
    CreateLink,
    DeleteLink,
    GetDecisions,
    LinkSettings,
    ListHosts,
    RescheduleByToken,
    SaveHost,
    SetNoShow,
    UpdateLink,
)
from contracts.gateway import Account, AccountChanged
from contracts.wire import decode
from servicekit.testing import FakeClock, Local


class Generous:
    """Stands in for availability: everybody is free always, so that booking alone decides.

    `rules` has those who are not, by the rule that says so.
    """

    def __init__(self):
        self.hosts, self.rules = [], {}

    def free_hosts(self, request):
        passed = tuple(PassedOver(host_id=one, rule=rule) for one, rule in self.rules.items())
        free = tuple(host_id for host_id in self.hosts if host_id not in self.rules)
        return FreeHosts(
            link_id=uuid4(), duration=request.duration, free=free, passed_over=passed,
            rule=None if free else passed[0].rule,
        )  # fmt: skip

    def slots(self, request):
        first = datetime.combine(request.first, datetime.min.time(), UTC)
        starts = (first + timedelta(minutes=30 * n) for n in range(48 * 10))
        return Slots(
            timezone="UTC", duration=request.duration, valid_until=first,
            slots=tuple(Slot(start=start) for start in starts),
        )  # fmt: skip

    def list_schedules(self, request):
        return Schedules(schedules=())


class World:
    NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
    START = NOW + timedelta(days=1)
    KEYS = ("the key of these tests",)

    def __init__(self, databases, *, pool_size=4, availability=None, generous=None):
        self.clock = FakeClock(self.NOW)
        self.urls = {}
        self.local = Local(
            lambda name: self.urls.setdefault(name, databases(name)), clock=self.clock
        )
        self.generous = generous or Generous()
        kind = (
            Booking
            if availability
            else type("Booking", (Booking,), {"availability": self.generous})
        )
        self.service = self.local.add(kind, secret_keys=self.KEYS, pool_size=pool_size)
        self.booking = self.local.booking
        if availability:
            self.local.add(availability)
            self.availability = self.local.availability
        self.engine = sa.create_engine(self.urls["booking"], poolclass=sa.NullPool)
        self.workspace, self.other_workspace = uuid4(), uuid4()
        self.ada = self.account("Ada", slug="ada-acme")
        self.bea = self.account("Bea", slug="bea-acme")

    # hosts and links

    def account(
        self,
        name,
        *,
        account_id=None,
        version=1,
        active=True,
        slug="",
        workspace=None,
        language="en",
    ):
        workspace = workspace or self.workspace
        account = Account(
            id=account_id or uuid4(), workspace_id=workspace, email=f"{name.split()[0].lower()}@acme.test",
            name=name, role="member", timezone="Europe/London", active=active, version=version,
        )  # fmt: skip
        self.hear(
            AccountChanged(
                workspace_id=workspace, version=version, account=account,
                workspace_name="Acme", workspace_timezone="UTC", host_slug=slug, language=language,
            )
        )  # fmt: skip
        found = self.booking.list_hosts(ListHosts(workspace_id=workspace)).hosts
        host = next(host for host in found if host.id == account.id)
        self.free_for(host)
        return host

    def free_for(self, host):
        self.generous.hosts.append(host.id)

    def link(self, *, owner=None, workspace_id=None, **settings):
        owner = owner or self.ada
        wanted = msgspec.convert(
            {"title": "Intro", "slug": "intro"} | msgspec.to_builtins(settings), LinkSettings
        )
        return self.booking.create_link(
            CreateLink(
                workspace_id=workspace_id or owner.workspace_id,
                link_id=uuid4(),
                owner_id=owner.id,
                settings=wanted,
            )
        )

    def update(self, link, **changes):
        return self.booking.update_link(
            UpdateLink(
                workspace_id=link.workspace_id, link_id=link.id, version=link.version,
                settings=msgspec.structs.replace(link.settings, **changes),
            )
        )  # fmt: skip

    def delete(self, link):
        self.booking.delete_link(DeleteLink(workspace_id=link.workspace_id, link_id=link.id))

    def limit(self, host, limits):
        self.booking.save_host(
            SaveHost(workspace_id=host.workspace_id, host_id=host.id, slug=host.slug, limits=limits)
        )

    # bookings

    def book(self, link, *, start=None, key=None, attendee=None, **more):
        return self.booking.book(
            Book(
                slug=link if isinstance(link, str) else link.settings.slug,
                idempotency_key=key or str(uuid4()),
                start=start or self.START,
                attendee=attendee
                or Attendee(name="Zoë", email="Zoe@x.test", timezone="Asia/Tokyo"),
                **more,
            )
        )

    def move(self, booked, start, key=None):
        return self.booking.reschedule_by_token(
            RescheduleByToken(
                token=booked.reschedule_token, idempotency_key=key or str(uuid4()), start=start
            )
        )

    def cancel(self, booked, reason=""):
        return self.booking.cancel_by_token(CancelByToken(token=booked.cancel_token, reason=reason))

    def decisions(self, booking):
        asked = GetDecisions(workspace_id=self.workspace, booking_id=booking.id)
        return self.booking.decisions(asked).decisions

    def no_show(self, booking_id):
        return self.booking.set_no_show(
            SetNoShow(
                workspace_id=self.workspace, booking_id=booking_id, no_show=True, actor="system"
            )
        )

    # the database

    def execute(self, statement):
        with self.engine.begin() as tx:
            tx.execute(sa.text(statement))

    def scalar(self, statement):
        with self.engine.begin() as tx:
            return tx.execute(sa.text(statement)).scalar_one()

    def count(self, table):
        return self.scalar(f"SELECT count(*) FROM {table}")

    def dump(self):
        """Every row of every table, as text."""
        tables = sorted(sa.inspect(self.engine).get_table_names())
        with self.engine.begin() as tx:
            return "\n".join(
                line
                for table in tables
                for line in tx.execute(
                    sa.text(f"SELECT row_to_json(x)::text FROM {table} x ORDER BY 1")
                ).scalars()
            )

    def deliver(self):
        self.local.deliver()

    def hear(self, event):
        with self.service.db.begin() as tx:
            getattr(self.service, f"on_{topology.event_name(type(event))}")(event, tx)

    def announced(self, kind):
        with self.engine.begin() as tx:
            rows = tx.execute(
                sa.text("SELECT body FROM outbox WHERE name = :n ORDER BY id"), {"n": kind.__name__}
            )
            return [decode(body, kind) for (body,) in rows]

    def keys(self, *keys):
        kit = self.service.kit
        kit.settings = msgspec.structs.replace(kit.settings, secret_keys=keys)
