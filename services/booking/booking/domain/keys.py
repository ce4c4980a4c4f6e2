"""Idempotency keys: the same key never acts twice, and with other content it is refused."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.booking import Book
from contracts.wire import utc


@dataclass(frozen=True)
class Key:
    """A key as it is kept, and the content that it came with; SHA-256 both."""

    digest: bytes
    content: bytes


def for_book(request: Book) -> Key:
    """The hold is not part of the content: it is spent by the first try. Nor is where the attendee
    came from, nor the language they read, nor the deal they were asked for on: they change nothing
    about what is booked, and a page may be switched to another language between two tries.
    """
    replace = msgspec.structs.replace
    content = replace(
        request,
        idempotency_key="-",
        hold_id=None,
        start=utc(request.start),
        source={},
        deal_id=None,
        attendee=replace(request.attendee, language="en"),
    )
    return Key(_digest(request.idempotency_key), _sha(content))


def for_move(idempotency_key: str, booking_id: UUID, start: datetime) -> Key:
    """A reschedule of this booking to `start`."""
    content = {"reschedule": str(booking_id), "start": utc(start)}
    return Key(_digest(idempotency_key), _sha(content))


def for_following(booking_id: UUID, host_id: UUID, version: int) -> Key:
    """A booking that follows what its host did in their calendar."""
    content = {"follow": str(booking_id), "host": str(host_id), "version": version}
    return Key(_sha(content), _sha(content))


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _sha(content: object) -> bytes:
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).digest()
