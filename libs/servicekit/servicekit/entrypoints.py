"""nameko's extensions of our own: the runtime, the event consumer, the ticker."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import eventlet
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from nameko.exceptions import ContainerBeingKilled, serialize
from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc

from contracts import topology
from servicekit import bus, context, inbox
from servicekit.runtime import BusRuntime

log = structlog.get_logger()


class Kit(DependencyProvider):
    """Gives each worker the process's runtime, and takes over the caller's context."""

    runtime: BusRuntime

    def setup(self) -> None:
        """Builds the runtime from the container's settings."""
        self.runtime = self.container.config["runtime"]

    def start(self) -> None:
        """Begins to publish."""
        self.runtime.relay.start()

    def stop(self) -> None:
        """Publishes what the last workers left."""
        self.runtime.close()

    def get_dependency(self, _worker_ctx: Any) -> BusRuntime:
        """The same for all workers."""
        return self.runtime

    def worker_setup(self, worker_ctx: Any) -> None:
        """Before each piece of work."""
        context.enter(worker_ctx.data.get("correlation_id"), worker_ctx.data.get("deadline"))


class Endpoint(Rpc):
    """An RPC method whose caller, or the broker, may be gone when its answer is ready."""

    def handle_result(
        self, message: Any, worker_ctx: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        """Sends the answer, as nameko words it. One that cannot be sent is let go: nameko would
        end the whole service over it, while its caller gives up in time and asks again with the
        same key.
        """
        del worker_ctx
        error = None if exc_info is None else serialize(exc_info[1])
        runtime: BusRuntime = self.container.config["runtime"]
        try:
            runtime.client.sender.send(
                {"result": result, "error": error},
                routing_key=message.properties["reply_to"],
                correlation_id=message.properties.get("correlation_id"),
            )
        except bus.LOST as problem:
            log.warning("reply_lost", endpoint=self.method_name, problem=str(problem)[:300])
        _say(self.rpc_consumer.queue_consumer.ack_message, message)
        return result, exc_info


def _say(verdict: Callable[[Any], None], message: Any) -> None:
    """Acknowledges or hands back, if the broker is there; else it has the message back already."""
    with suppress(*bus.LOST):
        verdict(message)


class EventQueueConsumer(QueueConsumer):
    """Apart from the one of requests: events that wait for each other hold up no request, and more
    of them may wait than a service has workers.
    """

    prefetch_count = 200

    def ack_up_to(self, message: Any) -> None:
        """Acknowledges a message and all that came before it on its channel, with one word."""
        if message.channel.connection:
            message.ack(multiple=True)


class EventConsumer(Entrypoint):
    """Runs the method that handles the service's events: those that wait, all at once, and after
    that a rest in which the next ones gather.

    They are acknowledged once the inbox has them.
    """

    queue_consumer = EventQueueConsumer()
    queue: Any

    def __init__(self, **options: Any) -> None:
        self._waiting: list[tuple[inbox.Envelope, Any]] = []
        self._busy = False
        super().__init__(**options)

    def setup(self) -> None:
        """Registers the queue that `topology` names."""
        if listens_to(self.container.service_name):
            self.queue = bus.listener_queue(self.container.service_name)
            self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Returns when no more events come."""
        if listens_to(self.container.service_name):
            self.queue_consumer.unregister_provider(self)

    def handle_message(self, body: object, message: Any) -> None:
        """Takes an event up with the next ones."""
        known = (message.headers or {}).get("nameko.correlation_id")
        self._waiting.append((inbox.read(body, known), message))
        self._next()

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        self._busy = True
        done = partial(self._done, [message for _, message in batch])
        envelopes = [envelope for envelope, _ in batch]
        try:
            self.container.spawn_worker(self, (envelopes,), {}, {}, handle_result=done)
        except ContainerBeingKilled:
            for _, message in batch:
                _say(self.queue_consumer.requeue_message, message)

    def _done(self, messages: list[Any], _ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None:
            _say(self.queue_consumer.ack_up_to, messages[-1])
        else:  # the database is away: the broker keeps the events
            eventlet.sleep(1)
            for message in messages:
                _say(self.queue_consumer.requeue_message, message)
        full = len(messages) >= EventQueueConsumer.prefetch_count // 2
        eventlet.spawn_after(0 if full else self.container.service_cls.rest, self._rested)
        return result, None

    def _rested(self) -> None:
        self._busy = False
        self._next()


class Scheduler(SharedExtension):
    """The container's ticks, on one APScheduler."""

    def __init__(self) -> None:
        self.scheduler = BackgroundScheduler(timezone="UTC")
        super().__init__()

    def start(self) -> None:
        """Begins to tick."""
        if not self.scheduler.running:
            self.scheduler.start()

    def stop(self) -> None:
        """Ends; a tick that runs is a worker, which the container waits for."""
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)


class Ticker(Entrypoint):
    """Runs a `@tick` method every so often, and when woken; never twice at once."""

    shared = Scheduler()

    def __init__(self, seconds: float, **options: Any) -> None:
        self.seconds = seconds
        self._running = False
        self._again = False
        self._lock = threading.Lock()
        super().__init__(**options)

    def setup(self) -> None:
        """Joins the scheduler."""
        self.container.config["runtime"].ticks[self.method_name] = self.fire
        self.shared.scheduler.add_job(
            self.fire, "interval", seconds=self.seconds, max_instances=1, coalesce=True
        )

    def stop(self) -> None:
        """Asks the run that is under way, which the container waits for, to be brief."""
        self.container.config["runtime"].ending = True

    def fire(self) -> None:
        """Runs now, or once more after the run that is under way."""
        with self._lock:
            if self._running:
                self._again = True
                return
            self._running = True
        self._spawn()

    def _spawn(self) -> None:
        try:
            self.container.spawn_worker(self, (), {}, context_data={}, handle_result=self._done)
        except (ContainerBeingKilled, ReferenceError):
            self._running = False

    def _done(self, _ctx: Any, result: Any, _exc_info: Any) -> tuple[Any, Any]:
        with self._lock:
            self._running = self._again
            self._again = False
            again = self._running
        if again:
            eventlet.spawn(self._spawn)
        return result, None


def listens_to(service: str) -> frozenset[str]:
    """The names of the events that `topology` says a service listens to."""
    return frozenset(event.__name__ for event in topology.LISTENS.get(service, ()))


Method = Callable[..., Any]
