"""The gateway of one process, put together: application, client, relay, listener.

The same for a gunicorn worker and for the embedded run. Several processes may run it at once: a
relay leases the rows it publishes, and each listener has a queue of its own.
"""

from dataclasses import dataclass
from typing import Protocol

from flask import Flask

from contracts.availability import AvailabilityChanged
from gateway.accounts import Accounts, open_engine
from gateway.app import create_app
from gateway.current import Clock
from gateway.files.sweeping import Sweeper
from gateway.rpc import Services
from gateway.settings import Settings
from servicekit import numbers, outbox
from servicekit.broadcast import BroadcastListener
from servicekit.rpc import RpcClient
from servicekit.sealing import Sealer


class Part(Protocol):
    """What runs beside the application."""

    def start(self) -> None:
        """Begins in the background."""
        ...

    def stop(self) -> None:
        """Tells it to end; what it has to publish is published when this returns."""
        ...


@dataclass(frozen=True)
class Running:
    """A gateway; `parts` are started first to last and stopped last to first."""

    app: Flask
    accounts: Accounts
    client: RpcClient
    parts: tuple[Part, ...]

    def start(self) -> None:
        """After the fork: threads and connections do not survive one."""
        for part in self.parts:
            part.start()

    def stop(self) -> None:
        """Ends what runs beside the application; no request is served after this."""
        for part in reversed(self.parts):
            part.stop()
        self.client.close()
        self.accounts.engine.dispose()


def assemble(settings: Settings, clock: Clock) -> Running:
    """Everything, connected and not yet started."""
    engine = open_engine(settings.database_url, settings.pool_size)
    numbers.watch("gateway", engine, clock)
    relay = outbox.Relay(engine, settings.amqp_uri, clock)
    accounts = Accounts(
        engine=engine,
        now=clock.now,
        announce=outbox.add,
        wake=relay.wake,
        seal=Sealer(settings.secret_keys).seal,
        public_url=settings.public_url.rstrip("/"),
        session_days=settings.session_days,
    )
    client = RpcClient(settings.amqp_uri)
    app = create_app(settings, Services.from_client(client), clock, accounts)
    slots = app.extensions["slots"]
    listener = BroadcastListener(settings.amqp_uri, AvailabilityChanged, slots.forget, slots.clear)
    sweeper = Sweeper(app.extensions["services"].booking, app.extensions["files"])
    return Running(app, accounts, client, (relay, listener, sweeper, app.extensions["assistant"]))
