"""Outbox, relay and the RPC client against a real broker."""

import time
from datetime import UTC, datetime
from uuid import uuid4

import amqp
import kombu
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from contracts import errors, topology
from contracts.booking import BookingRpc, FindPage
from contracts.gateway import WorkspaceChanged
from servicekit import bus, outbox, rpc
from servicekit.clock import SystemClock
from servicekit.tables import outbox as table
from support.waiting import wait_for


@pytest.fixture
def uri(rabbitmq):
    return rabbitmq.vhost()


def announced(tx):
    event = WorkspaceChanged(workspace_id=uuid4(), version=1, name="Acme", timezone="UTC")
    outbox.add(tx, event, datetime.now(UTC))


def waiting(engine):
    with engine.begin() as tx:
        rows = sa.select(sa.func.count()).where(table.c.published_at.is_(None))
        return tx.execute(rows).scalar()


def test_what_was_announced_reaches_a_reader_that_never_started(databases, uri, tmp_path):
    engine = sa.create_engine(databases("crm-bridge"))
    with engine.begin() as tx:
        announced(tx)
    relay = outbox.Relay(engine, uri, SystemClock())
    relay.start()
    wait_for(lambda: waiting(engine) == 0, "the relay", 60, tmp_path / "none")
    relay.stop()
    engine.dispose()
    with bus.connection(uri) as conn:
        queue = bus.listener_queue("booking").bind(conn.channel())
        message = queue.get(accept=[bus.SERIALIZER])
        assert message.payload["name"] == "WorkspaceChanged"
        message.ack()


def test_a_batch_is_handed_over_in_order_and_counts_once_the_broker_has_all_of_it(databases, uri):
    engine = sa.create_engine(databases("crm-bridge"))
    with engine.begin() as tx:
        for _ in range(3):
            announced(tx)
        rows = tx.execute(sa.select(table).order_by(table.c.id)).all()
    engine.dispose()
    with bus.connection(uri, confirm=False) as conn:
        bus.declare(conn)
        outbox.Publisher(conn).publish(rows)
        queue = bus.listener_queue("booking").bind(conn.channel())
        heard = [queue.get(no_ack=True, accept=[bus.SERIALIZER]).payload["id"] for _ in rows]
        assert heard == [str(row.event_id) for row in rows]
        for service in topology.LISTENS:
            bus.listener_queue(service).bind(conn.channel()).delete()
        with pytest.raises(amqp.exceptions.ChannelError):
            outbox.Publisher(conn).publish(rows)  # nobody would ever hear it


def test_an_event_of_another_version_waits_and_holds_nobody_up(databases, uri, tmp_path):
    engine = sa.create_engine(databases("crm-bridge"))
    with engine.begin() as tx:
        announced(tx)
        tx.execute(table.update().values(name="OfTomorrow"))
        announced(tx)
    relay = outbox.Relay(engine, uri, SystemClock())
    relay.start()
    wait_for(lambda: waiting(engine) == 1, "the relay", 60, tmp_path / "none")
    relay.stop()
    with engine.begin() as tx:
        left = tx.execute(sa.select(table.c.name).where(table.c.published_at.is_(None)))
        assert left.scalars().all() == ["OfTomorrow"]
    engine.dispose()


@pytest.fixture
def restless(monkeypatch):
    """Both ends give a silent one up after four seconds; true for twice as long."""
    monkeypatch.setattr(bus, "HEARTBEAT", 2)
    end = time.monotonic() + 8.5
    return lambda: time.monotonic() < end


def test_a_relay_with_nothing_to_say_hears_that_the_broker_is_alive(
    databases, uri, restless, monkeypatch, tmp_path
):
    monkeypatch.setattr(outbox, "LOOK", 0.2)
    engine = sa.create_engine(databases("crm-bridge"))
    with capture_logs() as logged:
        relay = outbox.Relay(engine, uri, SystemClock())
        relay.start()
        wait_for(lambda: not restless(), "the time", 60, tmp_path / "none")
        relay.stop()
    engine.dispose()
    assert logged == []


def test_who_only_reads_is_heard_by_the_broker_while_messages_abound(uri, restless):
    with bus.connection(uri) as writer, bus.connection(uri) as reader:
        queue = kombu.Queue(f"q-{uuid4().hex}", durable=False, exclusive=True)(reader)
        queue.declare()
        producer, heard = writer.Producer(serializer="json"), []
        take = [lambda body, _message: heard.append(body)]
        with reader.Consumer(queue, callbacks=take, no_ack=True, accept=["json"]):
            while restless():
                producer.publish({}, routing_key=queue.name)
                bus.drain(writer, 0.1)
                bus.drain(reader, 5)
        assert len(heard) > 10


def test_a_call_that_nobody_serves_ends_at_its_deadline(uri, monkeypatch):
    monkeypatch.setattr(rpc, "TIMEOUT", 0.8)
    client = rpc.RpcClient(uri)
    with pytest.raises(errors.Unavailable):
        client.proxy(BookingRpc).find_page(FindPage(slug="intro"))
    client.close()


def test_a_broker_that_is_not_there_is_unavailable(monkeypatch):
    monkeypatch.setattr(rpc, "TIMEOUT", 0.5)
    client = rpc.RpcClient("amqp://guest:guest@127.0.0.1:1//")
    with pytest.raises(errors.Unavailable):
        client.proxy(BookingRpc).find_page(FindPage(slug="intro"))
    client.close()


def test_a_strangers_answers_are_never_turned_into_objects():
    hostile = {"__type__": "datetime", "__value__": "2026-12-01T09:00:00"}
    kind, encoding, data = kombu.serialization.dumps({"answers": hostile}, bus.SERIALIZER)
    assert kombu.serialization.loads(data, kind, encoding, accept={kind}) == {"answers": hostile}
