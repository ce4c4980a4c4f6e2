"""The providers of calendars, by name.

A new one is a module that keeps the rules of `provider`, and a line in `MAKERS`; the same tests
hold for all of them.
"""

from collections.abc import Callable

from calendar_sync.adapters.caldav import CalDav
from calendar_sync.adapters.google import Google
from calendar_sync.adapters.ics import Feed
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.microsoft import Microsoft
from calendar_sync.adapters.practice import Practice
from calendar_sync.adapters.provider import Provider

MAKERS: dict[str, Callable[[Means], Provider]] = {
    "caldav": CalDav,
    "google": Google,
    "ics": Feed,
    "microsoft": Microsoft,
    "practice": Practice,
}
"""Makes the adapter of that name."""


def provider(name: str, means: Means) -> Provider:
    """The adapter of that name. Raises `KeyError` for one that this version does not have."""
    return MAKERS[name](means)
