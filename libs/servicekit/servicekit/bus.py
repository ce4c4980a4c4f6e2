"""The bus: exchanges, queues and their names, declared by every process before it announces.

nameko's names, so that its own tools understand them: topic exchange `<service>.events`, routing
key the event's name; RPC over `nameko-rpc`.
"""

import threading
from contextlib import suppress
from typing import Any

import amqp
import kombu
import msgspec
from kombu.serialization import register
from kombu.transport import TRANSPORT_ALIASES

from contracts import topology
from contracts.wire import Event

TRANSPORT_ALIASES["memory"] = "servicekit.memory:Transport"

SERIALIZER = "wire"
CONTENT_TYPE = "application/x-workestra+json"
HEARTBEAT = 30
RPC = "nameko-rpc"
"""The exchange of requests and replies."""
LOST = (OSError, amqp.AMQPError, kombu.exceptions.KombuError)
"""What a publish or an acknowledgement raises when the broker is away."""


def loads(data: Any, kind: Any = Any) -> Any:
    """A message's body, of whatever kind a transport hands it over in."""
    return msgspec.json.decode(bytes(data) if isinstance(data, memoryview) else data, type=kind)


# kombu's own JSON turns certain dictionaries into objects when it reads them: a stranger's answers
# must stay what they are.
register(SERIALIZER, msgspec.json.encode, loads, CONTENT_TYPE, "utf-8")


def connection(uri: str, *, confirm: bool = True) -> kombu.Connection:
    """A connection's parameters; nothing is connected yet.

    `confirm`: publishes wait for the broker.
    """
    options: dict[str, Any] = {
        "max_retries": 3,
        "interval_start": 0.2,
        "interval_step": 0.5,
        "interval_max": 2,
    }
    heartbeat = 0 if uri.startswith("memory") else HEARTBEAT
    options["confirm_publish"] = confirm
    return kombu.Connection(uri, heartbeat=heartbeat, connect_timeout=5, transport_options=options)


class Sender:
    """Sends requests and replies, which no broker confirms: who misses one asks again.

    One connection for any number of threads, green or real; it mends itself.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._lock = threading.Lock()
        self._producer: kombu.Producer | None = None

    def send(self, body: object, seconds: float = HEARTBEAT, **properties: Any) -> None:
        """Raises one of `LOST` where the broker is away, or has not listened for so long."""
        if not self._lock.acquire(timeout=seconds):
            raise TimeoutError
        try:
            try:
                self._send(body, properties, seconds)
            except LOST:  # what was open may be stale
                self._send(body, properties, seconds)
        finally:
            self._lock.release()

    def _send(self, body: object, properties: dict[str, Any], seconds: float) -> None:
        try:
            if self._producer is None:
                conn = connection(self._uri, confirm=False)
                self._producer = conn.Producer(serializer=SERIALIZER)
            options = {"exchange": RPC, "delivery_mode": 1, "timeout": seconds}
            self._producer.publish(body, **options, **properties)
        except LOST:
            self.close()
            raise

    def close(self) -> None:
        """Until the next message."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(*LOST):
                producer.connection.release()


def drain(conn: kombu.Connection, seconds: float = HEARTBEAT / 4) -> None:
    """Waits so long for one message, and keeps the heart beating, also where messages abound.

    Who only publishes calls it too: only by reading does it hear that the broker is alive.
    """
    with suppress(TimeoutError):
        conn.drain_events(timeout=seconds)
    if conn.heartbeat:
        conn.heartbeat_check()


def rpc_exchange() -> kombu.Exchange:
    """Where requests and replies go."""
    return kombu.Exchange(RPC, type="topic", durable=True)


def exchange(service: str) -> kombu.Exchange:
    """Where a service announces."""
    return kombu.Exchange(f"{service}.events", type="topic", durable=True)


def listener_queue(service: str) -> kombu.Queue:
    """The one queue of what a service listens to."""
    bindings = [
        kombu.binding(exchange(topology.source(event)), routing_key=topology.event_name(event))
        for event in topology.LISTENS.get(service, ())
    ]
    return kombu.Queue(f"events-{service}", bindings=bindings, durable=True)


def heard(event: type[Event]) -> bool:
    """Whether any service has a queue for it: only then can a publish be refused as unroutable."""
    return any(event in events for events in topology.LISTENS.values())


def declare(conn: kombu.Connection) -> None:
    """Every exchange, queue and binding of the topology; harmless when they are there."""
    channel = conn.channel()
    try:
        rpc_exchange().bind(channel).declare()
        for service in topology.ANNOUNCES:
            exchange(service).bind(channel).declare()
        for service in topology.LISTENS:
            listener_queue(service).bind(channel).declare()
        for service in topology.SERVICES:
            kombu.Queue(
                f"rpc-{service}", exchange=rpc_exchange(), routing_key=f"{service}.*", durable=True
            ).bind(channel).declare()
    finally:
        channel.close()
