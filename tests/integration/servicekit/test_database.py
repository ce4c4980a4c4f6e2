"""Connections that the database has cut are found before they are used."""

from datetime import UTC, datetime

import psycopg2
import pytest
import sqlalchemy as sa
from psycopg2.extras import wait_select

from contracts.errors import Unavailable
from contracts.wire import Ping, Pong
from servicekit import Service, Settings, database, endpoint
from servicekit.database import Database, open_engine
from servicekit.testing import FakeClock, Local


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


class CutOff(Service[Settings]):
    """Loses its connection in the middle of its work."""

    name = "booking"
    way = "begin"

    @endpoint
    def look(self, request: Ping) -> Pong:
        """Never gets that far."""
        del request
        with getattr(self.db, self.way)() as tx:
            tx.execute(sa.text("SELECT 1"))
            tx.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return Pong(ok=True)


def wordless(connection):
    """As a wait under eventlet may end when the server dies: no SQLSTATE, no OperationalError."""
    try:
        wait_select(connection)
    except psycopg2.OperationalError as error:
        raise psycopg2.DatabaseError("server closed the connection unexpectedly") from error


@pytest.mark.parametrize("way", ["begin", "read"])
@pytest.mark.parametrize("waiting", [None, wait_select, wordless])
def test_a_connection_cut_in_the_middle_makes_the_service_unavailable(databases, waiting, way):
    local = Local(databases, FakeClock(datetime(2026, 12, 1, 9, tzinfo=UTC)))
    local.add(CutOff).way = way
    psycopg2.extensions.set_wait_callback(waiting)
    try:
        for _ in range(2):
            with pytest.raises(Unavailable):
                local.booking.look(Ping())
    finally:
        psycopg2.extensions.set_wait_callback(None)


def test_rows_for_the_end_of_a_transaction_are_written_together_or_not_at_all(db):
    written = []

    def write(_tx, rows):
        written.append([row["n"] for row in rows])

    with db.begin() as tx:
        database.at_last(tx, write, {"n": 1})
        database.at_last(tx, write, {"n": 2})
        assert written == []
    with pytest.raises(ZeroDivisionError), db.begin() as tx:
        database.at_last(tx, write, {"n": 3 // 0})
    assert written == [[1, 2]]


def test_a_reader_sees_what_is_committed_by_each_of_its_statements(db):
    number = sa.text("SELECT count(*) FROM workspace")
    more = sa.text(
        "INSERT INTO workspace (id, name, timezone, version) "
        "VALUES (gen_random_uuid(), 'Acme', 'UTC', 1)"
    )
    with db.read() as reader:
        assert reader.scalar(number) == 0
        with db.begin() as tx:
            tx.execute(more)
        assert reader.scalar(number) == 1
