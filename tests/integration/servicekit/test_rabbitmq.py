"""Outbox, relay and the RPC client against a real broker."""

from datetime import UTC, datetime
from uuid import uuid4

import kombu
import pytest
import sqlalchemy as sa

from contracts import errors
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
    wait_for(lambda: waiting(engine) == 0, "the relay", 15, tmp_path / "none")
    relay.stop()
    engine.dispose()
    with bus.connection(uri) as conn:
        queue = bus.listener_queue("booking").bind(conn.channel())
        message = queue.get(accept=[bus.SERIALIZER])
        assert message.payload["name"] == "WorkspaceChanged"
        message.ack()


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
