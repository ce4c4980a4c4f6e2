"""Broadcasts: an event that every process of a kind hears, while it is there."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import uuid4

import kombu
import structlog

from contracts import topology
from contracts.wire import Event, decode
from servicekit import bus

E = TypeVar("E", bound=Event)
LOOK = 0.5
"""Seconds after which a listener looks whether it is to end."""

log = structlog.get_logger()


class BroadcastListener(Generic[E]):
    """Calls `on_event` for each; `on_reconnect` whenever something may have been missed."""

    def __init__(
        self,
        amqp_uri: str,
        event: type[E],
        on_event: Callable[[E], object],
        on_reconnect: Callable[[], object],
    ) -> None:
        self._uri = amqp_uri
        self._event = event
        self._on_event = on_event
        self._on_reconnect = on_reconnect
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="broadcasts")

    def start(self) -> None:
        """Listens in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Listens no more: nothing is called once this returns, unless the broker hangs."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                with bus.connection(self._uri) as conn:
                    self._consume(conn)
            except Exception as error:  # noqa: BLE001 - whatever it is, connect again
                log.warning("broadcasts_interrupted", problem=str(error)[:300])
            if not self._ended.is_set():
                self._on_reconnect()
                self._ended.wait(0.2)

    def _consume(self, conn: kombu.Connection) -> None:
        bus.declare(conn)
        queue = kombu.Queue(
            f"broadcast-{uuid4().hex}",
            exchange=bus.exchange(topology.source(self._event)),
            routing_key=topology.event_name(self._event),
            durable=False,
            exclusive=True,
            auto_delete=True,
        )
        with conn.Consumer(queue, callbacks=[self._heard], no_ack=True, accept=[bus.SERIALIZER]):
            self._on_reconnect()
            while not self._ended.is_set():
                _drain(conn)

    def _heard(self, body: dict[str, Any], _message: kombu.Message) -> None:
        if self._ended.is_set():
            return
        self._on_event(decode(body["body"], self._event))


def _drain(conn: kombu.Connection) -> None:
    """Waits for one message, no longer than `stop` may have to wait for us."""
    try:
        conn.drain_events(timeout=LOOK)
    except TimeoutError:
        if conn.heartbeat:
            conn.heartbeat_check()
