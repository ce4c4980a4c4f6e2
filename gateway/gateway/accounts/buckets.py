"""Rate limits that all workers share: one small token bucket a key, in PostgreSQL.

The database's own clock fills them: they bound real load, which no moved clock changes.
"""

import math
from dataclasses import dataclass

from sqlalchemy import Connection, text

from servicekit.preparing import prepared

_LEVEL = (
    "LEAST(CAST(:capacity AS float), bucket.tokens + CAST(:rate AS float) * "
    "EXTRACT(EPOCH FROM clock_timestamp() - bucket.filled_at))"
)
_TAKE = prepared(
    text(f"""
    INSERT INTO bucket (key, tokens, filled_at)
    VALUES (:key, CAST(:capacity AS float) - 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET tokens = {_LEVEL} - 1, filled_at = clock_timestamp()
    WHERE {_LEVEL} >= 1
    RETURNING tokens
""")  # noqa: S608 - _LEVEL is the constant above
)
_LOOK = prepared(text(f"SELECT {_LEVEL} FROM bucket WHERE key = :key"))  # noqa: S608 - the same
_GIVE_BACK = text("UPDATE bucket SET tokens = LEAST(:capacity, tokens + 1) WHERE key = :key")
_FORGET = text("DELETE FROM bucket WHERE filled_at < clock_timestamp() - interval '1 day'")


@dataclass(frozen=True)
class Rate:
    """At most `capacity` at once, refilled by `per_minute`."""

    capacity: int
    per_minute: float

    @property
    def per_second(self) -> float:
        """The refill, in tokens a second."""
        return self.per_minute / 60


def take(tx: Connection, key: str, rate: Rate) -> int:
    """Takes one token: 0, or the seconds after which there is one."""
    values = {"key": key, "capacity": rate.capacity, "rate": rate.per_second}
    if tx.execute(_TAKE, values).first() is not None:
        return 0
    level = tx.execute(_LOOK, values).scalar()
    missing = 0.0 if level is None else max(0.0, 1 - float(level))
    return math.ceil(missing / rate.per_second)


def give_back(tx: Connection, key: str, rate: Rate) -> None:
    """One that was taken for nothing."""
    tx.execute(_GIVE_BACK, {"key": key, "capacity": rate.capacity})


def refill(tx: Connection, key: str) -> None:
    """Forgets what was taken: the right password was given."""
    tx.execute(text("DELETE FROM bucket WHERE key = :key"), {"key": key})


def sweep(tx: Connection) -> None:
    """Forgets buckets that nobody touched for a day: they are full."""
    tx.execute(_FORGET)
