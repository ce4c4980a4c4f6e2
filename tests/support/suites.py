"""The whole suite, running: embedded in one process, or each program its own over RabbitMQ.

The tests over HTTP take `suite` and run against both, since no code may know which it is.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest
import requests

from support.mail import SmtpServer
from support.outside import Outside
from support.ports import free_port, free_ports
from support.postgres import ROOT, Postgres
from support.processes import Program
from support.rabbitmq import RabbitMQ
from support.waiting import wait_for

WORKESTRA = (sys.executable, str(ROOT / "workestra"))
SERVICES = ("booking", "availability", "calendar-sync", "notifications", "crm-bridge")
PROGRAMS = (*SERVICES, "gateway")


class Suite(Protocol):
    """What a test over HTTP may use of either way to run."""

    kind: str
    url: str

    def mails(self, address: str) -> list[dict[str, Any]]:
        """The mails to a recipient, oldest first: `subject`, `to`, `text`, `calendar`."""
        ...


def ready(url: str) -> bool:
    """Whether its gateway can serve."""
    try:
        return requests.get(f"{url}/readyz", timeout=10).status_code == 200
    except requests.RequestException:
        return False


class EmbeddedSuite:
    """`./workestra up --demo` with a data folder of its own."""

    kind = "embedded"

    def __init__(
        self, data: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        port = free_port()
        self.data = data
        self.url = f"http://127.0.0.1:{port}"
        command = [*WORKESTRA, "up", "--port", str(port), "--data", str(data), *arguments]
        self.program = Program(command, data.parent / f"{data.name}.log", environment or {})
        try:
            wait_for(self._announced, f"ready {self.url}", 120, self.program.log)
        except BaseException:
            self.program.kill()
            raise

    def _announced(self) -> bool:
        if not self.program.running:
            raise AssertionError(self.program.text()[-5000:])
        return f"ready {self.url}" in self.program.text()

    def mails(self, address: str) -> list[dict[str, Any]]:
        """As `Suite` says, from the page that shows them."""
        found = requests.get(f"{self.url}/dev/mail.json", timeout=10).json()
        return [mail for mail in reversed(found) if address in mail["to"]]

    def move_clock(self, seconds: float) -> None:
        """Moves every service's clock, ahead of the true time."""
        answer = requests.post(
            f"{self.url}/dev/clock", json={"offset_seconds": seconds}, timeout=10
        )
        answer.raise_for_status()

    def stop(self) -> int:
        """An orderly end; its exit code."""
        return self.program.stop()


class ProcessSuite:
    """Five services and a gateway, each a process, over one virtual host and six databases."""

    kind = "processes"

    def __init__(
        self, folder: Path, amqp_uri: str, databases: dict[str, str], smtp: SmtpServer
    ) -> None:
        self.folder = folder
        self.smtp = smtp
        self.databases = databases
        self.amqp_uri = amqp_uri
        port, *health = free_ports(1 + len(SERVICES))
        self.url = f"http://127.0.0.1:{port}"
        self.health = dict(zip(SERVICES, health, strict=True))
        self._bind = f"127.0.0.1:{port}"
        self._secret = secrets.token_urlsafe(32)
        self.programs: dict[str, Program] = {}
        self.settings: dict[str, dict[str, str]] = {}
        """What a test wants set for a program besides, from its next start on."""

    def environment(self, program: str) -> dict[str, str]:
        """What an operator would set for it."""
        name = program.replace("-", "_").upper()
        return {
            "AMQP_URI": self.amqp_uri,
            "PUBLIC_URL": self.url,
            "SECRET_KEYS": self._secret,
            "SMTP_URL": self.smtp.url,
            "MAIL_FROM": "Workestra <no-reply@workestra.test>",
            "FILES_URL": (self.folder / "files").as_uri(),
            f"{name}_DATABASE_URL": self.databases[program],
            "HEALTH_PORT": str(self.health.get(program, 0)),
            "BIND": self._bind,
            "WEB_WORKERS": "1",
            "CALENDAR_PROVIDERS": "google,microsoft,caldav,ics,practice",
            **self.settings.get(program, {}),
        }

    def log(self, program: str) -> Path:
        """Where it writes, across restarts."""
        return self.folder / f"{program}.log"

    def command(self, program: str, *arguments: str) -> str:
        """Runs an operator's command with the program's environment; what it printed."""
        environment = {**os.environ, **self.environment(program)}
        done = subprocess.run(
            [*WORKESTRA, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr[-3000:])
        return done.stdout

    def start(self, program: str) -> None:
        """Starts one program, without waiting for it."""
        command = [*WORKESTRA, "run", program]
        self.programs[program] = Program(command, self.log(program), self.environment(program))

    def stop(self, program: str) -> int:
        """SIGTERM, and wait; its exit code."""
        return self.programs[program].stop()

    def kill(self, program: str) -> None:
        """SIGKILL."""
        self.programs[program].kill()

    def start_all(self) -> None:
        """Starts every program and returns when pages can be served."""
        for program in PROGRAMS:
            self.start(program)
        self.await_ready()

    def await_ready(self, seconds: float = 90) -> None:
        """Returns when the gateway says so."""
        wait_for(self._ready, "readiness", seconds, self.log("gateway"))

    def _ready(self) -> bool:
        for name, program in self.programs.items():
            if not program.running:
                raise AssertionError(f"{name} has ended: {program.text()[-3000:]}")
        return ready(self.url)

    def mails(self, address: str) -> list[dict[str, Any]]:
        """As `Suite` says."""
        return [
            {
                "subject": str(mail["subject"]),
                "to": str(mail["to"]),
                "text": _part(mail, "text/plain"),
                "calendar": _part(mail, "text/calendar"),
            }
            for mail in self.smtp.to(address)
        ]

    def close(self) -> None:
        """Ends whatever still runs."""
        for program in self.programs.values():
            program.kill()


def _part(message: Any, kind: str) -> str:
    parts = [part for part in message.walk() if part.get_content_type() == kind]
    content = parts[0].get_content() if parts else ""
    return content if isinstance(content, str) else content.decode()


@pytest.fixture(scope="session")
def embedded_suite(outside: Outside) -> Iterator[EmbeddedSuite]:
    """The demo, for the whole session: tests must not rely on each other's absence."""
    folder = Path(tempfile.mkdtemp(prefix="workestra-up-"))
    started = EmbeddedSuite(folder / "data", "--demo", environment=outside.environment)
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def process_suite(
    postgres: Postgres, rabbitmq: RabbitMQ, session_smtp_server: SmtpServer, outside: Outside
) -> Iterator[ProcessSuite]:
    """The same over RabbitMQ, for the whole session: who stops a program starts it again."""
    folder = Path(tempfile.mkdtemp(prefix="workestra-run-"))
    databases = {program: postgres.url(postgres.create(program)) for program in PROGRAMS}
    suite = ProcessSuite(folder, rabbitmq.vhost(), databases, session_smtp_server)
    suite.settings["calendar-sync"] = outside.environment
    try:
        suite.start_all()
        yield suite
    finally:
        suite.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["embedded", "processes"])
def suite(request: pytest.FixtureRequest) -> Suite:
    """Either way to run, one after the other."""
    names = {"embedded": "embedded_suite", "processes": "process_suite"}
    found: Suite = request.getfixturevalue(names[request.param])
    return found
