"""How a service runs on nameko: endpoints, events, outbox, inbox, database, settings; no business.

A service is a class:

    class Booking(Service[Settings]):
        name = "booking"
        availability = Rpc(AvailabilityRpc)

        @endpoint
        def book(self, request: Book) -> Booked: ...

        @listen
        def on_account_changed(self, event: AccountChanged, tx: Tx) -> None: ...

        @tick(seconds=2)
        def release_holds(self) -> None: ...
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from servicekit.clock import Clock
    from servicekit.database import Database, Tx
    from servicekit.service import Rpc, Service, endpoint, listen, tick
    from servicekit.settings import Settings

__all__ = ["Clock", "Database", "Rpc", "Service", "Settings", "Tx", "endpoint", "listen", "tick"]

_HOMES = {
    "Clock": "clock",
    "Database": "database",
    "Settings": "settings",
    "Tx": "database",
    "Rpc": "service",
    "Service": "service",
    "endpoint": "service",
    "listen": "service",
    "tick": "service",
}


def __getattr__(name: str) -> Any:
    """Imported when first asked for: `servicekit.runner` must make the process cooperative before
    kombu is imported, which keeps the `sleep` that it finds and would block every worker with it.
    """
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"servicekit.{_HOMES[name]}"), name)
