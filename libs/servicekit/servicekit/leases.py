"""Pauses between tries, for tables of work."""

from datetime import timedelta
from typing import Protocol


class Uniform(Protocol):
    """What `random.Random` and the `random` module both offer."""

    def uniform(self, a: float, b: float) -> float:
        """A number between the two."""
        ...


def backoff(attempts: int, rng: Uniform) -> timedelta:
    """The pause after the given number of tries: 1 s, doubling to 1 h, less up to half of it."""
    longest = min(3600.0, 2.0 ** min(max(attempts, 1) - 1, 12))
    return timedelta(seconds=longest * rng.uniform(0.5, 1))
