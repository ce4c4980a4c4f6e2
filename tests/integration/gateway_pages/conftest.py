"""The host's pages over the real services."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest

from availability.service import Availability
from booking.service import Booking
from calendar_sync.service import CalendarSync
from contracts.booking import Attendee, Book, CreateLink, LinkSettings
from contracts.gateway import AccountChanged
from crm_bridge.service import CrmBridge
from gateway.rpc import Services
from notifications.service import Notifications
from servicekit.testing import FakeClock, Local
from support.web import NOW, Away, web

KEYS = ("the keys of these tests " * 2,)
TOMORROW = NOW + timedelta(days=1)


class Installation:
    """The gateway over the five services: one for all tests of a module, a workspace for each."""

    def __init__(self, databases, site, folder, calendars, crm):
        self.site, self.clock, self.workspaces = site, FakeClock(NOW), count(1)
        self.local = Local(databases, clock=self.clock)
        for service in (Booking, Availability):
            self.local.add(service, secret_keys=KEYS)
        self.local.add(CrmBridge, secret_keys=KEYS, **crm)
        self.local.add(CalendarSync, secret_keys=KEYS, **calendars)
        mails = {"smtp_url": f"maildir://{folder}", "mail_from": "Acme <post@acme.test>"}
        self.local.add(Notifications, secret_keys=KEYS, **mails)
        self.services = Services(
            booking=self.local.booking,
            availability=self.local.availability,
            calendar_sync=self.local.calendar_sync,
            notifications=self.local.notifications,
            crm_bridge=self.local.crm_bridge,
        )
        site.app.config["WTF_CSRF_ENABLED"] = False


class Office:
    """A workspace with an owner and a member, a stranger's workspace, and browsers for all."""

    def __init__(self, installation):
        self.site, self.clock = installation.site, installation.clock
        self.local, self.services = installation.local, installation.services
        self.away()
        number = next(installation.workspaces)
        self.ada = self.site.workspace(f"Acme{number}")
        self.cyd = self.site.member(self.ada, "cyd")
        self.eve = self.site.workspace(f"Other{number}", "eve")
        self.slug = f"intro-{number}"
        self.page = f"ada-acme{number}"
        self.hear()

    def hear(self):
        """What the gateway announced reaches the services."""
        booking = self.local.booking
        for event in self.site.said:
            if isinstance(event, AccountChanged):
                with booking.db.begin() as tx:
                    booking.on_account_changed(event, tx)
        self.site.said.clear()
        self.local.deliver()

    def browser(self, account):
        return self.site.signed_in(account)

    def away(self, *names):
        """Puts services out of reach."""
        services = replace_all(self.services, names)
        self.site.app.extensions["services"] = services
        self.site.app.extensions["slots"].source = services.availability

    def link(self, owner, **settings):
        made = self.local.booking.create_link(
            CreateLink(
                workspace_id=owner.workspace_id,
                link_id=uuid4(),
                owner_id=owner.id,
                settings=LinkSettings(**{"title": "Intro call", "slug": self.slug} | settings),
            )
        )
        self.local.deliver()
        return made

    def book(self, slug="", start=TOMORROW, name="Zoë"):
        booked = self.local.booking.book(
            Book(
                slug=slug or self.slug,
                idempotency_key=str(uuid4()),
                start=start,
                attendee=Attendee(name=name, email="zoe@x.test", timezone="Asia/Tokyo"),
            )
        )
        self.local.deliver()
        return booked.booking

    def pass_time(self, by):
        self.clock.advance(by)
        self.site.clock.advance(by)


def replace_all(services, names):
    values = {name: getattr(services, name) for name in services.__dataclass_fields__}
    return Services(**values | {name: Away() for name in names})


@contextmanager
def installed(postgres, folder, crm=None, **calendars):
    """`calendars`: what calendar-sync is told besides; `crm`: what crm-bridge is."""
    with postgres.lending() as databases, web(databases("gateway")) as site:
        yield Installation(databases, site, folder, calendars, crm or {})


@pytest.fixture(scope="module")
def installation(postgres, tmp_path_factory):
    with installed(postgres, tmp_path_factory.mktemp("mails")) as made:
        yield made


@pytest.fixture
def office(installation):
    return Office(installation)


@pytest.fixture
def late_office(postgres, tmp_path):
    """One of its own, for a test that moves the clock."""
    with installed(postgres, tmp_path) as made:
        yield Office(made)


@pytest.fixture
def ada(office):
    return office.browser(office.ada)


@pytest.fixture
def cyd(office):
    return office.browser(office.cyd)
