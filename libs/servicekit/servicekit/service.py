"""A service: a nameko class with typed endpoints, listeners and ticks."""

import functools
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args, get_type_hints, overload
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa
import structlog

from contracts.errors import Malformed, SchedulingError, Unavailable
from contracts.wire import Event, Ping, Pong, convert
from servicekit import context, inbox, outbox
from servicekit.clock import Clock
from servicekit.database import Database, Tx, after_commit, silent
from servicekit.entrypoints import Endpoint, EventConsumer, Kit, Ticker
from servicekit.runtime import Runtime
from servicekit.settings import Settings

S = TypeVar("S", bound=Settings)
P = TypeVar("P")
F = TypeVar("F", bound=Callable[..., Any])

log = structlog.get_logger()


def endpoint(method: F) -> F:
    """One request object in, one message out; the types are read from the annotations.

    A request of another shape is `Malformed`; one whose caller has given up is not served; a
    database that does not answer is `Unavailable`.
    """

    @functools.wraps(method)
    def entry(self: Any, request: Any) -> Any:
        wanted = _first_hint(method)
        if not isinstance(request, wanted):
            request = _read(request, wanted)
        try:
            return method(self, request)
        except SchedulingError as refused:
            # What was added to it on its way up travels too.
            refused.args = (refused.message, refused.fields, refused.alternatives)
            raise
        except Exception as error:
            if silent(error):
                log.warning("database_away", endpoint=method.__name__, problem=str(error)[:300])
                raise Unavailable from error
            log.exception("endpoint_failed", endpoint=method.__name__)
            raise

    entry.is_endpoint = True  # type: ignore[attr-defined]
    return cast("F", Endpoint.decorator(expected_exceptions=SchedulingError)(entry))


def _read(data: Any, wanted: type) -> Any:
    if context.expired():
        raise Unavailable
    try:
        return convert(data, wanted)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from error


@functools.cache
def _first_hint(method: Callable[..., Any]) -> type:
    hints = get_type_hints(method)
    return cast("type", next(kind for name, kind in hints.items() if name != "return"))


def listen(method: F) -> F:
    """Handles an event inside the inbox's transaction. Its class is read from the annotation of
    `event`; or from that of `events: tuple[Class, ...]`, which are all that came together.
    """
    several = "events" in method.__annotations__
    kind = method.__annotations__["events" if several else "event"]
    named = get_args(kind)[0] if several else kind
    method.hears = named.__name__  # type: ignore[attr-defined]
    method.takes_several = several  # type: ignore[attr-defined]
    return method


def tick(*, seconds: float) -> Callable[[F], F]:
    """Runs the method every `seconds` and when woken; an error is logged, the next tick comes."""

    def decorate(method: F) -> F:
        @functools.wraps(method)
        def entry(self: Any) -> None:
            try:
                method(self)
            except Unavailable as error:
                log.warning("tick_put_off", tick=method.__name__, problem=str(error))
            except Exception:
                log.exception("tick_failed", tick=method.__name__)
                if getattr(self.kit, "strict", False):
                    raise

        return cast("F", Ticker.decorator(seconds)(entry))

    return decorate


class Rpc(Generic[P]):
    """Another service, as an attribute: `availability = Rpc(AvailabilityRpc)`."""

    def __init__(self, protocol: type[P]) -> None:
        self.protocol = protocol

    @overload
    def __get__(self, instance: None, owner: type) -> "Rpc[P]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> P: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        """The surface; the descriptor itself on the class."""
        return self if instance is None else instance.kit.proxy(self.protocol)


class Service(Generic[S]):
    """The base of the five. Instances are short-lived; what they share is in `kit`."""

    name: ClassVar[str]
    settings_class: ClassVar[type[Settings]] = Settings
    kit: Runtime = cast("Runtime", Kit())
    _hears: ClassVar[dict[str, str]]
    """The events that the class handles, each with its method's name."""

    rest: ClassVar[float] = 0.2
    """Seconds from one batch of events to the next: one that comes alone is handled at once, those
    of a rush together, which costs a third less.
    """

    def __init_subclass__(cls) -> None:
        """Finds the listeners."""
        super().__init_subclass__()
        methods: dict[str, Any] = {name: getattr(cls, name, None) for name in dir(cls)}
        cls._hears = {m.hears: name for name, m in methods.items() if hasattr(m, "hears")}

    @property
    def db(self) -> Database:
        """Opens transactions."""
        return self.kit.database

    @property
    def clock(self) -> Clock:
        """The time; aware, UTC."""
        return self.kit.clock

    @property
    def settings(self) -> S:
        """What the environment decides."""
        return cast("S", self.kit.settings)

    @property
    def log(self) -> Any:
        """Logs a constant event name with fields."""
        return log

    def new_id(self) -> UUID:
        """A random id."""
        return uuid4()

    def announce(self, tx: Tx, event: Event) -> None:
        """Announces `event` if and when `tx` commits."""
        outbox.add(tx, event, self.clock.now())
        after_commit(self.kit.announced)

    def wake(self, tick_name: str) -> None:
        """Runs a tick now; inside a transaction, right after its commit."""
        after_commit(functools.partial(self.kit.wake, tick_name))

    @endpoint
    def ping(self, request: Ping) -> Pong:
        """Whether the database answers."""
        del request
        with self.db.begin() as tx:
            tx.execute(sa.text("SELECT 1"))
        return Pong(ok=True)

    @EventConsumer.decorator
    def hear(self, envelopes: list[inbox.Envelope]) -> None:
        """Handles events that came over the bus."""
        inbox.receive(self.db, envelopes, self.handlers, self.clock.now())

    @property
    def handlers(self) -> dict[str, inbox.Handler]:
        """What handles an event, by the event's name."""
        return {event: getattr(self, name) for event, name in self._hears.items()}

    @tick(seconds=2)
    def retry_events(self) -> None:
        """Tries events again that failed before."""
        inbox.retry_due(self.db, self.handlers, self.clock.now())

    @tick(seconds=3600)
    def clean_inbox(self) -> None:
        """Forgets old events."""
        inbox.clean(self.db, self.clock.now())
