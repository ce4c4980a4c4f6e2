"""Tables of work on a real database: one holder a row, and results only from the holder."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from servicekit import leases

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
LASTS = timedelta(minutes=1)
work = sa.Table(
    "work",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    *leases.columns("try_at"),
    sa.Column("wish", sa.Integer),
)


@pytest.fixture
def tx(databases):
    engine = sa.create_engine(databases("crm-bridge"))
    with engine.begin() as connection:
        work.create(connection)
        yield connection
    engine.dispose()


def put(tx, number, minutes=0, **values):
    row = {"id": number, "state": "due", "attempts": 0, "problem": "", "wish": 1}
    tx.execute(work.insert().values(row | {"next_try": NOW + timedelta(minutes=minutes)} | values))


def take(tx, limit=10):
    return leases.lease_due(tx, work, NOW, limit, LASTS)


def row(tx, number=1):
    return tx.execute(sa.select(work).where(work.c.id == number)).one()


def test_the_longest_due_are_leased_and_nobody_else_gets_them(tx):
    put(tx, 1, minutes=-1)
    put(tx, 2, minutes=-9)
    put(tx, 3, minutes=1)
    put(tx, 4, minutes=-5, state="done")
    assert [found.id for _, found in take(tx, limit=1)] == [2]
    assert [found.id for _, found in take(tx)] == [1]
    assert take(tx) == []


def test_what_was_put_off_together_comes_in_turn(tx):
    put(tx, 1, attempts=3)
    put(tx, 2, attempts=1)
    assert [found.id for _, found in take(tx)] == [2, 1]


def test_a_lease_that_was_taken_over_changes_nothing(tx):
    put(tx, 1)
    ((slow, _),) = take(tx)
    tx.execute(sa.text("UPDATE work SET leased_until = clock_timestamp() - interval '1 s'"))
    ((quick, _),) = take(tx)
    assert not leases.extend(tx, slow, LASTS)
    assert not leases.done(tx, slow)
    assert not leases.postpone(tx, slow, NOW, "late")
    assert not leases.give_up(tx, slow, "late")
    assert leases.done(tx, quick)
    assert (row(tx).state, row(tx).lease) == ("done", None)


def test_a_failed_try_is_counted_and_waits(tx):
    put(tx, 1)
    ((held, _),) = take(tx)
    later = NOW + timedelta(hours=1)
    assert leases.postpone(tx, held, later, "not now")
    found = row(tx)
    assert (found.attempts, found.next_try, found.problem) == (1, later, "not now")
    assert (found.state, found.lease, found.leased_until) == ("due", None, None)


def test_what_was_not_tried_is_not_counted(tx):
    put(tx, 1)
    ((held, _),) = take(tx)
    leases.postpone(tx, held, NOW, "somebody else is away", tried=False)
    assert row(tx).attempts == 0


def test_what_is_given_up_is_never_leased_again(tx):
    put(tx, 1)
    ((held, _),) = take(tx)
    assert leases.give_up(tx, held, "refused for good")
    assert (row(tx).state, row(tx).attempts) == ("failed", 1)
    assert take(tx) == []


def test_a_row_that_meanwhile_wants_more_stays_due_at_its_own_time(tx):
    put(tx, 1)
    ((held, _),) = take(tx)
    tx.execute(work.update().values(wish=2))
    assert not leases.done(tx, held.provided(work.c.wish == 1), correlation_id="noted")
    found = row(tx)
    assert (found.state, found.next_try, found.correlation_id) == ("due", NOW, "noted")
    ((again, _),) = take(tx)
    assert not leases.postpone(tx, again.provided(work.c.wish == 1), NOW + timedelta(hours=1), "no")
    assert (row(tx).next_try, row(tx).attempts, row(tx).lease) == (NOW, 0, None)


def test_keys_of_several_columns_are_leased_one_by_one(databases):
    table = sa.Table(
        "pairs",
        sa.MetaData(),
        sa.Column("a", sa.Uuid, primary_key=True),
        sa.Column("b", sa.Integer, primary_key=True),
        *leases.columns(),
    )
    engine = sa.create_engine(databases("crm-bridge"))
    with engine.begin() as tx:
        table.create(tx)
        one = {"a": uuid4(), "state": "due", "attempts": 0, "next_try": NOW, "problem": ""}
        tx.execute(table.insert().values([one | {"b": number} for number in range(3)]))
        taken = leases.lease_due(tx, table, NOW, 2, LASTS)
        assert [held.key for held, _ in taken] == [(one["a"], 0), (one["a"], 1)]
        leases.done(tx, taken[0][0])
        states = tx.execute(sa.select(table.c.state).order_by(table.c.b)).scalars().all()
        assert states == ["done", "due", "due"]
    engine.dispose()
