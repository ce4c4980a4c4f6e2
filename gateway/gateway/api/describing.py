"""What a route says of itself, for the OpenAPI document: beside its code, so that both change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Operation:
    """One route: what it does, takes and gives. `query`, `headers`, `form` (multipart, instead of
    JSON): name to meaning. `refuses`: statuses beyond the usual.
    """

    summary: str
    takes: Any = None
    gives: Any = None
    status: int = 200
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    refuses: tuple[int, ...] = ()


def describes(operation: Operation) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keeps the description at the view."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.__operation__ = operation  # type: ignore[attr-defined]
        return view

    return decorate
