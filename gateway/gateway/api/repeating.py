"""Requests that make something: sent again with the same `Idempotency-Key`, they make it once."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import msgspec
from flask import request

from contracts.errors import SchedulingError, Unavailable
from gateway import current
from gateway.api import reading


@contextmanager
def once(kind: str, asked: msgspec.Struct) -> Iterator[UUID]:
    """The id of what the request makes: with the header the same for a repeat, which the service
    knows by it. The key is bound to the request before anything is done, and free again if that is
    refused; where it is not known what was done, it stays bound.

    Raises `Malformed`, and `Conflict` for a key that came with another request.
    """
    if "Idempotency-Key" not in request.headers:
        yield uuid4()
        return
    account, key = str(current.account().id), reading.idempotency_key()
    number = UUID(current.mac("made", account, kind, key))
    first = current.accounts().claim(number, _name(asked))
    try:
        yield number
    except SchedulingError as refusal:
        if first and not isinstance(refusal, Unavailable):
            current.accounts().give_up(number)
        raise


def _name(asked: msgspec.Struct) -> str:
    """Of the request: it tells nothing of what is in it, which may be a password."""
    content = msgspec.json.encode(asked, order="deterministic").decode()
    return current.mac("asked", request.method, request.path, content)
