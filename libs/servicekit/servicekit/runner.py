"""Runs one service as its own process: settings, logs, broker, health, a clean end on SIGTERM.

Importing this module makes the process cooperative (eventlet), so import it before anything
that connects.
"""

import eventlet

eventlet.monkey_patch()

import concurrent.futures.thread as pools  # noqa: E402
import json  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterable  # noqa: E402
from datetime import timedelta  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import sqlalchemy as sa  # noqa: E402
import structlog  # noqa: E402
from eventlet import wsgi  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from psycogreen.eventlet import patch_psycopg  # noqa: E402

from servicekit import bus, clock, logs, names, numbers  # noqa: E402
from servicekit.entrypoints import listens_to  # noqa: E402
from servicekit.metrics import generate_latest  # noqa: E402
from servicekit.runtime import BusRuntime  # noqa: E402
from servicekit.service import Service  # noqa: E402
from servicekit.settings import Settings, load  # noqa: E402

patch_psycopg()
names.ask_anew()
# Made before this module was imported, it would be a real lock: whoever waited for it while its
# holder starts a thread would stop the whole process for good.
pools._global_shutdown_lock = threading.Lock()  # noqa: SLF001

PATIENCE = 300.0
"""Seconds that a start waits for the broker."""

log = structlog.get_logger()
Kind = type[Service[Any]]


def run(kind: Kind, config: Path) -> None:
    """Serves until SIGTERM or SIGINT; then finishes what is under way.

    Exits with 1 if nameko gives the service up, so that whoever watches starts it again.
    """
    settings = load(kind.settings_class, config)
    logs.configure(kind.name)
    clock.set_offset(timedelta(seconds=settings.clock_offset_seconds))
    container = start(kind, settings)
    if settings.health_port:
        eventlet.spawn(_serve_health, container, settings)
    ended = eventlet.event.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.ready() or ended.send(None))
    eventlet.spawn(_watch, container, ended)
    log.info("ready", service=kind.name)
    if ended.wait() is not None:
        sys.exit(1)
    container.stop()
    log.info("stopped", service=kind.name)


def _watch(container: ServiceContainer, ended: eventlet.event.Event) -> None:
    try:
        container.wait()
    except Exception as error:
        log.exception("died", service=container.service_name)
        ended.send(error)


def start(kind: Kind, settings: Settings) -> ServiceContainer:
    """A started container on the bus that `settings` name."""
    check_listeners(kind)
    await_broker(settings.amqp_uri)
    runtime = BusRuntime(settings)
    numbers.watch(kind.name, runtime.database.engine, runtime.clock)
    config = {
        "AMQP_URI": settings.amqp_uri,
        "serializer": bus.SERIALIZER,
        "ACCEPT": [bus.SERIALIZER],
        "max_workers": settings.max_workers,
        "HEARTBEAT": 0 if settings.amqp_uri.startswith("memory") else bus.HEARTBEAT,
        "runtime": runtime,
    }
    container = ServiceContainer(kind, config)
    container.start()
    return container


def check_listeners(kind: Kind) -> None:
    """Refuses a service that does not listen to just what the topology says."""
    methods: list[Any] = [getattr(kind, name, None) for name in dir(kind)]
    heard = {method.hears for method in methods if hasattr(method, "hears")}
    if heard != listens_to(kind.name):
        sys.exit(f"{kind.name} listens to {sorted(heard)}, not as the topology says")


def await_broker(uri: str) -> None:
    """Waits until the broker answers, and declares the bus."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with bus.connection(uri) as conn:
                bus.declare(conn)
        except Exception as error:  # noqa: BLE001 - whatever the reason, it is not there yet
            if time.monotonic() > end:
                sys.exit(f"AMQP_URI: the broker does not answer: {error}")
            time.sleep(0.5)
        else:
            return


def resync(kind: Kind, config: Path, *, check: bool) -> dict[str, int]:
    """Rebuilds a service's copies from their owners, or only compares; what differed."""
    settings = load(kind.settings_class, config)
    logs.configure(kind.name)
    await_broker(settings.amqp_uri)
    service: Any = kind()
    service.kit = BusRuntime(settings)
    try:
        found: dict[str, int] = service.resync(check=check)
        return found
    finally:
        service.kit.client.close()


def _serve_health(container: ServiceContainer, settings: Settings) -> None:
    listener = eventlet.listen(("0.0.0.0", settings.health_port))  # noqa: S104 - probes come from outside
    wsgi.server(listener, _health(container, settings), log_output=False)


def _health(container: ServiceContainer, settings: Settings) -> Callable[..., Iterable[bytes]]:
    runtime: BusRuntime = container.config["runtime"]

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            start_response("200 OK", [("Content-Type", "text/plain; version=0.0.4")])
            return [generate_latest()]
        away = _away(runtime, settings) if path == "/readyz" else []
        known = path in {"/healthz", "/readyz"}
        status = "404 Not Found" if not known else "503 Service Unavailable" if away else "200 OK"
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps({"ok": known and not away, "away": away}).encode()]

    return app


def _away(runtime: BusRuntime, settings: Settings) -> list[str]:
    away = []
    try:
        with runtime.database.begin() as tx:
            tx.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        away.append("database")
    try:
        with bus.connection(settings.amqp_uri) as conn:
            conn.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # noqa: BLE001 - whatever it is, the broker is away
        away.append("broker")
    return away
