"""What a route says of itself, for the OpenAPI document: beside its code, so that both change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Header = Literal["Idempotency-Key", "If-Match", "If-None-Match"]


@dataclass(frozen=True)
class Operation:
    """One route: what it does, takes and gives; all are types that the route itself goes by.

    `query` is the type of its query. `may_be_empty`: a body may be absent. `form`: multipart
    instead of JSON, name to meaning. `needs`: headers that must be sent, `knows`: those that may.
    `tagged`: the answer has an ETag. `refuses`: statuses beyond what follows from the rest.
    """

    summary: str
    takes: Any = None
    gives: Any = None
    status: int = 200
    query: Any = None
    may_be_empty: bool = False
    form: tuple[tuple[str, str], ...] = ()
    needs: tuple[Header, ...] = ()
    knows: tuple[Header, ...] = ()
    tagged: bool = False
    refuses: tuple[int, ...] = ()


def describes(operation: Operation) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keeps the description at the view."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.__operation__ = operation  # type: ignore[attr-defined]
        return view

    return decorate
