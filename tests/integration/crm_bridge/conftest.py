"""A workspace with a webhook, and a receiver that misbehaves: for tests of what is sent."""

import re
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from booking.service import Booking
from contracts.crm_bridge import (
    CreateWebhook,
    DeleteWebhook,
    ListEvents,
    ListWebhookDeliveries,
    ListWebhooks,
    WebhookAdmin,
    WebhookDisabled,
)
from contracts.wire import encode
from crm_bridge.service import CrmBridge
from fakes.receiver import receiver
from notifications.service import Notifications
from servicekit.sealing import Sealer
from servicekit.testing import FakeClock, Local
from support.mail import SmtpServer
from unit.crm_bridge.builders import NOW, booked, confirmed, moved, rescheduled

SECRET = "whsec_of_these_tests"
SEALED = Sealer(("the key of these tests",)).seal(SECRET)
SAMPLE = Path(__file__).parents[3] / "docs/webhooks.md"


@pytest.fixture(scope="module")
def is_ours():
    """The documentation's own sample."""
    found = re.search(r"```python\n(.*?)```", SAMPLE.read_text(), re.DOTALL)
    names = {}
    exec(found[1], names)
    return names["is_ours"]


@pytest.fixture(scope="module")
def post():
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def local(postgres, post):
    with postgres.lending() as databases:
        local = Local(databases, clock=FakeClock(NOW))
        local.add(CrmBridge, private_addresses=True)
        local.add(Booking)  # which language admins read
        local.add(Notifications, smtp_url=post.url)
        yield local


@pytest.fixture
def there(local, is_ours):
    def verify(body, signature):
        return is_ours(SECRET, body, signature, local.clock.now().timestamp())

    with receiver(verify) as made:
        yield made
    assert made.forged == 0


@pytest.fixture
def hasty(local, monkeypatch):
    """Deliveries have half a second, until `undo`."""
    kit = local.crm_bridge.service.kit
    monkeypatch.setattr(kit, "settings", msgspec.structs.replace(kit.settings, call_seconds=0.5))
    return monkeypatch


class Hooked:
    """A workspace with a webhook."""

    def __init__(self, local, there, types=()):
        self.local, self.there, self.id, self.hook = local, there, uuid4(), uuid4()
        self.admin = WebhookAdmin(id=uuid4(), name="Abe", email=f"{uuid4()}@acme.test")
        self.rpc = local.crm_bridge
        self.rpc.create_webhook(
            CreateWebhook(
                workspace_id=self.id,
                webhook_id=self.hook,
                url=there.url,
                types=types,
                sealed_secret=SEALED,
                admins=(self.admin,),
            )
        )

    def ask(self, kind, **more):
        return kind(workspace_id=self.id, webhook_id=self.hook, **more)

    def happens(self, *messages):
        crm = self.rpc.service
        for message in messages:
            move = hasattr(message, "previous")
            with crm.db.begin() as tx:
                (crm.on_booking_rescheduled if move else crm.on_booking_confirmed)(message, tx)
        self.local.deliver()

    def books(self, count=1):
        """Bookings that are each moved twice."""
        for n in range(count):
            first = booked(f"s{n}@example.org", workspace_id=self.id)
            second = moved(first)
            third = moved(second)
            self.happens(confirmed(first), rescheduled(first, second), rescheduled(second, third))

    def time_passes(self, by=timedelta(minutes=1)):
        self.local.clock.advance(by)
        self.local.tick("crm-bridge", "send_webhooks")
        self.local.deliver()

    def settles(self):
        """Until nothing is due, within two hours."""
        self.local.deliver()
        for _ in range(120):
            if all(one.state != "due" for one in self.log()):
                return
            self.time_passes()
        pytest.fail("something is due for ever")

    def log(self):
        asked = self.ask(ListWebhookDeliveries, limit=200)
        return self.rpc.list_webhook_deliveries(asked).deliveries

    def feed(self):
        found = self.rpc.list_events(ListEvents(workspace_id=self.id, limit=200)).events
        return [msgspec.json.decode(encode(event)) for event in found]

    def state(self):
        (hook,) = self.rpc.list_webhooks(ListWebhooks(workspace_id=self.id)).webhooks
        return hook.state, hook.why

    def told_of_disabling(self):
        return [
            one
            for one in self.local.outbox
            if isinstance(one, WebhookDisabled) and one.webhook_id == self.hook
        ]


@pytest.fixture
def acme(local, there):
    made = Hooked(local, there)
    yield made
    made.rpc.delete_webhook(made.ask(DeleteWebhook))


def by_chain(events):
    ordered = sorted(events, key=lambda one: one["chain"])
    return {chain: list(each) for chain, each in groupby(ordered, key=lambda one: one["chain"])}
