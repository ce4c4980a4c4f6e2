"""The outbox: what a service announces is a row of the same transaction; a relay publishes it."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import amqp
import kombu
import sqlalchemy as sa
import structlog

from contracts import topology
from contracts.wire import Event, encode
from servicekit import bus, context
from servicekit.clock import Clock
from servicekit.database import Tx, at_last, by_statement
from servicekit.metrics import Counter
from servicekit.preparing import prepared
from servicekit.tables import columns, outbox, rows_of

BATCH = 200
KEPT = timedelta(days=3)
LOOK = 2.0
"""Seconds after which a relay looks by itself: for rows that a process which died left behind."""

READ = 0.01
"""Seconds in which a relay, which only publishes, hears the broker's heart."""
CONFIRM = 10.0
"""Seconds that the broker has to take events; then the relay connects again."""
PACE = 0.1
"""Seconds from batch to batch: a single event leaves at once, those of a rush leave together."""

log = structlog.get_logger()
published = Counter("outbox_published", "Events published", ["event"])
_BY_NAME = {event.__name__: event for event in topology.EVENTS.values()}

_NEW = prepared(rows_of(outbox, "event_id", "name", "body", "correlation_id", "created_at"))
_WAITING = (
    sa.select(outbox.c.id)
    .where(outbox.c.published_at.is_(None), outbox.c.name.in_(_BY_NAME))
    .order_by(outbox.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
    .cte("waiting")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_TAKE = prepared(
    sa.update(outbox)
    .where(outbox.c.id == _WAITING.c.id)
    .values(published_at=sa.bindparam("now"))
    .returning(outbox)
)

_ANY = prepared(
    sa.select(outbox.c.id)
    .where(outbox.c.published_at.is_(None), outbox.c.name.in_(_BY_NAME))
    .limit(1)
)

_UNHURRIED = sa.text("SET LOCAL synchronous_commit = off")
"""A mark that dies with the database is made again: the event goes out twice, and is heard once."""


def add(tx: Tx, event: Event, now: datetime) -> None:
    """Announces `event` when `tx` commits."""
    row = {
        "event_id": uuid4(),
        "name": type(event).__name__,
        "body": encode(event).decode(),
        "correlation_id": context.correlation_id(),
        "created_at": now,
    }
    at_last(tx, _write, row)


def _write(tx: Tx, rows: list[dict[str, Any]]) -> None:
    tx.execute(_NEW, columns(rows))


class Relay:
    """Publishes the rows of one outbox, in order, with confirms; several may run at once.

    An event that only another version knows waits for it, and holds nobody up.
    """

    def __init__(self, engine: sa.Engine, amqp_uri: str, clock: Clock) -> None:
        self._engine = engine
        self._uri = amqp_uri
        self._clock = clock
        self._news = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins in the background. On the broker inside the process, which forgets at a death,
        everything kept is announced again: readers skip what they have seen.
        """
        if self._uri.startswith("memory"):
            with self._engine.begin() as tx:
                recent = outbox.c.created_at > self._clock.now() - KEPT
                tx.execute(outbox.update().where(recent).values(published_at=None))
        self._thread = threading.Thread(target=self._run, daemon=True, name="relay")
        self._thread.start()

    def wake(self) -> None:
        """There is something to publish."""
        self._news.set()

    def stop(self) -> None:
        """Publishes what is there and ends."""
        self._ended.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        pause = 0.2
        while not self._ended.is_set():
            try:
                with bus.connection(self._uri, confirm=False) as conn:
                    bus.declare(conn)
                    self._publish_as_they_come(conn)
            except Exception as error:  # noqa: BLE001 - whatever it is, the rows wait
                log.warning("relay_interrupted", problem=str(error)[:300])
                self._ended.wait(pause)
                pause = min(pause * 2, 5)
            else:
                pause = 0.2

    def _publish_as_they_come(self, conn: kombu.Connection) -> None:
        publisher = Publisher(conn)
        cleaned = self._clock.now()
        told = True
        while True:
            self._news.clear()
            began = time.monotonic()
            while (told or self._waits()) and self._batch(publisher) == BATCH:
                pass
            if self._ended.is_set():
                return
            told = self._news.wait(LOOK)
            if conn.heartbeat:
                bus.drain(conn, READ)
            self._ended.wait(began + PACE - time.monotonic())
            if self._clock.now() - cleaned > timedelta(hours=1):
                cleaned = self._clock.now()
                self._clean()

    def _waits(self) -> bool:
        """Whether there is any, where nobody said so: asked often, for a third of a batch."""
        with by_statement(self._engine) as tx:
            return tx.execute(_ANY).first() is not None

    def _batch(self, publisher: "Publisher") -> int:
        with self._engine.begin() as tx:
            tx.execute(_UNHURRIED)
            rows = tx.execute(_TAKE, {"now": self._clock.now()}).all()
            publisher.publish(sorted(rows, key=lambda row: row.id))
        return len(rows)

    def _clean(self) -> None:
        old = self._clock.now() - KEPT
        with self._engine.begin() as tx:
            done = sa.and_(outbox.c.published_at.is_not(None), outbox.c.created_at < old)
            tx.execute(outbox.delete().where(done))


class Publisher:
    """Hands events to the broker one after the other, and then waits until it has taken all."""

    def __init__(self, conn: kombu.Connection) -> None:
        self._conn = conn
        self._producer = conn.Producer(serializer=bus.SERIALIZER)
        self._confirms = conn.transport.driver_type == "amqp"
        self._sent = 0
        self._waiting: set[int] = set()
        if self._confirms:
            channel = self._producer.channel
            channel.confirm_select()
            channel.events["basic_ack"].add(self._taken)
            channel.events["basic_nack"].add(self._refused)

    def publish(self, rows: Sequence[sa.Row[Any]]) -> None:
        """In this order; raises if the broker does not take them all."""
        for row in rows:
            self._send(row)
        end = time.monotonic() + CONFIRM
        while self._waiting:
            self._conn.drain_events(timeout=max(0.001, end - time.monotonic()))
        for row in rows:
            published.labels(topology.event_name(_BY_NAME[row.name])).inc()

    def _send(self, row: sa.Row[Any]) -> None:
        event = _BY_NAME[row.name]
        if self._confirms:
            self._sent += 1
            self._waiting.add(self._sent)
        self._producer.publish(
            {"id": str(row.event_id), "name": row.name, "body": row.body},
            exchange=bus.exchange(topology.source(event)),
            routing_key=topology.event_name(event),
            headers={"nameko.correlation_id": row.correlation_id},
            delivery_mode=2,
            mandatory=bus.heard(event),
        )

    def _taken(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - amqp calls it so
        self._waiting -= {one for one in self._waiting if one <= tag} if multiple else {tag}

    def _refused(self, _tag: int, _multiple: bool) -> None:  # noqa: FBT001 - as above
        raise amqp.exceptions.MessageNacked
