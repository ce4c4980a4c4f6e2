"""RPC for everyone: nameko's messages, one client a process, a deadline on every call.

It serves any number of threads (green or real), and mends itself after a lost connection.
"""

import threading
import time
from typing import Any, Generic, TypeVar, cast, get_type_hints
from uuid import uuid4

import kombu
import msgspec
import structlog

from contracts import errors
from servicekit import bus, context
from servicekit.metrics import Histogram

TIMEOUT = 5.0
"""Seconds that a caller waits, unless its own caller waits less or it allows more."""

P = TypeVar("P")
T = TypeVar("T")
log = structlog.get_logger()
latency = Histogram("rpc_seconds", "Seconds until a reply", ["service", "method"])


class RemoteFault(Exception):
    """The callee failed in a way that its contract does not name: a bug there."""


class _Reply(msgspec.Struct, Generic[T]):
    """An answer as nameko words it; read at once into what it is of."""

    result: T | None = None
    error: dict[str, Any] | None = None


class _Call:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.reply: bytes | None = None


class RpcClient:
    """Calls services over the bus."""

    def __init__(self, amqp_uri: str) -> None:
        self._uri = amqp_uri
        self.sender = bus.Sender(amqp_uri)
        self._calls: dict[str, _Call] = {}
        self._route = ""
        self._ready = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def proxy(self, protocol: type[P]) -> P:
        """The surface `protocol` as an object whose methods call its service."""
        return cast("P", _Proxy(self, protocol))

    def call(self, service: str, method: str, request: object, answer: type[T]) -> T:
        """The result. Raises the callee's `SchedulingError`, or `Unavailable`."""
        self._listening()
        wait = context.patience(TIMEOUT)
        end = min(time.time() + wait, context.deadline() or float("inf"))
        if not self._ready.wait(max(0.0, end - time.time())):
            raise errors.Unavailable
        key, call = uuid4().hex, _Call()
        self._calls[key] = call
        try:
            with latency.labels(service, method).time():
                self._publish(f"{service}.{method}", request, key, end)
                if not call.done.wait(max(0.0, end - time.time())):
                    log.warning("rpc_timed_out", service=service, method=method)
                    raise errors.Unavailable
        finally:
            self._calls.pop(key, None)
        return _result(call.reply, answer)

    def close(self) -> None:
        """Ends the thread that listens for replies."""
        self._ended.set()
        self.sender.close()

    def _publish(self, route: str, request: object, key: str, end: float) -> None:
        left = end - time.time()
        if left <= 0:
            raise errors.Unavailable
        headers = {
            "nameko.correlation_id": context.correlation_id(),
            "nameko.deadline": end,
            "nameko.call_id_stack": [],
        }
        try:
            self.sender.send(
                {"args": [request], "kwargs": {}},
                left,
                routing_key=route,
                reply_to=self._route,
                correlation_id=key,
                headers=headers,
                expiration=left,
            )
        except bus.LOST as error:
            raise errors.Unavailable from error

    def _listening(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    thread = threading.Thread(target=self._listen, daemon=True, name="rpc-replies")
                    thread.start()
                    self._thread = thread

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                with bus.connection(self._uri) as conn:
                    self._consume(conn)
            except Exception as error:  # noqa: BLE001 - whatever it is, connect again
                log.warning("rpc_replies_interrupted", problem=str(error)[:300])
            self._ready.clear()
            for call in list(self._calls.values()):
                call.done.set()
            self._ended.wait(0.2)

    def _consume(self, conn: kombu.Connection) -> None:
        bus.declare(conn)
        route = f"reply-{uuid4().hex}"
        queue = kombu.Queue(
            route,
            exchange=bus.rpc_exchange(),
            routing_key=route,
            durable=False,
            exclusive=True,
            auto_delete=True,
        )
        consumer = conn.Consumer(
            queue, on_message=self._replied, no_ack=True, accept=[bus.SERIALIZER]
        )
        with consumer:
            self._route = route
            self._ready.set()
            while not self._ended.is_set():
                bus.drain(conn)

    def _replied(self, message: kombu.Message) -> None:
        call = self._calls.get(message.properties.get("correlation_id", ""))
        if call is not None:
            call.reply = message.body
            call.done.set()


class _Proxy:
    def __init__(self, client: RpcClient, protocol: type) -> None:
        self._client = client
        self._protocol = protocol
        self._service: str = protocol.__service__  # type: ignore[attr-defined]

    def __getattr__(self, method: str) -> Any:
        answer = get_type_hints(getattr(self._protocol, method))["return"]

        def call(request: msgspec.Struct) -> Any:
            return self._client.call(self._service, method, request, answer)

        self.__dict__[method] = call
        return call


def _result(body: bytes | None, answer: type[T]) -> T:
    if body is None:
        raise errors.Unavailable
    reply = bus.loads(body, _Reply[answer])  # type: ignore[valid-type]
    error = reply.error
    if error is None:
        return cast("T", reply.result)
    kind = getattr(errors, error["exc_type"], None)
    if error["exc_path"].startswith("contracts.errors.") and isinstance(kind, type):
        raise kind(*error["exc_args"])
    raise RemoteFault(f"{error['exc_type']}: {str(error['value'])[:200]}")
