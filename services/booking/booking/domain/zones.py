"""IANA zones by name."""

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether tzdata has it; never touches a path that a user typed."""
    return name in _names()


def zone(name: str) -> ZoneInfo:
    """A zone that was checked before it was stored. Raises `KeyError` on an unknown one."""
    if not is_zone(name):
        raise KeyError(name)
    return ZoneInfo(name)
