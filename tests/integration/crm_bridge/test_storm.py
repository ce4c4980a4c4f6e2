"""crm-bridge as a program over RabbitMQ: over 1,000 deliveries of 200 bookings, shuffled and repeated,
two SIGKILLs in the middle of a transaction, and a webhook's receiver that is down for an hour.
"""

import hmac
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from random import Random
from types import SimpleNamespace
from uuid import uuid4

import msgspec
import pytest
import sqlalchemy as sa

from contracts.crm_bridge import CreateWebhook, CrmBridgeRpc, ListEvents
from contracts.errors import Unavailable
from contracts.wire import Ping, encode
from fakes.receiver import receiver
from servicekit import bus
from servicekit.outbox import Publisher
from servicekit.rpc import RpcClient
from servicekit.sealing import Sealer
from support import aftermath, hostile
from support.ports import free_port
from support.processes import Program
from support.suites import WORKESTRA
from support.waiting import wait_for

KEY, SECRET = "the key of these tests and long enough", "whsec_storm"
LONG = 900
"""Seconds: a busy machine is no fault."""


class Bridge:
    """The program, its database read by plain SQL, and the bus before it."""

    def __init__(self, url, amqp_uri, folder):
        self.url, self.amqp_uri, self.log = url, amqp_uri, folder / "crm-bridge.log"
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        self.program = None

    def start(self, offset=0):
        """A new process; `offset`: seconds that its clock is ahead."""
        environment = {
            "AMQP_URI": self.amqp_uri,
            "CRM_BRIDGE_DATABASE_URL": self.url,
            "PUBLIC_URL": "http://127.0.0.1",
            "SECRET_KEYS": KEY,
            "HEALTH_PORT": str(free_port()),
            "WEBHOOK_PRIVATE_ADDRESSES": "true",
            "WEBHOOK_CALL_SECONDS": "5",
            "CLOCK_OFFSET_SECONDS": str(offset),
        }
        self.program = Program([*WORKESTRA, "run", "crm-bridge"], self.log, environment)

    def select(self, statement):
        with self.engine.connect() as connection:
            return connection.execute(sa.text(statement)).all()

    def publish(self, deliveries):
        """To the broker, which confirms each."""
        rows = [
            SimpleNamespace(event_id=one.id, name=one.name, body=one.body, correlation_id=None)
            for one in deliveries
        ]
        with bus.connection(self.amqp_uri, confirm=False) as connection:
            bus.declare(connection)
            Publisher(connection).publish(rows)

    def kill_in_the_middle(self, more):
        """SIGKILL while it is in a transaction, held up where it writes the timeline; `more` comes
        meanwhile, so that there is something to write.
        """
        with self.engine.begin() as tx:
            tx.execute(sa.text("LOCK TABLE timeline_entry IN SHARE MODE"))
            self.publish(more)
            waits = (
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock'"
            )
            wait_for(lambda: self.select(waits), "a transaction in its middle", LONG, self.log)
            self.program.kill()

    def heard(self):
        return self.select("SELECT count(*) FROM timeline_entry")[0][0]


def signed(body, header):
    """By the documentation: HMAC-SHA-256 over `t.body`."""
    t, v1 = (part.partition("=")[2] for part in header.split(","))
    code = hmac.new(SECRET.encode(), t.encode() + b"." + body, sha256).hexdigest()
    return hmac.compare_digest(code, v1)


@pytest.fixture(scope="module")
def storm(postgres, rabbitmq):
    """What is left of it."""
    rng, workspace_id = Random(11), uuid4()
    history = hostile.history(workspace_id, rng)
    deliveries = hostile.deliveries(history.events, rng)
    folder = Path(tempfile.mkdtemp(prefix="workestra-storm-"))
    with postgres.lending() as databases, receiver(signed) as there:
        bridge = Bridge(databases("crm-bridge"), rabbitmq.vhost(), folder)
        there.stop()
        client = RpcClient(bridge.amqp_uri)
        try:
            bridge.start()
            crm = client.proxy(CrmBridgeRpc)
            hook(bridge, crm, workspace_id, there.url)
            bridge.publish(deliveries[:120])
            first = kill(bridge, deliveries[120:500], at_least=20)
            bridge.start()
            second = kill(bridge, deliveries[500:], at_least=first + 20)
            there.start()
            bridge.start(offset=3600)
            total = len(history.events)
            wait_for(lambda: bridge.heard() == total, "every event", LONG, bridge.log)
            placed = "SELECT 1 FROM feed_event WHERE position IS NULL"
            wait_for(lambda: not bridge.select(placed), "places", LONG, bridge.log)
            due = "SELECT 1 FROM webhook_delivery WHERE state = 'due'"
            wait_for(lambda: not bridge.select(due), "the receiver's events", LONG, bridge.log)
            feed = events(crm, workspace_id)
            yield SimpleNamespace(**locals())
        finally:
            client.close()
            if bridge.program is not None:
                bridge.program.kill()
            bridge.engine.dispose()
            shutil.rmtree(folder, ignore_errors=True)


def hook(bridge, crm, workspace_id, url):
    """A webhook, whose receiver is down, before anything that it is to be told of."""
    made = CreateWebhook(
        workspace_id=workspace_id,
        webhook_id=uuid4(),
        url=url,
        sealed_secret=Sealer((KEY,)).seal(SECRET),
    )

    def answers():
        with suppress(Unavailable):
            return crm.ping(Ping()).ok

    wait_for(answers, "the program", LONG, bridge.log)
    crm.create_webhook(made)


def kill(bridge, more, *, at_least):
    """Kills it in the middle, when it has come so far. How far that was."""
    wait_for(lambda: bridge.heard() >= at_least, f"{at_least} entries", LONG, bridge.log)
    bridge.kill_in_the_middle(more)
    return bridge.heard()


def events(crm, workspace_id):
    """The feed, page by page."""
    found, after, more = [], "", True
    while more:
        page = crm.list_events(ListEvents(workspace_id=workspace_id, after=after, limit=200))
        found += [msgspec.json.decode(encode(event)) for event in page.events]
        after, more = page.cursor, page.more
    return found


def by_chain(told):
    ordered = sorted(told, key=lambda one: one["chain"])
    return {chain: list(each) for chain, each in groupby(ordered, key=lambda one: one["chain"])}


def test_every_booking_contact_deal_and_timeline_is_there_once_and_in_order(storm):
    assert (len(storm.history.bookings), len(storm.deliveries)) == (200, 1200)
    assert storm.first < storm.second < storm.total  # each death was in the middle of the work
    assert aftermath.built_in(storm.bridge.select, storm.history) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "DELETE FROM timeline_entry WHERE ctid = (SELECT min(ctid) FROM timeline_entry)",
        "UPDATE timeline_entry SET at = at + interval '9 days' WHERE kind = 'booked'",
        (
            "INSERT INTO deal SELECT gen_random_uuid(), workspace_id, contact_id, NULL, title, stage,"
            " 0, 'EUR', owner_id, '', '', '', created_at, active_at, 1 FROM deal LIMIT 1"
        ),
        "UPDATE contact SET email = 'x' || email",
        "UPDATE chain SET contact_id = (SELECT min(contact_id::text)::uuid FROM chain)",
        "UPDATE chain SET booking_id = gen_random_uuid()",
    ],
)
def test_the_checker_sees_what_is_wrong(storm, wrong):
    with storm.bridge.engine.connect() as connection:
        connection.execute(sa.text(wrong))
        told = aftermath.built_in(
            lambda query: connection.execute(sa.text(query)).all(), storm.history
        )
        connection.rollback()
    assert told


def test_who_was_down_for_an_hour_got_everything_and_the_feed_says_the_same(storm):
    assert storm.there.forged == 0
    once = {event["id"]: event for event in storm.there.taken}
    assert sorted(once) == sorted(event["id"] for event in storm.feed)
    firsts = list({event["id"]: event for event in storm.there.taken}.values())
    assert by_chain(firsts) == by_chain(storm.feed)
    kinds = Counter(event["type"] for event in storm.feed)
    assert (kinds["contact.created"], kinds["deal.created"]) == (30, 30)
    assert kinds["booking.confirmed"] + kinds["booking.rescheduled"] == 200
