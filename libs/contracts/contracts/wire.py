"""The base of every message, the value types they share, and JSON at both ends."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, dataclass_transform
from uuid import UUID

import msgspec
from msgspec import Meta

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen value that crosses the wire; unknown fields are ignored when it is read."""


Instant = Annotated[datetime, Meta(tz=True)]
"""An aware datetime; UTC wherever we make one."""

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9](?:[a-z0-9-]{1,62})[a-z0-9]$(?!\n)", max_length=64)]
"""3 to 64 of `[a-z0-9-]`, no hyphen at either end.

Python's `$` also matches before a last newline; `\\Z` would not, but JSON Schema does not know it.
"""

Colour = Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$(?!\n)")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Email = Annotated[str, Meta(min_length=3, max_length=254)]
Zone = Annotated[str, Meta(min_length=1, max_length=64)]
"""An IANA zone's name; the receiving service checks that it exists."""

Language = Annotated[str, Meta(max_length=35)]
"""A language tag (RFC 5646); `contracts.languages.supported` makes one of ours of it."""

Minutes = Annotated[int, Meta(ge=0, le=525_600)]
Duration = Annotated[int, Meta(ge=5, le=480)]
"""A meeting's length in minutes."""


class Event(Message, frozen=True, kw_only=True):
    """Something that happened, announced by its owner through the outbox.

    `version` grows with every change of the aggregate the event speaks of, so that a late event
    is recognised by its reader.
    """

    workspace_id: UUID
    version: int


class Empty(Message, frozen=True, kw_only=True):
    """The answer of an RPC that has nothing to say."""


class Ping(Message, frozen=True, kw_only=True):
    """Asks a service whether it can serve."""


class Pong(Message, frozen=True, kw_only=True):
    """`ok` is false with the reason when the service's database is away."""

    ok: bool
    reason: str = ""


def encode(value: object) -> bytes:
    """JSON of any wire type; instants as RFC 3339, UUIDs as strings."""
    return msgspec.json.encode(value)


def decode(data: bytes | str, as_type: type[T]) -> T:
    """The reverse of `encode`. Raises `msgspec.ValidationError` naming the field."""
    return msgspec.json.decode(data, type=as_type)


def convert(data: Any, as_type: type[T]) -> T:
    """Builtins, as JSON gives them, to a wire type. Raises `msgspec.ValidationError`."""
    return msgspec.convert(data, as_type)


def utc(value: datetime) -> datetime:
    """The same instant in UTC; a naive value is refused with `ValueError`."""
    if value.tzinfo is None:
        message = "a naive datetime is no instant"
        raise ValueError(message)
    return value.astimezone(UTC)


S = TypeVar("S", bound=type)


def surface(service: str) -> Callable[[S], S]:
    """Names the service (as on the bus) that answers an RPC Protocol."""

    def mark(protocol: S) -> S:
        protocol.__service__ = service  # type: ignore[attr-defined]
        return protocol

    return mark
