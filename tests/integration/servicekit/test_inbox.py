"""The inbox on a real database: once, again after a failure, and at last kept as dead."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from contracts.gateway import WorkspaceChanged
from contracts.wire import encode
from servicekit import inbox
from servicekit.database import Database, after_commit

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def database(databases):
    engine = sa.create_engine(databases("crm-bridge"))
    yield Database(engine)
    engine.dispose()


@pytest.fixture
def envelope():
    event = WorkspaceChanged(workspace_id=uuid4(), version=1, name="Acme", timezone="UTC")
    return inbox.Envelope(uuid4(), "WorkspaceChanged", encode(event).decode(), "c1")


def failing(_event, _tx):
    raise RuntimeError("not today")


def test_a_repeated_event_is_handled_once(database, envelope):
    heard = []
    for _ in range(3):
        inbox.receive(database, envelope, lambda event, _tx: heard.append(event.name), NOW)
    assert heard == ["Acme"]


def test_a_failed_event_leaves_nothing_behind_and_is_tried_again(database, envelope):
    def half(_event, tx):
        tx.execute(sa.text("CREATE TABLE half_done (x int)"))
        raise RuntimeError("died in between")

    assert not inbox.receive(database, envelope, half, NOW)
    with database.begin() as tx:
        assert not sa.inspect(tx).has_table("half_done")
    heard = []
    later = NOW + timedelta(seconds=2)
    tried = inbox.retry_due(database, lambda _name: lambda e, _tx: heard.append(e), later)
    assert (tried, len(heard)) == (1, 1)
    assert inbox.retry_due(database, lambda _name: failing, later + timedelta(days=1)) == 0


def test_what_fails_for_long_is_kept_as_dead_and_can_be_replayed(database, envelope):
    inbox.receive(database, envelope, failing, NOW)
    now = NOW
    for _ in range(inbox.TRIES):
        now += timedelta(hours=2)
        inbox.retry_due(database, lambda _name: failing, now)
    (line,) = inbox.list_dead(database.engine)
    assert str(envelope.id) in line
    assert "not today" in line

    assert inbox.replay(database.engine, [str(uuid4())]) == 0
    assert inbox.replay(database.engine, None) == 1
    heard = []
    inbox.retry_due(database, lambda _name: lambda e, _tx: heard.append(e), now)
    assert len(heard) == 1
    assert inbox.list_dead(database.engine) == []


def test_what_waits_for_a_commit_runs_after_it_and_never_after_a_rollback(database):
    ran = []
    with database.begin():
        after_commit(lambda: ran.append("committed"))
        assert ran == []
    with pytest.raises(sa.exc.ProgrammingError), database.begin() as tx:
        _fail(tx, lambda: ran.append("rolled back"))
    assert ran == ["committed"]


def _fail(tx, hook):
    after_commit(hook)
    tx.execute(sa.text("SELECT * FROM nowhere"))
