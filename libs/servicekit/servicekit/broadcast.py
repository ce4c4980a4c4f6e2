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

    def start(self) -> None:
        """Listens in the background."""
        threading.Thread(target=self._run, daemon=True, name="broadcasts").start()

    def stop(self) -> None:
        """Listens no more."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                with bus.connection(self._uri) as conn:
                    self._consume(conn)
            except Exception as error:  # noqa: BLE001 - whatever it is, connect again
                log.warning("broadcasts_interrupted", problem=str(error)[:300])
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
                bus.drain(conn)

    def _heard(self, body: dict[str, Any], _message: kombu.Message) -> None:
        self._on_event(decode(body["body"], self._event))
