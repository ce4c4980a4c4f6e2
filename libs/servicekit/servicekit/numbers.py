"""What `/metrics` says of a program's database: read when it is asked for, never guessed.

The numbers come over a connection of their own, so that they can be read, too, when the pool is
used up. Where the database does not answer they are absent, and `database_up` is 0.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from servicekit.clock import Clock

LIMIT = 2
"""Seconds that a number may take: whoever asks, asks again soon."""

WORDS = {
    "outbox_waiting": "Events not yet published.",
    "outbox_oldest_seconds": "Age of the oldest event not yet published; 0 when there is none.",
    "inbox_retrying": "Events that failed and will be tried again.",
    "inbox_dead": "Events that were given up: dead letters.",
    "database_up": "Whether the database answered.",
    "pool_connections_used": "Connections to the database in use in this process.",
    "pool_connections_max": "Connections to the database that this process may hold.",
}

_QUERY = sa.text(
    """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS waiting,
           (SELECT min(created_at) FROM outbox WHERE published_at IS NULL) AS oldest,
           (SELECT count(*) FROM inbox WHERE state = 'retry') AS retrying,
           (SELECT count(*) FROM inbox WHERE state = 'dead') AS dead
    """
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Watched:
    """A program's pool, a way past it, and its clock."""

    pool: sa.Engine
    aside: sa.Engine
    clock: Clock

    def values(self) -> Iterator[tuple[str, float]]:
        """Each number by its name."""
        pool = self.pool.pool
        if isinstance(pool, sa.QueuePool):
            yield "pool_connections_used", pool.checkedout()
            yield "pool_connections_max", pool.size()
        try:
            with self.aside.connect() as connection:
                row = connection.execute(_QUERY).one()
        except sa.exc.SQLAlchemyError as error:
            log.warning("numbers_unknown", problem=str(error)[:300])
            yield "database_up", 0
            return
        now = self.clock.now()
        yield "database_up", 1
        yield "outbox_waiting", row.waiting
        yield "outbox_oldest_seconds", max(0.0, (now - (row.oldest or now)).total_seconds())
        yield "inbox_retrying", row.retrying
        yield "inbox_dead", row.dead


class Numbers(Collector):
    """The numbers of every program in this process, by `service`."""

    def __init__(self) -> None:
        self._watched: dict[str, Watched] = {}

    def watch(self, service: str, pool: sa.Engine, clock: Clock) -> None:
        """From now on shows a program's numbers."""
        options = f"-c statement_timeout={LIMIT * 1000} -c timezone=UTC"
        arguments = {"connect_timeout": LIMIT, "options": options}
        aside = sa.create_engine(pool.url, poolclass=sa.NullPool, connect_args=arguments)
        self._watched[service] = Watched(pool, aside, clock)

    def collect(self) -> Iterable[Metric]:
        """Called for each look at `/metrics`."""
        families = {
            name: GaugeMetricFamily(name, words, labels=["service"])
            for name, words in WORDS.items()
        }
        for service, watched in list(self._watched.items()):
            for name, value in watched.values():
                families[name].add_metric([service], value)
        return families.values()

    def describe(self) -> Iterable[Metric]:
        """The names alone: registering asks no database."""
        return [GaugeMetricFamily(name, words, labels=["service"]) for name, words in WORDS.items()]


_NUMBERS = Numbers()
REGISTRY.register(_NUMBERS)
watch = _NUMBERS.watch
