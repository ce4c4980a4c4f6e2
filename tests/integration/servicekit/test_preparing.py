"""Statements that are planned once a connection."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from servicekit.database import Database, open_engine
from servicekit.preparing import prepared

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def db(databases):
    engine = open_engine(databases("booking"), pool_size=1)
    yield Database(engine)
    engine.dispose()


def kept(tx):
    """The statements that the connection has prepared."""
    return tx.execute(sa.text("SELECT statement FROM pg_prepared_statements")).scalars().all()


def test_a_marked_statement_is_prepared_once_and_gives_the_same_as_an_unmarked_one(db):
    plain = sa.text(
        "SELECT n, '100%' AS share FROM generate_series(1, :most) AS n WHERE n > :least"
    )
    with db.begin() as tx:
        for least in (1, 2):
            values = {"least": least, "most": 4}
            found = tx.execute(prepared(plain), values).all()
            assert found == tx.execute(plain, values).all()
        assert len(kept(tx)) == 1


def test_values_keep_their_types(db):
    keys = [UUID(int=1), UUID(int=2)]
    wanted = (
        sa.bindparam("keys", type_=sa.ARRAY(sa.Uuid)),
        sa.cast(sa.bindparam("at"), sa.DateTime(timezone=True)),
        sa.bindparam("words", type_=sa.ARRAY(sa.Text)),
    )
    statement = prepared(sa.select(*wanted, sa.cast(sa.bindparam("long"), sa.Interval)))
    values = {"keys": keys, "at": NOW, "words": ["é%(at)s", "'"], "long": timedelta(hours=1)}
    with db.begin() as tx:
        for _ in range(7):  # PostgreSQL itself changes to a plan for all values after the fifth
            assert tuple(tx.execute(statement, values).one()) == (
                keys,
                NOW,
                ["é%(at)s", "'"],
                timedelta(hours=1),
            )


def test_what_was_prepared_outlives_a_rollback_and_not_its_connection(db):
    statement = prepared(sa.text("SELECT 6 / :value"))
    with db.begin() as tx:
        assert tx.execute(statement, {"value": 3}).scalar() == 2
    with pytest.raises(sa.exc.DataError), db.begin() as tx:
        tx.execute(statement, {"value": 0})
    with db.begin() as tx:
        assert tx.execute(statement, {"value": 2}).scalar() == 3
        assert len(kept(tx)) == 1
    db.engine.dispose()
    with db.begin() as tx:
        assert kept(tx) == []
        assert tx.execute(statement, {"value": 1}).scalar() == 6


def test_several_rows_at_once_are_not_prepared(db):
    with db.begin() as tx:
        tx.execute(sa.text("CREATE TEMP TABLE several (n int)"))
        statement = prepared(sa.text("INSERT INTO several VALUES (:n)"))
        tx.execute(statement, [{"n": 1}, {"n": 2}])
        assert kept(tx) == []
        assert tx.execute(sa.text("SELECT count(*) FROM several")).scalar() == 2
