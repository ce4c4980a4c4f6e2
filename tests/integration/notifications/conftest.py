"""A host, a link and an attendee's mailbox: booking, availability and notifications together."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from availability.service import Availability
from booking.service import Booking
from contracts.booking import (
    Attendee,
    Book,
    CancelByToken,
    CreateLink,
    LinkSettings,
    Location,
    RescheduleByToken,
)
from contracts.calendar_sync import ConnectionChanged, EventWritten
from contracts.gateway import Account, AccountChanged
from contracts.notifications import ListDeliveries
from contracts.topology import event_name
from notifications.service import Notifications
from servicekit.testing import FakeClock, Local


class Office:
    """What people do, and what is in their mailboxes afterwards."""

    NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
    START = datetime(2026, 12, 1, 14, tzinfo=UTC)
    DAY = timedelta(days=1)

    def __init__(self, databases, server):
        self.server = server
        self.clock = FakeClock(self.NOW)
        self.local = Local(databases, clock=self.clock)
        self.booking = self.local.add(Booking)
        self.availability = self.local.add(Availability)
        self.notifications = self.local.add(
            Notifications, smtp_url=server.url, mail_from="Acme <no-reply@acme.test>"
        )
        self.workspace, self.ada = uuid4(), uuid4()
        self._move_in()

    def _move_in(self):
        self.reads("en", version=1)
        self.link("intro")
        self.local.deliver()

    def reads(self, language, version):
        """The language of Ada's account."""
        account = Account(
            id=self.ada,
            workspace_id=self.workspace,
            email="ada@acme.test",
            name="Ada",
            role="owner",
            timezone="Europe/London",
            version=version,
        )
        self.hear(
            self.booking,
            AccountChanged(
                workspace_id=self.workspace,
                version=version,
                account=account,
                workspace_name="Acme",
                workspace_timezone="Europe/London",
                host_slug="ada-acme",
                language=language,
            ),
        )

    def link(self, slug, **settings):
        self.booking.create_link(
            CreateLink(
                workspace_id=self.workspace,
                link_id=uuid4(),
                owner_id=self.ada,
                settings=LinkSettings(title="Intro call", slug=slug, **settings),
            )
        )

    def hear(self, service, event):
        """An event from a service that is not here."""
        with service.db.begin() as tx:
            getattr(service, f"on_{event_name(type(event))}")(event, tx)

    def book(self, start=None, slug="intro", name="Zoë", language="en"):
        zoe = Attendee(
            name=name, email="zoe@example.org", timezone="America/New_York", language=language
        )
        return self.booking.book(
            Book(
                slug=slug,
                idempotency_key=str(uuid4()),
                start=start or self.START,
                attendee=zoe,
                answers={"note": "About the fountain"},
            )
        )

    def move(self, booked, start):
        return self.booking.reschedule_by_token(
            RescheduleByToken(
                token=booked.reschedule_token, idempotency_key=str(uuid4()), start=start
            )
        )

    def cancel(self, booked):
        return self.booking.cancel_by_token(
            CancelByToken(token=booked.cancel_token, reason="Down with a cold")
        )

    def connected(self, version=1, state="ok"):
        """What calendar-sync says of Ada's calendar."""
        event = ConnectionChanged(
            workspace_id=self.workspace,
            version=version,
            host_id=self.ada,
            writes_calendar=True,
            state=state,
            provider="google",
            account="ada@g.test",
            problem="Google refuses: sign in again",
        )
        self.hear(self.booking, event)
        self.hear(self.notifications, event)

    def conference(self):
        """A link whose meetings get their join URL from Ada's calendar."""
        self.connected()
        self.link("meet", location=Location(kind="conference"))
        self.local.deliver()

    def written(self, booking, join_url="https://meet.example/abc", version=1):
        event = EventWritten(
            workspace_id=self.workspace,
            version=version,
            booking_id=booking.id,
            root_id=booking.root_id,
            meeting_id=booking.meeting_id,
            host_id=self.ada,
            start=booking.start,
            join_url=join_url,
        )
        self.hear(self.booking, event)
        self.hear(self.notifications, event)

    def send(self):
        """Delivers every event and sends what is due."""
        self.local.deliver()
        self.local.tick("notifications", "send_due")

    def later(self, **duration):
        self.clock.advance(timedelta(**duration))
        self.local.tick("notifications", "send_due")

    def subjects(self, who="zoe@example.org"):
        """The first word of each mail somebody got, in order."""
        return [mail["Subject"].split()[0].rstrip(":") for mail in self.server.to(who)]

    def mails(self, who="zoe@example.org"):
        return self.server.to(who)

    def states(self, booking):
        found = self.notifications.list_deliveries(
            ListDeliveries(workspace_id=self.workspace, root_id=booking.root_id)
        )
        return sorted((one.kind, one.recipient, one.state) for one in found.deliveries)

    def execute(self, statement):
        with self.notifications.db.begin() as tx:
            return tx.execute(sa.text(statement))


@pytest.fixture
def office(databases, smtp_server):
    return Office(databases, smtp_server)
