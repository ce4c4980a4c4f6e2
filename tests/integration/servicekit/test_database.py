"""Connections that the database has cut are found before they are used."""

import pytest
import sqlalchemy as sa

from servicekit import database
from servicekit.database import Database, open_engine


@pytest.fixture
def db(databases):
    opened = Database(open_engine(databases("booking"), pool_size=2))
    yield opened
    opened.engine.dispose()


def pid(db):
    """The server's process of the next transaction."""
    with db.begin() as tx:
        return tx.scalar(sa.text("SELECT pg_backend_pid()"))


def cut(db, number):
    """The server ends one of its processes, from another connection."""
    other = sa.create_engine(db.engine.url)
    with other.begin() as tx:
        tx.execute(sa.text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
    other.dispose()


def test_a_connection_cut_while_idle_fails_nobody(db, monkeypatch):
    number = pid(db)
    cut(db, number)
    monkeypatch.setattr(database, "TRUSTED", 0.0)
    assert pid(db) != number


def test_a_connection_just_used_is_not_asked_again(db, monkeypatch):
    monkeypatch.setattr(database, "TRUSTED", 3600.0)
    number = pid(db)
    cut(db, number)
    with pytest.raises(sa.exc.OperationalError):
        pid(db)
    assert pid(db) != number
