"""Services in one process without a broker, for tests: real classes, real databases, the wire."""

import functools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast, get_type_hints

import msgspec
import sqlalchemy as sa

from contracts import topology
from contracts.errors import Unavailable
from contracts.wire import Event, convert, decode, encode
from servicekit import inbox
from servicekit.clock import Clock
from servicekit.database import JSON, Database, Tx, tended
from servicekit.service import Service
from servicekit.settings import Settings
from servicekit.tables import outbox

C = TypeVar("C", bound=Service[Any])
P = TypeVar("P")
_BY_NAME = {event.__name__: event for event in topology.EVENTS.values()}
_DEFAULTS: dict[str, Any] = {
    "secret_keys": ("the key of these tests",),
    "public_url": "https://h.test",
    "smtp_url": "smtp://127.0.0.1:9",
    "mail_from": "Workestra <no-reply@h.test>",
    "calendar_providers": ("google", "microsoft", "caldav", "ics", "practice"),
}


class FakeClock:
    """Stands still until it is told otherwise."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Later by `by`."""
        self.at += by

    def set(self, at: datetime) -> None:
        """To `at`."""
        self.at = at


class LocalRuntime:
    """What an instance in `Local` has instead of a bus."""

    strict = True
    """A failing tick fails the test."""

    ending = False

    def __init__(self, local: "Local", settings: Settings, database: Database) -> None:
        self.local = local
        self.settings = settings
        self.database = database
        self.clock: Clock = local.clock
        self.woken: set[str] = set()

    def proxy(self, protocol: type[P]) -> P:
        """The surface of another service of this `Local`."""
        return cast("P", self.local.surface(protocol.__service__))  # type: ignore[attr-defined]

    def announced(self) -> None:
        """`deliver` looks by itself."""

    def wake(self, tick: str) -> None:
        """Remembered until `deliver`."""
        self.woken.add(tick)


class Surface:
    """A service as its callers see it: requests and answers go through JSON."""

    def __init__(self, service: Service[Any] | None) -> None:
        self.__dict__["service"] = service

    def __getattr__(self, name: str) -> Any:
        if self.service is None:
            raise Unavailable
        method = getattr(self.service, name)
        if not getattr(method, "is_endpoint", False):
            return method
        answer = get_type_hints(getattr(type(self.service), name))["return"]

        def call(request: msgspec.Struct) -> Any:
            reply = method(msgspec.json.decode(encode(request)))
            return convert(msgspec.json.decode(encode(reply)), answer)

        return call


class Local:
    """Several services around fresh databases; `deliver` is the bus."""

    def __init__(self, databases: Callable[[str], str], clock: FakeClock) -> None:
        self._databases = databases
        self.clock = clock
        self._services: dict[str, Service[Any]] = {}
        self._delivered: set[tuple[str, int]] = set()

    def add(self, kind: type[C], **settings: Any) -> C:
        """An instance of the real class on a fresh, migrated database."""
        known = {f.name for f in msgspec.structs.fields(kind.settings_class)}
        values = {k: v for k, v in _DEFAULTS.items() if k in known} | settings
        values.setdefault("pool_size", 5)
        values["database_url"] = self._databases(kind.name)
        made = kind.settings_class(**values)
        engine = _engine(made.database_url, made.pool_size)
        engine.dispose()
        service = kind()
        service.kit = LocalRuntime(self, made, Database(engine))
        self._services[kind.name] = service
        return service

    def surface(self, name: str) -> Surface:
        """A service by its name on the bus; one that was not added does not answer."""
        return Surface(self._services.get(name))

    def __getattr__(self, name: str) -> Any:
        return self.surface(name.replace("_", "-"))

    def tick(self, service: str, name: str) -> None:
        """Runs a tick."""
        getattr(self._services[service], name)()

    @property
    def outbox(self) -> list[Event]:
        """Everything announced so far: service by service, each in order."""
        return [
            decode(row.body, _BY_NAME[row.name])
            for service in self._services.values()
            for row in _rows(service)
        ]

    def deliver(self, shuffle: random.Random | None = None, repeat: int = 1) -> None:
        """Moves every announced event to its listeners, and wakes ticks, until all is quiet."""
        while self._round(shuffle, repeat):
            pass

    def _round(self, shuffle: random.Random | None, repeat: int) -> bool:
        todo = [
            (name, row)
            for name, service in self._services.items()
            for row in _rows(service)
            if (name, row.id) not in self._delivered
        ] * repeat
        if shuffle:
            shuffle.shuffle(todo)
        for name, row in todo:
            self._delivered.add((name, row.id))
            self._hand_over(row)
        return self._run_woken() or bool(todo)

    def _hand_over(self, row: sa.Row[Any]) -> None:
        event = _BY_NAME[row.name]
        for name, service in self._services.items():
            if event in topology.LISTENS.get(name, ()):
                self._receive(service, row)

    def _receive(self, service: Service[Any], row: sa.Row[Any]) -> None:
        failed: list[Exception] = []
        handler = service.handlers[row.name]

        @functools.wraps(handler)
        def watched(event: Event, tx: Tx) -> None:
            try:
                handler(event, tx)
            except Exception as error:
                failed.append(error)
                raise

        envelope = inbox.Envelope(row.event_id, row.name, row.body, row.correlation_id)
        inbox.receive(service.db, [envelope], {row.name: watched}, self.clock.now())
        if failed:
            raise failed[0]

    def _run_woken(self) -> bool:
        ran = False
        for service in self._services.values():
            runtime = cast("LocalRuntime", service.kit)
            woken, runtime.woken = runtime.woken, set()
            for name in sorted(woken):
                getattr(service, name)()
                ran = True
        return ran


@functools.cache
def _engine(url: str, pool_size: int) -> sa.Engine:
    """One a database: what was compiled for a test is there for the next that borrows it."""
    engine = sa.create_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=60, **JSON)
    return tended(engine)


def _rows(service: Service[Any]) -> list[sa.Row[Any]]:
    with service.db.begin() as tx:
        return list(tx.execute(sa.select(outbox).order_by(outbox.c.id)).all())
