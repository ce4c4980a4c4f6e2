"""nameko's extensions of our own: the runtime, the event consumer, the ticker."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

import eventlet
import sqlalchemy as sa
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from nameko.amqp.publish import Publisher
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension
from nameko.rpc import Responder, Rpc, RpcConsumer

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


class Reply(Publisher):
    """An answer waits for no confirmation: who misses it gives up in time, and asks again."""

    use_confirms = False
    # Its own, for nameko notes in it what each publisher wants.
    transport_options: ClassVar[dict[str, Any]] = dict(Publisher.transport_options)


Responder.publisher_cls = Reply


class Endpoint(Rpc):
    """An RPC method whose caller, or the broker, may be gone when its answer is ready."""

    def handle_result(
        self, message: Any, worker_ctx: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        """Sends the answer. One that cannot be sent is let go: nameko would end the whole service
        over it, while its caller gives up in time and asks again with the same key.
        """
        try:
            sent: tuple[Any, Any] = super().handle_result(message, worker_ctx, result, exc_info)
        except bus.LOST as error:
            log.warning("reply_lost", endpoint=self.method_name, problem=str(error)[:300])
            _say(self.rpc_consumer.queue_consumer.ack_message, message)
            return result, exc_info
        return sent


def _say(verdict: Callable[[Any], None], message: Any) -> None:
    """Acknowledges or hands back, if the broker is there; else it has the message back already."""
    with suppress(*bus.LOST):
        verdict(message)


class EventConsumer(RpcConsumer):
    """Consumes the service's one queue of events."""

    queue: Any

    def setup(self) -> None:
        """Registers the queue that `topology` names."""
        if self.queue is None:
            self.queue = bus.listener_queue(self.container.service_name)
            self.queue_consumer.register_provider(self)

    def handle_message(self, body: Any, message: Any) -> None:
        """Hands the event to its listener; one that nobody here knows is kept in the inbox."""
        event = inbox.readable(body)
        if event is not None:
            # It travels as nameko's calls carry it; the inbox keeps it with the event.
            known = (message.headers or {}).get("nameko.correlation_id")
            body = {**body, "correlation_id": known or event.correlation_id}
        for provider in self._providers:
            if event is not None and provider.event_name == event.name:
                provider.handle_message(body, message)
                return
        keep = partial(self._keep_unknown, body, message)
        self.container.spawn_managed_thread(keep, identifier="unknown-event")

    def _keep_unknown(self, body: object, message: Any) -> None:
        runtime: BusRuntime = self.container.config["runtime"]
        try:
            inbox.keep_unknown(runtime.database, body, runtime.clock.now())
        except sa.exc.SQLAlchemyError as error:
            log.warning("event_handed_back", problem=str(error)[:300])
            eventlet.sleep(1)
            _say(self.requeue_message, message)
        else:
            _say(self.queue_consumer.ack_message, message)


class EventHandler(Entrypoint):
    """Runs a `@listen` method; acknowledges once the inbox has the event."""

    consumer = EventConsumer()

    def __init__(self, event_name: str, **options: Any) -> None:
        self.event_name = event_name
        super().__init__(**options)

    def setup(self) -> None:
        """Joins the consumer."""
        self.consumer.register_provider(self)

    def stop(self) -> None:
        """Leaves it; returns when no more events come."""
        self.consumer.unregister_provider(self)

    def handle_message(self, body: dict[str, Any], message: Any) -> None:
        """One worker an event."""
        done = partial(self._done, message)
        try:
            self.container.spawn_worker(self, (body,), {}, context_data={}, handle_result=done)
        except ContainerBeingKilled:
            self.consumer.requeue_message(message)

    def _done(self, message: Any, _ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None:
            _say(self.consumer.queue_consumer.ack_message, message)
        else:  # the database is away: the broker keeps the event
            eventlet.sleep(1)
            _say(self.consumer.requeue_message, message)
        return result, None


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
