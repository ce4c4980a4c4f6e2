"""The inbox on a real database: once, again after a failure, and at last kept as dead."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from contracts.gateway import WorkspaceChanged
from contracts.wire import encode
from servicekit import context, inbox
from servicekit.database import Database, after_commit

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def database(databases):
    engine = sa.create_engine(databases("crm-bridge"))
    yield Database(engine)
    engine.dispose()


def named(name):
    event = WorkspaceChanged(workspace_id=uuid4(), version=1, name=name, timezone="UTC")
    return inbox.Envelope(uuid4(), "WorkspaceChanged", encode(event).decode(), f"c-{name}")


@pytest.fixture
def envelope():
    return named("Acme")


def failing(_event, _tx):
    raise RuntimeError("not today")


def receive(database, envelope, handler):
    inbox.receive(database, [envelope], {"WorkspaceChanged": handler}, NOW)


def retry(database, handler, now):
    return inbox.retry_due(database, {"WorkspaceChanged": handler}, now)


def test_a_repeated_event_is_handled_once(database, envelope):
    heard = []
    for _ in range(3):
        receive(database, envelope, lambda event, _tx: heard.append(event.name))
    assert heard == ["Acme"]


def test_a_failed_event_leaves_nothing_behind_and_is_tried_again(database, envelope):
    def half(_event, tx):
        tx.execute(sa.text("CREATE TABLE half_done (x int)"))
        raise RuntimeError("died in between")

    receive(database, envelope, half)
    with database.begin() as tx:
        assert not sa.inspect(tx).has_table("half_done")
    heard = []
    later = NOW + timedelta(seconds=2)
    tried = retry(database, lambda e, _tx: heard.append(e), later)
    assert (tried, len(heard)) == (1, 1)
    assert retry(database, failing, later + timedelta(days=1)) == 0


def test_of_a_batch_only_what_fails_is_tried_again(database, envelope):
    heard = []

    def picky(event, tx):
        tx.execute(sa.text("SELECT 1"))
        if event.name == "Bad":
            raise RuntimeError("not this one")
        heard.append(event.name)

    batch = [named(name) for name in ("One", "Bad", "Two")]
    inbox.receive(database, [*batch, batch[0]], {"WorkspaceChanged": picky}, NOW)
    assert heard == ["One", "One", "Two"]  # the first try of "One" was rolled back with the batch
    assert sorted(row.state for row in state(database)) == ["done", "done", "retry"]


def test_a_batch_is_one_transaction_and_each_event_in_it_keeps_its_correlation(database):
    seen = []

    def noting(event, tx):
        number = tx.scalar(sa.text("SELECT txid_current()"))
        seen.append((event.name, context.correlation_id(), number))

    inbox.receive(database, [named("One"), named("Two")], {"WorkspaceChanged": noting}, NOW)
    assert [(name, identity) for name, identity, _ in seen] == [("One", "c-One"), ("Two", "c-Two")]
    assert len({number for _, _, number in seen}) == 1


def test_a_listener_of_several_events_gets_all_of_a_batch_at_once(database):
    heard = []

    def several(events, _tx):
        heard.append([event.name for event in events])

    several.takes_several = True
    batch = [named("One"), named("Two")]
    for _ in range(2):
        inbox.receive(database, batch, {"WorkspaceChanged": several}, NOW)
    assert heard == [["One", "Two"]]


def test_what_fails_for_long_is_kept_as_dead_and_can_be_replayed(database, envelope):
    receive(database, envelope, failing)
    now = NOW
    for _ in range(inbox.TRIES):
        now += timedelta(hours=2)
        retry(database, failing, now)
    (line,) = inbox.list_dead(database.engine)
    assert str(envelope.id) in line
    assert "not today" in line

    assert inbox.replay(database.engine, [str(uuid4())]) == 0
    assert inbox.replay(database.engine, None) == 1
    heard = []
    retry(database, lambda e, _tx: heard.append(e), now)
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


def unknown(envelope):
    body = {"id": str(envelope.id), "name": "MeetingSummarised", "body": envelope.body}
    return body | {"correlation_id": "c9"}


def hear(database, body):
    """By a version that listens to nothing."""
    inbox.receive(database, [inbox.read(body, None)], {}, NOW)


def state(database):
    with database.begin() as tx:
        return tx.execute(sa.text("SELECT name, state, attempts, correlation_id FROM inbox")).all()


def test_an_event_that_this_version_does_not_know_waits_for_one_that_does(
    database, envelope, monkeypatch
):
    hear(database, unknown(envelope))
    assert state(database) == [("MeetingSummarised", "retry", 1, "c9")]

    later = NOW + timedelta(seconds=2)
    assert inbox.retry_due(database, {}, later) == 1
    heard = []
    monkeypatch.setitem(inbox._BY_NAME, "MeetingSummarised", WorkspaceChanged)
    later += timedelta(hours=2)
    handlers = {"MeetingSummarised": lambda e, _tx: heard.append(e)}
    assert inbox.retry_due(database, handlers, later) == 1
    assert (len(heard), state(database)[0].state) == (1, "done")


def test_an_unknown_event_is_dead_and_visible_after_the_tries(database, envelope):
    hear(database, unknown(envelope))

    for hour in range(1, inbox.TRIES + 1):
        inbox.retry_due(database, {}, NOW + timedelta(hours=2 * hour))
    (line,) = inbox.list_dead(database.engine)
    assert "nobody listens to MeetingSummarised" in line


def test_an_old_replica_does_not_reopen_what_a_newer_one_has_handled(database, envelope):
    receive(database, envelope, lambda _event, _tx: None)
    body = {"id": str(envelope.id), "name": envelope.name, "body": envelope.body}
    hear(database, body)
    assert state(database)[0].state == "done"


@pytest.mark.parametrize("body", [{}, [], "hello", {"id": "7", "name": "X", "body": ""}, None])
def test_a_message_that_is_no_event_is_kept_as_dead_once(database, body):
    for _ in range(2):
        hear(database, body)
    (line,) = inbox.list_dead(database.engine)
    assert "malformed" in line


def test_a_failure_does_not_reopen_what_another_replica_handled_meanwhile(database, envelope):
    def slow_and_then_cut_off(_event, tx):
        tx.rollback()
        receive(database, envelope, lambda _event, _tx: None)
        raise RuntimeError("the connection is gone")

    receive(database, envelope, slow_and_then_cut_off)
    assert state(database)[0].state == "done"


def test_a_statement_that_takes_too_long_is_a_failure_and_not_a_database_that_is_away(
    database, envelope
):
    def stuck(_event, tx):
        tx.execute(sa.text("SET LOCAL statement_timeout = 20"))
        tx.execute(sa.text("SELECT pg_sleep(5)"))

    receive(database, envelope, stuck)
    assert state(database)[0].state == "retry"


def test_a_database_that_is_away_leaves_the_event_to_the_broker(envelope):
    away = Database(sa.create_engine("postgresql+psycopg2://nobody@/none?host=/nowhere"))
    with pytest.raises(sa.exc.OperationalError):
        receive(away, envelope, failing)


def test_an_event_whose_last_try_the_process_did_not_survive_is_dead(database, envelope):
    receive(database, envelope, failing)
    with database.begin() as tx:
        tx.execute(sa.text(f"UPDATE inbox SET attempts = {inbox.TRIES}"))
    heard = []
    retry(database, lambda e, _tx: heard.append(e), NOW + timedelta(hours=1))
    assert heard == []
    assert "the last try died" in inbox.list_dead(database.engine)[0]
