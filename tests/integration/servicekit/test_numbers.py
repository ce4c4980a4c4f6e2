"""The numbers of a program's database are true at the moment they are asked for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from contracts.gateway import WorkspaceChanged
from servicekit import inbox, numbers, outbox
from servicekit.database import Database, open_engine
from servicekit.testing import FakeClock

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def shown(name, service="crm-bridge"):
    return REGISTRY.get_sample_value(name, {"service": service})


@pytest.fixture
def engine(databases):
    made = open_engine(databases("crm-bridge"), 2)
    numbers.watch("crm-bridge", made, FakeClock(NOW + timedelta(seconds=90)))
    yield made
    made.dispose()


def test_an_empty_outbox_has_no_age(engine):
    assert (shown("outbox_waiting"), shown("outbox_oldest_seconds")) == (0, 0)
    assert shown("database_up") == 1


def test_depth_and_age_of_the_outbox_are_the_tables(engine):
    event = WorkspaceChanged(workspace_id=uuid4(), version=1, name="Acme", timezone="UTC")
    with engine.begin() as tx:
        outbox.add(tx, event, NOW)
        outbox.add(tx, event, NOW + timedelta(seconds=30))
    assert (shown("outbox_waiting"), shown("outbox_oldest_seconds")) == (2, 90)
    with engine.begin() as tx:
        tx.execute(sa.text("UPDATE outbox SET published_at = created_at WHERE id = 1"))
    assert (shown("outbox_waiting"), shown("outbox_oldest_seconds")) == (1, 60)


def test_dead_letters_are_counted_until_they_are_replayed(engine):
    body = {"id": str(uuid4()), "name": "FromTheFuture", "body": "{}"}
    heard = [inbox.read(body, None), inbox.read("no event", None)]
    inbox.receive(Database(engine), heard, {}, NOW)
    assert (shown("inbox_retrying"), shown("inbox_dead")) == (1, 1)
    inbox.replay(engine, None)
    assert (shown("inbox_retrying"), shown("inbox_dead")) == (2, 0)


def test_the_pools_use_is_shown_also_when_it_is_used_up(engine):
    with engine.connect(), engine.connect():
        assert (shown("pool_connections_used"), shown("pool_connections_max")) == (2, 2)
        assert shown("outbox_waiting") == 0
    assert shown("pool_connections_used") == 0


def test_a_database_that_is_away_is_said_to_be_and_nothing_is_guessed():
    nowhere = open_engine("postgresql+psycopg2://nobody@/none?host=/nowhere")
    numbers.watch("nowhere", nowhere, FakeClock(NOW))
    assert (shown("database_up", "nowhere"), shown("outbox_waiting", "nowhere")) == (0, None)
    assert shown("pool_connections_used", "nowhere") == 0
