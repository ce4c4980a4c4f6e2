"""Names what a test of the contract needs of a provider."""

from collections.abc import Callable
from typing import TypeVar

from contract.calendars.harness import Ability

F = TypeVar("F", bound=Callable[..., None])


def needs(*abilities: Ability) -> Callable[[F], F]:
    """Runs the test only for providers that can do all this."""

    def name(test: F) -> F:
        test.needs = frozenset(abilities)  # type: ignore[attr-defined]
        return test

    return name
