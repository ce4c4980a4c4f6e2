"""Webhooks against a receiver that misbehaves: everything arrives, signed, in order, once or again."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import msgspec.structs
import pytest

from contracts.crm_bridge import (
    CreateWebhook,
    DeleteWebhook,
    EnableWebhook,
    ListEvents,
    ListWebhookDeliveries,
    ListWebhooks,
    ReplayEvents,
    SendTestEvent,
    WebhookAdmin,
    WebhookDisabled,
)
from contracts.errors import Conflict, Invalid, NotFound
from contracts.gateway import Account, AccountChanged
from contracts.wire import encode
from crm_bridge.service import CrmBridge
from crm_bridge.store import deliveries
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
        local.add(CrmBridge, private_addresses=True, call_seconds=0.5)
        local.add(Notifications, smtp_url=post.url)
        yield local


@pytest.fixture
def there(local, is_ours):
    def verify(body, signature):
        return is_ours(SECRET, body, signature, local.clock.now().timestamp())

    with receiver(verify) as made:
        yield made
    assert made.forged == 0


class Acme:
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
    made = Acme(local, there)
    yield made
    made.rpc.delete_webhook(made.ask(DeleteWebhook))


def by_chain(events):
    ordered = sorted(events, key=lambda one: one["chain"])
    return {chain: list(each) for chain, each in groupby(ordered, key=lambda one: one["chain"])}


def test_a_receiver_gets_the_same_events_as_the_feed_in_order(acme, there):
    acme.books(2)
    assert by_chain(there.taken) == by_chain(acme.feed())
    assert len(there.taken) == 10  # of each: three of the booking, the contact, the deal
    assert {(one.state, one.status) for one in acme.log()} == {("done", 200)}
    assert all(one.latency_ms is not None for one in acme.log())


def test_who_was_down_for_an_hour_gets_everything_in_order(acme, there):
    there.stop()
    acme.books(3)
    for _ in range(20):
        acme.time_passes(timedelta(minutes=3))
    tries = sum(one.attempts for one in acme.log())
    assert 8 <= tries <= 25  # it is asked now and then, not for each event again and again
    there.start()
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())
    assert len(there.ids) == len(set(there.ids)) == 15


def test_an_event_that_is_refused_holds_back_its_chain_alone(acme, there):
    there.refuses = "booking.confirmed"
    first = booked(workspace_id=acme.id, creates_deal=False)
    acme.happens(confirmed(first))
    acme.happens(rescheduled(first, moved(first)))
    assert [one["type"] for one in there.taken] == ["contact.created"]
    refused = next(one for one in acme.log() if one.type == "booking.confirmed")
    assert (refused.state, refused.status, refused.problem) == ("due", 500, "It answered 500.")
    there.refuses = ""
    acme.settles()
    kinds = [one["type"] for one in there.taken]
    assert kinds == ["contact.created", "booking.confirmed", "booking.rescheduled"]


def test_an_answer_that_is_lost_brings_the_same_event_again(acme, there):
    there.plan = ["lose"]
    acme.happens(confirmed(booked(workspace_id=acme.id, creates_deal=False)))
    acme.settles()
    lost = there.taken[0]
    assert there.taken.count(lost) == there.ids.count(lost["id"]) == 2
    assert len(there.taken) == len(acme.feed()) + 1


def test_who_does_not_answer_in_time_is_tried_again(acme, there):
    there.plan = ["hang"]
    acme.rpc.send_test_event(acme.ask(SendTestEvent))
    acme.local.deliver()
    (log,) = acme.log()
    assert (log.state, log.problem) == ("due", "This server did not answer in time.")
    acme.settles()
    assert [one["type"] for one in there.taken] == ["webhook.test"]
    assert acme.feed() == []


def test_redirects_are_not_followed_and_answers_not_kept(acme, there):
    there.plan, there.headers = [302], {"Location": there.url}
    acme.rpc.send_test_event(acme.ask(SendTestEvent))
    acme.local.deliver()
    assert there.asked == 1
    (log,) = acme.log()
    assert (log.status, log.problem) == (302, "It answered 302, a redirect, which is not followed.")
    assert "secret" not in repr(log)


def test_a_wish_to_wait_is_kept_to(acme, there):
    there.plan, there.headers = [429], {"Retry-After": "600"}
    acme.books()
    asked = there.asked
    acme.time_passes(timedelta(minutes=9))
    assert there.asked == asked == 1
    acme.time_passes(timedelta(minutes=2))
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())


def test_who_is_gone_is_disabled_and_gets_what_it_missed_once_enabled(acme, there, post):
    there.plan = [410]
    acme.books()
    assert (acme.state(), there.asked) == (("disabled", "gone"), 1)
    acme.books()
    (told,) = acme.told_of_disabling()
    assert [one.email for one in told.admins] == [acme.admin.email]
    mails = [one for one in post.messages if acme.admin.email in one["To"]]
    assert [one["Subject"] for one in mails] == ["A webhook to 127.0.0.1 was disabled"]
    with pytest.raises(Conflict):
        acme.rpc.send_test_event(acme.ask(SendTestEvent))
    acme.rpc.enable_webhook(acme.ask(EnableWebhook))
    acme.local.deliver()
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())


def test_who_fails_for_a_day_is_disabled_and_the_admins_of_then_are_told(acme, there):
    new = Account(
        id=uuid4(),
        workspace_id=acme.id,
        email="new@acme.test",
        name="New",
        role="admin",
        timezone="UTC",
        version=1,
    )
    was = {"id": acme.admin.id, "email": acme.admin.email}
    old = msgspec.structs.replace(new, **was, active=False, version=2)
    crm = acme.rpc.service
    with crm.db.begin() as tx:
        for one in (new, old):
            crm.on_account_changed(
                AccountChanged(
                    workspace_id=acme.id,
                    version=one.version,
                    account=one,
                    workspace_name="Acme",
                    workspace_timezone="UTC",
                ),
                tx,
            )
    there.stop()
    acme.happens(confirmed(booked(workspace_id=acme.id, creates_deal=False)))
    for _ in range(13):
        acme.time_passes(timedelta(hours=2))
    assert acme.state() == ("disabled", "failing")
    (told,) = acme.told_of_disabling()
    assert (told.why, [one.email for one in told.admins]) == ("failing", ["new@acme.test"])
    there.start()
    acme.rpc.enable_webhook(acme.ask(EnableWebhook))
    acme.local.deliver()
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())


def test_one_event_that_is_never_taken_is_given_up_after_a_day_and_can_be_sent_again(acme, there):
    there.refuses = "booking.confirmed"
    first = booked(workspace_id=acme.id, creates_deal=False)
    acme.happens(confirmed(first), rescheduled(first, moved(first)))
    for _ in range(13):
        acme.rpc.send_test_event(acme.ask(SendTestEvent))
        acme.time_passes(timedelta(hours=2))
    assert acme.state() == ("active", "")
    (given_up,) = [one for one in acme.log() if one.state == "failed"]
    assert given_up.type == "booking.confirmed"
    assert "booking.rescheduled" in {one["type"] for one in there.taken}
    there.refuses = ""
    acme.rpc.replay_events(acme.ask(ReplayEvents, event_id=given_up.event_id))
    acme.settles()
    assert there.ids[-1] == str(given_up.event_id)


def test_two_senders_at_once_keep_the_order(acme, there):
    crm = acme.rpc.service
    first = booked(workspace_id=acme.id, creates_deal=False)
    chain = [confirmed(first)]
    for _ in range(6):
        chain.append(rescheduled(first, second := moved(first)))
        first = second
    for message in chain:
        with crm.db.begin() as tx:
            move = hasattr(message, "previous")
            (crm.on_booking_rescheduled if move else crm.on_booking_confirmed)(message, tx)
    crm.place_events()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: crm.send_webhooks(), range(2)))
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())
    assert len(there.ids) == len(set(there.ids)) == 8


def test_a_sender_that_died_leaves_its_delivery_to_the_next(acme, there):
    crm = acme.rpc.service
    with crm.db.begin() as tx:
        crm.on_booking_confirmed(confirmed(booked(workspace_id=acme.id, creates_deal=False)), tx)
    crm.place_events()
    crm.kit.woken.clear()
    with crm.db.begin() as tx:
        held = deliveries.lease(tx, acme.local.clock.now(), 10, timedelta(milliseconds=1))
    assert len(held) == 2
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())


def test_a_webhook_gets_the_types_that_it_wants_and_any_that_is_replayed(local, there):
    acme = Acme(local, there, types=("booking.rescheduled",))
    acme.books()
    assert [one["type"] for one in there.taken] == ["booking.rescheduled"] * 2
    event = acme.feed()[0]
    replay = partial(acme.ask, ReplayEvents)
    assert acme.rpc.replay_events(replay(event_id=event["id"])).count == 1
    assert acme.rpc.replay_events(replay()).count == 2
    acme.settles()
    assert there.taken[2] == event
    assert sorted(there.ids[3:]) == sorted(there.ids[:2])
    with pytest.raises(NotFound):
        acme.rpc.replay_events(replay(event_id=uuid4()))


def test_another_workspace_has_no_part_in_it(acme, there):
    acme.books()
    stranger = uuid4()
    assert acme.rpc.list_webhooks(ListWebhooks(workspace_id=stranger)).webhooks == ()
    for call, kind in (
        (acme.rpc.enable_webhook, EnableWebhook),
        (acme.rpc.delete_webhook, DeleteWebhook),
        (acme.rpc.send_test_event, SendTestEvent),
        (acme.rpc.replay_events, ReplayEvents),
        (acme.rpc.list_webhook_deliveries, ListWebhookDeliveries),
    ):
        with pytest.raises(NotFound):
            call(kind(workspace_id=stranger, webhook_id=acme.hook))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://0x7f000001/",
        "http://[::1]:80/",
        "http://169.254.169.254/latest",
        "http://10.0.0.7/",
        "https://me:word@93.184.215.14/",
        "ftp://93.184.215.14/",
        "https://",
        "nonsense",
        "http://93.184.215.14:99999/",
        "http://name.invalid/",
    ],
)
def test_addresses_that_may_not_be_asked_are_refused_at_their_field(strict, url):
    with pytest.raises(Invalid) as refused:
        strict.create_webhook(
            CreateWebhook(workspace_id=uuid4(), webhook_id=uuid4(), url=url, sealed_secret=SEALED)
        )
    assert refused.value.fields["url"].endswith(".")


@pytest.fixture(scope="module")
def strict(postgres):
    with postgres.lending() as databases:
        local = Local(databases, clock=FakeClock(NOW))
        local.add(CrmBridge)
        yield local.crm_bridge
