"""What the instances of a service share in one process: database, clock, settings, client."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from servicekit.clock import Clock, SystemClock
from servicekit.database import Database, open_engine
from servicekit.outbox import Relay
from servicekit.rpc import RpcClient
from servicekit.settings import Settings

P = TypeVar("P")


class Runtime(Protocol):
    """Given to every instance of a service."""

    database: Database
    clock: Clock
    settings: Settings
    ending: bool
    """The process is to end: a long tick stops at the next row."""

    def proxy(self, protocol: type[P]) -> P:
        """Another service's surface."""
        ...

    def announced(self) -> None:
        """There is something in the outbox."""
        ...

    def wake(self, tick: str) -> None:
        """Runs a tick now."""
        ...


class BusRuntime:
    """The runtime of a service on a bus."""

    ending = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock: Clock = SystemClock()
        self.database = Database(open_engine(settings.database_url, settings.pool_size))
        self.relay = Relay(self.database.engine, settings.amqp_uri, self.clock)
        self.client = RpcClient(settings.amqp_uri)
        self.ticks: dict[str, Callable[[], None]] = {}
        self._proxies: dict[type, Any] = {}

    def proxy(self, protocol: type[P]) -> P:
        """Another service's surface, over the bus."""
        if protocol not in self._proxies:
            self._proxies[protocol] = self.client.proxy(protocol)
        found: P = self._proxies[protocol]
        return found

    def announced(self) -> None:
        """Tells the relay."""
        self.relay.wake()

    def wake(self, tick: str) -> None:
        """Runs a tick as soon as it is not running."""
        if tick in self.ticks:
            self.ticks[tick]()

    def close(self) -> None:
        """Publishes what is left and closes every connection."""
        self.relay.stop()
        self.client.close()
        self.database.engine.dispose()
