"""The outbox: what a service announces is a row of the same transaction; a relay publishes it."""

import threading
from datetime import datetime, timedelta
from uuid import uuid4

import kombu
import sqlalchemy as sa
import structlog

from contracts import topology
from contracts.wire import Event, encode
from servicekit import bus, context
from servicekit.clock import Clock
from servicekit.database import Tx
from servicekit.metrics import Counter
from servicekit.tables import outbox

BATCH = 200
KEPT = timedelta(days=3)
LOOK = 2.0
"""Seconds after which a relay looks by itself: for rows that a process which died left behind."""

READ = 0.01
"""Seconds in which a relay, which only publishes, hears the broker's heart."""
CONFIRM = 10.0
"""Seconds that the broker has to take an event; then the relay connects again."""

log = structlog.get_logger()
published = Counter("outbox_published", "Events published", ["event"])
_BY_NAME = {event.__name__: event for event in topology.EVENTS.values()}


def add(tx: Tx, event: Event, now: datetime) -> None:
    """Announces `event` when `tx` commits."""
    tx.execute(
        outbox.insert().values(
            event_id=uuid4(),
            name=type(event).__name__,
            body=encode(event).decode(),
            correlation_id=context.correlation_id(),
            created_at=now,
        )
    )


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
                with bus.connection(self._uri) as conn:
                    bus.declare(conn)
                    self._publish_as_they_come(conn)
            except Exception as error:  # noqa: BLE001 - whatever it is, the rows wait
                log.warning("relay_interrupted", problem=str(error)[:300])
                self._ended.wait(pause)
                pause = min(pause * 2, 5)
            else:
                pause = 0.2

    def _publish_as_they_come(self, conn: kombu.Connection) -> None:
        producer = conn.Producer(serializer=bus.SERIALIZER)
        cleaned = self._clock.now()
        while True:
            self._news.clear()
            while self._batch(producer) == BATCH:
                pass
            if self._ended.is_set():
                return
            self._news.wait(LOOK)
            if conn.heartbeat:
                bus.drain(conn, READ)
            if self._clock.now() - cleaned > timedelta(hours=1):
                cleaned = self._clock.now()
                self._clean()

    def _batch(self, producer: kombu.Producer) -> int:
        with self._engine.begin() as tx:
            rows = tx.execute(
                sa.select(outbox)
                .where(outbox.c.published_at.is_(None), outbox.c.name.in_(_BY_NAME))
                .order_by(outbox.c.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                publish(producer, row)
            if rows:
                ids = [row.id for row in rows]
                done = outbox.update().where(outbox.c.id.in_(ids))
                tx.execute(done.values(published_at=self._clock.now()))
        return len(rows)

    def _clean(self) -> None:
        old = self._clock.now() - KEPT
        with self._engine.begin() as tx:
            done = sa.and_(outbox.c.published_at.is_not(None), outbox.c.created_at < old)
            tx.execute(outbox.delete().where(done))


def publish(producer: kombu.Producer, row: sa.Row[tuple[object, ...]]) -> None:
    """One row to the bus; raises if the broker does not take it."""
    event = _BY_NAME[row.name]
    producer.publish(
        {"id": str(row.event_id), "name": row.name, "body": row.body},
        exchange=bus.exchange(topology.source(event)),
        routing_key=topology.event_name(event),
        headers={"nameko.correlation_id": row.correlation_id},
        delivery_mode=2,
        mandatory=bus.heard(event),
        confirm_timeout=CONFIRM,
    )
    published.labels(topology.event_name(event)).inc()
