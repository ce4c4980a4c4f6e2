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

from servicekit.clock import Clock
from servicekit.database import Database, Tx
from servicekit.service import Rpc, Service, endpoint, listen, tick
from servicekit.settings import Settings

__all__ = ["Clock", "Database", "Rpc", "Service", "Settings", "Tx", "endpoint", "listen", "tick"]
