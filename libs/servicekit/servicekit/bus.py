"""The bus: exchanges, queues and their names, declared by every process before it announces.

nameko's names, so that its own tools understand them: topic exchange `<service>.events`, routing
key the event's name; RPC over `nameko-rpc`.
"""

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
LOST = (OSError, amqp.AMQPError, kombu.exceptions.KombuError)
"""What a publish or an acknowledgement raises when the broker is away."""


def _loads(data: Any) -> Any:
    return msgspec.json.decode(bytes(data) if isinstance(data, memoryview) else data)


# kombu's own JSON turns certain dictionaries into objects when it reads them: a stranger's answers
# must stay what they are.
register(SERIALIZER, msgspec.json.encode, _loads, CONTENT_TYPE, "utf-8")


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
    return kombu.Exchange("nameko-rpc", type="topic", durable=True)


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
