"""RabbitMQ for tests: a private node a session, a fresh virtual host a use."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import amqp
import pytest

from support.ports import free_ports
from support.processes import Program
from support.skips import need
from support.waiting import wait_for

HOME = Path("/usr/lib/rabbitmq/bin")

CONFIG = """
listeners.tcp.1 = 127.0.0.1:{port}
log.console = true
log.console.level = warning
log.file = false
disk_free_limit.absolute = 50MB
"""


class RabbitMQ:
    """One node with its own name, ports, cookie and folder; works as root too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, distribution, epmd = free_ports(3)
        (folder / "rabbitmq.conf").write_text(CONFIG.format(port=self.port))
        (folder / "plugins").write_text("[].")
        self.environment = {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
        }
        self._numbers = itertools.count(1)
        # Started by the node it would outlive it, as a daemon.
        self._names = Program(["epmd"], folder / "epmd", self.environment)
        self.start()

    def start(self) -> None:
        """Starts the node and returns when it accepts a connection."""
        self.program = Program([HOME / "rabbitmq-server"], self.folder / "out", self.environment)
        wait_for(self._answers, "RabbitMQ", 300, self.program.log)

    def _answers(self) -> bool:
        if not self.program.running:
            raise AssertionError(self.program.text()[-3000:])
        try:
            with amqp.Connection(f"127.0.0.1:{self.port}", connect_timeout=2):
                return True
        except (OSError, amqp.AMQPError):
            return False

    def control(self, *arguments: str) -> str:
        """What rabbitmqctl answers."""
        command = [str(HOME / "rabbitmqctl"), *arguments]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def vhost(self) -> str:
        """The AMQP URI of a virtual host that nobody has used."""
        name = f"v{next(self._numbers)}"
        self.control(
            "eval",
            f'rabbit_vhost:add(<<"{name}">>, <<"test">>), rabbit_auth_backend_internal:'
            f'set_permissions(<<"guest">>, <<"{name}">>, <<".*">>, <<".*">>, <<".*">>, <<"test">>).',
        )
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def freeze(self) -> None:
        """Stops its clock: connections stay open, nothing answers."""
        self.program.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Goes on after a freeze."""
        self.program.signal(signal.SIGCONT)

    def kill(self) -> None:
        """As when its machine dies; `start` again finds what was written to disk."""
        self.program.kill()

    def stop(self) -> None:
        """An orderly end; `start` brings it back."""
        self.program.stop(60)

    def close(self) -> None:
        """Leaves nothing running."""
        self.program.kill()
        self._names.kill()


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """The session's node."""
    need((HOME / "rabbitmq-server").exists(), "rabbitmq-server")
    folder = Path(tempfile.mkdtemp(prefix="workestra-mq-"))
    node = RabbitMQ(folder)
    yield node
    node.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def amqp_uri(rabbitmq: RabbitMQ) -> str:
    """A fresh virtual host for this test."""
    return rabbitmq.vhost()
