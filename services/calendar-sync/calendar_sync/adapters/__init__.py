"""The providers of calendars, by name.

A new one is a module that keeps the rules of `provider`, and a line in `MAKERS`; the same tests
hold for all of them.
"""

from collections.abc import Callable
from importlib import import_module

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import Provider

Maker = Callable[[Means], Provider]


def _in(module: str, name: str) -> Maker:
    """Imported with its first use: the libraries of a provider that nobody here connects would
    take 10 to 20 MB each.
    """

    def make(means: Means) -> Provider:
        found: Maker = getattr(import_module(f"calendar_sync.adapters.{module}"), name)
        return found(means)

    return make


MAKERS: dict[str, Maker] = {
    "caldav": _in("caldav", "CalDav"),
    "google": _in("google", "Google"),
    "ics": _in("ics", "Feed"),
    "microsoft": _in("microsoft", "Microsoft"),
    "practice": _in("practice", "Practice"),
}
"""Makes the adapter of that name."""


def provider(name: str, means: Means) -> Provider:
    """The adapter of that name. Raises `KeyError` for one that this version does not have."""
    return MAKERS[name](means)
